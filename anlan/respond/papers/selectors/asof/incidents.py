"""Which incidents were being dealt with at a moment, and how grave they were held to be then."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from anlan import codes
from anlan.base.db.among import among
from anlan.base.journal import selectors as journal
from anlan.base.regions import scope
from anlan.respond.incidents import deed_names
from anlan.respond.incidents.models import Incident
from anlan.respond.papers.selectors.asof.where import Where

TAKEN, GRADED = deed_names.INCIDENT["taken"], deed_names.INCIDENT["graded"]


@dataclass(frozen=True)
class IncidentThen:
    """An incident that was open."""

    id: str
    title: str
    kind: str
    region: str
    place: str
    received_at: datetime
    #: As a person had confirmed it by then.
    grade: int | None
    case: str

    @property
    def kind_label(self) -> str:
        """What kind it is, in words; nobody said is 种类待核."""
        return codes.table("incident-kinds").name(self.kind) if self.kind else "种类待核"


def incidents_at(where: Where, at: datetime) -> list[IncidentThen]:
    """List the incidents that had been taken in and were not over, in the order they came."""
    rows = Incident.objects.filter(Q(closed_at=None) | Q(closed_at__gt=at), received_at__lte=at)
    rows = rows.exclude(state="draft")
    if where.cases:
        rows = rows.filter(case__in=list(where.cases))
    if where.regions:
        rows = rows.filter(scope.within([scope.prefix(one) for one in where.regions], "home"))
    shown = list(rows.order_by("received_at", "pk"))
    taken, grades = _noted([one.pk for one in shown], at)
    return [
        IncidentThen(
            one.pk, one.title, one.kind, one.home, one.place, one.received_at,
            grades.get(one.pk), one.case,
        )
        for one in shown
        if one.pk in taken
    ]  # fmt: skip


def _noted(incidents: list[str], at: datetime) -> tuple[set[str], dict[str, int]]:
    """Read from the journal which were taken in by then, and the grades confirmed by then."""
    rows = journal.entries().filter(
        among("subject", incidents), subject_kind=deed_names.SUBJECT, deed__in=(TAKEN, GRADED),
        at__lte=at,
    )  # fmt: skip
    taken: set[str] = set()
    grades: dict[str, int] = {}
    for noted in journal.read(rows.order_by("id")):
        if noted.deed == TAKEN:
            taken.add(noted.subject[1])
        else:
            grades[noted.subject[1]] = noted.changes["grade"][1]
    return taken, grades
