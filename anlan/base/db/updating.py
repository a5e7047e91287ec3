"""Changing many rows at once, each to values of its own, without the ORM's CASE of as many arms."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models

from anlan.base.db.arrays import spelled_column


def update_values(
    model: type[models.Model],
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    match: Sequence[str] = ("id",),
    same: Mapping[str, Any] | None = None,
) -> None:
    """Set the columns `names` of the rows that `match`, in the caller's transaction.

    Parameters
    ----------
    names, match : attribute names; each of `rows` gives the values of `names`, then of `match`,
        none of which may be null. A row that does not match is left alone.
    same : columns that take the same value in every row
    """
    if not rows:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _update_from_arrays(cursor, model, names, rows, match, same or {})
        else:
            _update_each(cursor, model, names, rows, match, same or {})


def _update_each(
    cursor: Any, model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]],
    match: Sequence[str], same: Mapping[str, Any],
) -> None:  # fmt: skip
    """Run one small statement a row: SQLite parses it once."""
    fields = _fields(model)
    sets = ", ".join(f"{_column(fields[name])} = %s" for name in (*same, *names))
    where = " AND ".join(f"{_column(fields[name])} = %s" for name in match)
    first = [_written(fields[name], value) for name, value in same.items()]
    kinds = [fields[name] for name in (*names, *match)]
    cursor.executemany(
        f"UPDATE {_table(model)} SET {sets} WHERE {where}",  # noqa: S608 - names of our own columns
        [
            (*first, *(_written(kind, value) for kind, value in zip(kinds, row, strict=True)))
            for row in rows
        ],
    )


def _update_from_arrays(
    cursor: Any, model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]],
    match: Sequence[str], same: Mapping[str, Any],
) -> None:  # fmt: skip
    """Send whole columns: one statement, one parameter a column."""
    fields = _fields(model)
    given = [fields[name] for name in (*names, *match)]
    marks = ", ".join(f"%s::{one.db_type(connection)}[]" for one in given)
    aliases = [f"v{at}" for at in range(len(given))]
    sets = [f"{_column(fields[name])} = %s" for name in same]
    sets += [
        f"{_column(fields[name])} = v.{alias}"
        for name, alias in zip(names, aliases, strict=False)
    ]  # fmt: skip
    where = " AND ".join(
        f"t.{_column(fields[name])} = v.{alias}"
        for name, alias in zip(match, aliases[len(names) :], strict=True)
    )
    cursor.execute(
        f"UPDATE {_table(model)} AS t SET {', '.join(sets)}"  # noqa: S608 - names of our own columns
        f" FROM unnest({marks}) AS v({', '.join(aliases)}) WHERE {where}",
        [*same.values(), *map(spelled_column, zip(*rows, strict=True))],
    )


def _fields(model: type[models.Model]) -> dict[str, Any]:
    return {one.attname: one for one in model._meta.concrete_fields}


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _column(field: Any) -> str:
    return connection.ops.quote_name(str(field.column))


def _written(field: Any, value: Any) -> Any:
    """Write a value as SQLite keeps it."""
    if value is not None and isinstance(field, models.DateTimeField):
        return connection.ops.adapt_datetimefield_value(value)
    return value
