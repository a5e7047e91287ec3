"""Whole files of old observations, piece by piece: CSV, Excel, Parquet.

Columns are found by their headings, as in `csv_bodies`. Departments' tables tell wall time without
a zone; the caller says which zone that is.
"""

import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, tzinfo
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook

from anlan.protocols.observations.arrow_bodies import decode_arrow
from anlan.protocols.observations.columns import Columns, settle
from anlan.protocols.observations.csv_bodies import (
    FIELDS,
    decode_csv,
    names_in,
    places_of,
    separator_of,
)
from anlan.protocols.observations.elements import Reading, Refused, read_texts
from anlan.protocols.observations.lines import Line, Lines, headed, lines_of_cells, lines_of_csv
from anlan.protocols.observations.shapes import Decoded, Malformed, Rejection

#: Rows, or bytes of text, read at a time.
ROWS: Final = 100_000
BYTES: Final = 6 * 1024 * 1024
_BOM: Final = b"\xef\xbb\xbf"


class Piece(NamedTuple):
    """Some rows of a file; `first` is the number of the first one, 1 below the header."""

    first: int
    decoded: Decoded
    #: How much of the file has been read, from 0 to 1.
    done: float
    #: Where a row stands in the file and what it says, by its index in `decoded`.
    lines: Lines
    #: How the file heads the columns, by field.
    headings: Mapping[str, str]


Reader = Callable[[Path, tzinfo], Iterator[Piece]]


def read_file(path: Path, zone: tzinfo) -> Iterator[Piece]:
    """Read a file by its ending; `Malformed` for one that cannot be read at all."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise Malformed(f"认得的文件：{'、'.join(READERS)}")
    return reader(path, zone)


def read_csv(path: Path, zone: tzinfo) -> Iterator[Piece]:
    """Read UTF-8 or GB 18030 text with a header."""
    size, first, above = max(path.stat().st_size, 1), 1, 1
    charset = _charset_of(path)
    with path.open("rb") as file:
        header = file.readline().removeprefix(_BOM).rstrip(b"\r\n")
        while not header and (line := file.readline()):
            header, above = line.rstrip(b"\r\n"), above + 1
        heading = header.decode(charset, "replace")
        separator = separator_of(heading)
        headings = headed(names_in(heading, separator))
        while lines := file.readlines(BYTES):
            decoded = decode_csv(b"\n".join([header, b"".join(lines)]), charset=charset, zone=zone)
            known = lines_of_csv(lines, above, header=header, charset=charset, separator=separator)
            yield Piece(first, decoded, file.tell() / size, known, headings)
            first += decoded.sent
            above += len(lines)
        if first == 1:
            decode_csv(header, charset=charset, zone=zone)  # complains about the header


def read_excel(path: Path, zone: tzinfo) -> Iterator[Piece]:
    """Read the first sheet; its first row is the header."""
    try:
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        rows = sheet.to_python()
    except (CalamineError, OSError, ValueError, zipfile.BadZipFile) as error:
        raise Malformed(f"打不开这个 Excel 文件：{error}") from None
    if not rows:
        raise Malformed("表是空的")
    names = [str(cell) for cell in rows[0]]
    places = places_of(names)
    # A sheet whose first rows are empty begins later: rows are counted as Excel shows them.
    above = (sheet.start[0] if sheet.start else 0) + 1
    below = iter(rows[1:])
    first, read = 1, 0
    while chunk := list(islice(below, ROWS)):
        decoded = _from_cells(chunk, places, zone)
        known = lines_of_cells(chunk, places, above + read, text=_text)
        read += len(chunk)
        yield Piece(first, decoded, read / (len(rows) - 1), known, headed(names))
        first += decoded.sent


def read_parquet(path: Path, zone: tzinfo) -> Iterator[Piece]:
    """Read a table with a column of times, of strings and of numbers."""
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise Malformed(f"打不开这个 Parquet 文件：{error}") from None
    with file:
        names = file.schema_arrow.names
        places = places_of(names)
        wanted = {names[place]: field for field, place in places.items()}
        total, first = max(file.metadata.num_rows, 1), 1
        for batch in file.iter_batches(batch_size=ROWS, columns=list(wanted)):
            named = batch.rename_columns([wanted[name] for name in batch.schema.names])
            decoded = _from_batch(named, zone)
            known = _lines_of_batch(named, first - 1)
            yield Piece(first, decoded, (first + batch.num_rows - 1) / total, known, headed(names))
            first += decoded.sent


READERS: Final[Mapping[str, Reader]] = {
    ".csv": read_csv,
    ".txt": read_csv,
    ".xlsx": read_excel,
    ".xls": read_excel,
    ".parquet": read_parquet,
}


def _charset_of(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(BYTES)
    try:
        start[: start.rfind(b"\n") + 1 or None].decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _from_batch(batch: pa.RecordBatch, zone: tzinfo) -> Decoded:
    time = batch.column("time")
    if not pa.types.is_timestamp(time.type):
        return _from_cells(
            list(
                zip(*(batch.column(name).to_pylist() for name in batch.schema.names), strict=True)
            ),
            {name: place for place, name in enumerate(batch.schema.names)},
            zone,
        )
    if time.type.tz is None:
        here = pc.assume_timezone(time, str(zone), ambiguous="earliest", nonexistent="earliest")
        batch = batch.set_column(batch.schema.names.index("time"), "time", here)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return decode_arrow(bytes(sink.getvalue()))


def _lines_of_batch(batch: pa.RecordBatch, above: int) -> Lines:
    def line(index: int) -> Line:
        cells = {name: batch.column(name)[index].as_py() for name in batch.schema.names}
        return Line(above + index + 1, {name: _text(cell) for name, cell in cells.items()})

    return line


def _from_cells(rows: list[Any], places: Mapping[str, int], zone: tzinfo) -> Decoded:
    """Read rows of cells one by one; rows with nothing in them do not count."""
    found: list[tuple[int, Reading]] = []
    rejected: list[Rejection] = []
    index = 0
    for row in rows:
        cells = {field: _text(row[place]) for field, place in places.items() if place < len(row)}
        if not any(cells.values()):
            continue
        try:
            code, time, value, unit = (cells.get(field, "") for field in FIELDS)
            found.append((index, read_texts(code, time, value, unit, zone)))
        except Refused as refused:
            rejected.append(Rejection(index, str(refused)))
        index += 1
    return settle(_nothing(), found, rejected, index)


def _nothing() -> Columns:
    return Columns(
        codes=[],
        stream=np.empty(0, np.int32),
        time=np.empty(0, np.int64),
        value=np.empty(0, np.float64),
        index=np.empty(0, np.int32),
        units=[],
        unit=np.empty(0, np.int32),
    )


def _text(cell: Any) -> str:
    """Write a cell as a table of texts would hold it; a code in a number cell has no point."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip()
