"""When the next round is due: every so many hours, or at hours of the day, until a time."""

from datetime import datetime, time, timedelta
from typing import Any

import msgspec

from anlan.kernel import clock
from anlan.kernel.errors import Invalid

MOST_HOURS = 168
MOST_CLOCKS = 24


class Schedule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Either `every_hours`, counted from `begins`, or `at`, hours of the day on the wall."""

    begins: datetime
    every_hours: int = 0
    #: ``08:00``.
    at: tuple[str, ...] = ()
    #: No round after it; None repeats until somebody stops it.
    until: datetime | None = None


def read_schedule(given: Any, now: datetime) -> Schedule:
    """Judge a schedule as somebody set it; `Invalid` says what is wrong."""
    try:
        found = msgspec.convert({"begins": now, **given}, Schedule, strict=False)
    except (msgspec.ValidationError, TypeError):
        raise _wrong("schedule", "重复的写法读不懂") from None
    if bool(found.every_hours) == bool(found.at):
        raise _wrong("schedule", "请选每几小时一轮，或者固定的钟点")
    if not 0 <= found.every_hours <= MOST_HOURS:
        raise _wrong("every_hours", f"间隔应为 1 至 {MOST_HOURS} 小时")
    if len(found.at) > MOST_CLOCKS:
        raise _wrong("at", f"最多 {MOST_CLOCKS} 个钟点")
    clocks = tuple(sorted({_clock(text).strftime("%H:%M") for text in found.at}))
    if any(one is not None and one.tzinfo is None for one in (found.begins, found.until)):
        raise _wrong("until", "时间要带时区")
    if found.until is not None and found.until <= now:
        raise _wrong("until", "截止时间已经过了")
    return msgspec.structs.replace(found, at=clocks)


def schedule_of(kept: Any) -> Schedule | None:
    """Read a schedule as it is kept; None where there is none."""
    return msgspec.convert(kept, Schedule) if kept else None


def _wrong(field: str, why: str) -> Invalid:
    return Invalid(why, errors={field: [why]})


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise _wrong("at", "钟点应如 08:00") from None


def next_after(schedule: Schedule, moment: datetime) -> datetime | None:
    """Tell the first round after an instant; None when the schedule has ended by then."""
    found = _every(schedule, moment) if schedule.every_hours else _at(schedule, moment)
    over = schedule.until is not None and found > schedule.until
    return None if over else found


def latest(schedule: Schedule, due: datetime, now: datetime) -> datetime:
    """Tell the last round that was due, beginning with `due`: those missed before it are one."""
    found = due
    while (following := next_after(schedule, found)) is not None and following <= now:
        found = _jump(schedule, following, now)
    return found


def _jump(schedule: Schedule, due: datetime, now: datetime) -> datetime:
    """Pass over whole days nobody worked: a year switched off is not walked hour by hour."""
    far = now - timedelta(days=8)
    if due >= far:
        return due
    return next_after(schedule, far) or due


def _every(schedule: Schedule, moment: datetime) -> datetime:
    step = timedelta(hours=schedule.every_hours)
    gone = (moment - schedule.begins) // step
    return schedule.begins + (gone + 1) * step


def _at(schedule: Schedule, moment: datetime) -> datetime:
    day = clock.local(moment).date()
    walls = [
        datetime.combine(day + timedelta(days=n), _clock(text), clock.LOCAL_ZONE)
        for n in (0, 1)
        for text in schedule.at
    ]
    return min(wall for wall in walls if wall > moment)
