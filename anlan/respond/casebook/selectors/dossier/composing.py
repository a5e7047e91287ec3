"""The whole paper: its head, its sections in the order one asks about them, its imprint."""

from collections.abc import Iterator, Mapping

from anlan.base.cases.models import Case
from anlan.base.people import selectors as people
from anlan.kernel import clock
from anlan.protocols.official import Block, Heading, Paper, write_paper
from anlan.respond.casebook.selectors.cases import Seen
from anlan.respond.casebook.selectors.dossier import course, decided, moved, opening, owed
from anlan.respond.casebook.selectors.dossier.saying import About
from anlan.respond.responses.models import Response

NUMBERS = "一二三四五六七八九十"
SECTIONS = (
    ("应急响应和各项决定", decided.decisions),
    ("预警", decided.warnings),
    ("险情和监测报警", decided.dangers),
    ("叫应和事项", owed.duties),
    ("通知发送", owed.messages),
    ("人员转移", moved.moving),
    ("灾情", moved.losses),
    ("大事记", course.course),
    ("材料", course.papers),
)


def write_dossier(found: Seen, counts: Mapping[str, int], *, clear: bool) -> bytes:
    """Write a case as an official paper; `counts` tells how many rows its tables have."""
    row = found.row
    about = About(found, found.last_at, clear)
    office = people.office_of(row.region_id)
    made = clock.local(clock.now())
    date = f"{made.year}年{made.month}月{made.day}日"
    paper = Paper(
        mark=f"{office}事件案卷", number=_number(row), title=title_of(found),
        blocks=list(_blocks(about, counts)), office=office, date=date,
        note="" if clear else "人名已掩码", printed=(office, date),
        copies=people.copied_to("case-file", row.region_id, but=[office]),
    )  # fmt: skip
    return write_paper(paper)


def title_of(found: Seen) -> str:
    """Say what the paper is about: the gravest response of the case, else the case itself."""
    responses = Response.objects.filter(case__in=found.cases).order_by("worst", "pk")
    gravest = responses.values_list("title", flat=True).first()
    if not gravest:
        return f"关于{found.row.title}的案卷"
    what = gravest if gravest.endswith("响应") else f"{gravest}应急响应"
    return f"{found.row.region.name}{what}案卷"


def _number(row: Case) -> str:
    """Give a case its number among those opened in its year, which it keeps when it is merged."""
    year = clock.local(row.opened_at).year
    begins = clock.local(row.opened_at).replace(month=1, day=1, hour=0, minute=0, second=0,
                                                microsecond=0)  # fmt: skip
    before = Case.objects.filter(opened_at__gte=begins, opened_at__lt=row.opened_at).count()
    return f"〔{year}〕{before + 1}号"


def _blocks(about: About, counts: Mapping[str, int]) -> Iterator[Block]:
    yield Heading("一、基本情况")
    yield from opening.opening(about, counts)
    for number, (title, section) in zip(NUMBERS[1:], SECTIONS, strict=True):
        yield Heading(f"{number}、{title}")
        yield from section(about)
