"""Read a list of regions as people have it: CSV of any Chinese encoding, separator and header."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from anlan.base.regions import scope
from anlan.kernel.errors import Invalid

#: Headers we understand; the first is ours. Others are ignored.
HEADERS = {
    "code": ("code", "区划代码", "统计用区划代码", "行政区划代码", "代码", "编码", "adcode"),
    "name": ("name", "名称", "区划名称", "行政区划名称", "地区"),
    "lon": ("lon", "lng", "longitude", "经度"),
    "lat": ("lat", "latitude", "纬度"),
    "population": ("population", "人口", "常住人口", "人口数"),
    "households": ("households", "户数", "总户数"),
    "valid_from": ("valid_from", "启用日期", "生效日期"),
    "valid_to": ("valid_to", "停用日期", "失效日期"),
    "successor": ("successor", "继任区划", "新代码", "现代码"),
}
_COLUMN = {header: column for column, headers in HEADERS.items() for header in headers}

NAME_LENGTH = 64

#: Line number and cells.
Row = tuple[int, list[str]]


class Line(NamedTuple):
    """One row of the list. None means that the list does not tell."""

    code: str
    name: str
    level: int
    lon: float | None = None
    lat: float | None = None
    population: int | None = None
    households: int | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    successor: str | None = None


@dataclass(frozen=True)
class RowError:
    """Why a row was not taken; `row` is the line in the file, from 1."""

    row: int
    column: str
    value: str
    reason: str


@dataclass
class Listing:
    """What a file held, sorted by code."""

    lines: list[Line] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    rows: int = 0
    #: Columns that the file has and understands.
    columns: tuple[str, ...] = ()
    #: By code, where it stands in the file first, and how.
    seen: dict[str, tuple[int, Line]] = field(default_factory=dict)


class Wrong(Exception):
    """A cell that cannot be read."""

    def __init__(self, column: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason = column, value, reason


def read_list(path: Path, *, progress: Callable[[int, int], None] | None = None) -> Listing:
    """Read a file of regions. A wrong row is an error in the result; a wrong file is `Invalid`."""
    text = decode(path)
    size = text.count("\n") + 1
    rows = split(text, path.name)
    header, first = _header(rows, path.name)
    return read_rows(header, chain(first, rows), size=size, progress=progress)


def read_rows(
    header: dict[str, int],
    rows: Iterable[Row],
    *,
    size: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Listing:
    """Read rows of cells whose columns stand at these places."""
    listing = Listing(columns=tuple(sorted(header, key=header.__getitem__)))
    for number, cells in rows:
        if not any(cells):
            continue
        listing.rows += 1
        _take(listing, header, number, cells)
        if progress and not listing.rows % 20_000:
            progress(number, size)
    listing.lines.sort()
    return listing


def split(text: str, name: str) -> Iterator[Row]:
    """Yield (line number, cells) of separated text; the separator is the header's commonest."""
    header = text.partition("\n")[0]
    reader = csv.reader(StringIO(text, newline=""), delimiter=max(",\t;，", key=header.count))
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise Invalid(f"{name} 第 {reader.line_num} 行不是逗号分隔的表格：{error}") from error


