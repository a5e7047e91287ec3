"""Who is to leave, who has not answered, what is owed, what was lost."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db.models import Q, QuerySet

from anlan.base.obligations.kinds import KINDS
from anlan.base.obligations.models import Obligation
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.base.regions.models import Level, Region
from anlan.govern.wall.selectors.figure import Asked, Behind, Cell, Column, Figure, Part
from anlan.relief.models import LossMatter
from anlan.relief.selectors import matters
from anlan.relief.selectors.totals import Totals
from anlan.relief.selectors.totals import of as totals_of
from anlan.respond.evacuation.selectors.counting import Number, sums, tally
from anlan.respond.papers.selectors.asof import Where, late_among, moving_at
from anlan.warn.callrules import KIND as CALL

#: A loss report older than this says nothing of today: one is due every day.
LOSSES_HOLD: Final = timedelta(hours=24)


def town_of(code: str) -> str:
    """Tell the township a region is in; a county is its own."""
    return scope.pad(scope.prefix(code)[: scope.LENGTHS[Level.TOWN - 1]])


def level_of(code: str) -> Level:
    """Tell the level of a region, a grid cell's as its village's."""
    return Level(min(max(scope.level_of(code), Level.PROVINCE), Level.VILLAGE))


# 人员转移 ------------------------------------------------------------------------------------


def moving(asked: Asked) -> Behind:
    """List by batch and village who is due, who is out of danger and who is not."""
    then = moving_at(Where([asked.region]), asked.at)
    if not then.batches:
        return Behind([], asked.at, unknown=("没有下达转移批次", "No evacuation has been ordered"))
    lines: list[tuple[Cell, ...]] = []
    unknown = 0
    for pk, title, _ in then.batches:
        villages = tally(pk, asked.at)
        names = regions.names({*villages, *map(town_of, villages)})
        for code, states in sorted(villages.items()):
            told = sums([states])
            moved = told.parts["shelter"] + told.parts["relatives"]
            waits: Number = told.parts["pending"]
            unknown += told.due.unknown
            lines.append((
                title, town_of(code), names.get(town_of(code), ""), names.get(code, code), code,
                told.due.people, moved.people, waits.people,
                told.due.unknown,
            ))  # fmt: skip
    return Behind(lines, asked.at, at_least=bool(unknown))


MOVING = Figure(
    key="moving", label="未转移", label_en="Still to leave", unit="人", unit_en="people",
    source="转移花名册", source_en="Evacuation rolls", page="/evacuations", read=moving,
    column="waiting",
    columns=(
        Column("batch", "转移批次", "Batch"), Column("town_code", "乡镇代码", "Township's code"),
        Column("town", "乡镇（街道）", "Township"), Column("village", "村（社区）", "Village"),
        Column("code", "区划代码", "Code"), Column("due", "应转人数", "Due to leave"),
        Column("moved", "已转人数", "Moved"), Column("waiting", "未转人数", "Still to leave"),
        Column("unknown", "人数待核（处）", "Numbers not known"),
    ),
    parts=(
        Part("due", "应转", "due", unit="人"), Part("moved", "已转", "moved", "good", unit="人"),
        Part("unknown", "人数待核", "not counted", "unsure", unit="处", only_some=True),
    ),
)  # fmt: skip


# 叫应、事项 ------------------------------------------------------------------------------------


def open_at(asked: Asked) -> "QuerySet[Obligation]":
    """List what was owed and not closed."""
    still = Q(closed_at=None) | Q(closed_at__gt=asked.at)
    return Obligation.objects.filter(still, Where([asked.region]).rows(), issued_at__lte=asked.at)


def silent_calls(asked: Asked) -> "QuerySet[Obligation]":
    """List the calls nobody had answered."""
    unanswered = Q(answered_at=None) | Q(answered_at__gt=asked.at)
    return open_at(asked).filter(unanswered, kind=CALL)


#: Level that is called -> how it is said, and the column that counts its silent posts.
CALLED: Final = {Level.COUNTY: "县级", Level.TOWN: "乡镇级", Level.VILLAGE: "村级"}


def calls(asked: Asked) -> Behind:
    """List the calls under way with the level that was called; counted is who has not answered."""
    rows = open_at(asked).filter(kind=CALL)
    late = late_among(silent_calls(asked), asked.at)
    columns = ("pk", "region_id", "debtor__title", "title", "issued_at", "answer_due",
               "answered_at")  # fmt: skip
    found = list(rows.order_by("region_id", "pk").values_list(*columns))
    names = regions.names({row[1] for row in found} | {town_of(row[1]) for row in found})
    lines: list[tuple[Cell, ...]] = []
    for pk, code, post, title, issued, due, answered in found:
        town, level = town_of(code), max(level_of(code), Level.COUNTY)
        silent = int(answered is None or answered > asked.at)
        lines.append((
            pk, town, names.get(town, code), names.get(code, code), code, CALLED[level],
            -level, post, title, issued, due, None if silent else answered, 1, silent,
            *(silent * int(level == one) for one in CALLED), int(pk in late),
        ))  # fmt: skip
    return Behind(lines, asked.at)


CALLS = Figure(
    key="calls", label="叫应未应", label_en="Calls without an answer", unit="岗", unit_en="posts",
    source="叫应台账", source_en="Calls", page="/warn/board", read=calls, column="count",
    columns=(
        Column("id", "编号", "Number"), Column("town_code", "乡镇代码", "Township's code"),
        Column("town", "乡镇（街道）", "Township"),
        Column("region", "地区", "Region"), Column("code", "区划代码", "Code"),
        Column("level", "层级", "Level called"), Column("rank", "层级次序", "Order of levels"),
        Column("post", "岗位", "Post"), Column("title", "叫应", "Call"),
        Column("issued_at", "叫应时间", "Called"), Column("due", "应答时限", "Answer by"),
        Column("answered_at", "应答时间", "Answered"), Column("called", "叫应", "Called"),
        Column("count", "未应", "Without an answer"), Column("county", "县级", "County"),
        Column("towns", "乡镇级", "Townships"), Column("villages", "村级", "Villages"),
        Column("late", "逾期", "Late"),
    ),
    parts=(
        Part("called", "已叫", "called", unit="岗"),
        Part("late", "逾期", "late", "late", unit="岗"), Part("county", "县", "county"),
        Part("towns", "乡镇", "townships"), Part("villages", "村", "villages"),
    ),
)  # fmt: skip


def owed(asked: Asked) -> Behind:
    """List what was owed besides calls, with what was late."""
    rows = open_at(asked).exclude(kind=CALL)
    late = late_among(rows, asked.at)
    columns = (
        "pk", "kind", "title", "region_id", "debtor__title", "issued_at", "answer_due", "done_due",
    )  # fmt: skip
    found = list(rows.order_by("kind", "region_id", "pk").values_list(*columns))
    names = regions.names({row[3] for row in found})
    lines = [
        (
            pk, KINDS[kind].title, title, names.get(code, code), code, post, issued, answer, done,
            1, int(pk in late),
        )
        for pk, kind, title, code, post, issued, answer, done in found
    ]  # fmt: skip
    return Behind(lines, asked.at)


OWED = Figure(
    key="owed", label="未办结事项", label_en="Open obligations", unit="件", unit_en="items",
    source="事项台账（不含叫应）", source_en="Obligations besides calls", page="/obligations",
    read=owed, column="count",
    columns=(
        Column("id", "编号", "Number"), Column("kind", "种类", "Kind"),
        Column("title", "标题", "Title"), Column("region", "地区", "Region"),
        Column("code", "区划代码", "Code"), Column("post", "责任岗位", "Responsible"),
        Column("issued_at", "下达时间", "Given"), Column("answer_due", "签收时限", "Answer by"),
        Column("done_due", "办结时限", "Done by"), Column("count", "未办结", "Open"),
        Column("late", "逾期", "Late"),
    ),
    parts=(Part("late", "逾期", "late", "late", unit="件"),),
)  # fmt: skip


# 灾情 ------------------------------------------------------------------------------------------

NOBODY_COUNTS = ("还没有开始统计灾情，不等于没有", "Nobody counts losses yet; that is not none")
NOBODY_TOLD = ("已开始统计，还没有报数", "Losses are counted; nobody has told any yet")
FIELDS = ("affected", "dead", "missing", "loss")


def newest_matter(asked: Asked) -> LossMatter | None:
    """Find the newest matter whose losses were being counted in a region."""
    still = Q(closed_at=None) | Q(closed_at__gt=asked.at)
    rows = LossMatter.objects.filter(still, opened_at__lte=asked.at)
    above = [scope.normalise(asked.region), *scope.ancestors(asked.region)]
    rows = scope.below(rows, asked.region) | rows.filter(region_id__in=above)
    return rows.distinct().order_by("-opened_at", "-pk").first()


def losses(asked: Asked) -> Behind:
    """List the losses of the newest matter: by the region's own report, or by those below it."""
    row = newest_matter(asked)
    if row is None:
        return Behind([], None, unknown=NOBODY_COUNTS)
    inside = scope.covers(scope.prefix(row.region_id), scope.normalise(asked.region))
    here = scope.normalise(asked.region) if inside else row.region_id
    told = totals_of(row, here, asked.at)
    if told.as_of is None:
        return Behind([], None, unknown=NOBODY_TOLD)
    lines = _said(row, told) if told.number else _added(row, here, asked)
    affected = told.get("affected")
    return Behind(
        lines, told.as_of, at_least=affected.is_lower_bound,
        unknown=("受灾人口没有人报", "Nobody told how many are affected")
        if affected.value is None else None,
        stale=asked.at - told.as_of > LOSSES_HOLD,
        note=_note(told),
    )  # fmt: skip


