"""Who changes or ends whom: updates, 解除, 撤销, 更正, in whatever order they come.

A message ends those it refers to. One that refers to nothing, though it changes or ends something,
means what the same station has standing of that hazard; and a new signal of one kind by one station
for at least the same area takes the place of its last one. What does not count by itself
(`speaking`) joins no chain and ends nothing before a person says so.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from anlan.base.regions import scope
from anlan.warn.models import Received
from anlan.warn.services.receiving.ledger import Ledger
from anlan.warn.services.receiving.speaking import (
    counts,
    doubt,
    is_broken,
    is_doubted,
    settle_doubts,
)

#: What a message does to those it refers to.
ENDS = {"alert": "replaced", "update": "replaced", "cancel": "cancelled", "error": "withdrawn"}
#: Messages that begin to hold themselves.
BEGINS = ("alert", "update")
#: What was sent longer ago does not hold again because somebody tells of it late.
LATELY = timedelta(hours=24)


def link(row: Received, references: Collection[str], ledger: Ledger, now: datetime) -> None:
    """Put a row into its chain, and end what it ends; the ledger then holds it.

    Done again when one more has told the same, or a person lets it count.
    """
    meant = meant_by(row, references, ledger)
    targets = [one for one in meant if counts(row, one)]
    settle_doubts(row)
    if not is_broken(row):  # that it ends nothing is said of it already
        doubt(row, [one for one in meant if not counts(row, one)])
    row.replaces = list(dict.fromkeys([*row.replaces, *(one.pk for one in targets)]))
    row.root = min([*(one.root for one in targets), *filter(None, [row.root])], default=row.pk)
    ledger.add(row)
    _join(row.root, {one.root for one in targets}, ledger)
    for identifier in references:
        ledger.referring[identifier].add(row.pk)
    after = _what_came_before(row, targets, ledger)
    for one in _reached(row, targets, ledger):
        end(one, row, ledger, now)
    if after:
        end(row, min(after, key=lambda one: (one.sent_at, one.pk)), ledger, now)


def hear_again(row: Received, references: Collection[str], ledger: Ledger, now: datetime) -> None:
    """Judge a message anew when one more has told the same.

    What it ends may count now; and what ended it no longer does where the new one has not told of
    that end: whoever tells of a warning first, and of its end, silences nobody who comes after.
    """
    link(row, references, ledger, now)
    by = ledger.rows.get(row.ended_by_id or "")
    if row.sent_at <= now - LATELY or (row.expires_at is not None and row.expires_at <= now):
        return
    if by is not None and not counts(by, row):
        by.replaces = [pk for pk in by.replaces if pk != row.pk]
        _stand_again(row)
        _dispute(by, row)
    elif row.state == "expired":
        _stand_again(row)


def follow(row: Received, ledger: Ledger, now: datetime) -> None:
    """Take the case of the chain; an end of what nobody relayed leaves nothing to do."""
    chain = [one for one in ledger.rows.values() if one.root == row.root and one.pk != row.pk]
    row.case = row.case or next((one.case for one in chain if one.case), "")
    if row.action in ("cancel", "error") and row.handling == "waiting" and not is_doubted(row):
        relayed = any(one.handling == "relayed" for one in chain)
        if chain and not relayed:
            row.handling = "none"
    if row.handling != "waiting" and row.handled_at is None:
        row.handled_at = now


def _stand_again(row: Received) -> None:
    row.state, row.ended_by_id, row.ended_at = "standing", None, None
    if row.handling == "passed":
        row.handling, row.handled_at = "waiting", None


def _dispute(by: Received, row: Received) -> None:
    """Say that one does not end another, and let somebody look at an end that was done with."""
    doubt(by, [row])
    if by.state == "notice" and by.handling == "none" and is_doubted(by):
        by.handling, by.handled_at = "waiting", None


def meant_by(row: Received, references: Collection[str], ledger: Ledger) -> list[Received]:
    """List the messages that one means to change or end, whether that counts or not."""
    if row.action not in ENDS:
        return []
    named = [one for one in ledger.named(references) if one.pk != row.pk]
    if references and (named or row.action not in BEGINS):
        return named
    if not row.hazard or row.status != "actual":
        return []
    last = [
        one
        for one in _standing_of(row, ledger)
        if one.pk != row.pk and one.sent_at <= row.sent_at and _takes_the_place(row, one)
    ]
    return list({one.pk: one for one in last}.values())


def _standing_of(row: Received, ledger: Ledger) -> Iterable[Received]:
    for who in (row.sender, row.station):
        for one in ledger.standing.get((who, row.hazard), ()) if who else ():
            if one.state == "standing" and one.status == row.status:
                yield one


def _takes_the_place(row: Received, one: Received) -> bool:
    """Tell whether a message that names none means this one."""
    if row.action in ("update", "cancel", "error"):
        return not row.regions or not one.regions or _meet(row.regions, one.regions)
    return bool(one.regions) and _holds(row.regions, one.regions)


def _meet(some: Collection[str], others: Collection[str]) -> bool:
    return any(
        scope.covers(scope.prefix(a), b) or scope.covers(scope.prefix(b), a)
        for a in some
        for b in others
    )


def _holds(outer: Collection[str], inner: Collection[str]) -> bool:
    prefixes = [scope.prefix(code) for code in outer]
    return all(any(scope.covers(one, code) for one in prefixes) for code in inner)


def _join(root: str, roots: Collection[str], ledger: Ledger) -> None:
    """Make one chain of several: this message belongs to all of them."""
    for one in ledger.rows.values():
        if one.root in roots:
            one.root = root


def _reached(row: Received, targets: Collection[Received], ledger: Ledger) -> list[Received]:
    """List what a message ends: those it means and, when it is an end, what had replaced them."""
    reached = {one.pk: one for one in targets if one.sent_at <= row.sent_at}
    if row.action in BEGINS:
        return list(reached.values())
    growing = True
    while growing:
        later = {
            one.pk: one
            for one in ledger.rows.values()
            if one.pk != row.pk and one.pk not in reached and one.sent_at <= row.sent_at
            and one.action in BEGINS and not reached.keys().isdisjoint(one.replaces)
            and counts(row, one)
        }  # fmt: skip
        reached |= later
        growing = bool(later)
    return list(reached.values())


def _what_came_before(
    row: Received, targets: Collection[Received], ledger: Ledger
) -> list[Received]:
    """List the later messages that are here already and end this one, which comes late."""
    later = {pk for pk in ledger.referring.get(row.identifier, ()) if pk != row.pk}
    named = [ledger.rows[pk] for pk in later if pk in ledger.rows]
    for one in named:
        if one.action in ENDS and not is_broken(one) and not counts(one, row):
            _dispute(one, row)
    ends = [one for one in named if counts(one, row)]
    for one in ends:
        if one.action in ENDS and row.pk not in one.replaces:
            one.replaces = [*one.replaces, row.pk]
        _join(row.root, {one.root}, ledger)
    # What ended the message it changes, as an end and not as a change, meant this one as well.
    enders = {ledger.rows[pk] for one in targets if (pk := one.ended_by_id or "") in ledger.rows}
    ends += [one for one in enders if one.action not in BEGINS]
    ends = [one for one in ends if counts(one, row)]
    return [one for one in ends if one.pk != row.pk and one.sent_at >= row.sent_at]


def end(one: Received, by: Received, ledger: Ledger, now: datetime) -> None:
    """Let a message hold no longer; of several that end it the first one sent counts."""
    if by.action not in ENDS or one.state == "notice" or not counts(by, one):
        return
    known = ledger.rows.get(one.ended_by_id or "")
    if known is not None and (known.sent_at, known.pk) <= (by.sent_at, by.pk):
        return
    one.state = ENDS[by.action]
    one.ended_by_id = by.pk
    one.ended_at = one.ended_at or now
    if one.handling == "waiting":
        one.handling, one.handled_at = "passed", now
