"""What a row of changes makes of one alarm: pure, so that it can be told twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from anlan.kernel.ids import new_id
from anlan.sense.bindings import Binding, Change
from anlan.sense.models import Alarm

#: A level of None counts as milder than blue.
MILDEST = 9

IN, TIME, VALUE, LEVEL, LIMIT, STREAM, SAYS = range(7)


class Told(NamedTuple):
    """One thing that became of an alarm."""

    alarm: Alarm
    #: raised | worsened | eased | returned | cleared
    verb: str
    was: int | None
    level: int | None
    #: Worse than it has ever been, so that whoever knew of it must hear again.
    news: bool = False


@dataclass
class Draft:
    """One matter on its way through a batch."""

    alarm: Alarm | None
    fresh: list[Alarm] = field(default_factory=list)
    touched: list[Alarm] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)


def rank(level: int | None) -> int:
    """Order levels, the worst first; no level is the mildest."""
    return MILDEST if level is None else level


def moment(time_ms: int) -> datetime:
    """Turn milliseconds into an instant."""
    return datetime.fromtimestamp(time_ms / 1000, UTC)


def fold(draft: Draft, changes: Sequence[Change], heard: datetime) -> None:
    """Apply changes of one matter in the order of their times; what was applied before is not."""
    watches: dict[str, Any] = dict(draft.alarm.watches) if draft.alarm else {}
    ordered = sorted(changes, key=lambda change: change.time_ms)
    for place, change in enumerate(ordered):
        if not _is_news(watches, change):
            continue
        watches = {**watches, change.binding.watch: _noted(change)}
        later = ordered[place + 1] if place + 1 < len(ordered) else None
        if later is not None and later.time_ms == change.time_ms:
            continue  # of one value, all that it crossed is judged together
        _judge(draft, watches, change, heard)


def _is_news(watches: dict[str, Any], change: Change) -> bool:
    known = watches.get(change.binding.watch)
    if known is None:
        return change.entered  # out of what it never was in
    if change.time_ms < known[TIME]:
        return False
    return bool(known[IN]) != change.entered or change.entered


def _noted(change: Change) -> list[Any]:
    binding = change.binding
    return [
        int(change.entered), change.time_ms, change.value, binding.level, binding.limit,
        binding.stream, binding.says,
    ]  # fmt: skip


def _judge(draft: Draft, watches: dict[str, Any], change: Change, heard: datetime) -> None:
    standing = [one for one in watches.values() if one[IN]]
    at = moment(change.time_ms)
    alarm = draft.alarm
    active = alarm is not None and alarm.cleared_at is None
    if not standing:
        if alarm is not None:
            alarm.watches = watches
            _touch(draft, alarm)
            if active:
                _clear(draft, alarm, at)
        return
    if alarm is None or (not active and not _comes_back(alarm, change, at)):
        alarm = _new(change.binding, watches, at, heard)
        draft.alarm = alarm
        draft.fresh.append(alarm)
        _take(alarm, standing)
        draft.told.append(Told(alarm, "raised", None, alarm.level, news=True))
        return
    alarm.watches, alarm.rule_version = watches, change.binding.version
    _touch(draft, alarm)
    if not active:
        _reopen(draft, alarm, standing, at)
    else:
        _change_level(draft, alarm, standing, at)


def _comes_back(alarm: Alarm, change: Change, at: datetime) -> bool:
    """Tell whether a cleared alarm returns soon enough to be the same one."""
    if alarm.closed_at is not None or alarm.cleared_at is None:
        return False
    return at - alarm.cleared_at <= timedelta(seconds=change.binding.again_s)


def _new(binding: Binding, watches: dict[str, Any], at: datetime, heard: datetime) -> Alarm:
    return Alarm(
        id=new_id(), key=binding.matter, rule_id=binding.rule, rule_version=binding.version,
        station_id=binding.station, gateway_id=binding.gateway, hazard=binding.hazard,
        unit=binding.unit, watches=watches, raised_at=at, level_at=at, heard_at=heard,
    )  # fmt: skip


def _take(alarm: Alarm, standing: Sequence[Sequence[Any]]) -> None:
    """Show the worst of what holds; of equals, what came last."""
    worst = min(standing, key=lambda one: (rank(one[LEVEL]), -one[TIME]))
    alarm.level, alarm.value, alarm.limit = worst[LEVEL], worst[VALUE], worst[LIMIT]
    alarm.stream_id = worst[STREAM]
    alarm.title = worst[SAYS]
    if rank(alarm.level) < rank(alarm.worst):
        alarm.worst = alarm.level


def _clear(draft: Draft, alarm: Alarm, at: datetime) -> None:
    alarm.state, alarm.cleared_at = "cleared", at
    draft.told.append(Told(alarm, "cleared", alarm.level, None))


def _reopen(draft: Draft, alarm: Alarm, standing: Sequence[Sequence[Any]], at: datetime) -> None:
    known = alarm.worst
    alarm.cleared_at, alarm.level_at = None, at
    alarm.flaps += 1
    _take(alarm, standing)
    worse = rank(alarm.level) < rank(known)
    if worse:
        alarm.acknowledged_at, alarm.acknowledged_by = None, ""
    alarm.state = "acknowledged" if alarm.acknowledged_at else "raised"
    draft.told.append(Told(alarm, "worsened" if worse else "returned", known, alarm.level, worse))


def _change_level(
    draft: Draft, alarm: Alarm, standing: Sequence[Sequence[Any]], at: datetime
) -> None:
    was = alarm.level
    known = alarm.worst
    _take(alarm, standing)
    if alarm.level == was:
        return
    alarm.level_at = at
    verb = "worsened" if rank(alarm.level) < rank(was) else "eased"
    news = rank(alarm.level) < rank(known)
    if news:  # whoever acknowledged it did not see it so bad
        alarm.acknowledged_at, alarm.acknowledged_by, alarm.state = None, "", "raised"
    draft.told.append(Told(alarm, verb, was, alarm.level, news))


def _touch(draft: Draft, alarm: Alarm) -> None:
    if alarm not in draft.fresh and alarm not in draft.touched:
        draft.touched.append(alarm)
