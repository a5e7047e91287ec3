"""Writing down what became of messages: the attempts, where each message stands now, the carrier.

One transaction a portion. A result that comes after somebody else has taken the message over (we
were thought dead) is kept as an attempt and changes nothing else.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import F

from anlan.base.db.among import among
from anlan.base.db.inserting import insert_values
from anlan.base.journal.services import Deed, record_many
from anlan.base.people.services import note_dead
from anlan.base.permissions.actor import system
from anlan.comms import reasons
from anlan.comms.carriers import Parcel, Result
from anlan.comms.carriers.slots import Slot, declared_for, devices_for
from anlan.comms.channels import channel_of
from anlan.comms.deed_names import SENT, TOPIC
from anlan.comms.models import Attempt, CarrierState, ConsoleNote, Message
from anlan.comms.parts import parts_of
from anlan.comms.services.sending.attempts import ATTEMPT, BY, Try
from anlan.comms.services.sending.console import console_notes
from anlan.comms.services.sending.senders import Me
from anlan.kernel import clock

#: From so many failures in a row on the provider is left alone for a while.
PATIENCE = 3
#: How exactly it is known when a carrier that fares well did so last.
NOTED = timedelta(seconds=2)


class Done(NamedTuple):
    """One parcel and what became of it."""

    parcel: Parcel
    tried: Try
    result: Result


class _Fate(NamedTuple):
    """Where a message stands now."""

    state: str
    reason: str
    due_at: datetime | None


@transaction.atomic
def record_results(slot: Slot, done: Sequence[Done], me: Me) -> None:
    """Write down a portion of results."""
    now = clock.now()
    me.beat()
    rows = [one.tried.row(one.result, now, _parts(slot, one)) for one in done]
    insert_values(Attempt, ATTEMPT, rows)
    if slot.declaration.kind == "console":
        notes = console_notes([one.parcel for one in done], slot.channel, now)
        ConsoleNote.objects.bulk_create(notes)
    dead = [one for one in done if one.result.reason == reasons.DEAD_NUMBER]
    if dead:
        phones = {one.parcel.phone for one in dead if one.parcel.phone}
        note_dead(ids=phones, reason=f"{slot.declaration.title}：空号", by=system("comms"))
    fates: dict[_Fate, list[str]] = defaultdict(list)
    for one in done:
        fates[_fate(slot, one, now)].append(one.tried.message)
    for fate, ids in fates.items():
        _move(slot, fate, ids, me, now)
    _note_carrier(slot, done, now)
    record_many(list(_deeds(slot, done)))


def _parts(slot: Slot, one: Done) -> int | None:
    """Count the short messages a text was cut into."""
    return parts_of(str(one.parcel.told["charged"])) if slot.channel.key == "sms" else None


def _fate(slot: Slot, one: Done, now: datetime) -> _Fate:
    result, tried = one.result, one.tried
    if result.outcome == "sent":
        return _Fate("sent", "", None)
    pace = slot.declaration.pace
    wait = pace.retry_s[min(tried.number, len(pace.retry_s)) - 1]
    again = now + timedelta(seconds=max(wait, result.wait_s))
    is_over = now - tried.queued_at >= timedelta(seconds=pace.give_up_s)
    # Busy now, it may have been taken under this name before: the name is kept.
    unclear = result.outcome == "again" and tried.repeats and not _others(slot, tried)
    if result.outcome == "unknown" or unclear:
        repeats = slot.channel.repeatable and not is_over
        return _Fate("unknown", result.reason, again if repeats else None)
    if result.reason == reasons.DEAD_NUMBER and one.parcel.phone:
        return _Fate("queued", result.reason, now)  # another number, if there is one
    if result.outcome == "again" and not is_over:
        return _Fate("queued", result.reason, now if _others(slot, tried) else again)
    if result.reason == reasons.REFUSED and _others(slot, tried):
        return _Fate("queued", result.reason, now)
    return _Fate("failed", result.reason, None)


def _others(slot: Slot, tried: Try) -> bool:
    """Tell whether another carrier has not been tried yet."""
    return tried.number <= len(slot.siblings)


def _move(slot: Slot, fate: _Fate, ids: Sequence[str], me: Me, now: datetime) -> None:
    ours = Message.objects.filter(among("pk", ids), state="sending", sender=me.id)
    values: dict[str, object] = {"state": fate.state, "reason": fate.reason, "sender": None}
    if fate.state == "sent":
        declared = slot.declaration
        values |= {"sent_at": now, "ended_at": None}
        if declared.receipt is not None:
            values["receipt_by"] = now + timedelta(seconds=declared.pace.receipt_s)
    elif fate.state == "failed":
        values["ended_at"] = now
    if ours.update(due_at=fate.due_at, **values) < len(ids):
        # What was answered or delivered meanwhile stands where it stands, and is held no longer.
        Message.objects.filter(pk__in=ids, sender=me.id).update(sender=None)


def _note_carrier(slot: Slot, done: Sequence[Done], now: datetime) -> None:
    """Keep how the carrier fares: one in trouble is left alone, the longer the more it fails."""
    bad = next((one.result for one in reversed(done) if one.result.down), None)
    if bad is None:
        fine = any(one.result.outcome == "sent" for one in done)
        if fine:
            _note_fine(slot.key, now)
        return
    state, _ = CarrierState.objects.select_for_update().get_or_create(key=slot.key)
    failures = state.failures + 1
    waits = slot.declaration.pace.retry_s
    wait = waits[min(max(failures - PATIENCE, 0), len(waits) - 1)]
    CarrierState.objects.filter(key=slot.key).update(
        failures=failures,
        failing_since=state.failing_since or now,
        again_at=now + timedelta(seconds=max(wait, bad.wait_s)) if failures >= PATIENCE else None,
        last_error_at=now,
        last_error=bad.detail[:200],
    )


@transaction.atomic
def record_trouble(slot: Slot, detail: str) -> None:
    """Note that a declared channel cannot be used at all, such as for a secret that is not there.

    It is looked at again in a while; what waits for it goes to another, or waits.
    """
    now = clock.now()
    state, _ = CarrierState.objects.get_or_create(key=slot.key)
    CarrierState.objects.filter(key=slot.key).update(
        failures=state.failures + 1,
        failing_since=state.failing_since or now,
        again_at=now + timedelta(seconds=slot.declaration.pace.retry_s[0]),
        last_error_at=now,
        last_error=detail[:200],
    )


def _note_fine(key: str, now: datetime) -> None:
    lately = now - NOTED
    if CarrierState.objects.filter(key=key, failures=0, last_ok_at__gt=lately).exists():
        return  # others who write results down would wait for this row
    fine = {"failures": 0, "failing_since": None, "again_at": None, "last_ok_at": now}
    if not CarrierState.objects.filter(key=key).update(**fine):
        # Two portions may be written down at once: one of them is the first.
        CarrierState.objects.bulk_create([CarrierState(key=key, **fine)], ignore_conflicts=True)


def _deeds(slot: Slot, done: Sequence[Done]) -> Iterable[Deed]:
    """One deed a case: what left, and what did not and why."""
    cases: dict[str, list[Done]] = defaultdict(list)
    for one in done:
        cases[one.tried.case or one.tried.message].append(one)
    for name, same in cases.items():
        case = same[0].tried.case
        outcomes: dict[str, list[str]] = defaultdict(list)
        for one in same:
            outcomes[one.result.outcome].append(one.tried.key)
        regions = {one.tried.region for one in same}
        yield Deed(
            deed=SENT, by=BY, subject=("case", case) if case else ("message", name),
            region=regions.pop() if len(regions) == 1 else "", case=case,
            facts={"channel": slot.channel.key, "carrier": slot.key, **outcomes}, topic=TOPIC,
        )  # fmt: skip


def fail_without_carrier(word: str) -> int:
    """Fail what waits for a channel nobody has set up, so that somebody sees it."""
    with transaction.atomic():
        now = clock.now()
        waiting = Message.objects.filter(channel=word, state="queued", due_at__lte=now)
        return waiting.update(
            state="failed", reason=reasons.NO_CARRIER, ended_at=now, due_at=None, tries=F("tries")
        )


def fail_without_device(word: str) -> int:
    """Fail what is to sound where no device stands, so that somebody sees it."""
    if channel_of(word).needs != "device":
        return 0
    declared = declared_for(word)
    waiting = Message.objects.filter(channel=word, state="queued", due_at__lte=clock.now())
    dumb = [
        region
        for region in waiting.order_by().values_list("region", flat=True).distinct()
        if not any(one.kind == "console" or devices_for(one, region) for one in declared)
    ]
    with transaction.atomic():
        return waiting.filter(region__in=dumb).update(
            state="failed", reason=reasons.NO_DEVICE, ended_at=clock.now(), due_at=None
        )


def give_up_receipts() -> int:
    """Note that no receipt came for what was sent long ago."""
    now = clock.now()
    if not Message.objects.filter(receipt_by__lte=now).exists():
        return 0
    with transaction.atomic():
        return Message.objects.filter(receipt_by__lte=now, state="sent").update(
            reason=reasons.NO_RECEIPT, receipt_by=None
        ) + Message.objects.filter(receipt_by__lte=now).exclude(state="sent").update(
            receipt_by=None
        )
