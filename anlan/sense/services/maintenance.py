"""Maintenance (检修): announced with a reason and an end; its values raise no alarm meanwhile."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from anlan.base.journal.services import record
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid, Missing
from anlan.sense import deed_names
from anlan.sense.models import Gateway, Maintenance, Station, Stream
from anlan.sense.services.epochs import turn_epoch

LONGEST = timedelta(days=90)
LONGEST_REASON = 300
MODELS = {"gateway": Gateway, "station": Station, "stream": Stream}


@dataclass(frozen=True, kw_only=True)
class Work:
    """What is announced. `of` is gateway, station or stream, `thing` its id."""

    of: str
    thing: str
    starts: datetime
    ends: datetime
    reason: str


def announce_maintenance(*, work: Work, by: Actor) -> str:
    """Announce maintenance; returns its id. It may begin in the past by at most its own length."""
    model = MODELS.get(work.of)
    if model is None:
        raise Invalid("检修对象只能是网关、测站、监测项", errors={"of": ["没有这种对象"]})
    row = model._default_manager.filter(pk=work.thing, retired_at=None).first()
    if row is None or not may(by, f"{work.of}s.view", row.region_id):
        raise Missing("没有这个检修对象")
    permit(by, "maintenance.edit", row.region_id)
    _check(work)
    now = clock.now()
    with transaction.atomic():
        made = Maintenance.objects.create(
            region_id=row.region_id, reason=work.reason.strip()[:LONGEST_REASON],
            starts=work.starts, ends=work.ends, at=now, by=by.ref, **{f"{work.of}_id": row.pk},
        )  # fmt: skip
        record(
            deed=deed_names.MAINTENANCE["begun"], by=by, subject=("maintenance", made.pk),
            region=row.region_id,
            facts={
                "of": work.of, "thing": row.pk, "starts": work.starts.isoformat(),
                "ends": work.ends.isoformat(), "reason": made.reason,
            },
            topic=deed_names.TOPIC,
        )  # fmt: skip
        turn_epoch()
    return made.pk


def _check(work: Work) -> None:
    wrong: dict[str, list[str]] = {}
    if not work.reason.strip():
        wrong["reason"] = ["请写明检修事由"]
    if work.starts.tzinfo is None or work.ends.tzinfo is None:
        wrong["ends"] = ["时间应带时区"]
    elif not work.starts < work.ends <= work.starts + LONGEST:
        wrong["ends"] = [f"应晚于开始，且不超过 {LONGEST.days} 天"]
    elif work.ends <= clock.now():
        wrong["ends"] = ["检修已经结束，不用再登记"]
    if wrong:
        raise Invalid("有几处需要改正", errors=wrong)


def end_maintenance(*, maintenance: str, by: Actor) -> None:
    """End maintenance before its time, or take back what has not begun."""
    with transaction.atomic():
        row = Maintenance.objects.select_for_update().filter(pk=maintenance).first()
        if row is None or not may(by, "maintenance.view", row.region_id):
            raise Missing("没有这次检修")
        permit(by, "maintenance.edit", row.region_id)
        now = clock.now()
        if row.ended_at is not None or row.ends <= now:
            raise Conflict("这次检修已经结束")
        Maintenance.objects.filter(pk=row.pk).update(ended_at=now, ended_by=by.ref)
        record(
            deed=deed_names.MAINTENANCE["ended"], by=by, subject=("maintenance", row.pk),
            region=row.region_id, topic=deed_names.TOPIC,
        )  # fmt: skip
        turn_epoch()
