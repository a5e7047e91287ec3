"""Rows of sheets to and from what is kept: JSON, sealed."""

from collections.abc import Sequence
from typing import Any

import orjson

from anlan.base.journal.canonical import sm3
from anlan.base.vault import services as vault

Rows = list[dict[str, Any]]


def seal_rows(subject: str, rows: Rows) -> str:
    """Seal rows with a subject's key."""
    return vault.seal(subject, orjson.dumps(rows).decode())


def digest(sealed: str) -> str:
    """Tell the digest of sealed rows, 64 hexadecimal digits: it proves them and betrays nothing."""
    return sm3(sealed.encode()).hex()


def open_rows(subject: str, sealed: Sequence[str]) -> list[Rows | None]:
    """Open many sheets' rows in one query; None where nothing is kept or the key is destroyed."""
    opened = vault.open_many([(subject, {"rows": text or None}) for text in sealed])
    return [_read(texts["rows"]) for texts in opened]


def _read(text: str | None) -> Rows | None:
    if not text or text in (vault.ERASED, vault.UNREADABLE):
        return None
    found: Rows = orjson.loads(text)
    return found
