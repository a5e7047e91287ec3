"""The sheets of a pack as booklets: for ringing, for looking up, for moving people."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from anlan import codes
from anlan.kernel import clock
from anlan.protocols.official import Block, Booklet, Heading, Paragraph, Section, Sheet
from anlan.respond.evacuation.selectors.gathering import town_of, village_of
from anlan.respond.papers.selectors.calls import Owing
from anlan.respond.papers.selectors.contacts import Room
from anlan.respond.papers.selectors.lists import Line, VillageList
from anlan.respond.papers.selectors.numbers import NONE, NUMBERS, Holder, Seat

OPEN = "待核"
NOBODY = "（空缺）"
#: Letters of tables that hold much, in half points.
SMALL, SMALLER = 20, 19
#: Empty lines of a list, for who is not on it.
SPARE = 4
#: Titles of what a post owes that are printed.
TITLES = 2


@dataclass(frozen=True)
class Cover:
    """What stands at the head of every page, and what regions are called."""

    running: str
    names: Mapping[str, str]

    def name(self, code: str) -> str:
        """Tell a region's name."""
        return self.names.get(code, code)


def moment(at: datetime | None) -> str:
    """Write a moment as people at work do; what is not known is 待核."""
    if at is None:
        return OPEN
    local = clock.local(at)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def call_sheet(
    cover: Cover, waiting: Sequence[Mapping[str, Any]], owing: Sequence[Owing]
) -> Booklet:
    """Lay a call sheet out: who waits for a call, then everybody who owes something.

    Each level rings the level below it: the whole's sheet has the posts of the county and the
    townships, a township's those of its villages.
    """
    sections = [
        Section(
            title="人工叫应单", under="打通一个，在最后两栏写时间和答复；打不通的打 B 岗",
            blocks=list(_waiting(cover, waiting)),
        )
    ]  # fmt: skip
    for town, some in groupby(owing, key=lambda one: town_of(one.seat.region)):
        rows = [_owing(cover, one) for one in some]
        head = ("地区", "岗位", "姓名、电话", "要办的事", "最早期限", "叫应时间", "答复")
        sheet = Sheet(head=head, rows=rows, widths=(9, 10, 17, 27, 9, 8, 10), size=SMALL)
        title = f"人工叫应单：{cover.name(town)}"
        sections.append(Section(title=title, under="二、有事项要办的岗位", blocks=[sheet]))
    if len(sections) == 1:
        sections[0] = Section(
            title=sections[0].title, under=sections[0].under,
            blocks=[*sections[0].blocks, Paragraph("生成时没有岗位欠着事项。")],
        )  # fmt: skip
    return Booklet(sections=sections, running=cover.running, landscape=True)


def _waiting(cover: Cover, lines: Sequence[Mapping[str, Any]]) -> Iterator[Block]:
    yield Heading("一、正等人工叫应的")
    if not lines:
        yield Paragraph("生成时没有等人工叫应的；机器都还在叫。")
        return
    rows = [
        (cover.name(one["region"]), one["post_title"], _ringing(one), one["title"], "", "")
        for one in lines
        if one["person"]
    ]
    head = ("地区", "岗位", "姓名、电话", "叫应什么", "叫应时间", "答复")
    yield Sheet(head=head, rows=rows, widths=(9, 11, 18, 30, 9, 11), size=SMALL)
    gaps = sum(not one["person"] for one in lines)
    if gaps:
        yield Paragraph(f"另有 {gaps} 个岗位空缺，没有人可叫；见责任人通讯录。")
    for spoken in dict.fromkeys(one["spoken"] for one in lines if one["spoken"]):
        yield Paragraph(spoken, lead="照念：")


def _ringing(one: Mapping[str, Any]) -> str:
    numbers = [phone["number"] for phone in one["phones"] if not phone["dead"]]
    return f"{one['person_name']} {' '.join(numbers[:NUMBERS]) or NONE}"


