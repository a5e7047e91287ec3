"""Whose word about an earlier warning counts without a person.

Codes and names in a message are claims: whoever may hand messages in can write any. What cannot be
written is the account or feed a message comes by, and a signature. So a message changes or ends
another by itself only where it bears the same issuer's name and everybody who told of the one has
told of the other: a second department's account told of neither, and a copy it made of the first
only makes it ask for more. Of what is signed, the same signer alone may speak. Everything else
waits, and says so, until a person lets it count (采信).
"""

from collections.abc import Collection

from anlan.base.permissions.actor import Actor
from anlan.protocols.alerting.message12379.identifiers import is_sender
from anlan.protocols.alerting.signing import State
from anlan.warn.models import Received

#: What people type in or paste; it proves that somebody read it, not who wrote it.
PERSONS = ("paste", "manual")
#: A person has looked and lets it count.
VOUCHED = "vouched"
#: Digits of a 14-digit code that name the place and the department; the rest is a desk of it.
ISSUER = slice(0, 9)
#: Note on what would change or end another message, and does not by itself.
UNPROVED = "unproved"
MOST_NOTES = 3


def teller(way: str, by: Actor) -> str:
    """Name who tells something, and by which way."""
    return f"{way}:{by.ref}"


def is_broken(row: Received) -> bool:
    """Tell whether the signature does not hold; then only a person may act on the message."""
    return row.signature == State.BROKEN


def counts(row: Received, other: Received) -> bool:
    """Tell whether what a message says of another counts by itself."""
    if row.status != other.status:
        return False
    if _ways(row.tellers, (VOUCHED,)):
        return True
    if is_broken(row) or not _same_issuer(row, other):
        return False
    if other.signature == State.TRUSTED:
        return row.signature == State.TRUSTED and row.signer == other.signer
    told = _departments(other)
    return bool(told) and told <= _departments(row)


def doubt(row: Received, others: Collection[Received]) -> None:
    """Note on a message what it would change or end, where that does not count by itself."""
    standing = [one for one in others if one.state == "standing"][:MOST_NOTES]
    said = [[UNPROVED, one.headline or one.station] for one in standing]
    row.notes = [*row.notes, *(note for note in said if note not in row.notes)]


def settle_doubts(row: Received) -> None:
    """Take those notes off again: they are judged anew."""
    row.notes = [note for note in row.notes if note[0] != UNPROVED]


def is_doubted(row: Received) -> bool:
    """Tell whether a message says something of others that does not count by itself."""
    return is_broken(row) or any(note[0] == UNPROVED for note in row.notes)


def _departments(row: Received) -> set[str]:
    return set(row.tellers) - _ways(row.tellers, (*PERSONS, VOUCHED))


def _ways(tellers: Collection[str], ways: Collection[str]) -> set[str]:
    return {one for one in tellers if one.partition(":")[0] in ways}


def _same_issuer(row: Received, other: Received) -> bool:
    """Tell whether two messages name one issuer: by code where both have one, else by name."""
    if is_sender(row.sender) and is_sender(other.sender):
        return row.sender[ISSUER] == other.sender[ISSUER]
    if row.sender and row.sender == other.sender:
        return True
    return row.station == other.station
