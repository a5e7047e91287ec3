"""Read one table file, CSV or TOML; every fault is an `Invalid` that names file and line.

CSV: head lines ``# key: value``, then a header row, then rows. A header cell may carry a type,
``digits:int``; types are ``text`` (default), ``int``, ``float``, ``bool`` and ``list`` (parts
divided by ``;``). TOML: head keys, then ``[[rows]]``. The file name is the table's key, up to an
``@`` that tells versions apart: ``posts@2027.csv`` is a later version of ``posts.csv``.
"""

import csv
import io
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

from anlan.codes.rows import CONFIDENCES, overlap
from anlan.kernel.errors import Invalid

HEAD = ("title", "title_en", "source", "confidence", "region", "effective_from", "effective_to")
FIXED = ("code", "name", "name_en", "parent", "source", "confidence")
DATES = ("effective_from", "effective_to")
KEY = re.compile(r"[a-z][a-z0-9-]*")
TOML_ROW = re.compile(r"^\s*\[\[\s*rows\s*\]\]")
TRUE, FALSE = ("true", "yes", "1", "是"), ("false", "no", "0", "否")


@dataclass(frozen=True)
class Line:
    """One row as written: only the columns its file has."""

    number: int
    fields: Mapping[str, Any]

    @property
    def code(self) -> str:
        """The row's key."""
        return str(self.fields["code"])

    @property
    def period(self) -> tuple[date | None, date | None]:
        """First and last day on which the row exists."""
        return self.fields.get("effective_from"), self.fields.get("effective_to")


@dataclass(frozen=True)
class Sheet:
    """One file: a version of a table, or (`amends`) rows laid over whatever version is in force."""

    key: str
    path: str
    head: Mapping[str, str]
    region: str
    effective_from: date | None
    effective_to: date | None
    amends: bool | None
    lines: tuple[Line, ...]

    @property
    def period(self) -> tuple[date | None, date | None]:
        """First and last day on which the file is in force."""
        return self.effective_from, self.effective_to


def fail(path: Path | str, number: int, why: str) -> NoReturn:
    """Raise `Invalid` with the file, the line and the reason."""
    raise Invalid(f"{short(path)} 第 {number} 行：{why}")


def short(path: Path | str) -> str:
    """Write a file as folder and name: the operator's files are named like the shipped ones."""
    return "/".join(Path(path).parts[-2:])


def frozen(value: Any) -> Any:
    """Turn what TOML gives into values nobody can change: lists to tuples, tables to proxies."""
    if isinstance(value, dict):
        return MappingProxyType({key: frozen(inner) for key, inner in value.items()})
    if isinstance(value, list):
        return tuple(frozen(inner) for inner in value)
    return value


def key_of(path: Path) -> str:
    """Tell the table's key from the file's name."""
    key = path.stem.partition("@")[0]
    if not KEY.fullmatch(key):
        fail(path, 1, f"文件名「{path.name}」不能作码表的键，只用小写字母、数字和连字符")
    return key


def text_of(path: Path) -> str:
    """Read a file in UTF-8, or in GB 18030 as Excel writes CSV on a Chinese Windows."""
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    fail(path, 1, "文件的文字编码既不是 UTF-8 也不是 GB 18030")


