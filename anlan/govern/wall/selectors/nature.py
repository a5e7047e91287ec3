"""Warnings, water against its levels, the signed forecast of the sea, vessels, incidents."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Final

from anlan import codes
from anlan.base.db.among import among
from anlan.base.journal import selectors as journal
from anlan.base.places.models import Vessel
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.forecast.models import Run, StationOutlook
from anlan.govern.wall.selectors.figure import Asked, Behind, Cell, Column, Figure, Part
from anlan.respond.papers.selectors.asof import Where, forecasts_at, incidents_at, warnings_at
from anlan.respond.papers.selectors.asof.words import COUNTED
from anlan.respond.papers.selectors.briefing.gauges import FRESH, Level, flood_limits, levels_at
from anlan.respond.papers.selectors.briefing.nature import WATERS

#: How far back the last value of stations is looked for that are all quiet.
LOOK_BACK: Final = timedelta(days=7)
#: A register of vessels in which nothing changed for so long tells nothing of now.
VESSELS_HOLD: Final = timedelta(hours=6)
NO_STATION = ("没有登记带特征值的测站", "No station with levels is registered")
SILENT = ("近七天没有数据", "No value within seven days")
NO_PEAK = ("潮位预报没有峰值", "The forecast tells no peak")
TIDE = "tide-level"
#: Limits of one station that are told: the tide has as many as there are colours.
STEPS: Final = 4


def warnings(asked: Asked) -> Behind:
    """List the warnings in force."""
    found = warnings_at(Where([asked.region]), asked.at)
    lines = [
        (one.pk, one.title, one.station, one.sent_at or one.issued_at, one.expires_at, 1,
         *(int(one.level == level) for level in (1, 2, 3, 4)))
        for one in found
    ]  # fmt: skip
    return Behind(lines, asked.at)


WARNINGS = Figure(
    key="warnings", label="生效预警", label_en="Warnings in force", unit="个", unit_en="warnings",
    source="收到和发布的预警", source_en="Warnings received and issued", page="/warn/alerts",
    read=warnings, column="count",
    columns=(
        Column("id", "编号", "Number"), Column("title", "预警", "Warning"),
        Column("station", "发布单位", "Issuer"), Column("sent_at", "发布时间", "Issued"),
        Column("expires_at", "失效时间", "Expires"), Column("count", "生效", "In force"),
        Column("red", "红色", "Red"), Column("orange", "橙色", "Orange"),
        Column("yellow", "黄色", "Yellow"), Column("blue", "蓝色", "Blue"),
    ),
    parts=(
        Part("red", "红", "red", level=1), Part("orange", "橙", "orange", level=2),
        Part("yellow", "黄", "yellow", level=3), Part("blue", "蓝", "blue", level=4),
    ),
)  # fmt: skip

Gauged = list[tuple[str, Level, Sequence[str]]]


def rivers_and_tide(asked: Asked, back: timedelta) -> Gauged:
    """Read rivers and the tide with the limits that count."""
    return [
        (label, one, limits)
        for quantity, label, limits in WATERS
        for one in levels_at(asked.region, quantity, asked.at, back=back)
    ]


def dams(asked: Asked, back: timedelta) -> Gauged:
    """Read reservoirs with the limit of the season."""
    limits = flood_limits(asked.at)
    found = levels_at(asked.region, "reservoir-level", asked.at, back=back)
    return [("水库", one, limits) for one in found]


def _gauged(asked: Asked, read: Callable[[Asked, timedelta], Gauged]) -> Behind:
    found = read(asked, FRESH)
    stale = bool(found) and not any(one.is_judged for _, one, _ in found)
    if stale:
        found = read(asked, LOOK_BACK)
    judged = [one for _, one, _ in found if one.is_judged]
    if not judged:
        return Behind([], None, unknown=SILENT if found else NO_STATION)
    names = regions.names({one.region for _, one, _ in found})
    lines: list[tuple[Cell, ...]] = []
    for label, one, limits in found:
        over = one.over(limits)
        steps = ladder(one.limits, limits)
        known = one.is_judged
        lines.append((
            one.code, one.name, label, names.get(one.region, ""), one.region, one.value, *steps,
            None if over is None else round(over, 2),
            None if one.value is None or steps[0] is None else round(one.value - steps[0], 2),
            one.at, int(over is not None) if known else None, int(known), int(not known),
        ))  # fmt: skip
    quiet = len(found) - len(judged)
    return Behind(lines, max(one.at for one in judged if one.at), at_least=bool(quiet), stale=stale)


def ladder(levels: Mapping[str, float], kinds: Collection[str]) -> list[float | None]:
    """Put the limits that count in order, the lowest first; always four, empty where none is.

    >>> ladder({"warning": 7.0, "historic": 9.0, "guarantee": 8.2}, ("warning", "guarantee"))
    [7.0, 8.2, None, None]
    """
    found: list[float | None] = [*sorted(levels[kind] for kind in kinds if kind in levels)]
    return (found + [None] * STEPS)[:STEPS]


def stations(asked: Asked) -> Behind:
    """List rivers and tide gauges against their levels."""
    return _gauged(asked, rivers_and_tide)


def reservoirs(asked: Asked) -> Behind:
    """List reservoirs against the limit of the season."""
    return _gauged(asked, dams)


LIMITS = (
    Column("limit", "限值（米）", "Limit, m"), Column("limit2", "第二级（米）", "Second limit, m"),
    Column("limit3", "第三级（米）", "Third limit, m"),
    Column("limit4", "第四级（米）", "Fourth limit, m"),
)  # fmt: skip
GAUGED = (
    Column("gauge", "站码", "Gauge"), Column("station", "测站", "Station"),
    Column("kind", "类别", "Kind"),
    Column("region", "地区", "Region"), Column("code", "区划代码", "Code"),
    Column("value", "水位（米）", "Level, m"), *LIMITS,
    Column("above", "超过（米）", "Above, m"), Column("margin", "距限值（米）", "From limit, m"),
    Column("at", "时间", "Time"),
    Column("over", "超限", "Above a limit"), Column("known", "有数据", "Known"),
    Column("silent", "待核", "Not known"),
)  # fmt: skip
STATIONS = Figure(
    key="stations", label="超警测站", label_en="Gauges above levels", unit="站",
    unit_en="gauges", source="河道、潮位站实测", source_en="River and tide gauges",
    page="/sense/latest", read=stations, column="over", columns=GAUGED,
    parts=(
        Part("known", "有数据", "reporting", unit="站"),
        Part("silent", "待核", "not known", "unsure", unit="站", only_some=True),
    ),
)  # fmt: skip
RESERVOIRS = Figure(
    key="reservoirs", label="超汛限水库", label_en="Reservoirs above limit", unit="座",
    unit_en="reservoirs", source="水库水位站实测", source_en="Reservoir gauges",
    page="/forecast/reservoirs", read=reservoirs, column="over", columns=GAUGED,
    parts=(
        Part("known", "有数据", "reporting", unit="座"),
        Part("silent", "待核", "not known", "unsure", unit="座", only_some=True),
    ),
)  # fmt: skip


def surge(asked: Asked) -> Behind:
    """List what tide gauges come to by the signed forecasts that stand; unsigned ones never."""
    standing = [one.id for one in forecasts_at(Where([asked.region]), asked.at)]
    rows = _outlooks(asked, standing)
    stale = False
    if not rows:
        last = _last_signed(asked)
        rows, stale = (_outlooks(asked, [last]), True) if last else ([], False)
    if not rows:
        return Behind([], None, unknown=("没有已签署的潮位预报", "No signed forecast of the tide"))
    levels = codes.table("warning-levels")
    lines: list[tuple[Cell, ...]] = [
        (
            one.run.title, one.station.code, one.station.name, one.region_id, one.peak, one.peak_at,
            levels.name(str(one.level)) if one.level else "", one.level,
            *ladder(one.levels, one.levels),
            one.run.based_at, one.run.signed_at, int(one.level is not None),
        )
        for one in rows
    ]  # fmt: skip
    highest = max(rows, key=lambda one: (one.peak is not None, one.peak or 0.0))
    return Behind(
        lines, min(one.run.based_at for one in rows), stale=stale,
        at_least=any(one.lower_bound for one in rows),
        unknown=NO_PEAK if highest.peak is None else None,
        note=(highest.station.name, highest.station.name),
    )  # fmt: skip


def _outlooks(asked: Asked, runs: Sequence[str]) -> list[StationOutlook]:
    rows = StationOutlook.objects.filter(among("run_id", runs), quantity=TIDE)
    rows = scope.below(rows, asked.region)
    return list(rows.select_related("run", "station").order_by("run_id", "station__code"))


def _last_signed(asked: Asked) -> str:
    rows = Run.objects.filter(
        Where([asked.region]).rows(), signing__in=COUNTED, signed_at__lte=asked.at,
        stations__quantity=TIDE,
    )  # fmt: skip
    return rows.order_by("-signed_at", "-pk").values_list("pk", flat=True).first() or ""


SURGE = Figure(
    key="surge", label="预报最高潮位", label_en="Highest tide forecast", unit="米", unit_en="m",
    source="已签署的风暴潮预报", source_en="Signed surge forecasts", page="/forecast",
    read=surge, column="peak", by="max", digits=2,
    columns=(
        Column("run", "预报", "Forecast"), Column("gauge", "站码", "Gauge"),
        Column("station", "潮位站", "Tide gauge"),
        Column("code", "区划代码", "Code"), Column("peak", "最高潮位（米）", "Peak, m"),
        Column("peak_at", "出现时间", "At"), Column("level", "达到级别", "Level reached"),
        Column("grade", "级别代码", "Level"), *LIMITS,
        Column("based_at", "起算时间", "Based at"), Column("signed_at", "签署时间", "Signed"),
        Column("over", "达到警戒", "Reaches a level"),
    ),
    parts=(Part("over", "达到警戒", "reach a level", unit="站"),),
)  # fmt: skip


def vessels(asked: Asked) -> Behind:
    """List the vessels that are not safe, or of which nobody knows."""
    rows = list(
        scope.below(Vessel.objects.filter(retired_at=None), asked.region)
        .filter(created_at__lte=asked.at)
        .order_by("code")
        .values_list("pk", "code", "name", "harbour", "status", "crew", "changed_at", "seen_at")
    )
    if not rows:
        return Behind([], None, unknown=("没有登记船舶", "No vessel is registered"))
    was = _was([row[0] for row in rows], asked)
    states = codes.table("vessel-states")
    lines: list[tuple[Cell, ...]] = []
    times = []
    for pk, code, name, harbour, status, crew, changed, seen in rows:
        times += [one for one in (changed, seen) if one and one <= asked.at]
        row = states.get(was.get(pk, status))
        safe = row.flag("safe") if row else None
        if safe is True:
            continue
        lines.append((
            code, name, harbour, row.name if row else "", crew, seen, int(safe is False),
            int(row is not None and row.code == "lost-contact"), int(safe is None),
        ))  # fmt: skip
    newest = max(times, default=None)
    return Behind(
        lines,
        newest,
        at_least=any(line[-1] for line in lines),
        stale=newest is not None and asked.at - newest > VESSELS_HOLD,
    )


def _was(ids: Sequence[str], asked: Asked) -> dict[str, str]:
    """Tell the states that were changed later, as they were: by the first change since."""
    rows = journal.entries().filter(among("subject", ids), subject_kind="vessels", at__gt=asked.at)
    found: dict[str, str] = {}
    for noted in journal.read(rows.order_by("id")):
        if "status" in noted.changes:
            found.setdefault(noted.subject[1], str(noted.changes["status"][0] or ""))
    return found


VESSELS = Figure(
    key="vessels", label="仍在海上船舶", label_en="Vessels still at sea", unit="艘",
    unit_en="vessels", source="船舶台账", source_en="Register of vessels",
    page="/registers/vessels", read=vessels, column="out",
    columns=(
        Column("code", "船舶编码", "Code"), Column("name", "船名", "Name"),
        Column("harbour", "船籍港", "Harbour"), Column("status", "状态", "State"),
        Column("crew", "船员人数", "Crew"), Column("seen_at", "定位时间", "Seen"),
        Column("out", "仍在海上", "Still at sea"), Column("lost", "失联", "Out of contact"),
        Column("unknown", "不明", "Unknown"),
    ),
    parts=(
        Part("crew", "船员", "crew", unit="人"), Part("lost", "失联", "out of contact", "late"),
        Part("unknown", "不明", "unknown", "unsure", only_some=True),
    ),
)  # fmt: skip


def incidents(asked: Asked) -> Behind:
    """List the incidents that are dealt with."""
    found = incidents_at(Where([asked.region]), asked.at)
    names = regions.names({one.region for one in found})
    grades = codes.table("event-grades")
    lines = [
        (one.id, one.title, one.kind_label, names.get(one.region, ""), one.received_at,
         grades.name(str(one.grade)) if one.grade else "", 1, int(one.grade is None))
        for one in found
    ]  # fmt: skip
    return Behind(lines, asked.at)


INCIDENTS = Figure(
    key="incidents", label="正在处置事件", label_en="Incidents under way", unit="起",
    unit_en="incidents", source="突发事件接报", source_en="Incidents", page="/incidents",
    read=incidents, column="count",
    columns=(
        Column("id", "编号", "Number"), Column("title", "名称", "Title"),
        Column("kind", "种类", "Kind"), Column("region", "地区", "Region"),
        Column("received_at", "接报时间", "Received"), Column("grade", "等级", "Grade"),
        Column("count", "正在处置", "Under way"), Column("ungraded", "等级待核", "Not graded"),
    ),
    parts=(Part("ungraded", "等级待核", "not graded", "unsure", unit="起", only_some=True),),
)  # fmt: skip
