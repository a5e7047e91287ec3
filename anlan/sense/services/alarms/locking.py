"""Fetching alarms for a deed on several: each asked by itself, and each told what became of it.

Those the actor may see, and where they may do it, are done; the others are refused with their
reason. Where nothing could be done the deed as a whole is refused, as it would be for one alarm.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.kernel.errors import AnlanError, Forbidden, Invalid, Missing
from anlan.sense.models import Alarm

MOST = 500


@dataclass(frozen=True)
class Told:
    """What became of the alarms of one deed; every id given is in exactly one of the three."""

    done: tuple[str, ...]
    #: Nothing was left to do: acknowledged already, closed already.
    unchanged: tuple[str, ...] = ()
    refused: dict[str, AnlanError] = field(default_factory=dict)


@dataclass(frozen=True)
class Chosen:
    """The alarms a deed is about: those it may be done to, locked, in the order given."""

    rows: list[Alarm]
    refused: dict[str, AnlanError]

    def told(self, done: Sequence[Alarm]) -> Told:
        """Tell what became of them; raise the first refusal where all were refused."""
        if self.refused and not self.rows:
            raise next(iter(self.refused.values()))
        ids = tuple(row.pk for row in done)
        return Told(ids, tuple(row.pk for row in self.rows if row.pk not in ids), self.refused)

    def refuse(self, row: Alarm, why: AnlanError) -> None:
        """Leave one out."""
        self.rows.remove(row)
        self.refused[row.pk] = why


def locked(alarms: Sequence[str], action: str, by: Actor) -> Chosen:
    """Lock alarms for writing.

    `Missing` for what is not there or not to be seen, `Forbidden` where the deed is not the
    actor's in the alarm's region.
    """
    wanted = list(dict.fromkeys(alarms))
    if not wanted:
        raise Invalid("请先选择报警", errors={"ids": ["至少选择一个"]})
    if len(wanted) > MOST:
        raise Invalid(f"一次最多 {MOST} 个报警", errors={"ids": [f"最多 {MOST} 个"]})
    locking = Alarm.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    found = {row.pk: row for row in locking}
    chosen = Chosen([], {})
    for pk in wanted:
        row = found.get(pk)
        if row is None or not may(by, "alarms.view", row.region_id):
            chosen.refused[pk] = Missing("没有这个报警")
            continue
        try:
            permit(by, action, row.region_id)
        except Forbidden as error:
            chosen.refused[pk] = error
        else:
            chosen.rows.append(row)
    return chosen
