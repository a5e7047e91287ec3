"""A whole pack: which papers there are, what each is called, and who stands in them."""

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.protocols.official import Booklet, Paragraph, Section, Sheet, write_booklet
from anlan.respond.evacuation.selectors.gathering import TOWN_DIGITS, town_of
from anlan.respond.papers.models import Pack
from anlan.respond.papers.selectors import calls, contacts, guides, lists, printed, village_page
from anlan.respond.papers.selectors.numbers import Seat, persons_in, seats
from anlan.respond.papers.selectors.printed import Cover, moment

#: A zip of the same papers is the same bytes: its entries carry no time of day.
EPOCH = (1980, 1, 1, 0, 0, 0)
#: Name of the folder of what concerns the whole region.
WHOLE = "00-全部"


@dataclass(frozen=True)
class Made:
    """A pack's bytes, what is in it, and the ids of all who are named."""

    content: bytes
    counts: dict[str, int]
    named: frozenset[str]


@dataclass(frozen=True)
class _Read:
    """Everything a pack says, read once."""

    cover: Cover
    posts: Sequence[Seat]
    rooms: Sequence[contacts.Room]
    owing: Sequence[calls.Owing]
    waiting: Sequence[dict[str, object]]
    lists: lists.Lists
    guides: dict[str, guides.Guide]
    keepers: dict[str, Seat]


def compose(pack: Pack, told: Callable[[float], None]) -> Made:
    """Write every paper of a pack; `told` hears how far it is, 0 to 1."""
    read = _read(pack)
    told(0.3)
    papers: list[tuple[str, bytes]] = []
    sheets = list(_sheets(read))
    for place, (name, booklet) in enumerate(sheets, start=1):
        papers.append((name, write_booklet(booklet)))
        told(0.3 + 0.6 * place / len(sheets))
    papers.insert(0, (f"{WHOLE}/目录.docx", write_booklet(_contents(read, papers))))
    return Made(packed(papers), _counts(read, len(papers)), _named(read))


def packed(papers: Sequence[tuple[str, bytes]]) -> bytes:
    """Put papers into one file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in papers:
            file.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_STORED)
    return made.getvalue()


def part_of(content: bytes, town: str) -> bytes:
    """Take out of a pack what concerns one township; empty where it has nothing."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        names = [name for name in file.namelist() if name.startswith(f"{town[:TOWN_DIGITS]}-")]
        return packed([(name, file.read(name)) for name in names]) if names else b""


def _read(pack: Pack) -> _Read:
    row = pack.response
    posts, found = contacts.posts_of(row), lists.lists_for(row)
    villages, owing = guides.guides_for(row), calls.owing(row)
    guides.with_seats(villages, posts)
    waiting = calls.waiting(row)
    named = {line.lead for one in found.villages.values() for line in one.lines if line.lead}
    named |= {one.lead for one in found.villages.values() if one.lead}
    keepers = guides.keepers(villages)
    keepers |= seats(sorted(named - keepers.keys()))
    wanted = {one.region for one in posts} | {one.seat.region for one in owing} | villages.keys()
    wanted |= found.villages.keys() | {str(one["region"]) for one in waiting} | {row.region_id}
    names = regions.names(wanted | {town_of(code) for code in wanted})
    running = (
        f"{names.get(row.region_id, '')} {pack.stage_title} 纸质包第{pack.number}号　"
        f"{moment(pack.asked_at)}生成　含个人信息，用后收回销毁"
    )
    return _Read(
        Cover(running, names), posts, contacts.rooms_of(row), owing, waiting, found, villages,
        keepers,
    )  # fmt: skip


def _sheets(read: _Read) -> Iterator[tuple[str, Booklet]]:
    """List the booklets: two for the whole, four for each township."""
    cover = read.cover
    above = [one for one in read.owing if not _of_village(one.seat.region)]
    waiting = [one for one in read.waiting if not _of_village(str(one["region"]))]
    yield f"{WHOLE}/人工叫应单.docx", printed.call_sheet(cover, waiting, above)
    yield (
        f"{WHOLE}/责任人通讯录.docx",
        printed.contacts(cover, read.posts, read.rooms, "责任人通讯录"),
    )
    villages = {code: list(some) for code, some in groupby(sorted(read.guides), key=town_of)}
    towns = {*villages, *(town_of(code) for code in read.lists.villages)}
    for town in sorted(towns):
        name = cover.name(town)
        folder = f"{town[:TOWN_DIGITS]}-{name}"
        calls_ = [
            one
            for one in read.owing
            if _of_village(one.seat.region) and town_of(one.seat.region) == town
        ]
        waiting = [
            one
            for one in read.waiting
            if _of_village(str(one["region"])) and town_of(str(one["region"])) == town
        ]
        if calls_ or waiting:
            yield f"{folder}/人工叫应单.docx", printed.call_sheet(cover, waiting, calls_)
        due = [one for code, one in read.lists.villages.items() if town_of(code) == town]
        if due:
            booklet = printed.evacuation_lists(cover, due, read.keepers)
            yield f"{folder}/转移清单.docx", booklet
        own = [read.guides[code] for code in villages.get(town, ())]
        if own:
            pages = village_page.guide_pages(cover, own, read.lists.villages, read.keepers)
            yield f"{folder}/村级明白纸.docx", pages
        posts = [one for one in read.posts if town_of(one.region) == town]
        rooms = [one for one in read.rooms if town_of(one.region) == town]
        yield (
            f"{folder}/责任人通讯录.docx",
            printed.contacts(cover, posts, rooms, f"{name}责任人通讯录"),
        )


def _of_village(region: str) -> bool:
    return len(scope.prefix(region)) > TOWN_DIGITS


def _contents(read: _Read, papers: Sequence[tuple[str, bytes]]) -> Booklet:
    rows = [(name.partition("/")[0], name.partition("/")[2]) for name, _ in papers]
    counts = _counts(read, len(papers) + 1)
    said = (
        f"转移清单：{counts['villages']} 个村，{counts['people']} 人"
        + (f"，另有 {counts['unknown']} 处人数{printed.OPEN}" if counts["unknown"] else "")
        + f"。岗位 {counts['posts']} 个，其中空缺 {counts['vacant']} 个。"
        "各乡镇的文件夹打印后交给该乡镇，每个村的清单另起一页。"
    )
    sheet = Sheet(head=("文件夹", "文件"), rows=rows, widths=(2, 3))
    section = Section(title="纸质包目录", blocks=[Paragraph(said), sheet])
    return Booklet(sections=[section], running=read.cover.running)


def _counts(read: _Read, papers: int) -> dict[str, int]:
    found = read.lists.villages.values()
    return {
        "papers": papers, "villages": len(read.lists.villages), "guides": len(read.guides),
        "people": sum(one.people for one in found), "unknown": sum(one.unknown for one in found),
        "posts": len(read.posts), "vacant": sum(not one.holders for one in read.posts),
        "calls": len(read.waiting) + len(read.owing),
    }  # fmt: skip


def _named(read: _Read) -> frozenset[str]:
    owing = [one.seat for one in read.owing]
    persons = {*persons_in(read.posts), *persons_in(owing), *persons_in(read.keepers.values())}
    persons |= {str(one["person"]) for one in read.waiting if one["person"]}
    return frozenset(persons | read.lists.named)
