"""雨情, 水情, 工情: what falls, what rises, and how what holds it back stands."""

from collections.abc import Sequence
from datetime import datetime

from anlan.base.places.models import Sluice
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.kernel import clock
from anlan.protocols.official import Sheet
from anlan.respond.papers.selectors.asof import Where, incidents_at
from anlan.respond.papers.selectors.briefing.facts import Fact, Part, number, since, table
from anlan.respond.papers.selectors.briefing.gauges import (
    HOURS,
    Level,
    Rain,
    flood_limits,
    levels_at,
    rain_at,
)

#: Rows of a table of gauges.
MOST = 10
#: Millimetres in 24 h from which a gauge is counted: 暴雨, 大暴雨 (GB/T 28592).
HEAVY = ((50.0, "24 小时雨量达 50 毫米的站"), (100.0, "24 小时雨量达 100 毫米的站"))
RAIN, GUST = "雨量站实测", "风速站实测"
#: quantity -> what it is called, and the limits whose passing is told.
WATERS: tuple[tuple[str, str, Sequence[str]], ...] = (
    ("water-level", "河道水位", ("warning", "guarantee")),
    ("tide-level", "潮位", ("tide-blue", "tide-yellow", "tide-orange", "tide-red")),
)
WORKS = ("dam-danger", "dyke-danger")


def rain(region: str, at: datetime) -> Part:
    """Tell the rain, and the wind beside it."""
    gauges = rain_at(region, at)
    told = [one for one in gauges if one.sums[24] is not None]
    newest = max((one.newest_at for one in gauges if one.newest_at), default=None)
    facts = [_most(told, hours, newest) for hours in HOURS]
    sums = [one.sums[24] or 0.0 for one in told]
    mean = f"{number(sum(sums) / len(sums))} 毫米（{len(told)} 站）" if told else None
    facts.append(Fact("24 小时平均雨量", mean, RAIN, newest))
    for limit, label in HEAVY:
        counted = f"{sum(one >= limit for one in sums)} 站" if told else None
        facts.append(Fact(label, counted, RAIN, newest))
    facts.append(_gust(region, at))
    part = Part("雨情", facts)
    silent = len(gauges) - len(told)
    if not gauges:
        part.sentences.append("本地区没有登记雨量站，雨情待核。")
    elif silent:
        part.sentences.append(f"{len(gauges)} 个雨量站中 {silent} 个没有数据，下列数字不含这些站。")
    if told:
        part.sheets.append(("雨量最大的站", _rains(told)))
    return part


def _most(told: Sequence[Rain], hours: int, newest: datetime | None) -> Fact:
    known = [one for one in told if one.sums[hours] is not None]
    label = f"最大 {hours} 小时雨量"
    if not known:
        return Fact(label, None, RAIN, newest)
    most = max(known, key=lambda one: (one.sums[hours] or 0.0, one.name))
    bound = "≥" if hours in most.short else ""
    return Fact(
        label, f"{bound}{number(most.sums[hours] or 0.0)} 毫米（{most.name}）", RAIN, newest
    )


def _rains(told: Sequence[Rain]) -> Sheet:
    names = regions.names({one.region for one in told})
    order = sorted(told, key=lambda one: (-(one.sums[24] or 0.0), one.name))[:MOST]
    rows = [
        (
            one.name, names.get(one.region, ""),
            *(_sum(one, hours) for hours in HOURS), since(one.newest_at),
        )
        for one in order
    ]  # fmt: skip
    head = ("站名", "地区", "1 小时", "3 小时", "24 小时", "截至")
    return table(head, rows, (8, 8, 5, 5, 6, 10))


def _sum(one: Rain, hours: int) -> str:
    value = one.sums[hours]
    return "待核" if value is None else f"{'≥' if hours in one.short else ''}{number(value)}"


def _gust(region: str, at: datetime) -> Fact:
    known = [one for one in levels_at(region, "wind-gust", at) if one.value is not None]
    if not known:
        return Fact("最新最大阵风", None, GUST)
    most = max(known, key=lambda one: (one.value or 0.0, one.name))
    return Fact("最新最大阵风", f"{number(most.value or 0.0)} 米/秒（{most.name}）", GUST, most.at)


def water(region: str, at: datetime) -> Part:
    """Tell rivers, the tide and reservoirs beside their limits."""
    part = Part("水情")
    over: list[tuple[Level, float]] = []
    wanted = [*WATERS, ("reservoir-level", "水库（汛限）", flood_limits(at))]
    for quantity, label, limits in wanted:
        levels = levels_at(region, quantity, at)
        part.facts.append(_count(levels, label, limits))
        over += [(one, above) for one in levels if (above := one.over(limits)) is not None]
    if over:
        part.sheets.append(("超限的站", _over(over)))
    return part


def _count(levels: Sequence[Level], label: str, limits: Sequence[str]) -> Fact:
    judged = [one for one in levels if one.is_judged]
    newest = max((one.at for one in judged if one.at), default=None)
    source = "水位站实测"
    if not judged:
        return Fact(f"{label}超限站数", None, source, newest)
    passed = sum(one.over(limits) is not None for one in judged)
    silent = len(levels) - len(judged)
    rest = f"，{silent} 站待核" if silent else ""
    return Fact(f"{label}超限站数", f"{passed}／{len(judged)} 站{rest}", source, newest)


def _over(over: Sequence[tuple[Level, float]]) -> Sheet:
    names = regions.names({one.region for one, _ in over})
    order = sorted(over, key=lambda one: (-one[1], one[0].name))[:MOST]
    rows = [
        (one.name, names.get(one.region, ""), f"{one.value:.2f}", f"+{above:.2f}", since(one.at))
        for one, above in order
    ]
    return table(("站名", "地区", "水位（米）", "超过（米）", "截至"), rows, (9, 8, 7, 7, 10))


def works(region: str, at: datetime) -> Part:
    """Tell how dams, walls and gates stand."""
    stored = [one for one in levels_at(region, "reservoir-level", at) if one.is_judged]
    limits = flood_limits(at)
    high = [one.name for one in stored if one.over(limits) is not None]
    newest = max((one.at for one in stored if one.at), default=None)
    part = Part("工情")
    said = None
    if stored:
        said = f"{len(high)} 座" + (f"（{'、'.join(high[:3])}）" if high else "")
    part.facts.append(Fact("超汛限水库", said, "水库水位站实测", newest))
    part.facts += _gates(region)
    trouble = [one for one in incidents_at(Where([region]), at) if one.kind in WORKS]
    part.facts.append(Fact("水库、堤塘险情", f"{len(trouble)} 起", "突发事件接报", at))
    return part


def _gates(region: str) -> list[Fact]:
    """Tell the gates as the register has them: it keeps no past."""
    states = list(
        scope.below(Sluice.objects.filter(retired_at=None), region).values_list(
            "status", flat=True
        )
    )  # fmt: skip
    source, now = "海塘闸口台账（现状）", clock.now()
    if not states:
        return [Fact("海塘闸口", None, source)]
    counts = {key: states.count(key) for key in ("shut", "open", "faulty")}
    said = f"关好 {counts['shut']}，开着 {counts['open']}，故障 {counts['faulty']}"
    return [Fact("海塘闸口", f"{said}（共 {len(states)}）", source, now)]
