"""险情, 灾情, and what is done about them: warnings, responses, calls, moving, teams."""

from datetime import datetime

from django.db.models import Sum

from anlan import codes
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.kernel import clock
from anlan.resources.models import Team
from anlan.resources.selectors import items, stock_in
from anlan.respond.evacuation.selectors.counting import Number
from anlan.respond.papers.losses import Loss, LossTold, losses_at
from anlan.respond.papers.selectors.asof import (
    Where,
    alarms_at,
    forecasts_at,
    incidents_at,
    moving_at,
    owed_at,
    stages_at,
    warnings_at,
)
from anlan.respond.papers.selectors.asof.owed import summed
from anlan.respond.papers.selectors.briefing.facts import OPEN, Fact, Part, number, since, table
from anlan.respond.responses.states import CHECKED_STEP, STEP
from anlan.warn.callrules import KIND as CALL

MOST = 12
#: Items of the stocks that are told one by one.
MOST_ITEMS = 20
#: Figures of losses that are told where anybody told them; the rest is counted.
KEPT = 14
PARTS = (("shelter", "集中安置"), ("relatives", "投亲靠友"), ("pending", "未转"))


def dangers(region: str, at: datetime) -> Part:
    """Tell incidents that are dealt with, and alarms that stand."""
    found = incidents_at(Where([region]), at)
    standing = alarms_at(Where([region]), at)
    levels = codes.table("warning-levels")
    part = Part("险情")
    part.facts.append(Fact("正在处置的突发事件", f"{len(found)} 起", "突发事件接报", at))
    for row in levels:
        count = sum(one.level is not None and str(one.level) == row.code for one in standing)
        if count:
            part.facts.append(Fact(f"{row.name}监测报警", f"{count} 个", "监测报警", at))
    part.facts.append(Fact("未解除的监测报警", f"{len(standing)} 个", "监测报警", at))
    if found:
        names = regions.names({one.region for one in found})
        rows = [
            (
                one.title, one.kind_label, names.get(one.region, ""),
                _grade(one.grade), since(one.received_at),
            )
            for one in found[-MOST:]
        ]  # fmt: skip
        head = ("名称", "种类", "地区", "等级", "接报时间")
        part.sheets.append(("突发事件", table(head, rows, (11, 8, 7, 5, 10))))
    return part


def _grade(grade: int | None) -> str:
    return OPEN if grade is None else codes.table("event-grades").name(str(grade))


def losses(region: str, at: datetime) -> Part:
    """Tell what was lost, by the reports of those who count it."""
    part = Part("灾情")
    told = losses_at(region, at)
    if not told:
        part.sentences.append("还没有开始统计灾情；没有统计不等于没有损失。")
        part.facts.append(Fact("人员伤亡和损失", None, "灾情统计"))
    for one in told:
        part.sentences.append(_told(one))
        source = one.report or "下级报数相加"
        known = [loss for loss in one.figures if loss.value is not None]
        part.facts += [Fact(loss.name, _loss(loss), source, one.as_of) for loss in known[:KEPT]]
        unknown = len(one.figures) - len(known)
        if unknown:
            part.facts.append(Fact(f"另有 {unknown} 项指标", None, source, one.as_of))
    return part


def _loss(one: Loss) -> str:
    return f"{'≥' if one.at_least else ''}{number(one.value or 0.0, 2)}{one.unit}"


def _told(one: LossTold) -> str:
    missing = "、".join(one.missing[:5])
    rest = f"等 {len(one.missing)} 个地区" if len(one.missing) > 5 else ""
    silent = f"{missing}{rest}还没有报数，带“≥”的是至少。" if missing else ""
    return f"{one.title}（{one.report or '还没有报出，下级报数相加'}）。{silent}"


def warnings(region: str, at: datetime) -> Part:
    """Tell the warnings in force and the forecasts somebody signed."""
    where = Where([region])
    found, foreseen = warnings_at(where, at), forecasts_at(where, at)
    part = Part("预警和预报")
    part.facts.append(Fact("生效中的预警", f"{len(found)} 个", "收到和发布的预警", at))
    part.facts.append(Fact("已签署的预报", f"{len(foreseen)} 个", "内部研判参考", at))
    if found:
        levels = codes.table("warning-levels")
        rows = [
            (
                one.title, levels.name(str(one.level)) if one.level else "不分级", one.station,
                since(one.sent_at or one.issued_at),
            )
            for one in found[:MOST]
        ]  # fmt: skip
        part.sheets.append(
            ("预警", table(("预警", "级别", "发布单位", "发布时间"), rows, (15, 5, 9, 10)))
        )
    if foreseen:
        levels = codes.table("warning-levels")
        rows = [
            (
                one.title, _bound(levels.name(str(one.level)) if one.level else "不到预警级别",
                                  bound=one.lower_bound),
                since(one.based_at), since(one.signed_at),
            )
            for one in foreseen[:MOST]
        ]  # fmt: skip
        head = ("预报", "最高到", "起算时间", "签署时间")
        part.sheets.append(
            ("预报（内部研判参考，以上级发布为准）", table(head, rows, (14, 6, 10, 10)))
        )
    return part


