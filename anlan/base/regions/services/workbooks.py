"""Lists of regions as workbooks: the template that leaves, the filled one that comes back."""

import datetime
import io
from collections.abc import Iterator, Sequence
from typing import Any, Final

import python_calamine
import xlsxwriter

from anlan.base.regions.services.reading import Listing, Row, places_of, read_rows
from anlan.kernel.errors import Invalid

SHEET: Final = "区划"
#: Marks the template's example row, which is passed over.
EXAMPLE: Final = "（示例）"
#: A heading stands in one of the first rows; above it people put titles.
HEADING_WITHIN: Final = 10
#: A county with its grid cells has fewer; a national list goes in by the command line.
MOST_ROWS: Final = 20_000

#: Heading, an example, and how it is filled.
COLUMNS: Final = (
    ("区划代码*", "330199101201", "2、4、6、9、12 或 15 位（网格）；请保持文本格式"),
    ("名称*", "某村", "全称，不写上级的名字"),
    ("经度", "121.6", "驻地，WGS-84（CGCS2000），度；与纬度同填或同空"),
    ("纬度", "28.4", "同上"),
    ("人口", "1200", "常住人口；不知道就空着，空着不是零"),
    ("户数", "400", "同上"),
    ("启用日期", "2026-07-01", "写作 2026-07-01；可空"),
    ("停用日期", "", "撤销、并入别处的区划从哪天起不再算；其余空着"),
    ("继任区划", "", "撤并以后由谁接替：写它的代码，同时写停用日期"),
)
LABELS: Final = {
    "code": "区划代码", "name": "名称", "lon": "经度", "lat": "纬度", "population": "人口",
    "households": "户数", "valid_from": "启用日期", "valid_to": "停用日期", "successor": "继任区划",
    "parent_id": "上级",
}  # fmt: skip


def template() -> bytes:
    """Make an empty workbook: headings, text cells, one example row, notes."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    text = book.add_format({"num_format": "@"})
    head = book.add_format({"bold": True, "bg_color": "#E8EDF2", "border": 1})
    grey = book.add_format({"italic": True, "font_color": "#7A8794", "num_format": "@"})
    sheet, notes = book.add_worksheet(SHEET), book.add_worksheet("填写说明")
    for place, (title, example, how) in enumerate(COLUMNS):
        sheet.set_column(place, place, 22, text)
        sheet.write_string(0, place, title, head)
        sheet.write_string(1, place, example if place else f"{EXAMPLE}{example}", grey)
        notes.write_string(place, 0, title)
        notes.write_string(place, 1, how)
    notes.write_string(
        len(COLUMNS), 1,
        f"带 * 的列必填；以「{EXAMPLE}」开头的行不会导入；代码已有的更新，没有的新增，"
        "表里没写到的不动；不要合并单元格。",
    )  # fmt: skip
    notes.set_column(0, 0, 16)
    notes.set_column(1, 1, 90)
    sheet.freeze_panes(1, 1)
    book.close()
    return buffer.getvalue()


def read_book(raw: bytes) -> Listing:
    """Read the first sheet of a workbook. A wrong row is an error in it; a wrong file `Invalid`."""
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw))
        names = book.sheet_names
        sheet = book.get_sheet_by_name(SHEET if SHEET in names else names[0])
    except (python_calamine.CalamineError, IndexError, OSError) as error:
        raise Invalid(
            "这个文件不是可以读取的 Excel 工作簿（.xlsx），请用模板另存后再试",
            errors={"file": ["无法读取"]},
        ) from error
    if sheet.height > MOST_ROWS:
        raise Invalid(f"一次最多导入 {MOST_ROWS} 行区划，更多的请在服务器上用命令行导入")
    first = (sheet.start[0] if sheet.start else 0) + 1
    rows = _rows(sheet.iter_rows(), first)
    return read_rows(_heading(rows), rows)


def _rows(rows: Iterator[Sequence[Any]], first: int) -> Iterator[Row]:
    """Give the rows by the numbers Excel shows; the example is passed over."""
    for number, cells in enumerate(rows, start=first):
        texts = [_text(cell) for cell in cells]
        if not any(text.startswith(EXAMPLE) for text in texts):
            yield number, texts


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    return str(cell).strip()


def _heading(rows: Iterator[Row]) -> dict[str, int]:
    for number, cells in rows:
        found = places_of([cell.rstrip("*＊").strip().lower() for cell in cells])
        if "code" in found and "name" in found:
            return found
        if number >= HEADING_WITHIN:
            break
    raise Invalid(
        "没有找到表头：要有“区划代码”和“名称”两列，请使用模板",
        errors={"file": ["表头不对，请使用模板"]},
    )
