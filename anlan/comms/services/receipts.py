"""Receipts: what a provider says later of what it took. Late, doubled and early ones are borne.

A receipt finds its try by our own name for it, or by the provider's ticket (and the number, where
one ticket stands for several). One that finds none yet came before we had written the try down, or
is none of ours: it is looked for again for a while, then it stays on the list of strays.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q

from anlan.base.db.inserting import insert_rows
from anlan.base.journal.services import Deed, record_many
from anlan.base.obligations.services import reach
from anlan.base.people.services import note_dead
from anlan.base.permissions.actor import system
from anlan.base.vault.selectors import subjects_by_text
from anlan.comms import reasons
from anlan.comms.channels import channel_of
from anlan.comms.declaration import Declaration
from anlan.comms.declaration.declared import Inward
from anlan.comms.deed_names import RECEIVED, TOPIC
from anlan.comms.hooks import Told
from anlan.comms.models import Attempt, Message, Stray
from anlan.comms.selectors.addresses import addresses
from anlan.comms.services.joining import COLUMNS, joined_with
from anlan.comms.services.sending.attempts import read_key
from anlan.comms.standing import OBLIGATION
from anlan.kernel import clock

BATCH = 500
#: A stray is looked for again for so long.
PATIENCE = timedelta(minutes=10)
#: A number that gave no delivery is tried so often in all.
MOST_TRIES = 3
#: States a late "delivered" may still improve.
BEFORE_DELIVERY = ("sending", "sent", "unknown", "failed", "queued")

DELIVERED, FAILED, DEAD = "delivered", "failed", "dead"


class Receipt(NamedTuple):
    """One receipt, judged: what it says of which try."""

    ticket: str
    key: str
    #: Ids of the phones that have the number it names.
    phones: tuple[str, ...]
    receipt: str
    dead: bool
    code: str
    at: datetime
    #: What was said beside the code.
    said: str = ""


def take_receipts(*, declared: Declaration, inward: Inward, told: Sequence[Told]) -> int:
    """Take receipts down; returns how many found their try. The caller has proved who tells."""
    final = [one for one in told if one.code not in inward.pending]
    phones = _phones({one.number for one in final if one.number})
    receipts = [
        Receipt(
            one.ticket, one.key, tuple(phones.get(one.number, ())),
            DELIVERED if one.code in inward.delivered else FAILED, one.code in inward.dead,
            one.code, one.at, one.text,
        )
        for one in final
    ]  # fmt: skip
    found = 0
    for start in range(0, len(receipts), BATCH):
        found += _take_batch(declared.key, receipts[start : start + BATCH])
    return found


def _phones(numbers: Collection[str]) -> dict[str, list[str]]:
    return subjects_by_text("phone", numbers)


@transaction.atomic
def _take_batch(carrier: str, receipts: Sequence[Receipt]) -> int:
    matched, strays = _match(carrier, receipts)
    now = clock.now()
    insert_rows(
        [
            Stray(
                carrier=carrier, ticket=one.ticket or one.key,
                receipt=DEAD if one.dead else one.receipt,
                code=one.code, phone=next(iter(one.phones), ""), at=one.at, received_at=now,
            )
            for one in strays
        ]
    )  # fmt: skip
    _apply(carrier, matched)
    return len(matched)


Matched = Sequence[tuple[Attempt, Receipt]]


def _match(
    carrier: str, receipts: Sequence[Receipt]
) -> tuple[list[tuple[Attempt, Receipt]], list[Receipt]]:
    """Find the try of each receipt, and hold it: two processes may be told of it at once."""
    keys = {one.key: read_key(one.key) for one in receipts if one.key}
    tickets = {one.ticket for one in receipts if one.ticket}
    messages = {found[0] for found in keys.values() if found}
    rows = Attempt.objects.filter(carrier=carrier).filter(
        Q(message__in=messages) | Q(ticket__in=tickets)
    )
    rows = rows.select_for_update().order_by("pk")
    by_key = {(row.message_id, row.number): row for row in rows}
    # What was asked again under one name is told of by the name of its first try.
    last = {(row.message_id, row.request): row for row in by_key.values() if row.request}
    by_ticket: dict[str, list[Attempt]] = defaultdict(list)
    for row in by_key.values():
        if row.ticket:
            by_ticket[row.ticket].append(row)
    matched, strays = [], []
    for one in receipts:
        named = keys.get(one.key)
        attempt = by_key.get(named) if named else None
        if attempt is not None:
            attempt = last.get((attempt.message_id, attempt.request), attempt)
        attempt = attempt or _by_ticket(by_ticket.get(one.ticket, ()), one)
        if attempt is None:
            strays.append(one)
        else:
            matched.append((attempt, one))
    return matched, strays


def _by_ticket(offered: Sequence[Attempt], one: Receipt) -> Attempt | None:
    if len(offered) == 1 and not one.phones:
        return offered[0]
    same = [row for row in offered if row.phone in one.phones]
    return same[-1] if same else None


def _apply(carrier: str, matched: Matched) -> None:
    """Write receipts to their tries, and what follows to the messages."""
    fresh = []
    for attempt, one in matched:  # one at a time: the same may be told twice in one breath
        if attempt.receipt in (DELIVERED, one.receipt):
            continue
        attempt.receipt, attempt.receipt_at = one.receipt, one.at
        if one.receipt == FAILED:
            attempt.reason = reasons.DEAD_NUMBER if one.dead else reasons.UNDELIVERED
            attempt.detail = f"{attempt.detail} 回执 {one.code} {one.said}".strip()[:200]
        fresh.append((attempt, one))
    if not fresh:
        return
    _write([attempt for attempt, _ in fresh])
    _deliver({attempt.message_id for attempt, one in fresh if one.receipt == DELIVERED})
    _undeliver([(attempt, one) for attempt, one in fresh if one.receipt == FAILED])
    record_many(_deeds(carrier, fresh))


def _write(attempts: Sequence[Attempt]) -> None:
    table = connection.ops.quote_name(Attempt._meta.db_table)
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET receipt = %s, receipt_at = %s, reason = %s, detail = %s"  # noqa: S608
            " WHERE id = %s",
            [(it.receipt, adapt(it.receipt_at), it.reason, it.detail, it.pk) for it in attempts],
        )


def _deliver(ids: Collection[str]) -> None:
    """Note what reached its person, whatever we thought of it before; the debtor has it now."""
    now = clock.now()
    rows = list(
        Message.objects.select_for_update()
        .filter(pk__in=ids, state__in=BEFORE_DELIVERY)
        .values_list("pk", "channel", "purpose_kind", "purpose", *COLUMNS)
    )
    Message.objects.filter(pk__in=[row[0] for row in rows]).update(
        # Whoever holds it for a second try writes that down yet, or what they leave is found.
        state="delivered", reason="", delivered_at=now, due_at=None, receipt_by=None, ended_at=None,
    )  # fmt: skip
    reached = {
        purpose: (*key,)
        for _, name, kind, purpose, *key in rows
        if kind == OBLIGATION and channel_of(name).reaches("delivered")
    }
    if reached:
        # What was joined with it has reached the same person.
        others = joined_with(reached.values()).values()
        also = {purpose for same in others for _, purpose in same}
        reach(obligations=sorted({*reached, *also}), by=system("comms"))


def _undeliver(failed: Matched) -> None:
    """Note what did not arrive: the next number is tried, or the message has failed.

    Only the newest try of a message decides: an older one's receipt comes too late to matter.
    """
    dead = {attempt.phone for attempt, one in failed if one.dead and attempt.phone}
    if dead:
        note_dead(ids=dead, reason="回执：空号、停机或没有这个地址", by=system("comms"))
    newest = {attempt.message_id: (attempt, one) for attempt, one in failed}
    rows = Message.objects.select_for_update().filter(
        pk__in=newest, state__in=("sent", "unknown", "sending")
    )
    others = _with_others([(row, newest[row.pk][0]) for row in rows])
    now = clock.now()
    for row in rows:
        attempt, one = newest[row.pk]
        if attempt.number != row.tries:
            continue
        reason = reasons.DEAD_NUMBER if one.dead else reasons.UNDELIVERED
        again = row.pk in others and row.tries < MOST_TRIES
        Message.objects.filter(pk=row.pk).update(
            state="queued" if again else "failed", reason=reason, sender=None, receipt_by=None,
            due_at=now if again else None, ended_at=None if again else now,
        )  # fmt: skip


def _with_others(tried: Sequence[tuple[Message, Attempt]]) -> set[str]:
    """Tell which messages have somewhere to be sent to again: another address, or a number.

    A telephone that was off may be on now; a mail that came back comes back again.
    """
    by_channel: dict[str, list[tuple[Message, Attempt]]] = defaultdict(list)
    for row, attempt in tried:
        by_channel[row.channel].append((row, attempt))
    again = set()
    for name, same in by_channel.items():
        channel = channel_of(name)
        found = addresses({row.person for row, _ in same if row.person}, channel)
        again |= {
            row.pk
            for row, attempt in same
            if any(
                channel.needs == "number" or one.id != attempt.phone
                for one in found.get(row.person, ())
            )
        }
    return again


def _deeds(carrier: str, fresh: Matched) -> list[Deed]:
    """One deed a case and outcome."""
    attempts = {attempt.message_id for attempt, _ in fresh}
    cases = dict(Message.objects.filter(pk__in=attempts).values_list("pk", "case"))
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for attempt, one in fresh:
        name = cases.get(attempt.message_id, "")
        groups[name, one.receipt].append(f"{attempt.message_id}{attempt.number:02d}")
    return [
        Deed(
            deed=RECEIVED, by=system("comms"),
            subject=("case", case) if case else ("message", keys[0][:26]), case=case,
            facts={"carrier": carrier, receipt: keys}, topic=TOPIC,
        )
        for (case, receipt), keys in groups.items()
    ]  # fmt: skip


def match_strays() -> int:
    """Look again for the tries of receipts that came too early; returns how many were found."""
    recent = Stray.objects.filter(received_at__gt=clock.now() - PATIENCE)
    rows = list(recent.order_by("pk")[:BATCH])
    found = 0
    for carrier, same in _by_carrier(rows).items():
        found += _match_again(carrier, same)
    return found


def _by_carrier(rows: Sequence[Stray]) -> Mapping[str, list[Stray]]:
    groups: dict[str, list[Stray]] = defaultdict(list)
    for row in rows:
        groups[row.carrier].append(row)
    return groups


@transaction.atomic
def _match_again(carrier: str, rows: Sequence[Stray]) -> int:
    receipts = {row.pk: _of_stray(row) for row in rows}
    matched, _ = _match(carrier, list(receipts.values()))
    taken = {id(one) for _, one in matched}
    gone = [pk for pk, one in receipts.items() if id(one) in taken]
    if gone and Stray.objects.filter(pk__in=gone).delete()[0]:
        _apply(carrier, matched)
    return len(gone)


def _of_stray(row: Stray) -> Receipt:
    receipt = FAILED if row.receipt == DEAD else row.receipt
    phones = (row.phone,) if row.phone else ()
    return Receipt(row.ticket, row.ticket, phones, receipt, row.receipt == DEAD, row.code, row.at)
