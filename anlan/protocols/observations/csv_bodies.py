"""CSV: a header row, then one observation a row; columns in any order, others are not looked at."""

import csv
from collections.abc import Mapping
from datetime import tzinfo

import numpy as np

from anlan.protocols.observations import kernels
from anlan.protocols.observations.elements import Reading, Refused, read_texts
from anlan.protocols.observations.shapes import Decoded, Malformed
from anlan.protocols.observations.sheets import check_room, check_size, finish, new_sheet

#: How a column may be headed.
HEADINGS: Mapping[str, str] = {
    "stream": "stream",
    "time": "time",
    "value": "value",
    "unit": "unit",
    "监测项": "stream",
    "监测项编码": "stream",
    "时间": "time",
    "观测时间": "time",
    "数值": "value",
    "观测值": "value",
    "单位": "unit",
}
FIELDS = ("stream", "time", "value", "unit")
SEPARATORS = (",", "\t", ";")
#: Character sets tables come in; Python knows some that take for ever.
CHARSETS = ("utf-8", "gb18030", "gbk", "gb2312", "utf-16")


def decode_csv(body: bytes, *, charset: str = "utf-8", zone: tzinfo | None = None) -> Decoded:
    """Decode a table; `Malformed` without a header that names stream, time and value.

    Times without an offset are rejected, unless a `zone` says where they were read off a clock.
    """
    check_size(body)
    body = _as_utf8(body, charset).removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    header, _, rows = body.partition(b"\n")
    heading = header.decode("utf-8", "replace").strip("\r")
    separator = separator_of(heading)
    names = names_in(heading, separator)
    places = places_of(names)
    sheet = new_sheet(rows.count(b"\n") + 1)
    columns = np.array([*(places.get(field, -1) for field in FIELDS), len(names)], np.int64)
    view = np.frombuffer(rows, np.uint8)
    kernels.read_records(view, 0, len(rows), ord(separator), columns, sheet)
    check_room(sheet)

    def read_odd(raw: bytes, _: int) -> Reading:
        try:
            cells = _row(raw.decode("utf-8").strip("\r"), separator)
        except UnicodeDecodeError:
            raise Refused("不是 UTF-8 文本") from None
        if len(cells) != len(names):
            raise Refused(f"应有 {len(names)} 列，这一行有 {len(cells)} 列")
        told = {field: cells[place] for field, place in places.items()}
        return read_texts(told["stream"], told["time"], told["value"], told.get("unit", ""), zone)

    return finish(rows, sheet, read_odd)


def separator_of(heading: str) -> str:
    """Tell what stands between the cells."""
    return next((one for one in SEPARATORS if one in heading), ",")


def names_in(heading: str, separator: str) -> list[str]:
    """Read a header; `Malformed` when it is none."""
    try:
        return _row(heading, separator)
    except Refused as refused:
        raise Malformed(str(refused)) from None


def places_of(names: list[str]) -> dict[str, int]:
    """Find the columns by their headings; `Malformed` when one is missing or there twice."""
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        field = HEADINGS.get(name.strip().lower())
        if field in places:
            raise Malformed(f"表头中有两列 {name.strip()}")
        if field is not None:
            places[field] = place
    missing = [field for field in FIELDS[:3] if field not in places]
    if missing:
        raise Malformed(f"第一行应为表头 stream,time,value；缺少 {'、'.join(missing)} 列")
    return places


def _as_utf8(body: bytes, charset: str) -> bytes:
    known = charset.lower().replace("utf8", "utf-8")
    if known in ("", "utf-8", "us-ascii"):
        return body
    if known not in CHARSETS:
        raise Malformed(f"不能按字符集 {charset[:20]} 读取，请用 UTF-8 或 GB18030")
    try:
        return body.decode("gb18030" if known.startswith("gb") else known).encode("utf-8")
    except ValueError:
        raise Malformed(f"内容不是 {known} 文本") from None


def _row(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        raise Refused("不是合法的 CSV") from None
