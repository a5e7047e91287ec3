"""Standing roll calls: the moments of a day are laid out in advance, those by lot drawn by lot."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q

from anlan.codes.calendar import ZONE, is_working_day
from anlan.kernel import clock
from anlan.respond.duty.models import ROLL_LEVELS, RollCall, RollPlan, hour_of
from anlan.respond.duty.services.rolls import LOT

DAY = timedelta(days=1)
#: A moment that passed while nothing ran is still called so long; after that it says so.
STILL = timedelta(minutes=30)
#: Minutes to answer in where a schedule names none.
LEAST = 10
#: Laid out, and nobody was asked yet.
WAITING = Q(called_at=None, trouble="")
NOT_RUNNING = "平台当时没有运行，没有点成"


@dataclass(frozen=True)
class Slot:
    """One moment of a standing roll call: at an hour, or by lot between two."""

    key: str
    begins: datetime
    ends: datetime | None = None

    def drawn(self, now: datetime) -> datetime:
        """Tell the moment; of what is left of a span it is drawn anew each time this is asked."""
        if self.ends is None:
            return self.begins
        first = min(max(self.begins, now), self.ends)
        return first + timedelta(seconds=LOT.uniform(0, (self.ends - first).total_seconds()))


def lay_out_rolls() -> int:
    """Lay today's standing roll calls out, those of last night with them; tells how many are new.

    What is laid out already stays as it was drawn. What a schedule no longer names, and nobody was
    asked yet, is taken away; so it is with one that ended.
    """
    now = clock.now()
    today = clock.local(now).date()
    made = 0
    for plan in RollPlan.objects.filter(retired_at=None).order_by("pk"):
        slots = {one.key: one for day in (today - DAY, today) for one in slots_of(plan, day)}
        with transaction.atomic():
            made += _lay_out(plan, slots, now)
    RollCall.objects.filter(WAITING, plan__retired_at__isnull=False).delete()
    return made


def _lay_out(plan: RollPlan, slots: Mapping[str, Slot], now: datetime) -> int:
    laid = RollCall.objects.filter(WAITING, plan=plan)
    laid.filter(planned_at__lt=now - STILL).update(trouble=NOT_RUNNING, planned_at=None)
    laid.exclude(slot__in=slots).delete()
    laid.update(
        level=ROLL_LEVELS[plan.level], sample=plan.sample, minutes=plan.minutes or LEAST,
        by=plan.changed_by,
    )  # fmt: skip
    known = RollCall.objects.filter(plan=plan, slot__in=slots).values_list("slot", flat=True)
    new = [_roll(plan, slots[key], now) for key in slots.keys() - set(known)]
    wanted = [row for row in new if row is not None]
    RollCall.objects.bulk_create(wanted, ignore_conflicts=True)
    return len(wanted)


def slots_of(plan: RollPlan, day: date) -> Iterator[Slot]:
    """List the moments of a schedule that begin on a day."""
    if not _holds(plan, day):
        return
    for text in plan.clock_times():
        hour = hour_of(text)
        if hour is not None:
            yield Slot(f"{day} {hour:%H:%M}", _at(day, hour))
    begins, ends = hour_of(plan.lot_from.strip()), hour_of(plan.lot_to.strip())
    if begins is None or ends is None:
        return
    until = _at(day if ends > begins else day + DAY, ends)
    for number in range(1, (plan.lots or 1) + 1):
        yield Slot(f"{day} lot {number}", _at(day, begins), until)


def _holds(plan: RollPlan, day: date) -> bool:
    if plan.days == "daily":
        return True
    return is_working_day(day).working == (plan.days == "working")


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=ZONE)


def _roll(plan: RollPlan, slot: Slot, now: datetime) -> RollCall | None:
    """Make one roll call; None for one that was over before the schedule was written."""
    if (slot.ends or slot.begins) <= max(plan.changed_at, now - DAY):
        return None
    at = slot.drawn(now)
    missed = at < now - STILL
    return RollCall(
        region_id=plan.region_id, level=ROLL_LEVELS[plan.level], sample=plan.sample,
        minutes=plan.minutes or LEAST, by=plan.changed_by, made_at=now, plan=plan, slot=slot.key,
        planned_from=slot.begins, planned_to=slot.ends or slot.begins,
        planned_at=None if missed else at, trouble=NOT_RUNNING if missed else "",
    )  # fmt: skip
