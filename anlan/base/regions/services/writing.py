"""Write many regions fast and in small transactions.

A national list has 665,000 rows. The ORM would build an object for each; here rows go down as
tuples: COPY on PostgreSQL, executemany on SQLite, whose write gate wants at most 1,000 rows at a
time so that the duty room's own writes are not kept waiting.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import connection, transaction

from anlan.base.regions.models import Edition, Region
from anlan.base.regions.services.comparing import FIELDS, Stored
from anlan.kernel import clock
from anlan.kernel.ids import new_id

#: Rows of one transaction, by database.
CHUNK = {"sqlite": 1_000, "postgresql": 20_000}

#: From so many rows on the database's idea of the table is worth renewing.
MANY = 5_000

_TABLE = Region._meta.db_table
_COLUMNS = ", ".join(f'"{name}"' for name in FIELDS)
_INSERT = f'INSERT INTO "{_TABLE}" ({_COLUMNS}) VALUES ({", ".join(["%s"] * len(FIELDS))})'  # noqa: S608 - our own names
_COPY = f'COPY "{_TABLE}" ({_COLUMNS}) FROM STDIN'
_UPDATE = (
    f'UPDATE "{_TABLE}" SET {", ".join(f"{chr(34)}{name}{chr(34)} = %s" for name in FIELDS[1:])}'  # noqa: S608 - our own names
    ' WHERE "code" = %s'
)

Done = Callable[[int], None]


def insert(rows: Sequence[Stored], *, done: Done) -> None:
    """Add rows of `FIELDS`, in the given order; a parent must come before its children."""
    for chunk in _chunks(rows):
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(_COPY) as copy:
                    for row in chunk:
                        copy.write_row(row)
            else:
                cursor.executemany(_INSERT, chunk)
        done(len(chunk))


def update(rows: Sequence[Stored], *, done: Done) -> None:
    """Replace stored rows by rows of `FIELDS` with the same codes."""
    for chunk in _chunks(rows):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(_UPDATE, [(*row[1:], row[0]) for row in chunk])
        done(len(chunk))


def count_anew(written: int) -> None:
    """Let the database learn how the table now looks, after so many rows that its plans change."""
    if written >= MANY:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'ANALYZE "{_TABLE}"')


def next_edition() -> str:
    """Tell every process that regions have changed; inside the caller's transaction."""
    stamp = new_id()
    Edition.objects.update_or_create(pk=1, defaults={"stamp": stamp, "changed_at": clock.now()})
    return stamp


def _chunks(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    size = CHUNK[connection.vendor]
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