def _bound(text: str, *, bound: bool) -> str:
    return f"至少{text}" if bound else text


def response(region: str, at: datetime) -> Part:
    """Tell which responses run, and how far their steps are."""
    where = Where([region])
    found = stages_at(where, at)
    part = Part("应急响应")
    if not found:
        part.sentences.append("没有正在进行的应急响应。")
        return part
    rows = [
        (one.stage_title, since(one.started_at), since(one.since)) for one in found[:MOST]
    ]  # fmt: skip
    part.sheets.append(("响应", table(("响应级别", "启动", "进入本级"), rows, (14, 9, 9))))
    cases = [one.case for one in found]
    steps = summed(owed_at(Where(cases=cases), at, (STEP, CHECKED_STEP)).values())
    said = f"下达 {steps['total']}，办完 {steps['done']}，逾期 {steps['late']}"
    part.facts.append(Fact("预案步骤", said, "响应步骤板", at))
    return part


def deeds(region: str, at: datetime) -> Part:
    """Tell calls, moving people, and what there is to send."""
    part = Part("叫应、转移和队伍物资")
    calls = summed(owed_at(Where([region]), at, (CALL,)).values())
    said = (
        f"叫应 {calls['total'] - calls['withdrawn']}，已应 {calls['done'] + calls['answered']}，"
        f"逾期未应 {calls['late']}"
        if calls["total"] else "没有叫应"
    )  # fmt: skip
    part.facts.append(Fact("预警叫应", said, "叫应台账", at))
    part.facts += _moving(region, at)
    part.facts += _teams(region)
    part.facts.append(_stores(part, region))
    return part


def _stores(part: Part, region: str) -> Fact:
    """Tell what is kept ready: the register keeps no past."""
    source, now = "物资储备台账（现状）", clock.now()
    kept = stock_in(region)
    if not kept:
        return Fact("应急物资", None, source)
    known = {key: have for key, have in kept.items() if have is not None}
    rest = f"，{len(kept) - len(known)} 种待核" if len(known) < len(kept) else ""
    names = items()
    shown = [(key, *names[key]) for key in names if key in kept][:MOST_ITEMS]
    rows = [
        (name, OPEN if kept[key] is None else number(kept[key] or 0, 0), unit)
        for key, name, unit in shown
    ]
    part.sheets.append(("应急物资可用数", table(("品名", "可用数量", "单位"), rows, (14, 12, 8))))
    return Fact("应急物资", f"{sum(have > 0 for have in known.values())} 种有货{rest}", source, now)


def _moving(region: str, at: datetime) -> list[Fact]:
    found = moving_at(Where([region]), at)
    source = "转移花名册"
    if not found.batches:
        return [Fact("人员转移", "没有下达的转移批次", source, at)]
    due = [Fact("应转", _people(found.sums.due), source, at)]
    return due + [Fact(label, _people(found.sums.parts[key]), source, at) for key, label in PARTS]


def _people(one: Number) -> str:
    unknown = f"，另有 {one.unknown} 处人数{OPEN}" if one.unknown else ""
    return f"{number(one.people)} 人{unknown}"


def _teams(region: str) -> list[Fact]:
    """Tell the teams as the register has them: it keeps no past."""
    rows = scope.below(Team.objects.filter(retired_at=None), region)
    source = "救援队伍台账（现状）"
    if not rows.exists():
        return [Fact("救援队伍", None, source)]
    table_ = codes.table("team-status")
    ready = [row.code for row in table_ if row.flag("available")]
    able = rows.filter(status__in=ready)
    people = able.aggregate(n=Sum("members"))["n"]
    out = rows.filter(status="deployed").count()
    said = f"可派出 {able.count()} 支（{OPEN if people is None else people} 人），已出动 {out} 支"
    return [Fact("救援队伍", said, source, clock.now())]
