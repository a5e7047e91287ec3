"""The leader's work: give entries their place in the chain, in the order they were committed.

On SQLite ids are given under the write lock, so their order is the order of commits. On PostgreSQL
what is visible is chained by id; an entry committed later comes later, whatever its id.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from anlan.base.jobs import wake
from anlan.base.journal.canonical import GENESIS, link, micros
from anlan.base.journal.models import Entry

#: About ten milliseconds of work: the write lock is not held longer.
BATCH = 500
#: Chaining is one at a time even if two believe they lead (PostgreSQL).
CHAIN_LOCK = 0x6A6F75726E616C
#: The columns that are chained, in this order, after seq and before the digest.
FIELDS = ("id", "at", "deed", "by", "subject_kind", "subject", "region", "case", "topic")

Row = tuple[int, datetime, str, str, str, str, str, str, str, bytes]


def seal_due(most: int = BATCH) -> int:
    """Chain entries that are not chained yet; return how many."""
    if not Entry.objects.filter(seq=None).exists():
        return 0
    with transaction.atomic():
        _take_turn()
        waiting = Entry.objects.filter(seq=None).order_by("id")
        rows: Sequence[Row] = list(waiting.values_list(*FIELDS, "digest")[:most])
        seq, chain = _tail()
        links: list[tuple[int, bytes, int]] = []
        for row in rows:
            seq += 1
            chain = link(chain, seq, spelled(row), bytes(row[-1]))
            links.append((seq, chain, row[0]))
        _write(links)
        wake.signal("sealed")
    return len(rows)


def spelled(row: Row) -> list[int | str]:
    """Return an entry's columns as they are chained."""
    return [row[0], micros(row[1]), *row[2:-1]]


def _tail() -> tuple[int, bytes]:
    last = Entry.objects.exclude(seq=None).order_by("-seq").values_list("seq", "chain").first()
    return (0, GENESIS) if last is None else (last[0] or 0, bytes(last[1] or b""))


def _take_turn() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])


def _write(links: Sequence[tuple[int, bytes, int]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            seqs, chains, ids = (list(column) for column in zip(*links, strict=True))
            cursor.execute(
                "UPDATE journal_entry AS e SET seq = v.seq, chain = v.chain"
                " FROM unnest(%s::bigint[], %s::bytea[], %s::bigint[]) AS v(seq, chain, id)"
                " WHERE e.id = v.id AND e.seq IS NULL",
                [seqs, chains, ids],
            )
        else:
            cursor.executemany(
                "UPDATE journal_entry SET seq = %s, chain = %s WHERE id = %s AND seq IS NULL",
                links,
            )
        if cursor.rowcount != len(links):
            raise RuntimeError("an entry was chained by somebody else in between")
