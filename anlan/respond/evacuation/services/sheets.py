"""The list as a workbook, out and in: for who ticks on paper and types it in later."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import python_calamine
from django.db import transaction

from anlan import codes
from anlan.base.door.sheets import table_book
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.base.places.models import Shelter
from anlan.kernel import clock
from anlan.kernel.errors import Invalid
from anlan.respond.evacuation.models import Entry
from anlan.respond.evacuation.selectors.pages import seen
from anlan.respond.evacuation.selectors.roll import Query, narrowed, ordered, told
from anlan.respond.evacuation.services.finding import note
from anlan.respond.evacuation.services.ticking import Said, Ticker, Word, tick_roll
from anlan.respond.evacuation.states import RETURNED

#: Title -> English, in the order of the columns. The first names the entry and is never typed.
TITLES = (
    ("编号", "Number"), ("村（社区）", "Village"), ("户编码", "Household"), ("姓名", "Name"),
    ("电话", "Telephone"), ("住址", "Address"), ("人数", "People"), ("特殊群体", "Special groups"),
    ("责任人", "Responsible"), ("最晚转移", "By when"), ("去向", "Where to"),
    ("安置场所", "Shelter"), ("状态", "State"), ("原因", "Reason"), ("备注", "Remark"),
)  # fmt: skip
NUMBER, SHELTER, STATE, REASON, REMARK = 0, 11, 12, 13, 14
HOME = ("已返回", "Home again")
LARGEST = 10 * 1024 * 1024
#: Rows read from one workbook.
MOST = 20_000
TOGETHER = 1000


def write_sheet(*, evacuation: str, query: Query, language: str, by: Actor) -> tuple[str, bytes]:
    """Write the list; returns the file's name and the workbook. That it was taken is journalled."""
    english = language == "en"
    with transaction.atomic():
        batch = seen(by, evacuation)
        permit(by, "evacuations.export")
        rows = list(ordered(narrowed(by, batch, query)).select_related("part")[:MOST])
        clear = _may_read(by, rows)
        note(batch, "exported", by, {"entries": len(rows), "clear": clear})
    lines: list[tuple[Any, ...]] = []
    for start in range(0, len(rows), TOGETHER):
        some = rows[start : start + TOGETHER]
        shown = told(some, clear=clear)
        lines += [_line(one, row, english=english) for one, row in zip(shown, some, strict=True)]
    titles = [pair[english] for pair in TITLES]
    name = f"evacuation-{clock.local(clock.now()):%m%d-%H%M}.xlsx"
    return name, table_book("List" if english else "转移清单", titles, lines)


def _may_read(by: Actor, rows: Sequence[Entry]) -> bool:
    return all(may(by, "evacuations.unmask", code) for code in {r.part.region_id for r in rows})


def _line(one: Mapping[str, Any], row: Entry, *, english: bool) -> tuple[Any, ...]:
    tail = "_en" if english else ""
    lead = one["lead"] or {}
    latest = row.part.latest_at
    return (
        one["id"], one["village_name"], one["household_code"], one["name"] or one["head"],
        one["phone"], one["address"], one["people"],
        "、".join(one[f"groups_label{tail}"]), lead.get("name") or lead.get("title"),
        f"{clock.local(latest):%Y-%m-%d %H:%M}" if latest else None, one[f"stay_label{tail}"],
        one["inside_name"] or one["shelter_name"] or one[f"unplaced_label{tail}"],
        one[f"state_label{tail}"], one[f"reason_label{tail}"], None,
    )  # fmt: skip


def read_sheet(*, evacuation: str, content: bytes, by: Actor) -> dict[str, Any]:
    """Tick what a workbook says; tells what was done, and each row that was wrong."""
    batch = seen(by, evacuation)
    permit(by, "evacuations.tick")
    lines = _lines(content)
    states = dict(
        Entry.objects.filter(evacuation=batch, pk__in=[line[NUMBER] for _, line in lines])
        .values_list("pk", "state")
    )  # fmt: skip
    shelters = _shelters(lines)
    words: list[tuple[int, Word]] = []
    wrong: list[dict[str, Any]] = []
    for number, line in lines:
        try:
            word = _word(line, states, shelters)
        except Invalid as error:
            wrong.append({"row": number, "why": error.detail})
            continue
        if word is not None:
            words.append((number, word))
    outcomes = tick_roll(
        evacuation=evacuation, words=[word for _, word in words], ticker=Ticker(by, "xlsx")
    )
    return _told(words, outcomes, wrong, len(lines))


def _told(
    words: Sequence[tuple[int, Word]],
    outcomes: Sequence[Said],
    wrong: list[dict[str, Any]],
    rows: int,
) -> dict[str, Any]:
    for (number, _), one in zip(words, outcomes, strict=True):
        if one.outcome == "wrong":
            wrong.append({"row": number, "why": one.why})
    done = sum(one.outcome == "done" for one in outcomes)
    wrong.sort(key=lambda one: int(one["row"]))
    return {"rows": rows, "done": done, "unchanged": rows - done - len(wrong), "items": wrong}


def _lines(content: bytes) -> list[tuple[int, list[str]]]:
    if len(content) > LARGEST:
        raise Invalid("文件太大")
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        cells = book.get_sheet_by_index(0).to_python(skip_empty_area=False, nrows=MOST + 1)
    except (python_calamine.CalamineError, IndexError, OSError) as error:
        raise Invalid("打不开这个文件，请用这里导出的清单填写") from error
    rows = [[str(cell).strip() for cell in row] for row in cells]
    heads = [[pair[place] for pair in TITLES] for place in (0, 1)]
    if not rows or rows[0][: len(TITLES)] not in heads:
        raise Invalid("表头不对，请用这里导出的清单填写")
    return [
        (number, row[: len(TITLES)])
        for number, row in enumerate(rows[1:], start=2)
        if row and row[NUMBER]
    ]


def _shelters(lines: Sequence[tuple[int, list[str]]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    named = {line[SHELTER] for _, line in lines if line[SHELTER]}
    rows = Shelter.objects.filter(name__in=named, retired_at=None)
    for pk, name in rows.values_list("pk", "name"):
        found.setdefault(name, []).append(pk)
    return found


def _word(
    line: Sequence[str], states: Mapping[str, str], shelters: Mapping[str, Sequence[str]]
) -> Word | None:
    """Read a row; None when it says what is known already."""
    before = states.get(line[NUMBER])
    if before is None:
        raise Invalid("名单上没有这个编号")
    state = _code("evacuation-states", line[STATE], RETURNED if line[STATE] in HOME else "")
    if state == before:
        return None
    reason = _code("evacuation-reasons", line[REASON]) if line[REASON] else ""
    places = shelters.get(line[SHELTER], ())
    if state == "sheltered" and len(places) > 1:
        raise Invalid(f"有几个场所叫「{line[SHELTER]}」，请在页面上打勾")
    return Word(
        state=state, entry=line[NUMBER], reason=reason, note=line[REMARK],
        shelter=places[0] if state == "sheltered" and places else "",
    )  # fmt: skip


def _code(table: str, text: str, found: str = "") -> str:
    for row in codes.table(table):
        if text in (row.name, row.name_en, row.code):
            return row.code
    if not found:
        raise Invalid(f"不认识「{text}」")
    return found
