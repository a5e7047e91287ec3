"""What is known of messages already: which is the same as a new one, which it may follow.

Everything a batch asks for is read in a handful of queries before its first message is judged.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Q

from anlan.protocols.alerting.signing import State
from anlan.warn.models import Arrival, Received, Reference
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

    def same_as(self, one: Parsed, digest: str) -> Received | None:
        """Find the message that this one is, come before by whichever way."""
        known = self.by_digest.get(digest)
        if known is not None or one.signature == State.BROKEN:
            return known
        for row in self.by_identifier.get(one.identifier, ()) if one.identifier else ():
            if row.sent_at == one.sent_at and row.signature != State.BROKEN:
                return row
        for row in self.by_words.get(one.words, ()) if one.words else ():
            if _is_same(row, one) and abs(row.sent_at - one.sent_at) <= SAME_WITHIN:
                return row
        for row in self.standing.get((one.station, one.hazard), ()) if one.hazard else ():
            nameless = not (row.identifier and one.identifier)
            if nameless and _is_same(row, one) and abs(row.sent_at - one.sent_at) < SAME_MINUTE:
                return row
        return None

    def named(self, identifiers: Iterable[str]) -> list[Received]:
        """Find the messages that another one refers to, as far as they came."""
        return [row for name in identifiers for row in self.by_identifier.get(name, ())]


def _is_same(row: Received, one: Parsed) -> bool:
    """Tell whether what is said is the same; two numbers of one sender are two messages."""
    if row.signature == State.BROKEN:
        return False
    if row.identifier and one.identifier and row.sender == one.sender:
        return False
    return (row.action, row.level, row.hazard) == (one.action, one.level, one.hazard)


def read_ledger(batch: Sequence[tuple[Parsed, str]]) -> Ledger:
    """Read what a batch of messages (with the digests of their bytes) may have to do with."""
    ledger = Ledger()
    parsed = [one for one, _ in batch]
    named = {one.identifier for one in parsed if one.identifier}
    named |= {name for one in parsed for name in one.references}
    referring = list(
        Reference.objects.filter(identifier__in=named).values_list("identifier", "received_id")
    )
    found = Q(identifier__in=named) | Q(pk__in={row for _, row in referring})
    found |= Q(words__in={one.words for one in parsed if one.words})
    senders = Q(sender__in={one.sender for one in parsed if one.sender})
    senders |= Q(station__in={one.station for one in parsed})
    standing = senders & Q(ended_at=None, hazard__in={one.hazard for one in parsed})
    named_rows, standing_rows = (
        dict(Received.objects.filter(wanted).values_list("pk", "root"))
        for wanted in (found, standing)
    )
    roots = {**named_rows, **standing_rows}
    if roots:  # whole chains: an end may reach back over several messages
        _read_rows(ledger, Q(pk__in=roots.keys()) | Q(root__in=set(roots.values())))
    _read_arrivals(ledger, {digest for _, digest in batch})
    for identifier, pk in referring:
        ledger.referring[identifier].add(pk)
    return ledger


#: What a batch never looks at in rows that are there already, or only where something is missing.
UNREAD = (
    "area", "text", "instruction", "headline", "place", "way", "source", "form", "kind",
    "event_code", "event", "effective_at", "received_at", "handled_by", "handled_why",
)  # fmt: skip


def _read_rows(ledger: Ledger, wanted: Q) -> None:
    rows = Received.objects.select_for_update().filter(wanted).defer(*UNREAD)
    for row in rows.order_by("id"):
        ledger.add(row)


def _read_arrivals(ledger: Ledger, digests: set[str]) -> None:
    arrived = list(
        Arrival.objects.filter(original__digest__in=digests).values_list(
            "received", "original__digest", "way", "source"
        )
    )
    missing = {row for row, *_ in arrived} - ledger.rows.keys()
    if missing:
        _read_rows(ledger, Q(pk__in=missing))
    for row, digest, way, source in arrived:
        ledger.by_digest[digest] = ledger.rows[row]
        ledger.arrivals.add((row, digest, way, source))
