"""Moments of thousands of rows, most of them the same: read as text, and each text once.

Reading a moment costs as much as reading all else of a row; what one decision has brought about
shares a few.
"""

from datetime import UTC, datetime
from functools import lru_cache

from django.db.models import TextField
from django.db.models.functions import Cast


def spelled(column: str) -> Cast:
    """Ask for a moment as the database spells it, to be read by `moment`."""
    return Cast(column, TextField())


@lru_cache(maxsize=4096)
def moment(text: str | None) -> datetime | None:
    """Read a moment a database has spelled: PostgreSQL with its offset, SQLite in UTC without.

    >>> moment("2026-08-03 01:00:00+00") == moment("2026-08-03 01:00:00")
    True
    """
    if text is None:
        return None
    read = datetime.fromisoformat(text)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
