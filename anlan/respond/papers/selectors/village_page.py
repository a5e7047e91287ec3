"""One page for one village (村级明白纸): everything on it fits, what does not is named as left."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from anlan import codes
from anlan.base.places.models import DangerZone
from anlan.protocols.official import (
    Block,
    Booklet,
    Heading,
    Paragraph,
    Section,
    Sheet,
    fits_a_page,
)
from anlan.respond.papers.selectors.guides import Duty, Guide
from anlan.respond.papers.selectors.lists import VillageList
from anlan.respond.papers.selectors.numbers import Seat
from anlan.respond.papers.selectors.printed import (
    NOBODY,
    OPEN,
    SMALLER,
    Cover,
    group_words,
    moment,
)


class Rows(NamedTuple):
    """How many rows of each table are printed."""

    zones: int
    shelters: int
    seats: int
    duties: int


#: What is tried, the fullest first, until all of it has room on one page.
TRIED = (
    Rows(4, 3, 8, 6), Rows(4, 3, 8, 4), Rows(3, 3, 6, 4), Rows(3, 2, 6, 3), Rows(2, 2, 4, 3),
    Rows(2, 1, 4, 2), Rows(1, 1, 2, 1),
)  # fmt: skip
#: Characters of a route, and of what is to be done.
ROUTE, DO = 36, 40


def guide_pages(
    cover: Cover,
    guides: Sequence[Guide],
    lists: Mapping[str, VillageList],
    keepers: Mapping[str, Seat],
) -> Booklet:
    """Lay the guides of some villages out, a page each."""
    sections = [_page(one, lists.get(one.code), keepers) for one in guides]
    return Booklet(sections=sections, running=cover.running)


def _page(one: Guide, due: VillageList | None, keepers: Mapping[str, Seat]) -> Section:
    """Lay one village out with as much as has room on a page."""
    for rows in TRIED:
        blocks = list(_blocks(one, keepers, rows))
        section = Section(title=f"{one.name}防灾明白纸", under=_due(due), blocks=blocks)
        if fits_a_page(section):
            break
    return section


def _due(one: VillageList | None) -> str:
    if one is None:
        return "这个村没有人在转移清单上"
    special = sum(line.people or 0 for line in one.lines if line.special)
    unknown = f"，另有 {one.unknown} 处人数{OPEN}" if one.unknown else ""
    return (
        f"应转 {one.people} 人（先转的 {special} 人）{unknown}　最晚 {moment(one.latest_at)}"
    )  # fmt: skip


def _blocks(one: Guide, keepers: Mapping[str, Seat], rows: Rows) -> Iterator[Block]:
    lead = keepers[one.lead].said if one.lead and one.lead in keepers else NOBODY
    yield Paragraph(lead, lead="转移责任人：")
    yield Paragraph(_people(one), lead="人口：")
    yield Heading("危险区和撤离路线")
    yield from _zones(one.zones, keepers, rows.zones)
    yield Heading("避灾安置场所")
    yield from _shelters(one, keepers, rows.shelters)
    yield Heading("谁负责什么")
    yield from _seats(one.seats, rows.seats)
    yield Heading("现在要办的事")
    yield from _duties(one, keepers, rows.duties)


def _people(one: Guide) -> str:
    if one.households is None:
        return f"户数、人数{OPEN}（台账里没有这个村的住户）"
    unsized = f"（{one.unsized} 户人数{OPEN}）" if one.unsized else ""
    groups = group_words(one.groups) or "没有登记特殊群体"
    return f"{one.households} 户，{one.residents} 人{unsized}。{groups}。"


def _zones(zones: Sequence[DangerZone], keepers: Mapping[str, Seat], most: int) -> Iterator[Block]:
    if not zones:
        yield Paragraph("台账里没有这个村的危险区；没有登记不等于没有危险。")
        return
    rows = [_zone(one, keepers) for one in zones[:most]]
    head = ("危险区", "户／人", "警报信号", "下多少雨做什么", "撤离路线", "责任人")
    yield Sheet(head=head, rows=rows, widths=(16, 8, 12, 22, 24, 18), size=SMALLER)
    yield from _left(len(zones) - most, "处危险区", "转移清单")


def _zone(one: DangerZone, keepers: Mapping[str, Seat]) -> Sequence[str]:
    kind = codes.table("danger-zone-kinds").name(one.kind)
    seat = keepers.get(one.transfer_lead_id or one.watcher_id or "")
    return (
        f"{one.name}（{kind}）", f"{_number(one.households)}／{_number(one.people)}",
        one.signal or OPEN, _rain(one), one.route[:ROUTE] or OPEN,
        seat.held if seat else NOBODY,
    )  # fmt: skip


def _rain(one: DangerZone) -> str:
    """Say the thresholds of a zone: so much rain in so many hours, get ready, leave."""
    lines = [
        f"{hours:g} 小时 {ready:g} 毫米准备，{leave:g} 毫米就走"
        for hours, ready, leave in one.thresholds or ()
    ]
    return "\n".join(lines[:2]) or OPEN


def _number(value: int | None) -> str:
    return OPEN if value is None else str(value)


def _shelters(one: Guide, keepers: Mapping[str, Seat], most: int) -> Iterator[Block]:
    if not one.shelters:
        yield Paragraph("村里没有可用的安置场所，去处见转移清单；清单上也没有的，问乡镇。")
        return
    rows = []
    for shelter in one.shelters[:most]:
        seat = keepers.get(shelter.keeper_id or "")
        keeper = seat.held if seat else NOBODY
        rows.append((shelter.name, shelter.address or OPEN, _number(shelter.capacity), keeper))
    head = ("名称", "地址", "能容纳", "管理员")
    yield Sheet(head=head, rows=rows, widths=(8, 12, 4, 8), size=SMALLER)
    yield from _left(len(one.shelters) - most, "处场所", "转移清单")


def _seats(found: Sequence[Seat], most: int) -> Iterator[Block]:
    if not found:
        yield Paragraph("这个村没有登记任何岗位，找乡镇值班室。")
        return
    cells = [cell for one in found[:most] for cell in (one.title, one.held)]
    cells += [""] * (-len(cells) % 4)
    rows = [cells[start : start + 4] for start in range(0, len(cells), 4)]
    head = ("岗位", "姓名、电话") * 2
    yield Sheet(head=head, rows=rows, widths=(13, 12, 13, 12), size=SMALLER)
    yield from _left(len(found) - most, "个岗位", "责任人通讯录")


def _duties(one: Guide, keepers: Mapping[str, Seat], most: int) -> Iterator[Block]:
    if not one.duties:
        yield Paragraph("预案这一级没有给村里布置事情。")
        return
    same: dict[str, list[Duty]] = {}
    for duty in one.duties:
        same.setdefault(duty.title, []).append(duty)
    rows = [_duty(title, some, keepers) for title, some in list(same.items())[:most]]
    head = ("事项", "怎么做", "谁", "什么时候前")
    yield Sheet(head=head, rows=rows, widths=(12, 20, 12, 10), size=SMALLER)
    yield from _left(len(same) - most, "项", "人工叫应单")


def _duty(title: str, some: Sequence[Duty], keepers: Mapping[str, Seat]) -> Sequence[str]:
    """Tell what several posts may owe alike in one row."""
    first = some[0]
    who = keepers[first.post].title if first.post in keepers else NOBODY
    rest = f"等 {len(some)} 个岗位" if len(some) > 1 else ""
    return title, first.do[:DO], f"{who}{rest}", moment(first.due_at)


def _left(number: int, what: str, where: str) -> Iterator[Block]:
    """Say how much did not fit, and on which sheet it stands."""
    if number > 0:
        yield Paragraph(f"另有 {number} {what}没有印在这一页，见{where}。")
