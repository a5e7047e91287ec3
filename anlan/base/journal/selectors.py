"""Reading the journal: a row's history, a case's timeline, what is new, the head."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db.models import QuerySet

from anlan.base.journal.models import Entry
from anlan.base.journal.verification import Verdict, verify

__all__ = ["Head", "Noted", "Verdict", "entries", "head", "history", "read", "since", "timeline",
           "verify"]  # fmt: skip

#: Nobody reads more of one thing at once.
MOST = 1000


@dataclass(frozen=True)
class Noted:
    """One deed, as it was noted."""

    id: int
    #: None while the leader has not chained it (some 50 ms).
    seq: int | None
    at: datetime.datetime
    deed: str
    by: str
    subject: tuple[str, str]
    region: str
    case: str
    topic: str
    #: column -> [old, new]; sealed values as ciphertext.
    changes: Mapping[str, Sequence[Any]]
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Head:
    """The end of the chain: 0 and "" while nothing is chained."""

    seq: int
    chain: str
    at: datetime.datetime | None
    unchained: int


def entries() -> QuerySet[Entry]:
    """Return all entries with their details, to be narrowed by the caller."""
    return Entry.objects.select_related("detail")


def read(rows: QuerySet[Entry]) -> list[Noted]:
    """Turn rows into what was noted."""
    return [_noted(row) for row in rows]


def _noted(row: Entry) -> Noted:
    body = orjson.loads(row.detail.body)
    return Noted(
        id=row.pk,
        seq=row.seq,
        at=row.at,
        deed=row.deed,
        by=row.by,
        subject=(row.subject_kind, row.subject),
        region=row.region,
        case=row.case,
        topic=row.topic,
        changes=body.get("changes", {}),
        facts=body.get("facts", {}),
    )


def history(subject: tuple[str, str], *, most: int = MOST) -> list[Noted]:
    """List what was done to one thing, the latest first."""
    kind, key = subject
    rows = entries().filter(subject_kind=kind, subject=key).order_by("-id")
    return read(rows[:most])


def timeline(case: str, *, after: int = 0, most: int = MOST) -> list[Noted]:
    """List what was done in one case, in the order it was done, from an entry id on."""
    if not case:
        return []
    return read(entries().filter(case=case, id__gt=after).order_by("id")[:most])


def since(seq: int, *, most: int = 500) -> list[Entry]:
    """List chained entries after a number, without details: what the event stream sends."""
    return list(Entry.objects.filter(seq__gt=seq).order_by("seq")[:most])


def head() -> Head:
    """Tell where the chain ends."""
    unchained = Entry.objects.filter(seq=None).count()
    last = Entry.objects.exclude(seq=None).order_by("-seq").first()
    if last is None or last.seq is None:
        return Head(0, "", None, unchained)
    return Head(last.seq, bytes(last.chain or b"").hex(), last.at, unchained)


def is_idle() -> bool:
    """Tell whether everything is chained (a lock-step clock may then advance)."""
    return not Entry.objects.filter(seq=None).exists()
