"""Replies: natural words by short message become answers, or wait for an officer.

A reply finds its person by the number, and what it answers by what was sent to that person last and
is still open. What is sure is taken down as the person's own answer; a doubtful one, a number
nobody has, and words with nothing open behind them wait on a list, for one of them may be a cry.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from anlan.base.db.among import among
from anlan.base.db.inserting import insert_rows
from anlan.base.journal.services import Deed, record, record_many
from anlan.base.obligations import services as obligations
from anlan.base.obligations.kinds import KINDS
from anlan.base.obligations.models import Obligation
from anlan.base.people.models import Phone
from anlan.base.permissions.actor import Actor, system
from anlan.base.vault import services as vault
from anlan.base.vault.selectors import subjects_by_text
from anlan.comms.deed_names import REPLIED, SETTLED, TOPIC
from anlan.comms.hooks import Told
from anlan.comms.models import Message, Reply
from anlan.comms.purposes import PURPOSES
from anlan.comms.reasons import JOINED
from anlan.comms.replies import Reading, read_receipt, reader_of
from anlan.comms.rights import may_settle
from anlan.comms.standing import OBLIGATION
from anlan.kernel import clock
from anlan.kernel.errors import AnlanError, Conflict, Forbidden, Invalid, Missing
from anlan.kernel.ids import new_id

#: A person may answer what was sent to them in these states.
SENT = ("sending", "sent", "delivered", "unknown", "answered")
#: Messages of one person looked at, the newest first.
LOOKED_AT = 50
LONGEST = 500
#: Replies of one transaction.
BATCH = 200


def take_replies(*, carrier: str, told: Sequence[Told]) -> int:
    """Take replies down, each by itself; returns how many were taken for answers.

    As if one after the other, though in transactions of many: a provider hands over hundreds. One
    that cannot be kept holds no other back, and is raised when the others are: the provider has to
    tell it again.
    """
    phones = _phones({one.number for one in told})
    answered, wrong = 0, []
    for part in _parts(told, phones):
        try:
            answered += _take_together(carrier, part, phones)
        except AnlanError:  # each alone shows which of them cannot be kept
            for one in part:
                try:
                    answered += _take_together(carrier, [one], phones)
                except AnlanError as error:
                    wrong.append(error)
    if wrong:
        raise wrong[0]
    return answered


def _phones(numbers: Collection[str]) -> dict[str, list[Phone]]:
    """Find whose numbers these are; one may be of several persons."""
    subjects = subjects_by_text("phone", numbers)
    wanted = {pk for pks in subjects.values() for pk in pks}
    rows = {row.pk: row for row in Phone.objects.filter(among("pk", wanted), retired_at=None)}
    return {
        number: [rows[pk] for pk in pks if pk in rows] for number, pks in subjects.items()
    }  # fmt: skip


def _parts(told: Sequence[Told], phones: Mapping[str, Sequence[Phone]]) -> Iterator[list[Told]]:
    """Put together what hangs on nothing else in it: of one person, number or id no two."""
    layers: list[list[Told]] = []
    free: dict[tuple[str, str], int] = {}
    for one in told:
        marks = {("number", one.number)} | ({("ticket", one.ticket)} if one.ticket else set())
        marks |= {("person", phone.person_id) for phone in phones.get(one.number, ())}
        place = max(free.get(mark, 0) for mark in marks)
        free |= dict.fromkeys(marks, place + 1)
        layers += [[]] if place == len(layers) else []
        layers[place].append(one)
    for layer in layers:
        for start in range(0, len(layer), BATCH):
            yield layer[start : start + BATCH]


def _take_together(
    carrier: str, told: Sequence[Told], phones: Mapping[str, Sequence[Phone]]
) -> int:
    """Take replies of different persons down; told twice each is one."""
    with transaction.atomic():
        read = [
            _reply(carrier, one, phones.get(one.number, ()))
            for one in told
            if not _told_before(carrier, one, phones.get(one.number, ()))
        ]
        refused = _answer([one for one in read if one.row.read == Reply.Read.ANSWER])
        # What another has just said may have ended what it answers: it is read again by itself.
        again = [one for one in refused if len(told) > 1]
        kept = [one for one in read if one not in again]
        for one in kept:
            if one in refused:
                one.row.read = Reply.Read.DOUBTFUL
        _seal([one.row for one in kept])
        insert_rows([one.row for one in kept])
        record_many([_noted(one) for one in kept])
    answered = sum(one.row.read == Reply.Read.ANSWER for one in kept)
    return answered + sum(_take_together(carrier, [one.told], phones) for one in again)


def _seal(rows: Sequence[Reply]) -> None:
    """Seal words and strangers' numbers, of all at once."""
    sealed = vault.seal_many(
        [(row.seal_subject, {"text": row.text, "number": row.number}) for row in rows]
    )
    for row, texts in zip(rows, sealed, strict=True):
        row.text, row.number = texts["text"] or "", texts["number"] or ""