def _owing(cover: Cover, one: Owing) -> Sequence[str]:
    named = "；".join(one.titles[:TITLES])
    rest = len(one.titles) - TITLES
    what = f"{named}……等 {len(one.titles)} 项" if rest > 0 else named
    due = moment(one.due) if one.due else "没有期限"
    return (
        cover.name(one.seat.region), one.seat.title, _people(one.seat.holders), what, due, "", "",
    )  # fmt: skip


def _people(holders: Sequence[Holder]) -> str:
    mark = {"A": "", "B": "（B岗）", "C": "（C岗）"}
    lines = (
        f"{one.name}{mark.get(one.rank, '')} {' '.join(one.numbers) or NONE}" for one in holders
    )
    return "\n".join(lines) or NOBODY


def contacts(cover: Cover, posts: Sequence[Seat], rooms: Sequence[Room], title: str) -> Booklet:
    """Lay the directory out by region; a post that nobody holds is a visible gap."""
    blocks: list[Block] = []
    if rooms:
        blocks.append(Heading("值班电话"))
        blocks.append(
            Sheet(
                head=("地区", "单位", "值班电话"),
                rows=[(cover.name(one.region), one.name, one.phone) for one in rooms],
                widths=(3, 5, 4), size=SMALL,
            )
        )  # fmt: skip
    for region, some in groupby(posts, key=lambda one: village_of(one.region)):
        blocks.append(Heading(cover.name(region)))
        rows = [(one.title, _people(one.holders)) for one in some]
        blocks.append(Sheet(head=("岗位", "姓名、电话"), rows=rows, widths=(4, 7), size=SMALL))
    if not blocks:
        blocks.append(Paragraph("这里没有登记任何岗位。"))
    return Booklet(sections=[Section(title=title, blocks=blocks)], running=cover.running)


def evacuation_lists(
    cover: Cover, villages: Sequence[VillageList], leads: Mapping[str, Seat]
) -> Booklet:
    """Lay the lists out, each village on pages of its own."""
    sections = [_list(cover, one, leads) for one in villages]
    return Booklet(sections=sections, running=cover.running, landscape=True)


def _list(cover: Cover, one: VillageList, leads: Mapping[str, Seat]) -> Section:
    unknown = f"，另有 {one.unknown} 处人数{OPEN}" if one.unknown else ""
    lead = leads[one.lead].said if one.lead and one.lead in leads else NOBODY
    head = (
        "序号",
        "姓名",
        "电话",
        "人数",
        "特殊群体",
        "住址",
        "责任人",
        "去向",
        "状态",
        "已转时间",
    )
    rows = [_line(place, each, leads) for place, each in enumerate(one.lines, start=1)]
    rows += [(f"补{place}", *[""] * (len(head) - 1)) for place in range(1, SPARE + 1)]
    return Section(
        title=f"{cover.name(one.code)}人员转移清单",
        under=f"应转 {one.people} 人{unknown}　最晚 {moment(one.latest_at)}　村责任人：{lead}",
        blocks=[
            Sheet(head=head, rows=rows, widths=(4, 8, 12, 5, 12, 16, 17, 20, 11, 8), size=SMALLER),
            Paragraph("“★”先转。没在名单上的人，写在最后几行：姓名、人数、去了哪里。"),
        ],
    )


def _line(place: int, one: Line, leads: Mapping[str, Seat]) -> Sequence[str]:
    star = "★" if one.special else ""
    lead = leads[one.lead].held if one.lead and one.lead in leads else NOBODY
    return (
        str(place), f"{star}{one.name}", one.phone, OPEN if one.people is None else str(one.people),
        one.groups, one.address, lead, one.where or OPEN, one.state, "",
    )  # fmt: skip


def group_words(counts: Mapping[str, int]) -> str:
    """Say how many residents belong to which special groups."""
    table = codes.table("special-groups")
    rows = [row for row in table if counts.get(row.code)]
    return "，".join(f"{row.name} {counts[row.code]} 人" for row in rows)
