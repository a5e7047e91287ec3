"""点名, 查岗: the duty rooms below are asked now, or at a moment drawn by lot."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from anlan.base.journal.services import record
from anlan.base.obligations import services as obligations
from anlan.base.obligations.ladders import Span
from anlan.base.people import selectors as people
from anlan.base.people.models import Post
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.selectors import actor_by_ref
from anlan.base.regions import scope
from anlan.base.regions.models import Level, Region
from anlan.kernel import clock
from anlan.kernel.errors import AnlanError, Invalid
from anlan.respond.duty import deed_names
from anlan.respond.duty.models import RollCall
from anlan.respond.duty.selectors.desks import desk_of
from anlan.respond.duty.services.log import note_fact

KIND = "roll-call"
SUBJECT = "roll-call"
#: Posts of a duty room, best seat first; where a village has none its head answers.
ROOM = ("duty-officer", "duty-chief", "duty-leader", "village-head")
#: Nobody may draw a lot further ahead than this.
AHEAD = timedelta(days=7)
LOT = random.SystemRandom()


@dataclass(frozen=True, kw_only=True)
class Roll:
    """Whom to ask: the rooms of a level, all or so many drawn by lot; now, or some time between."""

    level: int = Level.TOWN
    minutes: int = 10
    sample: int | None = None
    begins: datetime | None = None
    ends: datetime | None = None


def call_roll(*, roll: Roll, region: str = "", by: Actor) -> RollCall:
    """Ask the duty rooms below, or draw the moment at which they are asked."""
    desk = desk_of(by, region, "roll-calls.send")
    _check(roll, desk)
    with transaction.atomic():
        row = RollCall(
            region_id=desk, level=roll.level, sample=roll.sample, minutes=roll.minutes, by=by.ref,
            made_at=clock.now(), planned_from=roll.begins, planned_to=roll.ends,
        )  # fmt: skip
        if roll.begins and roll.ends:
            seconds = LOT.uniform(0, (roll.ends - roll.begins).total_seconds())
            row.planned_at = roll.begins + timedelta(seconds=seconds)
            row.save(force_insert=True)
            _note(row, deed_names.PLANNED, by, 0)
            return row
        row.save(force_insert=True)
        _call(row, by)
    return row


def call_due() -> int:
    """Ask the rooms whose moment has come, as whoever planned it; returns how many roll calls.

    One that cannot be made, because who planned it is gone or may not any more, says so.
    """
    due = RollCall.objects.filter(called_at=None, planned_at__lte=clock.now())
    called = 0
    for pk in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            row = RollCall.objects.select_for_update().filter(pk=pk, called_at=None).first()
            if row is not None:
                called += _call_planned(row)
    return called


def _call_planned(row: RollCall) -> int:
    try:
        with transaction.atomic():
            _call(row, actor_by_ref(row.by))
    except AnlanError as error:
        row.trouble, row.planned_at, row.called_at = error.detail[:200], None, None
        row.save(update_fields=["trouble", "planned_at", "called_at"])
        return 0
    return 1


def _call(row: RollCall, by: Actor) -> None:
    rooms, without = _rooms(row)
    if row.sample is not None and row.sample < len(rooms):
        rooms = sorted(LOT.sample(rooms, row.sample))
    row.called_at, row.without = clock.now(), without
    row.save(update_fields=["called_at", "without"])
    limit = Span(row.minutes, "minute")
    debts = [
        obligations.Debt(
            kind=KIND, title=f"点名查岗：{row.minutes} 分钟内应答", debtor=post, region=code,
            subject=(SUBJECT, row.pk), answer_within=limit, once=f"{SUBJECT}:{row.pk}:{code}",
        )
        for code, post in rooms
    ]  # fmt: skip
    obligations.owe_many(debts=debts, by=by, start=True)
    _note(row, deed_names.CALLED, by, len(rooms))
    note_fact(
        region=row.region_id, kind="roll-call", link=(SUBJECT, row.pk), by=by,
        content=f"点名查岗，{len(rooms)} 个值班室，{row.minutes} 分钟内应答",
        once=f"roll-call:{row.pk}",
    )  # fmt: skip


def _rooms(row: RollCall) -> tuple[list[tuple[str, str]], list[str]]:
    """Find whoever sits in the duty room of each region of the level, and those without one."""
    regions = Region.objects.filter(level=row.level, valid_to=None).exclude(code=row.region_id)
    codes = list(scope.below(regions, row.region_id, "code").values_list("code", flat=True))
    posts = Post.objects.filter(region__in=codes, role__in=ROOM, retired_at=None)
    found: dict[str, list[tuple[int, int, str]]] = {}
    for pk, code, role, rank in posts.values_list("pk", "region_id", "role", "rank"):
        found.setdefault(code, []).append((ROOM.index(role), rank, pk))
    best = {code: [pk for *_, pk in sorted(offers)] for code, offers in found.items()}
    seated = people.seats(best)
    return (
        sorted((code, posts[0]) for code, posts in seated.items() if posts),
        sorted(set(codes) - set(best)),
    )


def _check(roll: Roll, desk: str) -> None:
    now = clock.now()
    errors: dict[str, list[str]] = {}
    if roll.level not in Level.values or roll.level <= scope.level_of(desk):
        errors["level"] = ["只能点本级以下的值班室"]
    if not 1 <= roll.minutes <= 120:
        errors["minutes"] = ["应为 1 到 120 分钟"]
    if roll.sample is not None and roll.sample < 1:
        errors["sample"] = ["至少抽一个"]
    if (roll.begins is None) != (roll.ends is None):
        errors["ends"] = ["起止要么都写，要么都不写"]
    if roll.begins and roll.ends and not now <= roll.begins < roll.ends <= now + AHEAD:
        errors["begins"] = ["应在今后七天之内，先起后止"]
    if errors:
        raise Invalid("有几处需要改正", errors=errors)


def _note(row: RollCall, deed: str, by: Actor, rooms: int) -> None:
    facts = {"level": row.level, "minutes": row.minutes, "sample": row.sample, "rooms": rooms}
    record(
        deed=deed, by=by, subject=(deed_names.ROLL_CALL, row.pk), region=row.region_id,
        facts=facts, topic=deed_names.TOPIC,
    )  # fmt: skip
