"""Who changes or ends whom: updates, 解除, 撤销, 更正, in whatever order they come.

A message ends those it refers to. One that refers to nothing, though it changes or ends something,
means what the same station has standing of that hazard; and a new signal of one kind by one station
for at least the same area takes the place of its last one. One whose signature is broken ends
nothing.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from anlan.base.regions import scope
from anlan.protocols.alerting.signing import State
from anlan.warn.models import Received
from anlan.warn.services.receiving.ledger import Ledger

#: What a message does to those it refers to.
ENDS = {"alert": "replaced", "update": "replaced", "cancel": "cancelled", "error": "withdrawn"}
#: Messages that begin to hold themselves.
BEGINS = ("alert", "update")


def is_broken(row: Received) -> bool:
    """Tell whether the signature does not hold; then only a person may act on the message."""
    return row.signature == State.BROKEN


def link(row: Received, references: Collection[str], ledger: Ledger, now: datetime) -> None:
    """Put a new row into its chain, and end what it ends; the ledger then holds it."""
    targets = _targets(row, references, ledger)
    row.replaces = [one.pk for one in targets]
    row.root = min((one.root for one in targets), default=row.pk)
    _join(row.root, {one.root for one in targets}, ledger)
    ledger.add(row)
    for identifier in references:
        ledger.referring[identifier].add(row.pk)
    after = _what_came_before(row, targets, ledger)
    for one in _reached(row, targets, ledger):
        end(one, row, ledger, now)
    if after:
        end(row, min(after, key=lambda one: (one.sent_at, one.pk)), ledger, now)


def _targets(row: Received, references: Collection[str], ledger: Ledger) -> list[Received]:
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
        if one.sent_at <= row.sent_at and _takes_the_place(row, one)
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
        }  # fmt: skip
        reached |= later
        growing = bool(later)
    return list(reached.values())


def _what_came_before(
    row: Received, targets: Collection[Received], ledger: Ledger
) -> list[Received]:
    """List the later messages that are here already and end this one, which comes late."""
    later = {pk for pk in ledger.referring.get(row.identifier, ()) if pk != row.pk}
    ends = [ledger.rows[pk] for pk in later if pk in ledger.rows]
    for one in ends:
        if one.action in ENDS and row.pk not in one.replaces:
            one.replaces = [*one.replaces, row.pk]
        _join(row.root, {one.root}, ledger)
    # What ended the message it changes, as an end and not as a change, meant this one as well.
    enders = {ledger.rows[pk] for one in targets if (pk := one.ended_by_id or "") in ledger.rows}
    ends += [one for one in enders if one.action not in BEGINS]
    ends = [one for one in ends if not is_broken(one)]
    return [one for one in ends if one.pk != row.pk and one.sent_at >= row.sent_at]


def end(one: Received, by: Received, ledger: Ledger, now: datetime) -> None:
    """Let a message hold no longer; of several that end it the first one sent counts."""
    if by.action not in ENDS or one.state == "notice" or is_broken(by):
        return
    known = ledger.rows.get(one.ended_by_id or "")
    if known is not None and (known.sent_at, known.pk) <= (by.sent_at, by.pk):
        return
    one.state = ENDS[by.action]
    one.ended_by_id = by.pk
    one.ended_at = one.ended_at or now
    if one.handling == "waiting":
        one.handling, one.handled_at = "passed", now
