"""Another expected moment moves the latest time to have left, of drafts and of what is under way.

A forecast that somebody signed tells it village by village; a response whose moment a person moved
tells it for the batches it asked for. What an older forecast says moves nothing, and neither does
one that names no moment. A limit that a person named stays where it is the earlier one. Whoever
owes the moving is told what the time was and is.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from anlan.base.db.updating import update_values
from anlan.base.obligations.models import Obligation
from anlan.base.obligations.services import move_deadlines
from anlan.base.permissions.actor import Actor, system
from anlan.base.regions import selectors as regions
from anlan.forecast.events import ForecastApproved
from anlan.forecast.models import Run, VillageOutlook
from anlan.kernel import clock
from anlan.respond.evacuation.kinds import KIND, SUBJECT
from anlan.respond.evacuation.models import Evacuation, Part
from anlan.respond.evacuation.selectors.counting import sums, tally
from anlan.respond.evacuation.selectors.deadlines import latest_for
from anlan.respond.evacuation.services.finding import note
from anlan.respond.evacuation.services.ordering import title_of
from anlan.respond.responses.events import ResponseMoved

#: Batches whose times still matter.
STANDING = ("draft", "ordered")
COLUMNS = ("expected_at", "latest_at", "rule")
#: Where a batch keeps which forecast its times are of.
TIMED = "timed"
MONTH_DAY = "{0.month}月{0.day}日{0:%H:%M}"


class Moved(NamedTuple):
    """A village whose time moved: what it was and is."""

    part: Part
    was: datetime | None

    @property
    def is_earlier(self) -> bool:
        """Tell whether there is less time than was said."""
        now = self.part.latest_at
        return now is not None and (self.was is None or now < self.was)


def follow_forecast(*, event: ForecastApproved, by: Actor | None = None) -> int:
    """Take over when it comes from a signed run; returns of how many villages the time moved."""
    rows = VillageOutlook.objects.filter(run=event.run).values_list(
        "region_id", "first_at", "arrives_at"
    )
    told = {
        region: min(known)
        for region, *moments in rows
        if (known := [at for at in moments if at is not None])
    }
    if not told or not event.hazard:
        return 0
    batches = Evacuation.objects.filter(
        state__in=STANDING, parts__region__in=list(told), parts__lifted_at=None
    )
    found = [row for row in batches.distinct().order_by("pk") if event.hazard in row.hazards]
    actor = by or system("respond")
    return sum(_follow_run(row.pk, told, event, actor) for row in found)


@transaction.atomic
def _follow_run(
    batch: str, told: Mapping[str, datetime], event: ForecastApproved, by: Actor
) -> int:
    row = Evacuation.objects.select_for_update().get(pk=batch)
    since = _timed_at(row)
    if row.state not in STANDING or (since is not None and since >= event.based_at):
        return 0
    row.asked = {**row.asked, TIMED: event.based_at.isoformat()}
    row.save(update_fields=["asked"])
    parts = list(row.parts.select_for_update().filter(region__in=told, lifted_at=None))
    return _move(row, parts, told, {"run": event.run}, by)


def _timed_at(row: Evacuation) -> datetime | None:
    """Tell when the forecast was made that a batch's times are of; None where none is."""
    if kept := row.asked.get(TIMED):
        return datetime.fromisoformat(kept)
    return Run.objects.filter(pk=row.run).values_list("based_at", flat=True).first()


def follow_response(*, event: ResponseMoved, by: Actor | None = None) -> int:
    """Take over the moment a person named for a response; returns of how many it moved."""
    if event.expected_at is None:
        return 0
    batches = Evacuation.objects.filter(response=event.response, state__in=STANDING)
    actor = by or system("respond")
    return sum(_follow_person(pk, event, actor) for pk in batches.values_list("pk", flat=True))


@transaction.atomic
def _follow_person(batch: str, event: ResponseMoved, by: Actor) -> int:
    row = Evacuation.objects.select_for_update().get(pk=batch)
    was = row.expected_at
    if row.state not in STANDING or event.expected_at is None or was == event.expected_at:
        return 0
    row.expected_at = event.expected_at
    row.save(update_fields=["expected_at"])
    # What a forecast told of a village itself stays.
    parts = list(row.parts.select_for_update().filter(expected_at=was, lifted_at=None))
    told = {one.region_id: event.expected_at for one in parts}
    return _move(row, parts, told, {"response": event.response}, by)


def _move(
    row: Evacuation,
    parts: Sequence[Part],
    told: Mapping[str, datetime],
    why: Mapping[str, str],
    by: Actor,
) -> int:
    moved = []
    for one in parts:
        was, one.expected_at = one.latest_at, told[one.region_id]
        latest = latest_for(row.hazards, one.expected_at)
        one.latest_at, one.rule = (latest.at, latest.rule) if latest else (None, "")
        if row.latest_at is not None and (one.latest_at is None or row.latest_at < one.latest_at):
            one.latest_at, one.rule = row.latest_at, ""
        if one.latest_at != was:
            moved.append(Moved(one, was))
    values = [(one.expected_at, one.latest_at, one.rule, one.pk) for one in parts]
    update_values(Part, COLUMNS, values, match=("id",))
    if not moved:
        return 0
    if row.state == "ordered":
        _tell(row, moved, by)
    earlier = sum(one.is_earlier for one in moved)
    note(row, "moved", by, {
        **why, "villages": [one.part.region_id for one in moved], "earlier": earlier,
        "later": len(moved) - earlier,
    })  # fmt: skip
    return len(moved)


def _tell(row: Evacuation, moved: Sequence[Moved], by: Actor) -> None:
    """Move what villages owe, with the time in its title; each is told what it was and is."""
    owed = dict(
        Obligation.objects.filter(
            kind=KIND, subject_kind=SUBJECT, subject__in=[one.part.pk for one in moved],
            closed_at=None,
        ).values_list("subject", "pk")
    )  # fmt: skip
    counted = tally(row.pk)
    names = regions.names(one.part.region_id for one in moved)
    for told in (True, False):
        some = [one for one in moved if one.is_earlier is told and one.part.pk in owed]
        due = {owed[one.part.pk]: one.part.latest_at for one in some if one.part.latest_at}
        titles = {
            owed[one.part.pk]: title_of(
                names.get(one.part.region_id, one.part.region_id),
                sums([counted.get(one.part.region_id, {})]).due, one.part.latest_at,
            )
            for one in some
        }  # fmt: skip
        move_deadlines(due=due, reason=_reason(some), by=by, titles=titles)


def _reason(moved: Sequence[Moved]) -> str:
    expected = min((one.part.expected_at for one in moved if one.part.expected_at), default=None)
    if expected is None:
        return ""
    when = MONTH_DAY.format(clock.local(expected))
    if moved[0].is_earlier:
        return f"预计到达提前到 {when}，请抓紧转移"
    return f"预计到达推迟到 {when}"
