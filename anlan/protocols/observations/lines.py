"""Where a row of a file stands and what is written in it: looked up for rows that are refused."""

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from anlan.protocols.observations.csv_bodies import FIELDS, HEADINGS

_NAMED: Final = re.compile(r"(?:^|缺少 )(stream|time|value|unit)\b", re.ASCII)


class Line(NamedTuple):
    """One row as its file shows it: `row` counts the heading too, texts are by field."""

    row: int
    texts: Mapping[str, str]


#: Looks a row up by its index among the rows that count.
Lines = Callable[[int], Line]


def field_of(reason: str) -> str:
    """Tell which field a decoder's sentence is about; "" for the whole row."""
    found = _NAMED.search(reason)
    return found[1] if found else ""


def lines_of_csv(
    lines: Sequence[bytes], above: int, *, header: bytes, charset: str, separator: str
) -> Lines:
    """Look up lines of text; `above` stand before the first of them, empty ones do not count."""
    places: list[int] = []
    names = _cells(header, charset, separator)
    fields = {place: HEADINGS.get(name.strip().lower(), "") for place, name in enumerate(names)}

    def line(index: int) -> Line:
        if not places:
            places.extend(place for place, text in enumerate(lines) if text.strip())
        cells = _cells(lines[places[index]], charset, separator)
        named = zip(fields.values(), cells, strict=False)
        return Line(above + places[index] + 1, {field: cell for field, cell in named if field})

    return line


def lines_of_cells(
    rows: Sequence[Sequence[Any]],
    places: Mapping[str, int],
    above: int,
    *,
    text: Callable[[Any], str],
) -> Lines:
    """Look up rows of cells; `above` stand before the first, rows with nothing do not count."""
    counted: list[tuple[int, dict[str, str]]] = []

    def line(index: int) -> Line:
        if not counted:
            for place, row in enumerate(rows):
                texts = {f: text(row[at]) for f, at in places.items() if at < len(row)}
                if any(texts.values()):
                    counted.append((above + place + 1, texts))
        return Line(*counted[index])

    return line


def headed(names: Sequence[str]) -> dict[str, str]:
    """Tell how the file itself calls each field."""
    found = {HEADINGS.get(name.strip().lower(), ""): name.strip() for name in names}
    return {field: found[field] for field in FIELDS if field in found}


def _cells(line: bytes, charset: str, separator: str) -> list[str]:
    text = line.decode(charset, "replace").strip("\r\n")
    try:
        return next(csv.reader([text], delimiter=separator), [])
    except csv.Error:
        return []
