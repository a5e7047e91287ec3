"""Writing many rows at once without the ORM's price for each value.

`bulk_create` spends some 8 µs a value on expressions and converters that plain rows do not need; a
storm of alarms writes two hundred thousand values. Here only times and JSON are converted.

PostgreSQL is given many rows by COPY: of a statement with ten thousand parameters the driver reads
every one by itself before the server does.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import chain
from typing import Any

from django.db import connection, models

#: Parameters of one statement; SQLite takes 32,766.
MOST_VALUES = 16_000
#: From so many rows on COPY is worth its two further trips to the server.
COPIED = 8

Convert = Callable[[Any], Any]


def insert_rows(rows: Sequence[models.Model]) -> list[Any]:
    """Insert new rows of one model in the caller's transaction; return their primary keys in order.

    A key the database gives is not set on the rows. No signals, no conflicts ignored; defaults are
    those the instances already have.
    """
    if not rows:
        return []
    model = type(rows[0])
    own_key = rows[0].pk is not None
    fields = [one for one in model._meta.concrete_fields if own_key or not one.primary_key]
    names = [one.attname for one in fields]
    converts = [_converter(one) for one in fields]
    times: dict[Any, Any] = {}
    if connection.vendor == "postgresql" and len(rows) >= COPIED:
        lines = [tuple(_values(row, names, converts, times)) for row in rows]
        return _copy_rows(model, names, lines, own_key=own_key)
    most = max(MOST_VALUES // len(fields), 1)
    keys: list[Any] = []
    with connection.cursor() as cursor:
        for start in range(0, len(rows), most):
            part = rows[start : start + most]
            values = list(chain.from_iterable(_values(row, names, converts, times) for row in part))
            cursor.execute(_statement(model, own_key, len(part)), values)
            if not own_key:
                keys += [key for (key,) in cursor.fetchall()]
    return [row.pk for row in rows] if own_key else keys


def _values(
    row: models.Model,
    names: Sequence[str],
    converts: Sequence[Convert | None],
    times: dict[Any, Any],
) -> Iterator[Any]:
    for name, convert in zip(names, converts, strict=True):
        value = getattr(row, name)
        if convert is None or value is None:
            yield value
        elif convert is _time:
            found = times.get(value)
            if found is None:
                found = times[value] = connection.ops.adapt_datetimefield_value(value)
            yield found
        else:
            yield convert(value)


def _time(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


def _converter(field: Any) -> Convert | None:
    """Choose how a value is written; None writes it as it is."""
    if isinstance(field, models.DateTimeField):
        return _time
    plain = (models.CharField, models.TextField, models.IntegerField, models.FloatField,
             models.ForeignKey)  # fmt: skip
    if isinstance(field, plain):
        return None
    return lambda value: field.get_db_prep_save(value, connection=connection)


@cache
def _statement(model: type[models.Model], own_key: bool, rows: int) -> str:
    quote = connection.ops.quote_name
    columns = [
        quote(str(one.column))
        for one in model._meta.concrete_fields
        if own_key or not one.primary_key
    ]
    line = f"({', '.join(['%s'] * len(columns))})"
    key = "" if own_key else f" RETURNING {quote(str(model._meta.pk.column))}"
    return (
        f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns)})"  # noqa: S608
        f" VALUES {', '.join([line] * rows)}{key}"
    )


def _copy_rows(
    model: type[models.Model], names: Sequence[str], lines: Sequence[tuple[Any, ...]], *,
    own_key: bool,
) -> list[Any]:  # fmt: skip
    """Write whole rows by COPY; keys the database gives are taken from their sequence before."""
    key = model._meta.pk.attname
    if own_key:
        insert_values(model, names, lines)
        at = names.index(key)
        return [line[at] for line in lines]
    keys = _reserve(model, len(lines))
    insert_values(model, (key, *names), [(pk, *line) for pk, line in zip(keys, lines, strict=True)])
    return keys


def _reserve(model: type[models.Model], count: int) -> list[Any]:
    pk = model._meta.pk
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [connection.ops.quote_name(model._meta.db_table), pk.column, count],
        )
        return [key for (key,) in cursor.fetchall()]


def insert_values(
    model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Insert rows given as plain values, in the order of `names` (attribute names, every column).

    A third of the price of `insert_rows`, which needs an instance a row. JSON columns take text;
    times may be datetimes. PostgreSQL is given them by COPY.
    """
    if not rows:
        return
    fields = {one.attname: one for one in model._meta.concrete_fields}
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(fields[name].column)) for name in names)
    into = f"{quote(model._meta.db_table)} ({columns})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # The driver's own errors, told as Django's: COPY does not go through its cursor.
            with connection.wrap_database_errors, cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        places = [
            at for at, name in enumerate(names) if isinstance(fields[name], models.DateTimeField)
        ]
        marks = ", ".join(["%s"] * len(names))
        cursor.executemany(
            f"INSERT INTO {into} VALUES ({marks})",  # noqa: S608 - names of our own columns
            _adapted(rows, places),
        )


def _adapted(rows: Sequence[Sequence[Any]], places: Sequence[int]) -> list[list[Any]]:
    """Write times as SQLite keeps them; the same moment stands in many rows."""
    known: dict[Any, Any] = {None: None}
    adapted = []
    for row in rows:
        written = list(row)
        for at in places:
            moment = written[at]
            if moment not in known:
                known[moment] = _time(moment)
            written[at] = known[moment]
        adapted.append(written)
    return adapted
