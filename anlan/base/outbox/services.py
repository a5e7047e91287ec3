"""Tell a fact: one row for the event, one for every handler, in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
import orjson
from django.db import connection

from anlan.base.db.inserting import insert_rows
from anlan.base.jobs import wake
from anlan.base.outbox.models import Delivery
from anlan.base.outbox.models import Event as EventRow
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid, Missing
from anlan.kernel.events import Event, facts, handlers_of, kind, kind_of


def publish(*events: Event) -> list[int]:
    """Write events in the caller's transaction; return their ids.

    Many things that happened at once are one event with many ids, not many events.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an event is published in the transaction that made it true")
    if not events:
        return []
    now = clock.now()
    rows = [
        EventRow(kind=kind_of(event), case=event.case, body=_spell(event), at=now)
        for event in events
    ]
    ids = insert_rows(rows)
    due = clock.real_now()
    deliveries = [
        Delivery(event_id=pk, handler=handler, case=row.case, not_before=due)
        for pk, row in zip(ids, rows, strict=True)
        for handler in handlers_of(row.kind)
    ]
    insert_rows(deliveries)
    wake.signal("outbox")
    return ids


def _spell(event: Event) -> str:
    try:
        return orjson.dumps(facts(event)).decode()
    except orjson.JSONEncodeError as error:
        raise Invalid(f"事件 {kind_of(event)} 只能带编号和简单的值：{error}") from error


def read_event(row: EventRow) -> Event:
    """Make the event again from its row; KeyError when no module declares its kind any more."""
    return msgspec.convert(orjson.loads(row.body), kind(row.kind), strict=False)


def retry(delivery: int) -> None:
    """Let a parked delivery be tried again; `Conflict` when it is not parked."""
    changed = Delivery.objects.filter(pk=delivery, state=Delivery.State.PARKED).update(
        state=Delivery.State.DUE, tries=0, not_before=clock.real_now(), holder=""
    )
    _check_changed(delivery, changed)
    wake.signal("outbox")


def drop(delivery: int) -> None:
    """Give up a parked delivery; `Conflict` when it is not parked."""
    changed = Delivery.objects.filter(pk=delivery, state=Delivery.State.PARKED).update(
        state=Delivery.State.DROPPED, done_at=clock.real_now()
    )
    _check_changed(delivery, changed)


def _check_changed(delivery: int, changed: int) -> None:
    if changed:
        return
    if not Delivery.objects.filter(pk=delivery).exists():
        raise Missing("没有这条投递")
    raise Conflict("投递的状态已变，请刷新后再试")


def forget_done(before: datetime, *, most: int = 1000) -> int:
    """Delete events told to everybody before a time, at most so many; return how many."""
    told = EventRow.objects.filter(at__lt=before).exclude(
        deliveries__state__in=(Delivery.State.DUE, Delivery.State.PARKED)
    )
    ids: Sequence[int] = list(told.values_list("pk", flat=True)[:most])
    EventRow.objects.filter(pk__in=ids).delete()
    return len(ids)