def parse_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file; a syntax fault is an `Invalid` with its line."""
    text = text_of(path)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        number = int(found[1]) if found else len(text.splitlines())
        fail(path, number, f"TOML 语法错误（{error}）")


def day(value: object, path: Path | str, number: int) -> date | None:
    """Read a day written YYYY-MM-DD; blank is None."""
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        fail(path, number, f"日期「{value}」应写成 2026-01-31 的样子")


def period(
    fields: Mapping[str, Any], path: Path | str, number: int
) -> tuple[date | None, date | None]:
    """Read the first and last day in force out of a head or a row."""
    first, last = (day(fields.get(name), path, number) for name in DATES)
    if first and last and last < first:
        fail(path, number, f"失效日期 {last} 早于生效日期 {first}")
    return first, last


def trust(value: object, path: Path | str, number: int) -> str:
    """Read a confidence flag."""
    if value not in CONFIDENCES:
        fail(path, number, f"可信度「{value}」不认识，只能是 {'、'.join(CONFIDENCES)}")
    return str(value)


def _whole(text: str) -> int:
    return int(text)


def _bool(text: str) -> bool:
    lowered = text.lower()
    if lowered in TRUE or lowered in FALSE:
        return lowered in TRUE
    raise ValueError(text)


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split("[;；]", text) if part.strip())


TYPES: Mapping[str, Callable[[str], Any]] = {
    "text": str,
    "int": _whole,
    "float": float,
    "bool": _bool,
    "list": _list,
}


def _columns(cells: list[str], path: Path, number: int) -> list[tuple[str, str]]:
    columns = []
    for cell in cells:
        name, _, kind = (part.strip() for part in cell.partition(":"))
        if (kind or "text") not in TYPES:
            fail(path, number, f"列「{name}」的类型「{kind}」不认识")
        columns.append((name, kind or "text"))
    names = [name for name, _ in columns if name]
    if "code" not in names:
        fail(path, number, "表头缺少 code 列")
    if len(set(names)) < len(names):
        fail(path, number, "表头有重复的列")
    return columns


def _cells(
    cells: list[str], columns: list[tuple[str, str]], path: Path, number: int
) -> dict[str, Any]:
    if any(cell.strip() for cell in cells[len(columns) :]):
        fail(path, number, f"这一行有 {len(cells)} 格，表头只有 {len(columns)} 列")
    fields: dict[str, Any] = {}
    for place, (name, kind) in enumerate(columns):
        text = cells[place].strip() if place < len(cells) else ""
        if not name:
            continue
        try:
            fields[name] = TYPES[kind](text) if text else () if kind == "list" else None
        except ValueError:
            fail(path, number, f"「{name}」的值「{text}」不是 {kind}")
    return fields


def read_csv(path: Path) -> Sheet:
    """Read one CSV table file."""
    head: dict[str, str] = {}
    columns: list[tuple[str, str]] = []
    rows: list[tuple[int, dict[str, Any]]] = []
    reader = csv.reader(io.StringIO(text_of(path), newline=""))
    for cells in reader:
        if cells and cells[0].lstrip().startswith("#"):
            # Excel pads the line with empty cells and splits a value at its commas.
            name, colon, value = ",".join(cells).strip().rstrip(",").lstrip("# ").partition(":")
            if colon:
                head[name.strip()] = value.strip()
        elif not any(cell.strip() for cell in cells):
            continue
        elif not columns:
            columns = _columns(cells, path, reader.line_num)
        else:
            rows.append((reader.line_num, _cells(cells, columns, path, reader.line_num)))
    if not columns:
        fail(path, reader.line_num or 1, "没有表头")
    return _sheet(path, head, rows)


def read_toml(path: Path) -> Sheet:
    """Read one TOML table file; the line of a row is the line of its ``[[rows]]``."""
    raw = parse_toml(path)
    rows = raw.pop("rows", [])
    lines = text_of(path).splitlines()
    numbers = [number for number, line in enumerate(lines, 1) if TOML_ROW.match(line)]
    if not isinstance(rows, list) or len(numbers) != len(rows):
        fail(path, 1, "每一行应写成一个 [[rows]] 段")
    head = {name: str(value) for name, value in raw.items()}
    return _sheet(path, head, [(n, frozen(row)) for n, row in zip(numbers, rows, strict=True)])


def _sheet(path: Path, head: dict[str, str], rows: list[tuple[int, dict[str, Any]]]) -> Sheet:
    for name in ("source", "confidence"):
        if not head.get(name):
            fail(path, 1, f"文件头缺少 {name}")
    trust(head["confidence"], path, 1)
    region = head.get("region", "")
    if region and not region.isdigit():
        fail(path, 1, f"region「{region}」应是行政区划代码的前几位")
    first, last = period(head, path, 1)
    amends = head.get("amends", "").lower()
    if amends not in ("", *TRUE, *FALSE):
        fail(path, 1, f"amends「{amends}」应是 true 或 false")
    lines = tuple(_line(path, head, number, fields) for number, fields in rows)
    _refuse_doubles(path, lines)
    return Sheet(
        key=key_of(path),
        path=short(path),
        head=MappingProxyType(head),
        region=region,
        effective_from=first,
        effective_to=last,
        amends=None if not amends else amends in TRUE,
        lines=lines,
    )


def _line(path: Path, head: Mapping[str, str], number: int, fields: Mapping[str, Any]) -> Line:
    code = fields.get("code")
    if not isinstance(code, str) or not code:
        fail(path, number, "code 是空的（TOML 里要写成带引号的文字）")
    first, last = period(fields, path, number)
    kept = {
        **fields,
        "source": fields.get("source") or head["source"],
        "confidence": trust(fields.get("confidence") or head["confidence"], path, number),
        "effective_from": first,
        "effective_to": last,
    }
    return Line(number, MappingProxyType(kept))


def _refuse_doubles(path: Path, lines: tuple[Line, ...]) -> None:
    seen: dict[str, list[Line]] = {}
    for line in lines:
        for earlier in seen.setdefault(line.code, []):
            if overlap(earlier.period, line.period):
                fail(path, line.number, f"码「{line.code}」与第 {earlier.number} 行重复")
        seen[line.code].append(line)


def read(path: Path) -> Sheet:
    """Read one table file by its ending."""
    return read_csv(path) if path.suffix.lower() == ".csv" else read_toml(path)
