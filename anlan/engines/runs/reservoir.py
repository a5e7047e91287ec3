"""A reservoir asked: how near its limit, how much rain it takes, what a release does."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np

from anlan.codes import lookup
from anlan.engines import basin
from anlan.engines.basin import Season
from anlan.engines.registry.declaration import ENGINES, Engine, Item
from anlan.engines.registry.given import Floats, Given
from anlan.engines.registry.result import Result, Value
from anlan.kernel.errors import Invalid

_BEIJING = timezone(timedelta(hours=8))


def run(given: Given) -> Result:
    """Let the reservoir go on under each release; compare with the limit of its season."""
    figures, times = given.numbers, given.times["times"]
    if len(times) < 2 or (np.diff(times) != times[1] - times[0]).any() or times[1] <= times[0]:
        raise Invalid("「times」要有两个以上等间隔的时刻，是每个时段的结束")
    step = float(times[1] - times[0]) / 1000.0
    held = basin.reservoir_of(
        figures["level"], figures["storage"],
        spill=figures.get("spill"), outlet=figures.get("outlet"),
    )  # fmt: skip
    start, releases = given.number("start_level"), figures["release"]
    courses = [basin.course(held, start, figures["inflow"], plan, step) for plan in releases]
    level = np.stack([one.level for one in courses])
    values: dict[str, Value] = {
        "time": times,
        "level_course": level,
        "released": np.stack([one.released for one in courses]),
        "spilled": np.stack([one.spilled for one in courses]),
        "highest": level.max(axis=-1),
    }
    notes = []
    if any(one.beyond.any() for one in courses):
        notes.append("有的方案水位到了水位库容表的尽头，可能漫顶或放空，其后的水位是外推")
    season = _season(given, int(times[0]))
    if season is None:
        notes.append("这一天没有汛限水位")
    else:
        values["season"], values["limit"] = season.name, season.limit
        values["above_limit"] = start - season.limit
        values["hours_to_limit"] = _hours(season.limit, start, level, step)
        values.update(_room(given, held, start, season.limit))
    if "crest" in figures:
        values["hours_to_crest"] = _hours(given.number("crest"), start, level, step)
    return Result(values, tuple(notes))


def _hours(level: float, start: float, levels: Floats, step: float) -> Floats:
    hours = basin.hours_to(level, start, levels, step)
    return np.where(np.isinf(hours), -1.0, hours)


def _season(given: Given, first: int) -> Season | None:
    if "limits" not in given.numbers:
        return None
    names = given.texts.get("seasons", [])
    rows = {row.code: row for row in lookup.table("season").rows}
    strange = [name for name in names if name not in rows]
    if strange or len(names) != len(given.numbers["limits"]):
        raise Invalid(f"「seasons」要与 limits 一样多，可以是：{'、'.join(rows)}")
    seasons = [
        Season(row.name, _day(row.text("start")), _day(row.text("end")), float(limit))
        for row, limit in zip((rows[name] for name in names), given.numbers["limits"], strict=True)
    ]
    day = datetime.fromtimestamp(first / 1000.0, tz=UTC).astimezone(_BEIJING).date()
    return basin.limit_on(seasons, day)


def _day(text: str | None) -> tuple[int, int]:
    month, day = (text or "").split("-")
    return int(month), int(day)


def _room(given: Given, held: basin.Reservoir, start: float, limit: float) -> dict[str, Value]:
    free = basin.storage_at(held, limit) - basin.storage_at(held, start)
    found: dict[str, Value] = {"room": np.maximum(free, 0.0)}
    if "catchment" in given.numbers and "curve_number" in given.numbers:
        found["rain_room"] = basin.rain_room(
            held, start, limit,
            area=given.number("catchment"), number=given.number("curve_number"),
        )  # fmt: skip
    return found


_K, _PMT, _PM = ("row",), ("plan", "member", "time"), ("plan", "member")


def _flat(values: list[float]) -> dict[str, object]:
    return {"unit": "m3/s", "values": values}


_INFLOW: Floats = np.round(20 + 380 * np.exp(-(((np.arange(24) - 10) / 4.0) ** 2)), 1)

ENGINES.add(
    "reservoir",
    Engine(
        key="reservoir",
        title="水库：汛限、纳雨和放水试算",
        title_en="Reservoir: limits, room for rain, trial releases",
        version="1",
        source="水量平衡（modified Puls，Chow 1988 第 8.2 节）；汛期起止见码表 season",
        valid="库水面水平的水库；不含库内行洪和闸门开启的时间",
        verified=(
            "任何放水方案水量守恒；线性水库的退水与指数解一致",
            "到某水位的时间、纳雨能力与手算一致",
        ),
        open=("泄流能力按给出的表，没有核对现场的闸门曲线",),
        inputs=(
            Item("level", "水位库容表的水位", "Levels of the table", unit="m", axes=_K),
            Item(
                "storage", "水位库容表的库容", "Storage of the table", unit="m3", axes=_K, low=0.0
            ),
            Item("spill", "溢洪道泄量", "Spillway", unit="m3/s", axes=_K, required=False, low=0.0),
            Item(
                "outlet", "闸门最大泄量", "Outlets", unit="m3/s", axes=_K, required=False, low=0.0
            ),
            Item("start_level", "当前水位", "Level now", "number", "m"),
            Item("inflow", "入库流量", "Inflow", unit="m3/s", axes=("member", "time"), low=0.0),
            Item(
                "release",
                "各方案的放水",
                "Releases to try",
                unit="m3/s",
                axes=("plan", "time"),
                low=0.0,
            ),
            Item("times", "各时段结束的时刻", "Ends of the steps", "times", axes=("time",)),
            Item(
                "seasons",
                "汛期（码表 season）",
                "Seasons",
                "texts",
                axes=("season",),
                required=False,
            ),
            Item(
                "limits",
                "各汛期的汛限水位",
                "Limits of the seasons",
                unit="m",
                axes=("season",),
                required=False,
            ),
            Item("crest", "坝顶高程", "Crest", "number", "m", required=False),
            Item("catchment", "集水面积", "Catchment", "number", "m2", required=False, low=0.0),
            Item("curve_number", "集水区曲线数", "Curve number", "number", required=False, low=0.0),
        ),
        outputs=(
            Item("time", "时刻", "Time", "times", axes=("time",)),
            Item("level_course", "水位过程", "Level", unit="m", axes=_PMT),
            Item("released", "闸门泄量", "Released", unit="m3/s", axes=_PMT),
            Item("spilled", "溢洪道泄量", "Spilled", unit="m3/s", axes=_PMT),
            Item("highest", "最高水位", "Highest level", unit="m", axes=_PM),
            Item("season", "汛期", "Season", "text", required=False),
            Item("limit", "汛限水位", "Limit", "number", "m", required=False),
            Item("above_limit", "当前高出汛限", "Above the limit", "number", "m", required=False),
            Item(
                "hours_to_limit",
                "多久到汛限，-1 不到",
                "Hours to the limit",
                unit="h",
                axes=_PM,
                required=False,
            ),
            Item("room", "到汛限的剩余库容", "Room to the limit", "number", "m3", required=False),
            Item("rain_room", "纳雨能力", "Room for rain", "number", "mm", required=False),
            Item(
                "hours_to_crest",
                "多久到坝顶，-1 不到",
                "Hours to the crest",
                unit="h",
                axes=_PM,
                required=False,
            ),
        ),
        run=run,
        example={
            "level": {"unit": "m", "values": [90, 95, 100, 105, 108]},
            "storage": {"unit": "1e4m3", "values": [0, 200, 620, 1300, 1850]},
            "spill": _flat([0, 0, 0, 120, 420]),
            "outlet": _flat([0, 60, 90, 110, 120]),
            "start_level": {"unit": "m", "value": 98.2},
            "times": {
                "from": "2019-08-09T12:00:00+08:00",
                "to": "2019-08-10T11:00:00+08:00",
                "every": {"unit": "h", "value": 1},
            },
            "inflow": _flat(_INFLOW.tolist()),
            "release": {"unit": "m3/s", "values": [[0.0] * 24, [60.0] * 24, [110.0] * 24]},
            "seasons": ["meiyu", "typhoon"],
            "limits": {"unit": "m", "values": [100.0, 98.5]},
            "crest": {"unit": "m", "value": 108.0},
            "catchment": {"unit": "km2", "value": 42.0},
            "curve_number": 78,
        },
    ),
)
