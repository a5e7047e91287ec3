"""By when people must have left: three hours before, and before dark when it comes at night."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple

from anlan import codes
from anlan.codes.rows import Code
from anlan.kernel import clock

TABLE = "evacuation-rules"
DEFAULT = "default"


class Latest(NamedTuple):
    """A moment, and the code of the rule it was reckoned by."""

    at: datetime
    rule: str


def rules_for(hazards: Sequence[str]) -> list[Code]:
    """Find the rules of some hazards; those the table does not name share the default."""
    table = codes.table(TABLE)
    found = {row.code: row for row in (table.get(key) or table[DEFAULT] for key in hazards)}
    return list(found.values()) or [table[DEFAULT]]


def latest_for(hazards: Sequence[str], expected_at: datetime | None) -> Latest | None:
    """Tell the latest moment to have left before what is expected; None while nobody knows it.

    Of several hazards the strictest rule counts.
    """
    if expected_at is None:
        return None
    return min(Latest(_latest(row, expected_at), row.code) for row in rules_for(hazards))


def _latest(rule: Code, expected_at: datetime) -> datetime:
    before = expected_at - timedelta(minutes=rule.whole("lead") or 0)
    wall = clock.local(expected_at)
    begins, ends, done = (
        time.fromisoformat(rule.text(name) or "00:00")
        for name in ("night_from", "night_until", "night_done")
    )
    if begins <= wall.time():
        evening = wall.date()
    elif wall.time() < ends:
        evening = wall.date() - timedelta(days=1)
    else:
        return before
    return min(before, datetime.combine(evening, done, tzinfo=wall.tzinfo))


def proposes(hazards: Sequence[str], level: int | None) -> bool:
    """Tell whether a response of this level (1 gravest) has a batch drafted for these hazards."""
    wanted = [row.whole("proposes") for row in rules_for(hazards)]
    return level is not None and any(one is not None and level <= one for one in wanted)
