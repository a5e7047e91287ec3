"""A review to print (复盘评估报告) and its tables to reckon on with (Excel)."""

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import xlsxwriter

from anlan.base.obligations.states import LIFECYCLE
from anlan.base.people import selectors as people
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may
from anlan.base.regions import selectors as regions
from anlan.base.register.masking import mask
from anlan.kernel import clock
from anlan.learn.models import Review
from anlan.learn.selectors import reviews
from anlan.learn.states import LINKS
from anlan.protocols.official import Block, Heading, Paper, Paragraph, Sheet, write_paper
from anlan.respond.casebook.selectors.cases import UNMASK
from anlan.respond.casebook.selectors.dossier.saying import lasted
from anlan.respond.papers.selectors.briefing.facts import since, table, words
from anlan.respond.responses.models import Turn
from anlan.respond.responses.states import TURNS

#: The slowest of a link that stand on paper; letters of tables that hold much, in half points.
SLOWEST, SMALL = 8, 18
NEVER, UNKNOWN = "至今没有", "—"
ROMAN = {1: "Ⅰ", 2: "Ⅱ", 3: "Ⅲ", 4: "Ⅳ"}
LINK_HEAD = ("环节", "次数", "一半在此以内", "九成在此以内", "最长", "超时", "至今没有")
STEP_HEAD = (
    "步骤",
    "下达",
    "完成",
    "计划用时",
    "实际（中位）",
    "最长",
    "超时",
    "没做完",
    "不再要求",
)
LESSON_HEAD = ("方面", "看到什么", "怎样改进", "谁来改、何时", "办到哪里")
SLOW_HEAD = ("环节", "什么事", "地区", "谁", "开始", "期限", "结束", "用时", "是否超时")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def word_of(actor: Actor, review: str) -> tuple[str, bytes]:
    """Write a review as an official paper; tells its name too."""
    told = reviews.one(actor, review)
    row = Review.objects.select_related("response__region").get(pk=review)
    office = people.office_of(row.region_id)
    day = clock.local(row.finished_at or clock.now())
    written = f"{day.year}年{day.month}月{day.day}日"
    title = f"{told['region_name']}{row.title}报告"
    paper = Paper(
        mark=f"{office}复盘评估", number=_number(row), title=title,
        blocks=list(_blocks(actor, row, told)), office=office, date=written,
        note="" if row.finished_at else "复盘中，尚未完成", printed=(office, written),
        copies=people.copied_to("review", row.region_id, but=[office]),
    )  # fmt: skip
    return f"{title}.docx", write_paper(paper)


def workbook_of(actor: Actor, review: str) -> tuple[str, bytes]:
    """Write the tables of a review as a workbook; tells its name too."""
    told = reviews.one(actor, review)
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    bold = book.add_format({"bold": True, "bottom": 1})
    for name, head, rows in _sheets(actor, told):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, head, bold)
        for place, cells in enumerate(rows, start=1):
            for column, cell in enumerate(cells):
                if isinstance(cell, str):  # never a formula, whatever somebody wrote
                    sheet.write_string(place, column, cell)
                else:
                    sheet.write(place, column, cell)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(head) - 1, 16)
    book.close()
    return f"{told['region_name']}{told['title']}.xlsx", made.getvalue()


def _number(row: Review) -> str:
    """Give a review its number among those opened in its year."""
    opened = clock.local(row.opened_at)
    begins = opened.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    before = Review.objects.filter(opened_at__gte=begins, opened_at__lt=row.opened_at).count()
    return f"〔{opened.year}〕{before + 1}号"


