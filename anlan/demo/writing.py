"""Writing the demo county: the register's own path for what officers edit, bulk for the people.

Rows that are there already (by natural key) are left alone, so loading twice is loading once and
an interrupted load goes on where it stopped.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from anlan.base.permissions.actor import Actor
from anlan.base.register.columns import by_name
from anlan.base.register.registry import Register
from anlan.base.register.services import Change, save_rows
from anlan.base.register.validation import check_rows
from anlan.demo.sheets import Values
from anlan.kernel.errors import Invalid

#: Rows of one transaction (house rule for SQLite).
BATCH = 1000

#: Told what is done of how many.
Tell = Callable[[int, int], None]


def write(entry: Register, rows: Iterable[Values], *, by: Actor, tell: Tell) -> int:
    """Check and write the rows a register does not have yet; returns how many were added.

    Raises `Invalid` with the row's code when the register's own rules refuse one: the county's
    generator and its registers have drifted apart.
    """
    wanted = _missing(entry, list(rows))
    added = done = 0
    for batch in _batches(entry, wanted):
        checked = check_rows(entry, batch)
        for values, result in zip(batch, checked, strict=True):
            if result.errors:
                raise Invalid(f"{entry.title}「{_name(entry, values)}」：{result.errors}")
        fresh = _unknown(entry, [result.values for result in checked])
        save_rows(entry=entry, changes=[Change(values) for values in fresh], by=by)
        added += len(fresh)
        done += len(batch)
        tell(done, len(wanted))
    return added


def _rows(entry: Register) -> "QuerySet[Any]":
    return entry.model._default_manager.all()


def _name(entry: Register, values: Values) -> str:
    return " ".join(str(values.get(name)) for name in entry.natural)


def _missing(entry: Register, rows: list[Values]) -> list[Values]:
    """Drop rows whose code the register has; other natural keys are compared after checking."""
    if entry.natural != ("code",):
        return rows
    known = set(_rows(entry).values_list("code", flat=True))
    return [values for values in rows if values["code"] not in known]


def _unknown(entry: Register, rows: list[Values]) -> list[Values]:
    if entry.natural == ("code",) or not rows:
        return rows
    table = by_name(entry)
    names = [table[name].attname for name in entry.natural]
    first = {row[names[0]] for row in rows}
    stored = _rows(entry).filter(**{f"{names[0]}__in": first})
    known = set(stored.values_list(*names))
    return [row for row in rows if tuple(row[name] for name in names) not in known]


def _batches(entry: Register, rows: Sequence[Values]) -> Iterator[list[Values]]:
    """Cut rows into transactions; a row that points at one of its own batch opens the next."""
    own = [
        name for name, column in by_name(entry).items()
        if column.ref == entry.key and column.field.related_model is entry.model
    ]  # fmt: skip
    batch: list[Values] = []
    codes: set[Any] = set()
    for values in rows:
        if len(batch) == BATCH or any(values.get(name) in codes for name in own):
            yield batch
            batch, codes = [], set()
        batch.append(values)
        codes.add(values.get("code"))
    if batch:
        yield batch


def in_transactions(rows: Sequence[Any], size: int, work: Callable[[Sequence[Any]], None]) -> None:
    """Do some work on pieces of a list, each in a transaction of its own."""
    for start in range(0, len(rows), size):
        with transaction.atomic():
            work(rows[start : start + size])