def _noted(one: "_Read") -> Deed:
    row, meant = one.row, one.meant
    return Deed(
        deed=REPLIED, by=system("comms"), subject=("reply", row.pk), region=row.region,
        case=meant.case if meant else "",
        facts={"read": row.read, "person": row.person, "purpose": row.purpose,
               "answers": row.answers},
        topic="answer" if row.read == Reply.Read.ANSWER else TOPIC,
    )  # fmt: skip


def _told_before(carrier: str, told: Told, phones: Sequence[Phone]) -> bool:
    """Tell whether a provider tells this again: by its own id, else by who, when and what."""
    mine = Reply.objects.filter(carrier=carrier)
    if told.ticket:
        return mine.filter(ticket=told.ticket).exists()
    numbers = ["", *(phone.pk for phone in phones)]
    same = list(mine.filter(ticket=None, at=told.at, phone__in=numbers))
    opened = vault.open_many(
        [(row.seal_subject, {"text": row.text, "number": row.number}) for row in same]
    )
    return any(
        texts["text"] == told.text[:LONGEST] and (row.phone or texts["number"] == told.number)
        for row, texts in zip(same, opened, strict=True)
    )


@dataclass(frozen=True, eq=False)
class _Read:
    """A reply as it was read: what it answers, and what its words were taken for."""

    told: Told
    row: Reply
    meant: Message | None
    reading: Reading


def _reply(carrier: str, told: Told, phones: Sequence[Phone]) -> _Read:
    pk = new_id()
    phone, meant = _meant(phones)
    reading = Reading(sure=False)
    if phone is None:
        read = Reply.Read.UNKNOWN_NUMBER
    elif meant is None:
        reading = read_receipt(told.text)
        read = Reply.Read.NOTHING_OPEN
    else:
        reading = reader_of(meant.kind)(told.text)
        read = Reply.Read.ANSWER if reading.sure else Reply.Read.DOUBTFUL
    now = clock.now()
    # A mere "received" with nothing open behind it asks for nothing.
    idle = read == Reply.Read.NOTHING_OPEN and reading.sure
    row = Reply(
        id=pk, carrier=carrier, ticket=told.ticket or None, at=told.at, received_at=now,
        person=phone.person_id if phone else "", phone=phone.pk if phone else "",
        number="" if phone else told.number, text=told.text[:LONGEST],
        read=read, answers=dict(reading.answers), settled_at=now if idle else None,
        settled_by="system:comms" if idle else "",
    )  # fmt: skip
    if meant is not None:
        row.message, row.region = meant.pk, meant.region
        row.purpose_kind, row.purpose = meant.purpose_kind, meant.purpose
    elif phone is not None:
        row.region = phone.region_id
    return _Read(told, row, meant, reading)


def _meant(found: Sequence[Phone]) -> tuple[Phone | None, Message | None]:
    """Find who replied and what was sent to them last that is still open.

    Several persons may share a number: it is whoever was messaged under it last.
    """
    if not found:
        return None, None
    sent = list(
        Message.objects.filter(person__in={one.person_id for one in found}, state__in=SENT)
        .order_by("-id")[:LOOKED_AT]
    )  # fmt: skip
    meant = _open_obligation(sent) or _other(sent)
    if meant is None:
        return found[0], None
    mine = [one for one in found if one.person_id == meant.person]
    return mine[0] if mine else found[0], meant


