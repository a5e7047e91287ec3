"""Who decided what and why; which warnings there were; what was really the matter."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from anlan import codes
from anlan.base.people import selectors as people
from anlan.base.permissions import selectors as permissions
from anlan.base.regions import selectors as regions
from anlan.kernel.errors import Missing
from anlan.plans.selectors.steps import response_of, spec_at
from anlan.protocols.official import Block, Paragraph
from anlan.respond.casebook.selectors.dossier.saying import About, colour, listed
from anlan.respond.casebook.selectors.tables import SAID
from anlan.respond.incidents.models import Incident
from anlan.respond.papers.selectors.briefing.facts import OPEN, since
from anlan.respond.responses.models import Response, Turn
from anlan.respond.responses.states import TURNS
from anlan.sense.models import Alarm
from anlan.warn.models import Alert, Approval

MOST_DECISIONS, MOST_WARNINGS, MOST_INCIDENTS, MOST_ALARMS = 80, 60, 40, 40


def decisions(about: About) -> Iterator[Block]:
    """Tell what was decided on responses and warnings: when, by whom, why."""
    cases = list(about.cases)
    turns = list(
        Turn.objects.filter(response__case__in=cases).select_related("response").order_by("at")
    )
    approvals = list(
        Approval.objects.filter(alert__case__in=cases).select_related("alert").order_by("at")
    )
    sent = list(
        Alert.objects.filter(case__in=cases, issued_at__isnull=False)
        .only("title", "relayed", "issued_at", "issued_by")
        .order_by("issued_at")
    )
    if not turns and not approvals and not sent:
        yield Paragraph("没有启动应急响应，也没有转发、签发预警。")
        return
    said: list[Turn | Approval] = [*turns, *approvals]
    refs = {one.by for one in said} | {one.issued_by for one in sent}
    names = permissions.names_of(refs)
    persons = people.names_of({one.person_id for one in said if one.person_id})
    stages = _stages({one.response_id: one.response for one in turns})

    def who(one: Turn | Approval) -> str:
        by = about.who(one.by, names)
        oral = about.person(persons.get(one.person_id or "", ""))
        if not oral:
            return by
        return f"{by}（口头）" if oral == by else f"{oral}口头，{by}记"

    told: list[tuple[datetime, str, str, str]] = [
        (
            one.at, f"{TURNS[one.verb][0]}{stages.get((one.response_id, one.stage), '')}",
            who(one), one.reason or "未写",
        )
        for one in turns
    ]  # fmt: skip
    told += [
        (
            one.at, f"{SAID.get(one.verb, '审签')}预警：{one.alert.title}", who(one),
            one.reason or "未写",
        )
        for one in approvals
    ]  # fmt: skip
    told += [
        (
            one.issued_at, f"{'转发' if one.relayed else '签发'}预警：{one.title}",
            about.who(one.issued_by, names), "原文转发" if one.relayed else "见审签",
        )
        for one in sent
        if one.issued_at is not None
    ]  # fmt: skip
    rows = [(since(at), *rest) for at, *rest in sorted(told)]
    head = ("时间", "决定", "谁决定", "理由")
    yield from listed(head, rows, (8, 12, 8, 16), most=MOST_DECISIONS)


def _stages(responses: dict[str, Response]) -> dict[tuple[str, str], str]:
    """Name the stages of some responses, as the version of the plan names them."""
    found: dict[tuple[str, str], str] = {}
    for pk, row in responses.items():
        found[pk, row.stage] = row.stage_title
        try:
            declared = response_of(spec_at(row.plan_id, row.version), row.key)
        except Missing:
            continue
        found |= {(pk, one.key): one.title for one in declared.stages}
    return found


def warnings(about: About) -> Iterator[Block]:
    """List the warnings of the case, those in force first."""
    rows = list(
        Alert.objects.filter(case__in=list(about.cases), issued_at__isnull=False)
        .order_by("ended_at", "issued_at")
        .only("title", "level", "station", "sent_at", "issued_at", "ended_at", "ended_why")
    )
    if not rows:
        yield Paragraph("没有收到或发布预警。")
        return
    standing = sorted((one for one in rows if one.ended_at is None), key=_issued)
    over = sorted((one for one in rows if one.ended_at is not None), key=_issued)
    yield Paragraph(f"共{len(rows)}条，其中{len(standing)}条仍在生效，列在前面。")
    head = ("预警", "级别", "发布单位", "发布时间", "现状")
    told = [
        (one.title, colour(one.level), one.station, since(one.sent_at or one.issued_at),
         "生效中" if one.ended_at is None else f"{since(one.ended_at)}结束")
        for one in (*standing, *over)
    ]  # fmt: skip
    yield from listed(head, told, (13, 7, 9, 8, 9), most=MOST_WARNINGS)


def _issued(one: Alert) -> datetime:
    assert one.issued_at is not None  # only such are asked for
    return one.sent_at or one.issued_at


def dangers(about: About) -> Iterator[Block]:
    """List what was told to a desk, and the gravest of what gauges told."""
    yield from _incidents(about)
    yield from _alarms(about)


def _incidents(about: About) -> Iterator[Block]:
    found = Incident.objects.filter(case__in=list(about.cases)).exclude(state="draft")
    rows = list(found.order_by("received_at", "pk"))
    if not rows:
        yield Paragraph("没有接报突发事件。")
        return
    names = regions.names({one.home for one in rows})
    kinds, grades = codes.table("incident-kinds"), codes.table("event-grades")
    told = [
        (
            one.title, kinds.name(one.kind) if one.kind else "种类待核",
            " ".join(part for part in (names.get(one.home, ""), one.place) if part),
            grades.name(str(one.grade)) if one.grade else OPEN, since(one.received_at),
            since(one.closed_at) if one.closed_at else "处置中",
        )
        for one in rows
    ]  # fmt: skip
    head = ("突发事件", "种类", "地点", "等级", "接报", "结束")
    yield from listed(head, told, (11, 7, 10, 5, 7, 7), most=MOST_INCIDENTS)


def _alarms(about: About) -> Iterator[Block]:
    rows = list(
        Alarm.objects.filter(case__in=list(about.cases))
        .order_by("worst", "raised_at")
        .only("title", "place", "worst", "raised_at", "cleared_at")
    )
    if not rows:
        yield Paragraph("没有监测报警。")
        return
    # Those without a level come first in one database and last in the other.
    rows.sort(key=lambda one: (one.worst or 9, one.raised_at, one.pk))
    levels = Counter(one.worst for one in rows)
    said = "，".join(f"{colour(level)}{levels[level]}个" for level in (1, 2, 3, 4, None)
                    if levels[level])  # fmt: skip
    yield Paragraph(f"监测报警{len(rows)}个（按最高到过的级别）：{said}。")
    told = [
        (f"{one.place} {one.title}", colour(one.worst), since(one.raised_at),
         since(one.cleared_at) if one.cleared_at else "未解除")
        for one in rows
    ]  # fmt: skip
    head = ("报警", "最高", "开始", "解除")
    yield from listed(head, told, (20, 7, 8, 8), most=MOST_ALARMS)
