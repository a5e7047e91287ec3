"""Writing entries, in the transaction of the deed itself."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

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
    written = [_entry(noted, now) for noted in deeds]
    entries = [entry for entry, _, _ in written]
    if len(entries) == 1:
        entries[0].save(force_insert=True)
    else:
        Entry.objects.bulk_create(entries, batch_size=1000)
    details = [Detail(entry=entry, salt=salt, body=body) for entry, salt, body in written]
    if len(details) == 1:
        details[0].save(force_insert=True)
    else:
        Detail.objects.bulk_create(details, batch_size=1000)
    wake.signal("journal")
    return [entry.pk for entry in entries]


def _entry(noted: Deed, now: Any) -> tuple[Entry, bytes, str]:
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