def _open_obligation(sent: Sequence[Message]) -> Message | None:
    """Choose the newest message whose obligation is open, or one that was joined with it is."""
    owed = [one for one in sent if one.purpose_kind == OBLIGATION]
    open_ = _open({one.purpose for one in owed})
    for one in owed:
        if one.purpose in open_:
            return one
    # Told by a message whose own post somebody else has answered for.
    told = {(one.person, one.case, one.kind) for one in owed}
    others = Message.objects.filter(
        person__in={one.person for one in owed}, purpose_kind=OBLIGATION, state="cancelled",
        reason=JOINED,
    )  # fmt: skip
    silent = [
        one
        for one in others.order_by("-id")[:LOOKED_AT]
        if (one.person, one.case, one.kind) in told
    ]
    open_ = _open({one.purpose for one in silent})
    return next((one for one in silent if one.purpose in open_), None)


def _open(obligations_: Collection[str]) -> set[str]:
    rows = Obligation.objects.filter(pk__in=obligations_, closed_at=None)
    return set(rows.values_list("pk", flat=True))


def _other(sent: Sequence[Message]) -> Message | None:
    """Choose the newest message for anything else that still waits, such as a test."""
    for one in sent:
        if one.purpose_kind != OBLIGATION and PURPOSES[one.purpose_kind].wanted({one.purpose}):
            return one
    return None


def _answer(sure: Sequence[_Read]) -> list[_Read]:
    """Take sure replies down as their persons' own answers; returns those that cannot be."""
    owed = [(one, one.meant) for one in sure if one.meant is not None]
    spoken = [one for one, meant in owed if meant.purpose_kind == OBLIGATION]
    told = obligations.respond_each(said=[_saying(one) for one in spoken])
    refused = [one for one, done in zip(spoken, told, strict=True) if done.error is not None]
    now = clock.now()
    taken = [(one.row, meant.pk) for one, meant in owed if one not in refused]
    for row, _ in taken:
        row.settled_at, row.settled_by = now, _speaker(row).ref
    Message.objects.filter(among("pk", [pk for _, pk in taken]), state__in=SENT).update(
        state="answered", reason="", due_at=None, receipt_by=None, ended_at=now
    )
    return refused


def _saying(one: _Read) -> obligations.Saying:
    said = obligations.Reply(text=one.told.text[:LONGEST], answers=dict(one.reading.answers))
    return obligations.Saying(one.row.purpose, said, _speaker(one.row))


def _speaker(row: Reply) -> Actor:
    return Actor(
        ref=f"reply:{row.pk}", user_id=None, name="短信回复", region=row.region,
        person=row.person, via="reply",
    )  # fmt: skip


def take_reply(*, reply: str, answers: Mapping[str, Any], by: Actor) -> str:
    """Take a doubtful reply for an answer, on behalf of who sent it; returns the obligation."""
    with transaction.atomic():
        row = _open_row(reply, by)
        if row.purpose_kind != OBLIGATION or not row.purpose:
            raise Invalid("这条回复没有对应的事项，请在叫应板上代为应答")
        kind = Obligation.objects.filter(pk=row.purpose).values_list("kind", flat=True).first()
        if kind is None:
            raise Missing("所为的事项已不存在")
        asked = {ask.name for ask in (*KINDS[kind].answer_form, *KINDS[kind].report_form)}
        words = vault.open(row.seal_subject, row.text) if row.text else ""
        known = {name: value for name, value in answers.items() if name in asked}
        said = obligations.Reply(text=words[:LONGEST], answers=known)
        obligations.respond(obligation=row.purpose, by=by, reply=said, person=row.person)
        _settle(row, by, {"taken": True, "answers": known})
    return row.purpose


def dismiss_reply(*, reply: str, by: Actor) -> None:
    """Note that a reply is no answer."""
    with transaction.atomic():
        _settle(_open_row(reply, by), by, {"taken": False})


def _open_row(reply: str, by: Actor) -> Reply:
    row = Reply.objects.select_for_update().filter(pk=reply).first()
    if row is None:
        raise Missing("没有这条回复")
    if not may_settle(by, row.region):
        raise Forbidden("您没有这项权限，或该地区不在您的管辖范围内。请联系安全管理员授权。")
    if row.settled_at is not None:
        raise Conflict("这条回复已经有人处理，请刷新")
    return row


def _settle(row: Reply, by: Actor, facts: Mapping[str, Any]) -> None:
    Reply.objects.filter(pk=row.pk).update(settled_at=clock.now(), settled_by=by.ref)
    record(
        deed=SETTLED, by=by, subject=("reply", row.pk), region=row.region, facts=facts, topic=TOPIC
    )
