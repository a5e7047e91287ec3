"""One page for one village (村级明白纸): everything on it fits, what does not is named as left."""

from collections.abc import Iterator, Mapping, Sequence

from anlan import codes
from anlan.base.places.models import DangerZone
from anlan.protocols.official import Block, Booklet, Heading, Paragraph, Section, Sheet
from anlan.respond.papers.selectors.guides import Guide
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

#: Rows of each table: more would run over the page.
ZONES, SHELTERS, SEATS, DUTIES = 5, 4, 8, 6
#: Characters of a route, and of what is to be done.
ROUTE, DO = 36, 40


def guide_pages(
    cover: Cover,
    guides: Sequence[Guide],
    lists: Mapping[str, VillageList],
    keepers: Mapping[str, Seat],
) -> Booklet:
    """Lay the guides of some villages out, a page each."""
    sections = [
        Section(
            title=f"{one.name}防灾明白纸",
            under=_due(lists.get(one.code)),
            blocks=list(_blocks(one, keepers)),
        )
        for one in guides
    ]
    return Booklet(sections=sections, running=cover.running)


def _due(one: VillageList | None) -> str:
    if one is None:
        return "这个村没有人在转移清单上"
    special = sum(line.people or 0 for line in one.lines if line.special)
    unknown = f"，另有 {one.unknown} 处人数{OPEN}" if one.unknown else ""
    return (
        f"应转 {one.people} 人（先转的 {special} 人）{unknown}　最晚 {moment(one.latest_at)}"
    )  # fmt: skip


def _blocks(one: Guide, keepers: Mapping[str, Seat]) -> Iterator[Block]:
    lead = keepers[one.lead].said if one.lead in keepers else NOBODY
    yield Paragraph(lead, lead="转移责任人：")
    yield Paragraph(_people(one), lead="人口：")
    yield Heading("危险区和撤离路线")
    yield from _zones(one.zones, keepers)
    yield Heading("避灾安置场所")
    yield from _shelters(one, keepers)
    yield Heading("谁负责什么")
    yield from _seats(one.seats)
    yield Heading("现在要办的事")
    yield from _duties(one, keepers)


def _people(one: Guide) -> str:
    if one.households is None:
        return f"户数、人数{OPEN}（台账里没有这个村的住户）"
    unsized = f"（{one.unsized} 户人数{OPEN}）" if one.unsized else ""
    groups = group_words(one.groups) or "没有登记特殊群体"
    return f"{one.households} 户，{one.residents} 人{unsized}。{groups}。"


def _zones(zones: Sequence[DangerZone], keepers: Mapping[str, Seat]) -> Iterator[Block]:
    if not zones:
        yield Paragraph("台账里没有这个村的危险区；没有登记不等于没有危险。")
        return
    rows = [_zone(one, keepers) for one in zones[:ZONES]]
    head = ("危险区", "户／人", "警报信号", "下多少雨做什么", "撤离路线", "责任人")
    yield Sheet(head=head, rows=rows, widths=(16, 8, 12, 22, 24, 18), size=SMALLER)
    yield from _left(len(zones) - ZONES, "处危险区", "转移清单")


def _zone(one: DangerZone, keepers: Mapping[str, Seat]) -> Sequence[str]:
    kind = codes.table("danger-zone-kinds").name(one.kind)
    seat = keepers.get(one.transfer_lead_id or one.watcher_id or "")
    return (
        f"{one.name}（{kind}）", f"{_number(one.households)}／{_number(one.people)}",
        one.signal or OPEN, _rain(one), one.route[:ROUTE] or OPEN,
        seat.holders[0].said if seat and seat.holders else NOBODY,
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


def _shelters(one: Guide, keepers: Mapping[str, Seat]) -> Iterator[Block]:
    if not one.shelters:
        yield Paragraph("村里没有可用的安置场所，去处见转移清单；清单上也没有的，问乡镇。")
        return
    rows = []
    for shelter in one.shelters[:SHELTERS]:
        seat = keepers.get(shelter.keeper_id or "")
        keeper = seat.holders[0].said if seat and seat.holders else NOBODY
        rows.append((shelter.name, shelter.address or OPEN, _number(shelter.capacity), keeper))
    head = ("名称", "地址", "能容纳", "管理员")
    yield Sheet(head=head, rows=rows, widths=(8, 12, 4, 8), size=SMALLER)
    yield from _left(len(one.shelters) - SHELTERS, "处场所", "转移清单")


def _seats(found: Sequence[Seat]) -> Iterator[Block]:
    if not found:
        yield Paragraph("这个村没有登记任何岗位，找乡镇值班室。")
        return
    rows = [
        (one.title, one.holders[0].said if one.holders else NOBODY) for one in found[:SEATS]
    ]  # fmt: skip
    yield Sheet(head=("岗位", "姓名、电话"), rows=rows, widths=(2, 3), size=SMALLER)
    yield from _left(len(found) - SEATS, "个岗位", "责任人通讯录")


def _duties(one: Guide, keepers: Mapping[str, Seat]) -> Iterator[Block]:
    if not one.duties:
        yield Paragraph("预案这一级没有给村里布置事情。")
        return
    rows = [
        (
            duty.title, duty.do[:DO], keepers[duty.post].title if duty.post in keepers else NOBODY,
            moment(duty.due_at),
        )
        for duty in one.duties[:DUTIES]
    ]  # fmt: skip
    head = ("事项", "怎么做", "谁", "什么时候前")
    yield Sheet(head=head, rows=rows, widths=(12, 20, 8, 8), size=SMALLER)
    yield from _left(len(one.duties) - DUTIES, "项", "人工叫应单")


def _left(number: int, what: str, where: str) -> Iterator[Block]:
    """Say how much did not fit, and on which sheet it stands."""
    if number > 0:
        yield Paragraph(f"另有 {number} {what}没有印在这一页，见{where}。")
