"""A loss report as an official paper (灾情快报): what is not known is not written as nought."""

from collections.abc import Iterator
from datetime import datetime

from anlan import codes
from anlan.base.people import selectors as people
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.kernel import clock
from anlan.kernel.errors import Missing
from anlan.protocols.official import Block, Heading, Paper, Paragraph, Sheet, write_paper
from anlan.relief.figures import DIGITS, Field, fields
from anlan.relief.models import LossReport
from anlan.relief.selectors import matters

#: Figures of the table of the regions below, as many as a page is wide.
ABREAST = ("affected", "dead", "missing", "resettled", "collapsed-rooms", "loss")
OPEN = "待核"


def paper_of(actor: Actor, report: str) -> tuple[str, bytes]:
    """Write one report as a Word file; tells its name too."""
    found = LossReport.objects.select_related("matter__region", "region").filter(pk=report).first()
    if found is None:
        raise Missing("没有这份报告")
    matters.seen(actor, found.matter_id)
    permit(actor, matters.FIGURES, found.region_id)
    return f"{_title(found)}.docx", write_paper(lay_out(found))


def lay_out(report: LossReport) -> Paper:
    """Lay a report out by the standard's layout, with what it was built on."""
    office = people.office_of(report.region_id)
    day = clock.local(report.reported_at)
    date = f"{day.year}年{day.month}月{day.day}日"
    sent = f"已报送{report.receiver}" if report.sent_at else "尚未登记接收人"
    return Paper(
        mark=f"{office}灾情快报", number=f"〔{day.year}〕{report.matter.code} 第{report.number}报",
        title=_title(report), blocks=list(_blocks(report)), office=office, date=date, note=sent,
        printed=(office, date),
        copies=people.copied_to("loss-report", report.region_id, but=[office, report.receiver]),
    )  # fmt: skip


def _title(report: LossReport) -> str:
    phase = codes.table("loss-phases").name(report.phase)
    return f"关于{report.matter.title}灾情的{phase}（第{report.number}报）"


def _blocks(report: LossReport) -> Iterator[Block]:
    row = report.matter
    hazard = codes.hazards()[row.hazard].name if row.hazard in codes.hazards() else row.hazard
    yield Heading("一、基本情况")
    yield Paragraph(
        f"{_moment(row.occurred_at)}，{report.region.name}遭受{hazard}灾害。"
        f"以下数字截至{_moment(report.as_of)}。{report.remark}"
    )
    yield Heading("二、灾情数字")
    yield _figures(report)
    silent = [one.name for one in fields().values() if one.key not in report.figures]
    if silent:
        yield Paragraph(f"另有{len(silent)}项指标{OPEN}，未列入上表，不是没有损失。")
    if report.at_least:
        yield Paragraph("带“≥”的数字还有下级没有报，是至少。")
    below = list(_below(report))
    if below:
        yield Heading("三、分地区情况")
        head = ["地区", *(fields()[key].name for key in ABREAST)]
        yield Sheet(head=head, rows=below, widths=[3, *([2] * len(ABREAST))])
    if report.notes:
        yield Heading("四、说明" if below else "三、说明")
        for key, text in report.notes.items():
            yield Paragraph(text, lead=f"{fields()[key.partition('/')[2]].name}：")


def _figures(report: LossReport) -> Sheet:
    groups = codes.table("loss-groups")
    rows = [
        (groups.name(one.group), one.name, _said(report, one))
        for one in fields().values()
        if one.key in report.figures
    ]
    return Sheet(head=["类别", "指标", "数字"], rows=rows, widths=[2, 4, 3])


def _said(report: LossReport, one: Field) -> str:
    bound = "≥" if one.key in report.at_least else ""
    return f"{bound}{_number(report.figures[one.key])}{one.unit}"


def _below(report: LossReport) -> Iterator[tuple[str, ...]]:
    """Tell what the regions below had told when the report was made; the silent ones, too."""
    said = {one.region_id: one for one in LossReport.objects.filter(pk__in=report.built_on)}
    for place in matters.below(report.region) if said else ():
        told = said[place.pk].figures if place.pk in said else {}
        yield (place.name, *(_number(told[key]) if key in told else OPEN for key in ABREAST))


def _number(value: float) -> str:
    """Write a figure without the noughts of a whole one."""
    return f"{value:,.{DIGITS}f}".rstrip("0").rstrip(".")


def _moment(at: datetime) -> str:
    day = clock.local(at)
    return f"{day.year}年{day.month}月{day.day}日{day.hour}时{day.minute:02d}分"
