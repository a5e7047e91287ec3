"""A case written down to keep: every row as CSV files in a zip or as JSON, a paper as Word."""

import csv
import io
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from anlan.kernel import clock
from anlan.respond.casebook.selectors.cases import Seen
from anlan.respond.casebook.selectors.dossier import write_dossier
from anlan.respond.casebook.selectors.tables import TABLES, Row, counts

#: Form -> how the file's name ends, and its media type.
FORMS = {
    "csv": ("zip", "application/zip"),
    "json": ("json", "application/json; charset=utf-8"),
    "word": ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}
#: Of a list of ids so many are written; how many there are is.
LISTED = 3
#: Excel opens a CSV as UTF-8 when it begins so.
BOM = "\ufeff"
#: What a spreadsheet would take for a formula.
FORMULAS = ("=", "+", "-", "@")


def write(found: Seen, form: str, *, clear: bool) -> tuple[bytes, dict[str, int]]:
    """Write a case in a form; returns the bytes and how many rows of each table it tells of."""
    if form == "word":
        told = counts(found.cases)
        return write_dossier(found, told, clear=clear), told
    read = {one.key: list(one.rows(found.cases, clear)) for one in TABLES}
    body = {"csv": _csv, "json": _json}[form](found, read, clear)
    return body, {key: len(rows) for key, rows in read.items()}


def _head(found: Seen, clear: bool) -> dict[str, Any]:
    return {
        "case": found.row.pk, "title": found.row.title, "region": found.row.region_id,
        "region_name": found.row.region.name, "from": found.began_at, "to": found.last_at,
        "cases": list(found.cases), "names": "clear" if clear else "masked",
        "exported_at": clock.now(),
    }  # fmt: skip


def _json(found: Seen, read: dict[str, list[Row]], clear: bool) -> bytes:
    tables = {
        one.key: {"title": one.columns.title, "columns": one.columns.heads, "rows": read[one.key]}
        for one in TABLES
    }
    body = {**_head(found, clear), "tables": tables}
    return orjson.dumps(body, option=orjson.OPT_INDENT_2)


def _csv(found: Seen, read: dict[str, list[Row]], clear: bool) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for one in TABLES:
            text = io.StringIO()
            writer = csv.writer(text)
            writer.writerow(one.columns.heads)
            writer.writerows([_cell(value) for value in row] for row in read[one.key])
            file.writestr(f"{one.key}.csv", (BOM + text.getvalue()).encode())
        head = orjson.dumps(_head(found, clear), option=orjson.OPT_INDENT_2)
        file.writestr("case.json", head)
    return made.getvalue()


def _cell(value: Any) -> str:
    text = _text(value)
    return f"'{text}" if text.startswith(FORMULAS) else text


def _text(value: Any) -> str:
    """Write a value as a cell: what was changed and said of a deed becomes words."""
    if value in (None, ""):
        return ""
    if isinstance(value, datetime):
        return f"{clock.local(value):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, Mapping):
        return "；".join(
            f"{key}：{_said(one)}" for key, one in value.items() if one not in ("", None)
        )
    return str(value)


def _said(value: Any) -> str:
    if isinstance(value, tuple):  # what a column was and became
        return " → ".join(map(str, value))
    if not isinstance(value, list):
        return str(value)
    rest = f"……共 {len(value)} 个" if len(value) > LISTED else ""
    return "、".join(map(str, value[:LISTED])) + rest
