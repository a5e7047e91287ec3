"""Workbooks that leave: the template and the export, written in a stream of constant memory."""

import io
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import xlsxwriter

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.regions import selectors as regions
from anlan.base.register.columns import Column, choices, writable
from anlan.base.register.excel.cells import EXAMPLE, TEXTS, header, written
from anlan.base.register.masking import mask
from anlan.base.register.registry import REGISTERS, Register
from anlan.base.register.sealing import open_rows, subject_column
from anlan.base.register.selectors import Query, rows
from anlan.base.vault.services import is_sealed, open_many

SHEET, NOTES, LISTS = "数据", "填写说明", "选项"
BATCH = 1000
#: Excel's own limit of rows, less the heading.
MOST = 1_048_575
#: Drop-downs reach this far down the sheet.
VALIDATED = 50_000


def template(entry: Register) -> bytes:
    """Make an empty workbook: headings, drop-downs, text cells, notes and one example row."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    columns = writable(entry)
    sheet = book.add_worksheet(SHEET)
    _head(book, sheet, columns)
    _drop_downs(book, sheet, columns)
    _example(book, sheet, entry, columns)
    _notes(book, columns)
    book.close()
    return buffer.getvalue()


def export(entry: Register, actor: Actor, query: Query, target: Any) -> int:
    """Write the rows a list would show to `target` (a path or a binary file); returns how many.

    Personal columns stay masked: reading them is a deed of its own, one row at a time.
    """
    permit(actor, entry.action("export"), query.region or None)
    book = xlsxwriter.Workbook(target, {"constant_memory": True})
    sheet = book.add_worksheet(SHEET)
    columns = writable(entry)
    _head(book, sheet, columns)
    found = rows(entry, actor, query)
    count = 0
    for batch in _batches(entry, found):
        for values in _lines(entry, columns, batch):
            count += 1
            sheet.write_row(count, 0, values)
        if count >= MOST:
            break
    book.close()
    return count


def _batches(entry: Register, found: Any) -> Iterator[list[dict[str, Any]]]:
    names = {column.attname for column in writable(entry)} | {"id", subject_column(entry)}
    stream = found.values(*names)[:MOST].iterator(chunk_size=BATCH)
    while batch := list(islice(stream, BATCH)):
        yield batch


def _lines(
    entry: Register, columns: Iterable[Column], batch: list[dict[str, Any]]
) -> Iterator[list[Any]]:
    columns = list(columns)
    sealed = {column.attname for column in columns if column.sealed}
    for item, opened in zip(batch, open_rows(entry, batch, sealed), strict=True):
        item.update(opened)
    for column in columns:
        if column.masked:
            for item in batch:
                item[column.attname] = mask(item[column.attname])
    labels = {column.name: _labels(column, batch) for column in columns}
    for item in batch:
        yield [written(c, item[c.attname], labels[c.name]) for c in columns]


def _labels(column: Column, batch: list[dict[str, Any]]) -> Mapping[str, str]:
    """Say regions and references as "code name": people read the name, the import the code."""
    if column.type not in ("region", "ref"):
        return {}
    wanted = {item[column.attname] for item in batch if item[column.attname]}
    if column.type == "region":
        return {code: f"{code} {name}" for code, name in regions.names(wanted).items()}
    target = REGISTERS.get(column.ref)
    if target is None or len(target.natural) != 1:
        return {}
    found = column.field.related_model.objects.filter(pk__in=wanted)
    triples = list(found.values_list("pk", target.natural[0], target.label))
    named = _open_labels(target, triples)
    return {pk: f"{code} {named.get(pk, '')}".strip() for pk, code, _ in triples}


def _open_labels(target: Register, triples: list[tuple[str, str, str]]) -> dict[str, str]:
    plain = {pk: label for pk, _, label in triples if label and not is_sealed(label)}
    hidden = [(pk, {"label": label}) for pk, _, label in triples if label and is_sealed(label)]
    for (pk, _), opened in zip(hidden, open_many(hidden), strict=True):
        label = opened["label"] or ""
        plain[pk] = (mask(label) or "") if target.label in target.mask else label
    return plain


def _head(book: Any, sheet: Any, columns: Iterable[Column]) -> None:
    style = book.add_format({"bold": True, "bg_color": "#E8EDF2", "border": 1, "text_wrap": True})
    text = book.add_format({"num_format": "@"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for place, column in enumerate(columns):
        cell = text if column.type in TEXTS else day if column.type == "date" else None
        sheet.set_column(place, place, max(10, min(40, len(column.label) * 2 + 6)), cell)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, header(column), style)
    sheet.freeze_panes(1, 1)


def _drop_downs(book: Any, sheet: Any, columns: Iterable[Column]) -> None:
    """Put every choice list on a hidden sheet: Excel allows only 255 characters in place."""
    lists = book.add_worksheet(LISTS)
    lists.hide()
    for place, column in enumerate(columns):
        options = _options(column)
        if not options:
            continue
        lists.write_column(0, place, options)
        letter = xlsxwriter.utility.xl_col_to_name(place)
        sheet.data_validation(
            1,
            place,
            VALIDATED,
            place,
            {
                "validate": "list",
                "source": f"={LISTS}!${letter}$1:${letter}${len(options)}",
                "error_title": "不在选项中",
                "error_message": "请从下拉列表中选择",
                # Several options are typed by hand, joined by 、
                "show_error": column.type != "choices",
            },
        )


def _options(column: Column) -> list[str]:
    if column.type == "bool":
        return ["是", "否"]
    return [choice["label"] for choice in choices(column) or ()]


def _example(book: Any, sheet: Any, entry: Register, columns: Iterable[Column]) -> None:
    grey = book.add_format({"italic": True, "font_color": "#7A8794", "num_format": "@"})
    for place, column in enumerate(columns):
        value = entry.demo.get(column.name)
        if column.type in ("choice", "choices", "bool") and value not in (None, ""):
            value = written(column, value, {})
        if place == 0:
            value = f"{EXAMPLE}{'' if value is None else value}"
        if value is not None:
            sheet.write(1, place, str(value), grey)


def _notes(book: Any, columns: Iterable[Column]) -> None:
    sheet = book.add_worksheet(NOTES)
    bold = book.add_format({"bold": True})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 90, wrap)
    sheet.write(0, 0, "列", bold)
    sheet.write(0, 1, "怎么填", bold)
    for line, column in enumerate(columns, start=1):
        sheet.write_string(line, 0, header(column))
        sheet.write_string(line, 1, note(column))
    last = len(list(columns)) + 2
    sheet.write_string(last, 0, "提示", bold)
    sheet.write_string(
        last,
        1,
        f"带 * 的列必填；以「{EXAMPLE}」开头的行不会导入；同一编号的行会更新，其余新增；"
        "空单元格表示未知，不是零；不要合并单元格，不要改动表头。",
    )


_KINDS = {
    "int": "整数",
    "float": "数字",
    "bool": "是 或 否",
    "date": "日期，如 2026-07-01",
    "datetime": "北京时间，如 2026-07-01 08:30",
    "region": "区划代码，名称可写在代码后面，用空格隔开",
    "ref": "编号，名称可写在编号后面，用空格隔开",
    "choice": "从下拉列表选择",
    "choices": "可填多项，用顿号隔开",
    "json": "不在 Excel 中填写",
    "geometry": "GeoJSON 多边形，一般在地图上绘制",
}


def note(column: Column) -> str:
    """Tell how a column is filled."""
    parts = [_KINDS.get(column.type, "文字")]
    if column.low is not None or column.high is not None:
        low = "" if column.low is None else f"不小于 {column.low:g}"
        high = "" if column.high is None else f"不大于 {column.high:g}"
        parts.append("，".join(part for part in (low, high) if part))
    if column.max_length:
        parts.append(f"不超过 {column.max_length} 字")
    if column.type == "choices":
        parts.append("可选：" + "、".join(_options(column)))
    if column.help:
        parts.append(column.help)
    return "；".join(part for part in parts if part)