def decode(path: Path) -> str:
    """Read a text file in UTF-8 (with or without mark), UTF-16 or GB 18030."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Invalid(f"读不到文件 {path}：{error.strerror}") from error
    encodings = ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid(f"{path.name} 既不是 UTF-8 也不是 GB 18030 文本；请另存为 CSV UTF-8")


def _header(rows: Iterator[Row], name: str) -> tuple[dict[str, int], list[Row]]:
    """Map columns to places; a list without a header is taken as code and name."""
    first = next(rows, None)
    if first is None:
        raise Invalid(f"{name} 是空文件")
    cells = [cell.strip().lower() for cell in first[1]]
    found = places_of(cells)
    if "code" in found and "name" in found:
        return found, []
    if len(cells) > 1 and cells[0].isdigit():
        return {"code": 0, "name": 1}, [first]
    raise Invalid(f"{name} 的表头里没有 code 和 name（区划代码、名称）两列")


def places_of(cells: Sequence[str]) -> dict[str, int]:
    """Map the columns we understand to the places of their headers."""
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        if cell in _COLUMN:
            found.setdefault(_COLUMN[cell], place)
    return found


def _take(
    listing: Listing,
    header: dict[str, int],
    number: int,
    cells: list[str],
) -> None:
    try:
        line = _line(header, cells)
    except Wrong as wrong:
        listing.errors.append(RowError(number, wrong.column, wrong.value, wrong.reason))
        return
    earlier, same = listing.seen.setdefault(line.code, (number, line))
    if earlier == number:
        listing.lines.append(line)
    elif line != same:  # lists name a city without counties twice, as city and as county
        listing.errors.append(
            RowError(number, "code", line.code, f"与第 {earlier} 行重复而内容不同")
        )


def _line(header: dict[str, int], cells: list[str]) -> Line:
    code = read_code(_cell(header, cells, "code"))
    name = "".join(_cell(header, cells, "name").split())
    if not name:
        raise Wrong("name", "", "名称为空")
    if len(name) > NAME_LENGTH:
        raise Wrong("name", name, f"名称超过 {NAME_LENGTH} 个字")
    level = level_of_stored(code)
    if len(header) == 2:
        return Line(code, name, level)
    lon = _number(header, cells, "lon", (-180, 180))
    lat = _number(header, cells, "lat", (-90, 90))
    if (lon is None) != (lat is None):
        raise Wrong("lon", "", "经度和纬度只填了一个")
    successor = _cell(header, cells, "successor")
    return Line(
        code, name, level, lon, lat,
        _count(header, cells, "population"),
        _count(header, cells, "households"),
        _day(header, cells, "valid_from"),
        _day(header, cells, "valid_to"),
        read_code(successor, "successor") if successor else None,
    )  # fmt: skip


def _cell(header: dict[str, int], cells: Sequence[str], column: str) -> str:
    place = header.get(column)
    return cells[place].strip() if place is not None and place < len(cells) else ""


def read_code(written: str, column: str = "code") -> str:
    """Bring a code as spreadsheets leave it ("339901.0", "'339901") to the stored form."""
    text = written.strip().lstrip("'‘’`").removesuffix(".0")
    # Twelve digits are nearly every row of a national list and already what is stored.
    if len(text) == scope.PADDED and text.isascii() and text.isdigit() and text[0] != "0":
        return text
    if "E+" in text.upper():
        raise Wrong(column, written, "代码被表格软件改成了科学计数法，请把该列设为文本后重新导出")
    try:
        code = scope.normalise(text)
    except Invalid as error:
        raise Wrong(column, written, error.detail) from error
    if code[0] == "0":
        raise Wrong(column, written, "区划代码不以 0 开头")
    return code


def level_of_stored(code: str) -> int:
    """Tell the level of a code already in its stored form; `scope.level_of` without the checks."""
    if len(code) == scope.GRID:
        return 6
    if code[9:] != "000":
        return 5
    if code[6:9] != "000":
        return 4
    return 3 if code[4:6] != "00" else 2 if code[2:4] != "00" else 1


def _number(
    header: dict[str, int], cells: Sequence[str], column: str, limits: tuple[float, float]
) -> float | None:
    text = _cell(header, cells, column)
    if not text:
        return None
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        raise Wrong(column, text, "不是数字") from None
    if not limits[0] <= value <= limits[1]:
        raise Wrong(column, text, f"应在 {limits[0]} 到 {limits[1]} 之间")
    return value


def _count(header: dict[str, int], cells: Sequence[str], column: str) -> int | None:
    value = _number(header, cells, column, (0, 2_000_000_000))
    if value is not None and value != int(value):
        raise Wrong(column, str(value), "应为整数")
    return None if value is None else int(value)


def _day(header: dict[str, int], cells: Sequence[str], column: str) -> str | None:
    text = _cell(header, cells, column)
    if not text:
        return None
    try:
        return date(*(int(part) for part in text.replace("/", "-").split("-"))).isoformat()
    except (TypeError, ValueError):
        raise Wrong(column, text, "日期应写作 2026-01-31") from None
