"""Asking by statements whose text never changes: each is parsed and planned once a connection.

Django writes a statement anew for every question, and PostgreSQL plans it anew; of a small question
that is most of the price. Lists are one parameter here, whatever their length.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import Any, cast

import orjson
from django.db import connection, models

Convert = Callable[[Any], Any]


def any_of(column: str) -> str:
    """Write the condition that a text column has one of some values, which are one parameter."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s)"
    return f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608 - a name of our own column


def listed(values: Collection[str]) -> Any:
    """Write the parameter of `any_of`."""
    found = list(values)
    return found if connection.vendor == "postgresql" else orjson.dumps(found).decode()


def ask(statement: str, values: Sequence[Any]) -> list[Any]:
    """Run one statement that gives rows, and return them as the driver does.

    Parameters are sent apart from the text, so PostgreSQL must be able to tell their types from
    where they stand.
    """
    with connection.cursor() as cursor:
        own = _apart(cursor) if connection.vendor == "postgresql" else cursor
        own.execute(statement, values)
        if connection.queries_logged and connection.queries_log[-1]["sql"] is None:
            connection.queries_log[-1]["sql"] = statement  # what is prepared bears no text
        found: list[Any] = own.fetchall()
        return found


def _apart(cursor: Any) -> Any:
    """Make a cursor that prepares what it runs, seen by whoever counts Django's queries."""
    import psycopg

    line = cursor.connection
    if line.prepare_threshold is None:  # Django's word for "never"; its own cursors never do
        line.prepare_threshold = 0
    make = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    return make(cast(Any, psycopg.Cursor(line)))


def in_rows(column: str, rows: str) -> str:
    """Write the condition that a column has one of the values that a SELECT gives.

    PostgreSQL is made to look these up first: of a list as long as nobody knows it would rather
    read the whole table.
    """
    if connection.vendor == "postgresql":
        return f"{column} = ANY(ARRAY({rows}))"
    return f"{column} IN ({rows})"


def columns(model: type[models.Model], names: Collection[str], table: str) -> str:
    """Write a model's columns, by attribute name, for a SELECT from a table of that alias."""
    quote = connection.ops.quote_name
    fields = {one.attname: one for one in model._meta.concrete_fields}
    return ", ".join(f"{quote(table)}.{quote(str(fields[name].column))}" for name in names)


def made(
    model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> list[Any]:
    """Make instances of rows that have only the columns `names`; the others are deferred."""
    fields = {one.attname: one for one in model._meta.concrete_fields}
    converts = [
        (place, convert)
        for place, name in enumerate(names)
        if (convert := _converter(fields[name])) is not None
    ]
    found = []
    for row in rows:
        values = list(row)
        for place, convert in converts:
            values[place] = convert(values[place])
        found.append(model.from_db(connection.alias, names, values))
    return found


def _converter(field: Any) -> Convert | None:
    if isinstance(field, models.JSONField):
        return _json
    if isinstance(field, models.DateTimeField):
        return _aware
    return None


def _json(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str | bytes) else value


def _aware(value: datetime | None) -> datetime | None:
    return value if value is None or value.tzinfo is not None else value.replace(tzinfo=UTC)
