"""Who was due to leave and where they were, hour by hour; what was lost."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from anlan.protocols.official import Block, Heading, Paragraph
from anlan.respond.casebook.selectors.dossier.saying import About
from anlan.respond.evacuation.models import Evacuation
from anlan.respond.evacuation.selectors.counting import Number, Sums, coursed
from anlan.respond.papers.losses import Loss, LossTold, losses_at
from anlan.respond.papers.selectors.briefing.facts import OPEN, number, since, table
from anlan.respond.responses.models import Response

HOUR: Final = timedelta(hours=1)
#: Rows of the table; where there were more hours, those in which something changed.
MOST_HOURS, MOST_BATCHES = 72, 30
COLUMNS = (("shelter", "集中安置"), ("relatives", "投亲靠友"), ("pending", "未转"))


def moving(about: About) -> Iterator[Block]:
    """Tell the batches that were ordered, and 应转 = 集中安置 + 投亲靠友 + 未转 by the hour."""
    cases = list(about.cases)
    running = Response.objects.filter(case__in=cases).values("pk")
    rows = list(
        Evacuation.objects.filter(
            Q(case__in=cases) | Q(response__in=running), ordered_at__isnull=False
        )
        .select_related("region")
        .order_by("ordered_at", "pk")
    )  # fmt: skip
    if not rows:
        yield Paragraph("没有下达人员转移。")
        return
    told = [
        (one.title, one.region.name, since(one.ordered_at), one.get_state_display(),
         since(one.closed_at))
        for one in rows[:MOST_BATCHES]
    ]  # fmt: skip
    yield table(("批次", "地区", "下达", "现状", "结束"), told, (14, 8, 8, 8, 8))
    first = min(one.ordered_at for one in rows if one.ordered_at)
    closed = [one.closed_at for one in rows]
    last = max((at for at in closed if at), default=about.until)
    moments = list(_hours(first, about.until if None in closed else last))
    course = coursed([one.pk for one in rows], moments)
    yield Heading("（一）逐时数字", level=2)
    hours = _shown(list(zip(moments, course, strict=True)))
    rest = "只列有变化的整点。" if len(hours) < len(moments) else ""
    yield Paragraph(f"各批次相加，单位人；应转=集中安置+投亲靠友+未转。{rest}")
    head = ("截至", "应转", *(label for _, label in COLUMNS), "其中拒转", "其中失联")
    yield table(head, [_hour(at, one) for at, one in hours], (9, 7, 7, 7, 7, 7, 7))


def _hours(first: datetime, last: datetime) -> Iterator[datetime]:
    """List the full hours from a moment to another, and that other."""
    at = first.replace(minute=0, second=0, microsecond=0) + HOUR
    while at < last:
        yield at
        at += HOUR
    yield last


def _shown(course: list[tuple[datetime, Sums]]) -> list[tuple[datetime, Sums]]:
    """Keep every hour of a short course; of a long one those that differ, evenly thinned."""
    if len(course) <= MOST_HOURS:
        return course
    kept = [
        one
        for place, one in enumerate(course)
        if not place or one[1] != course[place - 1][1] or place == len(course) - 1
    ]
    step = -(-len(kept) // MOST_HOURS)
    return [*kept[:-1:step], kept[-1]]


def _hour(at: datetime, one: Sums) -> tuple[str, ...]:
    inside = (one.inside["refused"], one.inside["lost"])
    parts = [one.parts[key] for key, _ in COLUMNS]
    return (since(at), *(_people(each) for each in (one.due, *parts, *inside)))


def _people(one: Number) -> str:
    unknown = f"\n另{one.unknown}处{OPEN}" if one.unknown else ""
    return f"{number(one.people)}{unknown}"


def losses(about: About) -> Iterator[Block]:
    """Tell what was lost in this case, by the reports of those who count it."""
    told = [
        one
        for one in losses_at(about.found.row.region_id, about.until)
        if one.case in about.cases
    ]  # fmt: skip
    if not told:
        yield Paragraph("本事件没有开始统计灾情；没有统计不等于没有损失。")
        return
    for one in told:
        known = [loss for loss in one.figures if loss.value is not None]
        yield Paragraph(_said(one, len(one.figures) - len(known)))
        cells = [(loss.name, _loss(loss)) for loss in known]
        cells += [("", "")] * (len(cells) % 2)
        pairs = zip(cells[::2], cells[1::2], strict=True)
        if cells:
            yield table(
                ("指标", "数字", "指标", "数字"), [(*a, *b) for a, b in pairs], (11, 6, 11, 6)
            )


def _said(one: LossTold, unknown: int) -> str:
    source = one.report or "还没有报出，由下级报数相加"
    until = f"，截至{since(one.as_of)}" if one.as_of else ""
    missing = f"{'、'.join(one.missing)}没有报数，带“≥”的是至少。" if one.missing else ""
    rest = f"另有{unknown}项指标{OPEN}，不是没有损失。" if unknown else ""
    return f"{one.title}（{source}{until}）。{missing}{rest}"


def _loss(one: Loss) -> str:
    return f"{'≥' if one.at_least else ''}{number(one.value or 0.0, 2)}{one.unit}"
