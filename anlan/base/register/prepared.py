"""The statements of lists, written once: a list is asked thousands of times with other values.

Django takes longer to write a list's SQL than the database to answer it. The *shape* of a question
(which filters, how many values, which order) decides the text, so the text is kept by shape and
only the values change. The first question of a shape is written by Django, and its parameters must
be exactly those reckoned here, else the shape is never prepared and Django writes it each time.
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson
from django.db import connection, models
from django.db.models import QuerySet

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import reach
from anlan.base.regions import scope
from anlan.base.register.columns import by_name
from anlan.base.register.models import Row
from anlan.base.register.registry import Register

Shape = tuple[Any, ...]
Convert = Callable[[Any], Any]

#: Shapes are few (a front end asks a few dozen); whoever invents thousands is not kept.
MOST_SHAPES = 2_000
#: Of a sorted list with more rows than this, SQLite is made to walk the order's own index and to
#: pick what fits; of fewer, to find them first and to sort them.
SPARSE = 20_000
#: How old the number of a crowded list may be, seconds.
COUNT_LASTS_S = 5.0
#: Behind so many rows, first the ids are read from the index alone, then their rows.
DEEP = 500


@dataclass(frozen=True, slots=True)
class Texts:
    """One SELECT in two forms: for lists of few rows, and for sorted lists of many."""

    sparse: str
    crowded: str

    def of(self, total: int) -> str:
        """Choose the form."""
        return self.crowded if total > SPARSE else self.sparse


@dataclass(frozen=True, slots=True)
class Statement:
    """A list's SQL without its limits."""

    rows: Texts
    ids: Texts
    count: str
    names: tuple[str, ...]
    converts: tuple[tuple[int, Convert], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question taken apart: what decides the text, and the values in the text's order."""

    shape: Shape
    values: list[Any]


_statements: dict[Shape, Statement | None] = {}
_counts: dict[tuple[str, tuple[Any, ...]], tuple[int, float]] = {}


def take_apart(entry: Register, actor: Actor, query: Any) -> Asked | None:
    """Tell shape and values of a question; None when it has to be asked through Django."""
    if query.q.strip():
        return None
    mine, above = reach(actor, entry.action("view"), within=query.region)
    if not mine and not above:
        return None
    values: list[Any] = []
    if "" not in mine:
        for prefix in mine:
            values += (prefix, scope.next_prefix(prefix))
        values += above
    boxed = bool(query.bbox and entry.located)
    if boxed:
        west, south, east, north = query.bbox
        values += (south, north, west, east)
    narrowed = _narrowed(entry, query.filters)
    if narrowed is None:
        return None
    for _, wanted in narrowed:
        values += wanted
    shape = (
        entry.key, connection.vendor, -1 if "" in mine else len(mine), len(above), boxed,
        tuple((name, len(wanted)) for name, wanted in narrowed), query.sort, query.retired,
    )  # fmt: skip
    return Asked(shape, values)


def _narrowed(
    entry: Register, filters: Mapping[str, Sequence[str]]
) -> list[tuple[str, list[str]]] | None:
    """List the filters with their values once each; None when one is no plain text."""
    found = []
    for name, values in filters.items():
        column = by_name(entry).get(name)
        field = getattr(column, "field", None)
        if not isinstance(field, models.CharField):
            return None
        found.append((name, list(dict.fromkeys(values))))
    return found


def find(
    asked: Asked, rows: Callable[[], "QuerySet[Row]"], names: Sequence[str]
) -> Statement | None:
    """Find the statement of a shape; `rows` gives Django's own form of this very question."""
    try:
        return _statements[asked.shape]
    except KeyError:
        pass
    if len(_statements) >= MOST_SHAPES:
        return None
    if len(set(map(repr, asked.values))) < len(asked.values):
        return None  # equal values would hide a wrong order; another question will tell
    _statements[asked.shape] = _write(asked, rows(), names)
    return _statements[asked.shape]


def _write(asked: Asked, rows: "QuerySet[Row]", names: Sequence[str]) -> Statement | None:
    compiler: Any = rows.values(*names).query.get_compiler(connection=connection)
    text, given = compiler.as_sql()
    ids, same = rows.values("pk").query.get_compiler(connection=connection).as_sql()
    if list(given) != asked.values or list(same) != asked.values:
        return None
    boxed, sorted_ = bool(asked.shape[4]), bool(asked.shape[6])
    # Both halves are Django's own text; no value is in it.
    count = "SELECT COUNT(*)" + ids[ids.index(" FROM ") : ids.index(" ORDER BY ")]  # noqa: S608
    return Statement(
        rows=_texts(text, boxed=boxed, sorted_=sorted_),
        ids=_texts(ids, boxed=boxed, sorted_=sorted_),
        count=_texts(count, boxed=boxed, sorted_=False).sparse,
        names=_names(compiler),
        converts=_converts(compiler),
    )


def _names(compiler: Any) -> tuple[str, ...]:
    return tuple(compiler.query.selected or compiler.query.values_select)


def _converts(compiler: Any) -> tuple[tuple[int, Convert], ...]:
    expressions = [column[0] for column in compiler.select[: compiler.col_count]]
    return tuple(
        (place, _convert(found, expression))
        for place, (found, expression) in compiler.get_converters(expressions).items()
    )


def _texts(text: str, *, boxed: bool, sorted_: bool) -> Texts:
    # A box on the map is nearly always narrower than a region or a filter.
    sparse = _unhinted(text, but=("lat", "lon")) if boxed else text
    return Texts(sparse, _unhinted(text) if sorted_ else sparse)


#: A comparison of a column in a WHERE clause as Django writes it.
_COMPARISON = re.compile(r'(?<![+.\w"])("\w+"\."(\w+)" (?:>=|<=|<|=|IN) )')


def _unhinted(text: str, *, but: tuple[str, ...] = ()) -> str:
    """Forbid SQLite to start from a comparison: ``+column`` is the column without its index.

    Without knowing how values are spread it takes a county's range of regions for a few rows, finds
    a million and sorts them, where the order's own index would have given the first fifty.
    """
    if connection.vendor != "sqlite":
        return text
    head, where, tail = text.partition(" WHERE ")

    def loosen(found: re.Match[str]) -> str:
        return found[1] if found[2] in but else f"+{found[1]}"

    return head + where + _COMPARISON.sub(loosen, tail)


def _convert(found: Sequence[Callable[..., Any]], expression: Any) -> Convert:
    """Turn a column's value as Django would, in fewer steps where the step is known."""
    field = getattr(expression, "output_field", None)
    if isinstance(field, models.DateTimeField) and connection.vendor == "sqlite":
        return _aware
    if isinstance(field, models.JSONField) and field.decoder is None and len(found) == 1:
        return _json

    def convert(value: Any) -> Any:
        for one in found:
            value = one(value, expression, connection)
        return value

    return convert


def _aware(value: datetime | None) -> datetime | None:
    return None if value is None else value.replace(tzinfo=UTC)


def _json(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str | bytes) else value


def read(
    statement: Statement, values: list[Any], start: int, size: int, total: int
) -> list[dict[str, Any]]:
    """Read a page of a list that has `total` rows."""
    with connection.cursor() as cursor:
        cursor.execute(f"{statement.rows.of(total)} LIMIT {size:d} OFFSET {start:d}", values)
        found = cursor.fetchall()
    return _items(found, statement.names, statement.converts)


def _items(
    found: Sequence[Sequence[Any]], names: Sequence[str], converts: Sequence[tuple[int, Convert]]
) -> list[dict[str, Any]]:
    if not converts:
        return [dict(zip(names, row, strict=True)) for row in found]
    items = []
    for row in found:
        made = list(row)
        for place, convert in converts:
            made[place] = convert(made[place])
        items.append(dict(zip(names, made, strict=True)))
    return items


@lru_cache(maxsize=256)
def _single(entry: Register, names: tuple[str, ...], vendor: str) -> tuple[str, Any, Any]:  # noqa: ARG001 - part of the key
    """Write the SELECT of one row by its key: text, names and converts."""
    asked = entry.model._default_manager.filter(pk="").values(*names)
    compiler: Any = asked.query.get_compiler(connection=connection)
    return compiler.as_sql()[0], _names(compiler), _converts(compiler)


def read_one(entry: Register, names: Sequence[str], row_id: str) -> dict[str, Any] | None:
    """Read one row of a register by its id, whoever may see it; None when there is none."""
    text, ordered, converts = _single(entry, tuple(names), connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(text, [row_id])
        found = cursor.fetchall()
    return _items(found, ordered, converts)[0] if found else None


def read_ids(
    statement: Statement, values: list[Any], start: int, size: int, total: int
) -> list[str]:
    """Read the ids of a far page: an index skips faster than a table."""
    with connection.cursor() as cursor:
        cursor.execute(f"{statement.ids.of(total)} LIMIT {size:d} OFFSET {start:d}", values)
        return [row[0] for row in cursor.fetchall()]


def count(statement: Statement, values: list[Any]) -> int:
    """Count all rows; of a crowded list the number may be `COUNT_LASTS_S` old.

    Counting a million rows takes longer than reading a page of them, and whoever turns the pages
    asks for the same number again and again.
    """
    key = (statement.count, tuple(values))
    known = _counts.get(key)
    now = time.monotonic()
    if known is not None and now - known[1] < COUNT_LASTS_S:
        return known[0]
    with connection.cursor() as cursor:
        cursor.execute(statement.count, values)
        total = int(cursor.fetchone()[0])
    if total > SPARSE:
        if len(_counts) >= MOST_SHAPES:
            _counts.clear()
        _counts[key] = (total, now)
    return total
