"""Writing entries, in the transaction of the deed itself."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connection

from anlan.base.db.arrays import spelled_column
from anlan.base.db.asking import ask
from anlan.base.db.inserting import insert_rows
from anlan.base.jobs import wake
from anlan.base.journal.canonical import sm3, spell
from anlan.base.journal.models import Detail, Entry
from anlan.kernel import clock
from anlan.kernel.errors import Invalid

SALT_BYTES = 16

#: column -> [old, new]
Changes = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What is to be noted. Values of sealed columns are given as their ciphertext."""

    #: Dotted, past tense: ``shelters.edited``; `deeds.name_deed` gives it a label.
    deed: str
    #: An actor, or its reference: ``user:...``, ``system:...``.
    by: object
    #: (kind, id), e.g. ("shelters", "01J...").
    subject: tuple[str, str]
    region: str = ""
    case: str = ""
    changes: Changes | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    topic: str = "register"


def record(  # noqa: PLR0913 - one deed's facts, all by name
    *,
    deed: str,
    by: object,
    subject: tuple[str, str],
    region: str = "",
    case: str = "",
    changes: Changes | None = None,
    facts: Mapping[str, Any] | None = None,
    topic: str = "register",
) -> int:
    """Note one deed in the caller's transaction; return the entry's id (its seq comes later)."""
    noted = Deed(
        deed=deed,
        by=by,
        subject=subject,
        region=region,
        case=case,
        changes=changes,
        facts=facts or {},
        topic=topic,
    )
    return record_many([noted])[0]


def record_many(deeds: Sequence[Deed]) -> list[int]:
    """Note many deeds in the caller's transaction; return the entries' ids in order."""
    if not connection.in_atomic_block:
        raise RuntimeError("the journal is written in the deed's own transaction")
    if not deeds:
        return []
    now = clock.now()
    ids = _store([_entry(noted, now) for noted in deeds])
    wake.signal("journal")
    return ids


#: An entry not yet stored, the salt and the body of its detail.
Written = tuple[Entry, bytes, str]

#: What is written of an entry; its place in the chain comes later.
COLUMNS = tuple(it for it in Entry._meta.concrete_fields if it.name not in ("id", "seq", "chain"))
NAMES = [it.attname for it in COLUMNS]
_INTO_ENTRY = (
    f"INSERT INTO journal_entry ({', '.join(map(connection.ops.quote_name, NAMES))})"  # noqa: S608
    f" VALUES ({', '.join(['%s'] * len(NAMES))}) RETURNING id"
)
_INTO_DETAIL = "INSERT INTO journal_detail (entry_id, salt, body) VALUES (%s, %s, %s)"


#: Of fewer entries than these PostgreSQL is given whole columns; of more, COPY is worth its trips.
FEW = 100


def _store(written: Sequence[Written]) -> list[int]:
    if connection.vendor == "postgresql" and len(written) < FEW:
        return _insert_columns(written)
    return [_insert(*written[0])] if len(written) == 1 else _insert_many(written)


def _insert_columns(written: Sequence[Written]) -> list[int]:
    """Store some entries and their details in one statement: every deed waits for it."""
    values: list[list[Any]] = [[getattr(entry, name) for entry, _, _ in written] for name in NAMES]
    values += [[salt for _, salt, _ in written], [body for _, _, body in written]]
    # A deed of a storm names a thousand things: the driver would look at every quote of them.
    return [int(pk) for (pk,) in ask(_both(), [*map(spelled_column, values)])]


@cache
def _both() -> str:
    given = [*COLUMNS, *(Detail._meta.get_field(name) for name in ("salt", "body"))]
    marks = ", ".join(f"%s::{one.db_type(connection)}[]" for one in given)
    names = ", ".join(map(connection.ops.quote_name, NAMES))
    ((sequence,),) = ask("SELECT pg_get_serial_sequence('journal_entry', 'id')", ())
    return f"""
        WITH given AS (
            SELECT nextval('{sequence}') AS id, g.*
            FROM unnest({marks}) WITH ORDINALITY AS g ({names}, salt, body, place)
        ), entry AS (
            INSERT INTO journal_entry (id, {names}) SELECT id, {names} FROM given ORDER BY place
        ), detail AS (
            INSERT INTO journal_detail (entry_id, salt, body) SELECT id, salt, body FROM given
        ) SELECT id FROM given ORDER BY place
    """  # noqa: S608 - names of our own columns


def _insert(entry: Entry, salt: bytes, body: str) -> int:
    """Store one entry in two bare statements: every deed passes here, most of them alone."""
    values = [
        it.get_db_prep_save(getattr(entry, it.attname), connection=connection) for it in COLUMNS
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INTO_ENTRY, values)
        stored = int(cursor.fetchone()[0])
        cursor.execute(_INTO_DETAIL, [stored, salt, body])
    return stored


def _insert_many(written: Sequence[Written]) -> list[int]:
    ids = insert_rows([entry for entry, _, _ in written])
    rows = [(pk, salt, body) for pk, (_, salt, body) in zip(ids, written, strict=True)]
    with connection.cursor() as cursor:
        cursor.executemany(_INTO_DETAIL, rows)
    return ids


def _entry(noted: Deed, now: Any) -> Written:
    kind, subject = noted.subject
    salt = os.urandom(SALT_BYTES)
    body = spell(_body(noted))
    entry = Entry(
        at=now,
        deed=noted.deed,
        by=_short(str(getattr(noted.by, "ref", noted.by)), 40, "by"),
        subject_kind=kind,
        subject=_short(subject, 64, "subject"),
        region=noted.region,
        case=noted.case,
        topic=noted.topic,
        digest=sm3(salt, body),
    )
    return entry, salt, body.decode()


def _body(noted: Deed) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if noted.changes:
        body["changes"] = {column: list(pair) for column, pair in noted.changes.items()}
    if noted.facts:
        body["facts"] = dict(noted.facts)
    return body


def _short(text: str, limit: int, name: str) -> str:
    """Refuse what SQLite would store and PostgreSQL would not."""
    if len(text) > limit:
        raise Invalid(f"留痕的 {name} 超过 {limit} 字：{text}")
    return text