def _blocks(actor: Actor, row: Review, told: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading("一、基本情况")
    yield Paragraph(_opening(row, told))
    yield Heading("二、响应经过")
    yield _turns(actor, row)
    yield Heading("三、各环节用时")
    yield from _links(told["delays"]["links"])
    yield Heading("四、预案步骤：计划与实际")
    yield from _steps(told["delays"]["steps"])
    yield Heading("五、结论")
    yield Paragraph(told["conclusion"] or "还没有写结论。")
    yield Heading("六、意见和整改")
    yield from _lessons(actor, told)


def _opening(row: Review, told: Mapping[str, Any]) -> str:
    response = row.response
    began, ended = response.started_at, response.ended_at
    span = f"，{words(ended)}结束，历时{lasted(ended - began)}" if ended else ""
    level = f"，最高{ROMAN[response.worst]}级" if response.worst in ROMAN else ""
    done = (
        f"{words(row.finished_at)}由{told['finished_by_name']}完成"
        if row.finished_at else f"应于{words(row.due_at)}前完成，现在还没有完成"
    )  # fmt: skip
    return (
        f"{response.region.name}{response.title}应急响应于{words(began)}启动{span}{level}，依据"
        f"{told['plan_title']}第{told['version']}版。复盘于{words(row.opened_at)}开始，{done}。"
        "以下用时均由当时的留痕算出；没有发生的不算用时，单独计数。"
    )


def _turns(actor: Actor, row: Review) -> Sheet:
    turns = list(Turn.objects.filter(response=row.response_id).order_by("number"))
    names = permissions.names_of({one.by for one in turns})
    persons = people.names_of({one.person_id for one in turns if one.person_id})

    def who(one: Turn) -> str:
        oral, by = persons.get(one.person_id or "", ""), names.get(one.by, one.by)
        return f"{_name(actor, row.region_id, oral or by)}{'（口头）' if one.oral else ''}"

    rows = [(since(one.at), TURNS[one.verb][0], who(one), one.reason or "未写") for one in turns]
    return table(("时间", "决定", "谁决定", "理由"), rows, (10, 8, 9, 18))


def _name(actor: Actor, region: str, name: str) -> str:
    return name if may(actor, UNMASK, region) else mask(name) or ""


def _minutes(value: float | None, missing: str = UNKNOWN) -> str:
    return missing if value is None else lasted(timedelta(minutes=value))


def _links(links: Sequence[Mapping[str, Any]]) -> Iterator[Block]:
    rows = [
        (
            LINKS[one["key"]][0], str(one["count"]), _minutes(one["median_min"]),
            _minutes(one["p90_min"]), _minutes(one["longest_min"]),
            str(one["late"]) if one["limited"] else "没有时限", str(one["missing"]),
        )
        for one in links
        if one["count"]
    ]  # fmt: skip
    none = [LINKS[one["key"]][0] for one in links if not one["count"]]
    if rows:
        yield table(LINK_HEAD, rows, (11, 5, 8, 8, 8, 6, 6))
    if none:
        yield Paragraph(f"这次没有的环节：{'、'.join(none)}。")
    slow = [
        (
            LINKS[one["key"]][0], spell["what"], spell["who"] or UNKNOWN,
            since(_moment(spell["begun"])), since(_moment(spell["due"])),
            _minutes(spell["minutes"], NEVER),
        )
        for one in links
        for spell in [each for each in one["worst"] if each["late"]][:SLOWEST]
    ]  # fmt: skip
    if slow:
        yield Heading("（一）超时的", level=2)
        yield Paragraph(f"每个环节列最慢的{SLOWEST}次以内。")
        head = ("环节", "什么事", "谁", "开始", "期限", "用时")
        yield Sheet(head=head, rows=slow, widths=(9, 15, 11, 9, 9, 8), size=SMALL)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _steps(steps: Sequence[Mapping[str, Any]]) -> Iterator[Block]:
    if not steps:
        yield Paragraph("这次响应没有下达步骤。")
        return
    rows = [
        (
            one["title"], str(one["count"] + one["struck"]), str(one["done"]),
            _minutes(one["given_min"]), _minutes(one["median_min"]),
            _minutes(one["longest_min"]), str(one["late"]), str(one["missing"]),
            str(one["struck"]),
        )
        for one in steps
        if one["count"] or one["struck"]
    ]  # fmt: skip
    yield Sheet(head=STEP_HEAD, rows=rows, widths=(15, 5, 5, 8, 9, 8, 5, 6, 7), size=SMALL)
    nobody = [one["title"] for one in steps if one["nobody"]]
    if nobody:
        yield Paragraph(f"没有人可下达的步骤：{'、'.join(nobody)}。")


def _lessons(actor: Actor, told: Mapping[str, Any]) -> Iterator[Block]:
    rows = list(_measures(actor, told))
    if not rows:
        yield Paragraph("还没有意见。")
        return
    yield Sheet(head=LESSON_HEAD, rows=rows, widths=(7, 13, 13, 10, 8), size=SMALL)
    yield Paragraph("整改由平台按期限催办，由另一个人核实，以后办到哪里见平台上的这次复盘。")


def _measures(actor: Actor, told: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Say each lesson: where it was seen, what is to be done, by whom until when, how far it is."""
    steps = {one["key"]: one["title"] for one in told["steps"]}
    wanted = [one["post"] for one in told["lessons"] if one["post"]]
    holders = people.holders_of(wanted)
    for one in told["lessons"]:
        seen = [LINKS[one["link"]][0]] if one["link"] else []
        seen += [f"“{steps.get(one['step'], one['step'])}”"] if one["step"] else []
        held = [_name(actor, told["region"], each["name"])
                for each in holders.get(one["post"], ())[:1]]  # fmt: skip
        who = "\n".join(
            part for part in (one["post_title"], *held, _until(one["due_on"])) if part
        )  # fmt: skip
        where = f"（{'，'.join(seen)}）" if seen else ""
        yield one["about_label"], f"{one['found']}{where}", one["advice"], who or "未定", _far(one)


def _until(due: date | None) -> str:
    return f"{due.year}年{due.month}月{due.day}日前" if due else ""


def _far(one: Mapping[str, Any]) -> str:
    plan = ""
    if one["revision"]:
        plan = f"预案第{one['revision']}版草稿已列入"
    elif one["revise"]:
        plan = "要求修订预案"
    owed = LIFECYCLE[one["state"]].label if one["state"] else "完成复盘后下达"
    return "\n".join(part for part in (owed if one["post"] else "", plan) if part) or UNKNOWN


Row = tuple[str | float | None, ...]


def _sheets(
    actor: Actor, told: Mapping[str, Any]
) -> Iterator[tuple[str, Sequence[str], Sequence[Row]]]:
    """List the sheets: minutes as numbers, moments in Beijing time."""
    delays = told["delays"]
    links: list[Row] = [
        (
            LINKS[one["key"]][0], one["count"], one["median_min"], one["p90_min"],
            one["longest_min"], one["late"] if one["limited"] else None, one["missing"],
        )
        for one in delays["links"]
    ]  # fmt: skip
    yield "环节用时（分钟）", LINK_HEAD, links
    names = regions.names({each["region"] for one in delays["links"] for each in one["worst"]})
    slow: list[Row] = [
        (
            LINKS[one["key"]][0], each["what"], names.get(each["region"], ""), each["who"],
            _wall(each["begun"]), _wall(each["due"]), _wall(each["ended"]), each["minutes"],
            "超时" if each["late"] else "",
        )
        for one in delays["links"]
        for each in one["worst"]
    ]  # fmt: skip
    yield "最慢的（分钟）", SLOW_HEAD, slow
    steps: list[Row] = [
        (
            one["title"], one["count"] + one["struck"], one["done"], one["given_min"],
            one["median_min"], one["longest_min"], one["late"], one["missing"], one["struck"],
        )
        for one in delays["steps"]
    ]  # fmt: skip
    yield "预案步骤（分钟）", STEP_HEAD, steps
    yield "意见和整改", LESSON_HEAD, list(_measures(actor, told))


def _wall(text: str | None) -> str:
    at = _moment(text)
    return f"{clock.local(at):%Y-%m-%d %H:%M}" if at else ""
