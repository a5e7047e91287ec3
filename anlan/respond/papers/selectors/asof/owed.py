"""What was owed at a moment: open, signed for, late, done; by kind.

Late is what the lapse was noted of by then, unless more time had been granted by then.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Min, Q, QuerySet

from anlan.base.db.among import among
from anlan.base.journal import selectors as journal
from anlan.base.obligations.deed_names import DEEDS
from anlan.base.obligations.models import Obligation
from anlan.respond.papers.selectors.asof.where import Where

#: Deeds that grant more time.
GRANTED = (DEEDS["approve"], DEEDS["defer"])


@dataclass
class OwedThen:
    """How many debts of one kind stood how."""

    kind: str
    total: int = 0
    open: int = 0
    answered: int = 0
    late: int = 0
    done: int = 0
    withdrawn: int = 0
    #: Ids of the open ones that were late.
    late_ids: list[str] = field(default_factory=list)


def owed_at(where: Where, at: datetime, kinds: Collection[str] = ()) -> dict[str, OwedThen]:
    """Count what was owed by kind; `answered` and `late` are of what was open."""
    rows = Obligation.objects.filter(where.rows(), issued_at__lte=at)
    if kinds:
        rows = rows.filter(kind__in=list(kinds))
    lapsed = late_among(rows, at)
    found: dict[str, OwedThen] = {}
    columns = ("pk", "kind", "state", "answered_at", "closed_at")
    for pk, kind, state, answered, closed in rows.order_by("pk").values_list(*columns):
        one = found.setdefault(kind, OwedThen(kind))
        one.total += 1
        if closed is not None and closed <= at:
            # What is closed does not open again: how it ended then is how it ended.
            one.withdrawn += state == "withdrawn"
            one.done += state != "withdrawn"
            continue
        one.open += 1
        one.answered += answered is not None and answered <= at
        if pk in lapsed:
            one.late += 1
            one.late_ids.append(pk)
    return found


def late_among(rows: "QuerySet[Obligation]", at: datetime) -> set[str]:
    """Tell which of some were late at a moment, by the lapses that had been noted."""
    still = Q(closed_at=None) | Q(closed_at__gt=at)
    known = set(rows.filter(still, lapsed_at__lte=at).values_list("pk", flat=True))
    # Whoever was granted more time later was late all the same: only the journal still says so.
    later = Q(lapsed_at=None) | Q(lapsed_at__gt=at)
    excused = set(rows.filter(still, later).values_list("pk", flat=True))
    granted = _moments(excused, GRANTED)
    if granted:
        known |= _lapsed_before(set(granted), granted, at)
    return known


def _moments(obligations: Collection[str], deeds: Collection[str]) -> dict[str, list[datetime]]:
    found: dict[str, list[datetime]] = defaultdict(list)
    rows = journal.entries().filter(
        among("subject", obligations), subject_kind="obligation", deed__in=deeds
    )
    for subject, moment in rows.values_list("subject", "at"):
        found[subject].append(moment)
    return found


def _lapsed_before(
    wanted: Collection[str], granted: dict[str, list[datetime]], at: datetime
) -> set[str]:
    lapses: dict[str, datetime] = {}
    # No lapse is noted before what lapses was asked.
    first = Obligation.objects.filter(pk__in=wanted).aggregate(at=Min("issued_at"))["at"]
    rows = journal.entries().filter(deed=DEEDS["lapse"], at__range=(first, at)).order_by("id")
    for noted in journal.read(rows):
        for pk in noted.facts.get("obligations", ()):
            if pk in wanted:
                lapses[pk] = noted.at
    return {
        pk
        for pk, moment in lapses.items()
        if not any(moment < other <= at for other in granted[pk])
    }


def summed(found: Iterable[OwedThen]) -> Counter[str]:
    """Add up kinds."""
    total: Counter[str] = Counter()
    for one in found:
        total.update(
            total=one.total, open=one.open, answered=one.answered, late=one.late, done=one.done,
            withdrawn=one.withdrawn,
        )  # fmt: skip
    return total