def _note(told: Totals) -> tuple[str, str] | None:
    missing = len(told.missing)
    return (f"{missing} 个地区没报", f"{missing} regions have not told") if missing else None


def _said(row: LossMatter, told: Totals) -> list[tuple[Cell, ...]]:
    name = regions.names([told.region]).get(told.region, told.region)
    figures = [told.get(key).value for key in FIELDS]
    return [(row.title, name, told.region, told.number, told.as_of, *figures)]


def _added(row: LossMatter, here: str, asked: Asked) -> Sequence[tuple[Cell, ...]]:
    places = list(matters.below(Region(pk=here)))
    said = matters.latest(row.pk, [one.pk for one in places], asked.at)
    return [
        (
            row.title, one.name, one.pk, said[one.pk].number, said[one.pk].as_of,
            *(said[one.pk].figures.get(key) for key in FIELDS),
        )
        for one in places
        if one.pk in said
    ]  # fmt: skip


LOSSES = Figure(
    key="losses", label="受灾人口", label_en="People affected", unit="人", unit_en="people",
    source="灾情统计", source_en="Loss reports", page="/losses", read=losses, column="affected",
    columns=(
        Column("matter", "灾情", "Matter"), Column("region", "地区", "Region"),
        Column("code", "区划代码", "Code"), Column("number", "第几报", "Report"),
        Column("as_of", "截至", "As of"), Column("affected", "受灾人口", "People affected"),
        Column("dead", "死亡人口", "Dead"), Column("missing", "失踪人口", "Missing"),
        Column("loss", "直接经济损失（万元）", "Direct loss, 10,000 CNY"),
    ),
    parts=(
        Part("dead", "死亡", "dead", unit="人"), Part("missing", "失踪", "missing", unit="人"),
        Part("loss", "直接损失", "direct loss", unit="万元", unit_en="10,000 CNY"),
    ),
)  # fmt: skip
