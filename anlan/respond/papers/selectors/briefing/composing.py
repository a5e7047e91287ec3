"""A briefing as an official paper."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from anlan.base.people import selectors as people_of
from anlan.base.regions import selectors as regions
from anlan.kernel import clock
from anlan.protocols.official import Block, Paper, Paragraph, write_paper
from anlan.respond.papers.selectors.asof import Where, stages_at
from anlan.respond.papers.selectors.briefing import nature, people
from anlan.respond.papers.selectors.briefing.facts import Part, words

NUMBERS = "一二三四五六七八九"
#: In the order in which a consultation hears them.
SECTIONS = (
    nature.rain, nature.water, nature.works, people.dangers, people.losses, people.warnings,
    people.response, people.deeds,
)  # fmt: skip


@dataclass(frozen=True)
class Written:
    """A briefing's title, its Word file, and how many figures nobody knows."""

    title: str
    content: bytes
    unknown: int


def parts_of(region: str, at: datetime) -> list[Part]:
    """Read every section."""
    return [section(region, at) for section in SECTIONS]


def compose(region: str, at: datetime, number: int) -> Written:
    """Write the briefing of a region at a moment."""
    parts = parts_of(region, at)
    name = regions.names([region]).get(region, region)
    office = people_of.office_of(region)
    made = clock.local(clock.now())
    date = f"{made.year}年{made.month}月{made.day}日"
    running = "、".join(one.title for one in stages_at(Where([region]), at)[:2])
    title = f"关于{name}{running or '防灾'}形势的会商材料"
    unknown = sum(part.unknown for part in parts)
    paper = Paper(
        mark=f"{office}会商材料", number=f"〔{made.year}〕第{number}期", title=title,
        blocks=list(_blocks(parts, at, unknown)), office=office, date=date,
        printed=(office, date), copies=people_of.copied_to("briefing", region, but=[office]),
    )  # fmt: skip
    return Written(title, write_paper(paper), unknown)


def _blocks(parts: list[Part], at: datetime, unknown: int) -> Iterator[Block]:
    rest = f"其中 {unknown} 项还不知道，写作“待核”，不是没有。" if unknown else ""
    yield Paragraph(
        f"以下是截至{words(at)}平台所知的情况，于{words(clock.now())}生成，每个数字注明来源和时间。"
        f"{rest}"
    )
    for number, part in zip(NUMBERS, parts, strict=False):
        yield from part.blocks(number)
