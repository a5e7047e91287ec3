"""Code tables a rule may take limits from: what each cell says in the unit of the quantity."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from anlan import codes
from anlan.codes.quantities import Quantity, quantity
from anlan.kernel.errors import Invalid
from anlan.sense.rules import words
from anlan.sense.rules.limits import conditions, of_table

#: Whose table it is, the best first: the hazard's, the quantity's, one whose unit fits.
HAZARD, QUANTITY, UNIT = "hazard", "quantity", "unit"
NEARNESS = (HAZARD, QUANTITY, UNIT)

#: Columns that no table names.
COLUMNS: Mapping[str, tuple[str, str]] = {
    "lower": ("下限", "Lower bound"),
    "upper": ("上限", "Upper bound"),
}


def limit_tables(key: str, hazard: str = "") -> list[dict[str, Any]]:
    """List the tables that hold limits of a quantity, those of the hazard first.

    Tables, rows and indicators say which quantities they are about; a table that does not say is
    offered when it is in the quantity's unit as a whole. Of tables of warnings only the rows of the
    hazard are, when one is given.
    """
    about = quantity(key)
    items = [told for table in codes.tables() if (told := _table(table, about, hazard))]
    return sorted(items, key=lambda one: NEARNESS.index(one["near"]))


def _table(table: codes.Table, about: Quantity, hazard: str) -> dict[str, Any] | None:
    found = [
        (row, cells)
        for row in table
        if _concerns(row, hazard) and (cells := _cells(table, row, about))
    ]
    if not found:
        return None
    used = {cell["column"] for _, cells in found for cell in cells}
    rows = [row for row, _ in found]
    return {
        "key": table.key,
        "title": table.title,
        "title_en": table.title_en,
        "source": table.source,
        "confidence": table.confidence,
        "near": _near(table, rows, about, hazard),
        "columns": [_column(name) for name in _names(rows) if name in used],
        "rows": [_row(row, cells) for row, cells in found],
    }


def _near(table: codes.Table, rows: Sequence[codes.Code], about: Quantity, hazard: str) -> str:
    if hazard and any("any" in row.extra for row in rows):
        return HAZARD
    declared = any(about.key in _declared(table, row) for row in rows)
    return QUANTITY if declared or any("any" in row.extra for row in rows) else UNIT


def _concerns(row: codes.Code, hazard: str) -> bool:
    """Tell whether a row may be about a hazard: rows of warnings say of which they are."""
    if not hazard or "any" not in row.extra:
        return True
    known = codes.hazards().get(hazard)
    signal = known.signal if known else None
    return row.extra.get("hazard") == hazard or bool(signal and row.extra.get("signal") == signal)


def _declared(table: codes.Table, row: codes.Code) -> Sequence[str]:
    """List the quantities that the plain columns of a row are said to be about."""
    own = row.extra.get("quantity")
    said = table.attributes.get("quantities", "")
    return [own] if own else said.split(";") if said else []


def _names(rows: Sequence[codes.Code]) -> Iterator[str]:
    """Give the names of columns, and of the indicators that conditions name, each once."""
    yield from dict.fromkeys(name for row in rows for name in (*row.extra, *conditions(row)))


def _cells(table: codes.Table, row: codes.Code, about: Quantity) -> list[dict[str, Any]]:
    """List the cells of a row that hold a limit of the quantity."""
    indicators = codes.table("indicators")
    names = [
        name
        for name in conditions(row)
        if name in indicators and indicators[name].text("quantity") == about.key
    ]
    declared = _declared(table, row)
    # A mere number fits everything, which is to say nothing.
    fits = about.unit != "1" and about.unit == table.attributes.get("unit")
    if about.key in declared if declared else fits:
        names += [name for name, value in row.extra.items() if isinstance(value, float)]
    found = ((name, _value(f"{table.key}/{row.code}/{name}", about.key)) for name in names)
    return [{"column": name, "value": value} for name, value in found if value is not None]


def _value(path: str, key: str) -> float | None:
    try:
        return of_table(path, quantity=key)
    except Invalid:
        return None  # its unit is another thing's


def _row(row: codes.Code, cells: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "name_en": row.name_en,
        "source": row.source,
        "confidence": row.confidence,
        "text": row.extra.get("text") or "",
        "text_en": row.extra.get("text_en") or "",
        "cells": cells,
    }


def _column(name: str) -> dict[str, str]:
    label, label_en = COLUMNS.get(name, ("", ""))
    if not label:
        table = "indicators" if name in codes.table("indicators") else "stream-level-kinds"
        label, label_en = words.name(table, name, "zh"), words.name(table, name, "en")
    return {"name": name, "label": label, "label_en": label_en}
