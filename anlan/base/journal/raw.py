"""The journal's rows as they lie in the database, byte for byte, in the order of the chain.

Reading through the models would mend what is wrong: SQLite takes a number for a text, Django takes
``T`` for a space in a time. Here a column either has exactly the form it was written in, or its
row counts as damaged.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from anlan.base.journal.canonical import micros

BATCH = 2000
TEXTS = ("deed", "by", "subject_kind", "subject", "region", "case", "topic")
#: What `typeof` says of a sound row in SQLite: id, seq, at, the texts, digest, chain; the detail.
SOUND = f"integer integer text {'text ' * len(TEXTS)}blob blob blob text"


@dataclass(frozen=True)
class RawEntry:
    """One chained entry. `fields` is None when a column lost its form or the detail is gone."""

    seq: int
    fields: list[int | str] | None
    digest: bytes
    chain: bytes
    #: Salt and body of the detail; None when it was not asked for.
    detail: tuple[bytes, bytes] | None


def entries(case: str | None = None) -> Iterator[RawEntry]:
    """Walk all chained entries in order, in batches; memory stays small.

    With `case`, the details of other cases are left out.
    """
    if connection.vendor == "postgresql":
        return _walk(_POSTGRES, _from_postgres, [case is None, case or ""])
    return _walk(_SQLITE, _from_sqlite, [case is None, case or ""])


def _walk(
    statement: str, read: Callable[[Sequence[Any]], RawEntry], wanted: list[Any]
) -> Iterator[RawEntry]:
    after = -(2**62)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, [*wanted, *wanted, after, BATCH])
            rows = cursor.fetchall()
        for row in rows:
            yield read(row)
        if len(rows) < BATCH or not isinstance(rows[-1][0], int):
            return
        after = rows[-1][0]


def _statement(columns: str, body: str, last: str) -> str:
    wanted = 'CASE WHEN %s OR e."case" = %s THEN'
    return (
        f"SELECT e.seq, e.id, {columns}, e.digest, e.chain,"  # noqa: S608 - our own names
        f" {wanted} d.salt END, {wanted} {body} END, {last}"
        " FROM journal_entry e LEFT JOIN journal_detail d ON d.entry_id = e.id"
        " WHERE e.seq > %s ORDER BY e.seq LIMIT %s"
    )


_SQLITE = _statement(
    ", ".join(f'CAST(e."{name}" AS BLOB)' for name in ("at", *TEXTS)),
    "CAST(d.body AS BLOB)",
    " || ' ' || ".join(
        [f'typeof(e."{name}")' for name in ("id", "seq", "at", *TEXTS, "digest", "chain")]
        + ["typeof(d.salt)", "typeof(d.body)"]
    ),
)
_POSTGRES = _statement(", ".join(f'e."{name}"' for name in ("at", *TEXTS)), "d.body", "d.entry_id")


def _from_sqlite(row: Sequence[Any]) -> RawEntry:
    seq, pk, at, *texts, digest, chain, salt, body, types = row
    if types != SOUND:
        return RawEntry(seq if isinstance(seq, int) else 0, None, b"", b"", None)
    return RawEntry(
        seq, _decoded(pk, at, texts), digest, chain, None if salt is None else (salt, body)
    )


def _decoded(pk: int, at: bytes, texts: Sequence[bytes]) -> list[int | str] | None:
    try:
        written = at.decode("ascii")
        moment = datetime.fromisoformat(written)
        if str(moment) != written:
            return None
        return [pk, micros(moment.replace(tzinfo=UTC)), *(text.decode() for text in texts)]
    except ValueError:
        return None


def _from_postgres(row: Sequence[Any]) -> RawEntry:
    seq, pk, at, *texts, digest, chain, salt, body, detail = row
    return RawEntry(
        seq,
        None if detail is None else [pk, micros(at), *texts],
        bytes(digest),
        bytes(chain or b""),
        None if salt is None else (bytes(salt), body.encode()),
    )
