"""The manual call sheet: numbers to dial are read by name, and what each call gave is noted."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from anlan.base.journal.services import record
from anlan.base.obligations import services as obligations
from anlan.base.obligations.kinds import KINDS
from anlan.base.obligations.models import Obligation
from anlan.base.people.services import note_dead
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.comms import reasons
from anlan.comms.channels import CHANNELS, channel_of
from anlan.comms.deed_names import CALLED, NUMBERS_READ, TOPIC
from anlan.comms.models import Attempt, Message
from anlan.comms.rights import CALL
from anlan.comms.selectors.addresses import addresses
from anlan.comms.standing import OBLIGATION
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid, Missing

#: What a call gave: code -> the reason it leaves on the message.
RESULTS = {
    "connected": "",
    "no-answer": reasons.NO_ANSWER,
    "busy": reasons.BUSY,
    "off": reasons.OFF,
    "dead": reasons.DEAD_NUMBER,
}
#: What an attempt by hand has for a carrier.
BY_HAND = "hand"
#: A number somebody has before their eyes is not noted as read again for so long, in seconds.
FRESH_S = 3600.0


@dataclass(frozen=True)
class Call:
    """What somebody at the telephone notes of one call."""

    result: str
    #: Which of the person's numbers was dialled.
    phone: str = ""
    #: What was said, when it was an answer: the codes of the kind's form, and words.
    answers: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""


def note_call(*, message: str, call: Call, by: Actor) -> str:
    """Note what a call gave; returns where the line stands now.

    Connected with an answer, the answer is taken down on behalf of who was called. A number that
    does not exist is marked dead, and the line stays while the person has another.
    """
    if call.result not in RESULTS:
        raise Invalid("没有这种通话结果", errors={"result": [f"可用：{'、'.join(RESULTS)}"]})
    with transaction.atomic():
        row = _line(message, call, by)
        if call.result == "dead" and call.phone:
            note_dead(ids=[call.phone], reason="拨打时为空号或停机", by=by)
        state = _follow(row, call, by)
        _write(row, call, state, by)
    return state


def _line(message: str, call: Call, by: Actor) -> Message:
    """Lock the line a call is noted on: its own, or what took its place while somebody spoke.

    A call lasts minutes and the ladder climbs meanwhile. What was said is kept all the same.
    """
    row = Message.objects.select_for_update().filter(pk=message).first()
    if row is None or not channel_of(row.channel).by_hand:
        raise Missing("没有这条叫应单")
    permit(by, CALL, row.region)
    if row.state == "manual":
        return row
    if row.reason == reasons.SUPERSEDED and row.person:
        newer = _calls_to(row).filter(purpose=row.purpose).order_by("-id")
        found = newer.select_for_update().first()
        if found is not None:
            return found
        if _says_something(call) and _is_open(row):
            return row
    raise Conflict("这条已经有人处理，请刷新")


def _says_something(call: Call) -> bool:
    return call.result == "connected" and bool(call.answers or call.text.strip())


def _is_open(row: Message) -> bool:
    """Say whether what a line is about still waits for an answer."""
    return (
        row.purpose_kind == OBLIGATION
        and Obligation.objects.filter(pk=row.purpose, state__in=("issued", "reached")).exists()
    )


def _follow(row: Message, call: Call, by: Actor) -> str:
    """Do what follows from a call; tell the state it leads to."""
    if call.result == "connected":
        if not _says_something(call):
            return "delivered"
        _answer(row, call, by)
        return "answered"
    if call.result != "dead":
        return "manual"
    others = addresses([row.person], channel_of("voice")).get(row.person)
    return "manual" if others else "failed"


def _answer(row: Message, call: Call, by: Actor) -> None:
    """Take the answer down; the form of the kind says which codes it knows."""
    if row.purpose_kind != OBLIGATION:
        return
    owed = Obligation.objects.filter(pk=row.purpose).values_list("kind", flat=True).first()
    if owed is None:
        raise Missing("所为的事项已不存在")
    asked = {ask.name for ask in (*KINDS[owed].answer_form, *KINDS[owed].report_form)}
    known = {name: value for name, value in call.answers.items() if name in asked}
    said = obligations.Reply(text=call.text[:500], answers=known)
    obligations.respond(obligation=row.purpose, by=by, reply=said, person=row.person)


def _write(row: Message, call: Call, state: str, by: Actor) -> None:
    now = clock.now()
    Attempt.objects.create(
        message=row, number=row.tries + 1, carrier=BY_HAND, phone=call.phone, began_at=now,
        ended_at=now, outcome=call.result, reason=RESULTS[call.result], by=by.ref,
    )  # fmt: skip
    if row.state != "manual":  # taken off the sheet before: it stays off, with one try more
        Message.objects.filter(pk=row.pk).update(tries=row.tries + 1)
        _note(row, call, row.state, by)
        return
    values: dict[str, Any] = {"state": state, "reason": RESULTS[call.result]}
    if state in ("delivered", "answered"):
        values["delivered_at"] = now
    if state != "manual":
        values["ended_at"] = now
    Message.objects.filter(pk=row.pk).update(
        tries=row.tries + 1, phone=call.phone, carrier=BY_HAND, **values
    )
    if state != "manual":
        _take_off(row, now)
    _note(row, call, state, by)


def _note(row: Message, call: Call, state: str, by: Actor) -> None:
    record(
        deed=CALLED, by=by, subject=("message", row.pk), region=row.region, case=row.case,
        changes={"state": [row.state, state]},
        facts={"result": call.result, "phone": call.phone, "person": row.person}, topic=TOPIC,
    )  # fmt: skip


def _take_off(row: Message, now: datetime) -> None:
    """Take other lines to the same person for the same thing off the sheet, of any post."""
    own = Q(purpose=row.purpose)
    if row.purpose_kind == OBLIGATION and row.person and row.case and KINDS[row.kind].joined:
        own |= Q(case=row.case, kind=row.kind)
    _calls_to(row).filter(own).update(state="cancelled", reason=reasons.SUPERSEDED, ended_at=now)


def _calls_to(row: Message) -> QuerySet[Message]:
    """Select the lines by which somebody still has to ring whom a line rings."""
    calls = [name for name, one in CHANNELS.items() if one.by_hand and not one.knocks]
    return Message.objects.filter(
        purpose_kind=row.purpose_kind, person=row.person, state="manual", channel__in=calls
    )


#: (who, message) -> when the numbers were noted as read last, on the monotonic clock.
_seen: dict[tuple[str, str], float] = {}


def note_numbers_read(*, messages: Collection[str], by: Actor) -> int:
    """Note that somebody was shown the numbers of these lines; returns how many were new to them.

    A sheet that is looked at again every few seconds is read once an hour.
    """
    now = time.monotonic()
    for key in [key for key, at in _seen.items() if now - at > FRESH_S]:
        del _seen[key]
    fresh = sorted(one for one in messages if (by.ref, one) not in _seen)
    if not fresh:
        return 0
    with transaction.atomic():
        record(
            deed=NUMBERS_READ, by=by, subject=("message", fresh[0]), facts={"messages": fresh},
            topic=TOPIC,
        )  # fmt: skip
    _seen.update({(by.ref, one): now for one in fresh})
    return len(fresh)
