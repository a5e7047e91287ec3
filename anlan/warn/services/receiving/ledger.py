"""What is known of messages already: which is the same as a new one, which it may follow.

Everything a batch asks for is read in a handful of queries before its first message is judged.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import NamedTuple

from django.db import connection

from anlan.base.db.asking import any_of, ask, columns, in_rows, listed, made
from anlan.protocols.alerting.signing import State
from anlan.warn.models import Original, Received
from anlan.warn.reading import Parsed

#: The same words within this time are the same message; a day later they are said anew.
SAME_WITHIN = timedelta(hours=12)
#: Stations write minutes; two readings of one message may differ by its seconds.
SAME_MINUTE = timedelta(seconds=60)


@dataclass
class Ledger:
    """Rows by what finds them; those of the batch itself join as they are made."""

    rows: dict[str, Received] = field(default_factory=dict)
    by_identifier: dict[str, list[Received]] = field(default_factory=lambda: defaultdict(list))
    by_words: dict[str, list[Received]] = field(default_factory=lambda: defaultdict(list))
    #: What stands now, by who sent it (code and name) and the hazard.
    standing: dict[tuple[str, str], list[Received]] = field(
        default_factory=lambda: defaultdict(list)
    )
    #: Digest of bytes that are kept already -> where; of these the bytes themselves are not read.
    originals: dict[str, Original] = field(default_factory=dict)
    #: Digest of bytes that came before -> the row they belong to.
    by_digest: dict[str, Received] = field(default_factory=dict)
    #: (row, digest, way, source) of every time something came.
    arrivals: set[tuple[str, str, str, str]] = field(default_factory=set)
    #: Identifier -> ids of rows that refer to it.
    referring: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, row: Received) -> None:
        """Make a row findable."""
        if row.pk in self.rows:
            return
        self.rows[row.pk] = row
        if row.identifier:
            self.by_identifier[row.identifier].append(row)
        if row.words:
            self.by_words[row.words].append(row)
        for who in {row.sender, row.station} - {""}:
            self.standing[who, row.hazard].append(row)

    def same_as(self, one: Parsed, digest: str, teller: str) -> Received | None:
        """Find the message that this one is, come before by whichever way.

        Under one number and time a sender may say two things, by mistake: they are one. Said by
        two, they are two, or whoever guessed the number first would take the place of the other.
        """
        known = self.by_digest.get(digest)
        if known is not None or one.signature == State.BROKEN:
            return known
        for row in self.numbered(one):
            if teller in row.tellers or says_the_same(row, one):
                return row
        for row in self.by_words.get(one.words, ()) if one.words else ():
            if _is_same(row, one) and abs(row.sent_at - one.sent_at) <= SAME_WITHIN:
                return row
        for row in self.standing.get((one.station, one.hazard), ()) if one.hazard else ():
            nameless = not (row.identifier and one.identifier)
            if nameless and _is_same(row, one) and abs(row.sent_at - one.sent_at) < SAME_MINUTE:
                return row
        return None

    def numbered(self, one: Parsed) -> list[Received]:
        """Find the messages that came under the number and the time of this one."""
        rows = self.by_identifier.get(one.identifier, ()) if one.identifier else ()
        return [row for row in rows if row.sent_at == one.sent_at and row.signature != State.BROKEN]

    def named(self, identifiers: Iterable[str]) -> list[Received]:
        """Find the messages that another one refers to, as far as they came."""
        return [row for name in identifiers for row in self.by_identifier.get(name, ())]


def says_the_same(row: Received, one: Parsed) -> bool:
    """Tell whether two messages say the same of the same kind."""
    return (row.words, row.action, row.status, row.level) == (
        one.words, one.action, one.status, one.level,
    )  # fmt: skip


def _is_same(row: Received, one: Parsed) -> bool:
    """Tell whether what is said is the same; two numbers of one sender are two messages."""
    if row.signature == State.BROKEN:
        return False
    if row.identifier and one.identifier and row.sender == one.sender:
        return False
    return (row.action, row.status, row.level, row.hazard) == (
        one.action, one.status, one.level, one.hazard,
    )  # fmt: skip


class Sought(NamedTuple):
    """By what a message finds those it may have to do with."""

    identifier: str
    references: tuple[str, ...]
    words: str
    hazard: str
    sender: str
    station: str


def read_ledger(batch: Sequence[tuple[Parsed | Sought, str]]) -> Ledger:
    """Read what a batch of messages (with the digests of their bytes) may have to do with."""
    ledger = Ledger()
    parsed = [one for one, _ in batch]
    named = {one.identifier for one in parsed if one.identifier}
    named |= {name for one in parsed for name in one.references}
    names = listed(named)
    arrived = _read_originals(ledger, listed({digest for _, digest in batch}))
    for identifier, pk in ask(_referring(), [names]):
        ledger.referring[identifier].add(pk)
    known = {pk for pk, *_ in arrived}.union(*ledger.referring.values())
    values = [
        names,
        listed({one.words for one in parsed if one.words}),
        listed(known),
        listed({one.hazard for one in parsed}),
        listed({one.sender for one in parsed if one.sender}),
        listed({one.station for one in parsed}),
    ]
    for row in made(Received, READ, ask(_chains(), values)):
        ledger.add(row)
    for pk, digest, way, source in arrived:
        ledger.by_digest[digest] = ledger.rows[pk]
        ledger.arrivals.add((pk, digest, way, source))
    return ledger


#: What a batch never looks at in rows that are there already, or only where something is missing.
UNREAD = frozenset((
    "area", "text", "instruction", "headline", "place", "way", "source", "form", "kind",
    "event_code", "event", "effective_at", "received_at", "handled_by", "handled_why",
))  # fmt: skip
READ = [one.attname for one in Received._meta.concrete_fields if one.attname not in UNREAD]


@cache
def _chains() -> str:
    """Write the question for whole chains: an end may reach back over several messages.

    Those of what has one of some identifiers, says the same words, is named by its id, or stands
    of one of some hazards and senders.
    """
    locked = " FOR UPDATE" if connection.features.has_select_for_update else ""
    roots = f"""
        SELECT root FROM warn_received WHERE {any_of("identifier")}
        UNION SELECT root FROM warn_received WHERE {any_of("words")}
        UNION SELECT root FROM warn_received WHERE {any_of("id")}
        UNION SELECT root FROM warn_received WHERE ended_at IS NULL
            AND {any_of("hazard")} AND ({any_of("sender")} OR {any_of("station")})
    """  # noqa: S608 - names of our own columns
    return f"""
        SELECT {columns(Received, READ, "warn_received")} FROM warn_received
        WHERE {in_rows("root", roots)} ORDER BY id{locked}
    """  # noqa: S608 - names of our own columns


@cache
def _referring() -> str:
    return f"SELECT identifier, received_id FROM warn_reference WHERE {any_of('identifier')}"  # noqa: S608 - names of our own columns


@cache
def _came() -> str:
    return f"""
        SELECT o.digest, o.id, a.received_id, a.way, a.source FROM warn_original o
        LEFT JOIN warn_arrival a ON a.original_id = o.id WHERE {any_of("o.digest")}
    """  # noqa: S608 - names of our own columns


def _read_originals(ledger: Ledger, digests: object) -> list[tuple[str, str, str, str]]:
    """Read which bytes are kept already; of what came as a message (row, digest, way, source).

    The bytes of a refused message came as none.
    """
    found = []
    for digest, pk, received, way, source in ask(_came(), [digests]):
        ledger.originals[digest] = Original(pk=pk, digest=digest)
        if received is not None:
            found.append((received, digest, way, source))
    return found
