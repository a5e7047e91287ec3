"""A case with all merged into it: who may look back on it, from when to when, what marks it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Min

from anlan import codes
from anlan.base.cases.models import Case
from anlan.base.cases.selectors import members, root_of
from anlan.base.journal.models import Entry
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may
from anlan.kernel import clock
from anlan.kernel.errors import Missing
from anlan.respond.casebook.selectors import tables
from anlan.respond.evacuation.models import Evacuation
from anlan.respond.incidents.models import Incident
from anlan.respond.responses.models import Response, Turn
from anlan.respond.responses.states import TURNS
from anlan.warn.models import Alert

VIEW, EXPORT, UNMASK = "cases.view", "cases.export", "cases.unmask"
#: Marks on the slider; more would be a smear.
MARKS = 200


@dataclass(frozen=True)
class Seen:
    """A case the actor may look back on."""

    row: Case
    cases: tuple[str, ...]

    @property
    def began_at(self) -> datetime:
        """When the first of them was opened or noted."""
        opened = Case.objects.filter(pk__in=self.cases).aggregate(at=Min("opened_at"))["at"]
        noted = Entry.objects.filter(case__in=self.cases).aggregate(at=Min("at"))["at"]
        known: list[datetime] = [at for at in (opened, noted) if at]
        return min(known)

    @property
    def last_at(self) -> datetime:
        """When something was noted last; now while anything of it is open."""
        if Case.objects.filter(pk__in=self.cases, closed_at=None).exists():
            return clock.now()
        noted: datetime | None = Entry.objects.filter(case__in=self.cases).aggregate(
            at=Max("at")
        )["at"]  # fmt: skip
        return noted or clock.now()


def seen(actor: Actor, case: str, action: str = VIEW) -> Seen:
    """Find the matter a case belongs to; `Missing` where the actor may not look back on it."""
    row = Case.objects.select_related("region").filter(pk=case).first()
    if row is None or not may(actor, action, row.region_id):
        raise Missing("没有这个事件")
    root = root_of(case)
    if root != row.pk:
        whole = Case.objects.select_related("region").get(pk=root)
        if may(actor, action, whole.region_id):
            row = whole
    return Seen(row, tuple(members(row.pk)))


def head(actor: Actor, case: str) -> dict[str, Any]:
    """Tell a case: its span, its responses, the moments that mark it, how much there is of it."""
    found = seen(actor, case)
    row = found.row
    hazard = codes.hazards().get(row.hazard)
    responses = Response.objects.filter(case__in=found.cases).order_by("pk")
    return {
        "id": row.pk, "title": row.title, "hazard": row.hazard,
        "hazard_label": hazard.name if hazard else "",
        "hazard_label_en": hazard.name_en if hazard else "",
        "region": row.region_id, "region_name": row.region.name, "opened_at": row.opened_at,
        "closed_at": row.closed_at, "from": found.began_at, "to": found.last_at,
        "cases": len(found.cases),
        "responses": [{"id": one.pk, "title": one.stage_title} for one in responses],
        "marks": sorted(_marks(found.cases), key=lambda one: one["at"])[:MARKS],
        "counts": tables.counts(found.cases),
        "may_export": may(actor, EXPORT, row.region_id),
        "as_of": clock.now(),
    }  # fmt: skip


def _marks(cases: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """List what one would jump to: decisions, warnings, incidents, orders to leave."""
    for turn in Turn.objects.filter(response__case__in=cases).select_related("response"):
        zh, en = TURNS[turn.verb]
        stage = turn.response.title
        yield {"at": turn.at, "kind": "response", "title": f"{zh}{stage}",
               "title_en": f"{en}: {stage}"}  # fmt: skip
    warned = Alert.objects.filter(case__in=cases, issued_at__isnull=False)
    for at, title in warned.values_list("issued_at", "title"):
        yield {"at": at, "kind": "alert", "title": title, "title_en": title}
    told = Incident.objects.filter(case__in=cases).exclude(state="draft")
    for at, title in told.values_list("received_at", "title"):
        yield {"at": at, "kind": "incident", "title": title, "title_en": title}
    ordered = Evacuation.objects.filter(case__in=cases, ordered_at__isnull=False)
    for at, title in ordered.values_list("ordered_at", "title"):
        yield {"at": at, "kind": "evacuation", "title": title, "title_en": title}
