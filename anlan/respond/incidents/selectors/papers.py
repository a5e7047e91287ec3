"""A report as an official paper: the fields of the law in the layout of GB/T 9704."""

from collections.abc import Iterator

from anlan import codes
from anlan.base.people import selectors as people
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.kernel import clock
from anlan.protocols.official import Block, Heading, Paper, Paragraph, Sheet, write_paper
from anlan.respond.incidents.models import Incident, Report
from anlan.respond.incidents.selectors.contents import OPEN, moment_words, said_in
from anlan.respond.incidents.selectors.rows import report_of, seen
from anlan.respond.incidents.states import REPORTS

#: Part of ``report-fields`` -> its heading on the paper; `head` stands at the paper's end.
SECTIONS = {
    "event": "基本情况",
    "people": "人员和损失",
    "course": "经过和态势",
    "measures": "处置情况",
    "ending": "责任和教训",
}
NUMBERS = "一二三四五六"
#: Grades from which a paper is urgent by itself: value -> word.
URGENCY = {1: "特急", 2: "特急", 3: "加急"}
#: Figures stand three to a row of the table.
ABREAST = 2


def paper_of(actor: Actor, incident: str, number: int) -> tuple[str, bytes]:
    """Write one report of an incident as a Word file; tells its name too."""
    row = seen(actor, incident)
    report = report_of(row, number)
    return f"{_title(row, report)}.docx", write_paper(lay_out(row, report))


def lay_out(row: Incident, report: Report) -> Paper:
    """Lay a report out; what is not known is written 待核."""
    said = {one["key"]: one for one in said_in(report, row.figures)}
    day = clock.local(report.signed_at or report.fixed_at or clock.now())
    office = _value(said, "office")
    grade = row.grade or 0
    day_words = f"{day.year}年{day.month}月{day.day}日"
    contact = f"联系人：{_value(said, 'reporter')}，电话：{_value(said, 'contact')}"
    return Paper(
        mark=f"{office}突发事件信息", number=f"〔{report.year}〕{report.serial}号",
        title=_title(row, report), office=office,
        blocks=list(_correcting(report, said) if report.corrects else _blocks(said)),
        date=day_words, signer=_signer(report),
        to=_to(row), urgency=URGENCY.get(grade, ""), note=contact,
        printed=(office, day_words),
        copies=people.copied_to("incident-report", row.office, but=[office]),
    )  # fmt: skip


def _title(row: Incident, report: Report) -> str:
    kind = REPORTS[report.kind][0]
    if report.corrects is not None:
        return f"关于{row.title}第{report.corrects.number}报的{kind}（第{report.number}报）"
    place = "" if report.kind == "first" else f"（第{report.number}报）"
    return f"关于{row.title}的{kind}{place}"


def _signer(report: Report) -> str:
    if report.signed_at is None:
        return OPEN
    names = permissions.names_of([report.signed_by])
    return report.oral or names.get(report.signed_by, "")


def _to(row: Incident) -> str:
    """Name those the law wants it to reach in writing, the highest first."""
    asked = set(row.clocks.filter(way="written").values_list("to", flat=True))
    highest_first = reversed(list(codes.table("report-recipients")))
    return "，".join(one.name.partition("（")[0] for one in highest_first if one.code in asked)


def _correcting(report: Report, said: dict[str, dict[str, object]]) -> Iterator[Block]:
    """Say what was wrong in which report, why, and what stands in its place."""
    wrong = report.corrects
    if wrong is None:
        return
    at = moment_words(wrong.fixed_at) if wrong.fixed_at else ""
    yield Paragraph(
        f"{at}报出的第{wrong.number}报（{REPORTS[wrong.kind][0]}，〔{wrong.year}〕{wrong.serial}号）"
        f"有误，现更正如下。更正理由：{report.reason}。"
    )
    for one in said.values():
        if one["changed"]:
            old, new = (_worded(one, one[name]) for name in ("was", "value"))
            yield Paragraph(f"原报“{old}”，更正为“{new}”。", lead=f"{one['label']}：")
    yield Paragraph(f"其余内容以第{wrong.number}报为准。")


def _worded(one: dict[str, object], value: object) -> str:
    return _figure({**one, "value": value}) if one["type"] == "figure" else str(value or OPEN)


def _blocks(said: dict[str, dict[str, object]]) -> Iterator[Block]:
    numbers = iter(NUMBERS)
    for part, heading in SECTIONS.items():
        fields = [one for one in said.values() if one["part"] == part]
        if not fields:
            continue
        yield Heading(f"{next(numbers)}、{heading}")
        if part == "people":
            yield _figures(fields)
            continue
        for one in fields:
            yield Paragraph(str(one["value"] or OPEN), lead=f"{one['label']}：")


def _figures(fields: list[dict[str, object]]) -> Sheet:
    cells = [(str(one["label"]), _figure(one)) for one in fields]
    cells += [("", "")] * (-len(cells) % ABREAST)
    rows = [
        [text for cell in cells[start : start + ABREAST] for text in cell]
        for start in range(0, len(cells), ABREAST)
    ]
    return Sheet(head=["项目", "数字"] * ABREAST, rows=rows, widths=[3, 2] * ABREAST)


def _figure(one: dict[str, object]) -> str:
    value = one["value"]
    return OPEN if value is None else f"{value:g}{one['unit']}"


def _value(said: dict[str, dict[str, object]], key: str) -> str:
    return str(said[key]["value"] or OPEN) if key in said else OPEN
