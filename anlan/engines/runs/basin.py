"""Rain to small basin to village."""

import numpy as np

from anlan.codes import lookup
from anlan.engines import basin
from anlan.engines.basin import Law, Network, Reach
from anlan.engines.registry.declaration import ENGINES, Engine, Item
from anlan.engines.registry.given import Floats, Given
from anlan.engines.registry.result import Result, Value
from anlan.kernel.errors import Invalid

_LAWS = "landslide-laws"
#: That of the platform's own runs.
_USUAL_LAW = "caine-1980"


def run(given: Given) -> Result:
    """Carry rain through the basins; tell stages, nearness of villages and threat to slopes."""
    rain, times = given.numbers["rain"], given.times["times"]
    step, notes = _step(times), list[str]()
    network = _network(given, rain.shape[-1], step)
    index = _index(given, notes)
    number = basin.curve_number(given.numbers["curve_number"], _known(index))
    run_off = basin.runoff(rain, number[:, None])
    flow = basin.flood(network, run_off, step)
    values: dict[str, Value] = {
        "time": times,
        "names": given.texts["names"],
        "wetness": index,
        "runoff": run_off.sum(axis=-1),
        "flow": flow,
        "peak": flow.max(axis=-1),
        "peak_step": np.where(np.isfinite(flow).all(axis=-1), _greatest(flow), -1),
    }
    if "width" in given.numbers:
        values["stage"] = _stages(given, flow)
    law, doubt = _law(given.text("landslide_law", _USUAL_LAW))
    values["slope_threat"] = basin.threat(rain, step, law).share
    notes += doubt
    if "durations" in given.numbers:
        values.update(_villages(given, rain, step, index))
    return Result(values, tuple(notes))


def _step(times: np.ndarray) -> float:
    steps = np.diff(times)
    if len(steps) < 1 or (steps != steps[0]).any() or steps[0] <= 0:
        raise Invalid("「times」要有两个以上等间隔的时刻，是每个时段的结束")
    return float(steps[0]) / 1000.0


def _network(given: Given, steps: int, step: float) -> Network:
    area, figures = given.numbers["area"], given.numbers
    response = np.stack(
        [
            basin.cascade(float(count), float(hold), step, steps)
            for count, hold in zip(figures["reservoirs"], figures["hold"], strict=True)
        ]
    )
    down = _down(given)
    base = figures.get("base", np.zeros(len(area)))
    shape = ("length", "slope", "width", "roughness")
    if not (down >= 0).any():
        still = np.ones(len(area))
        return Network(area, response, base, down, Reach(still * step, still * 0.0))
    missing = [key for key in shape if key not in figures]
    if missing:
        raise Invalid(f"流域上下相连时要有河段的 {'、'.join(missing)}")
    often = figures.get("flow_often", area / 1e6 * 3.0)
    length, slope, width, rough = (figures[key] for key in shape)
    reach = basin.reach_of(length, slope, width, rough, often)
    return Network(area, response, base, down, reach)


def _down(given: Given) -> np.ndarray:
    names = given.texts["names"]
    if len(set(names)) < len(names):
        raise Invalid("「names」里有两个流域同名")
    below = given.texts.get("down", [""] * len(names))
    strange = [name for name in below if name and name not in names]
    if strange:
        raise Invalid(f"「down」里的 {strange[0]} 不在「names」里")
    return np.array([names.index(name) if name else -1 for name in below])


def _index(given: Given, notes: list[str]) -> Floats:
    if "wetness" in given.numbers:
        index = given.numbers["wetness"]
    elif "daily_rain" in given.numbers:
        index = basin.antecedent(given.numbers["daily_rain"])
    else:
        index = np.full(len(given.texts["names"]), np.nan)
    unknown = [name for name, one in zip(given.texts["names"], index, strict=True) if np.isnan(one)]
    if unknown:
        notes.append(f"{'、'.join(unknown[:10])} 等 {len(unknown)} 个流域前期雨量不明，按最湿处理")
    return index


def _known(index: Floats) -> Floats:
    """Take what is not known for wet: a basin must not count as dry because a gauge was broken."""
    return np.nan_to_num(index, nan=1000.0)


def _greatest(flow: Floats) -> np.ndarray:
    return np.asarray(np.nan_to_num(flow, nan=-1.0).argmax(axis=-1))


def _stages(given: Given, flow: Floats) -> Floats:
    figures, found = given.numbers, np.empty_like(flow)
    missing = [key for key in ("slope", "roughness") if key not in figures]
    if missing:
        raise Invalid(f"算水位要有 {'、'.join(missing)}")
    bed = figures.get("bed", np.zeros(len(flow)))
    for at in range(len(flow)):
        rating = basin.channel_rating(
            float(bed[at]), 10.0, width=float(figures["width"][at]),
            slope=float(figures["slope"][at]), roughness=float(figures["roughness"][at]),
        )  # fmt: skip
        found[at] = basin.stage_of(rating, flow[at])
    return found


def _law(key: str) -> tuple[Law, list[str]]:
    """Read a law, and what is to be kept in mind of one that is not of our own slides."""
    rows = {row.code: row.extra for row in lookup.table(_LAWS).rows}
    if key not in rows:
        raise Invalid(f"码表 {_LAWS} 里没有「{key}」，有：{'、'.join(rows)}")
    row = rows[key]
    law = Law(*(float(row[part]) for part in ("scale", "exponent", "shortest", "longest")))
    doubt = f"滑坡对照的是码表 {_LAWS} 的 {key}，没有用本地的滑坡率定，只提醒注意"
    return law, [] if row.get("fitted") else [doubt]


def _villages(given: Given, rain: Floats, step: float, index: Floats) -> dict[str, Value]:
    figures, names = given.numbers, given.texts["names"]
    missing = [key for key in ("prepare", "leave") if key not in figures]
    if missing or "villages" not in given.texts or "village_basin" not in given.texts:
        raise Invalid("雨量预警要有 villages、village_basin、durations、prepare、leave")
    strange = [name for name in given.texts["village_basin"] if name not in names]
    if strange:
        raise Invalid(f"「village_basin」里的 {strange[0]} 不在「names」里")
    at = np.array([names.index(name) for name in given.texts["village_basin"]])
    wetness = figures.get("wetness_states", np.zeros(1))
    thresholds = basin.thresholds_of(
        figures["durations"], wetness, figures["prepare"], figures["leave"]
    )
    near = basin.nearness(rain[at], step, thresholds, index[at])
    return {
        "villages": given.texts["villages"],
        "near_prepare": near.prepare,
        "near_leave": near.leave,
        "state": near.state,
        "first_prepare": basin.first_at(near.state, basin.PREPARE),
        "first_leave": basin.first_at(near.state, basin.LEAVE),
        "share_leave": basin.share_of_members(near.state, basin.LEAVE),
    }


_B, _BM, _BMT = ("basin",), ("basin", "member"), ("basin", "member", "time")
_V, _VM, _VMT = ("village",), ("village", "member"), ("village", "member", "time")
_TABLE = ("village", "state", "duration")

ENGINES.add(
    "basin",
    Engine(
        key="basin",
        title="小流域山洪",
        title_en="Flash floods of small basins",
        version="1",
        source="SCS-CN（NEH-4，1972）；Nash 1957；Cunge 1969；SL 666-2014；码表 landslide-laws",
        valid="数十平方公里以下、以暴雨产流为主的流域；不含融雪、水库调度和溃决",
        verified=(
            "SCS-CN：100 毫米、CN 80 产流 50.539 毫米（NEH-4）",
            "湿润状态 I、III 的曲线数与 Chow 1988 表 5.5.2 一致",
            "单位线、河网汇流水量守恒；Muskingum 阶跃响应与解析解相差 0.01 %",
            "Caine、Guzzetti 临界雨强与原文数值一致",
        ),
        open=("没有用本地实测洪水率定；预警指标要由县里给出或反推",),
        inputs=(
            Item("names", "流域名", "Basins", "texts", axes=_B),
            Item("area", "面积", "Area", unit="m2", axes=_B, low=0.0),
            Item("curve_number", "曲线数 CN（II 类）", "Curve number", axes=_B, low=0.0),
            Item("reservoirs", "Nash 水库个数", "Reservoirs of Nash", axes=_B, low=1.0),
            Item("hold", "每个水库的调蓄时间", "Storage time of each", unit="s", axes=_B, low=0.0),
            Item("down", "下游流域名，空为出口", "Basin below", "texts", axes=_B, required=False),
            Item("base", "基流", "Base flow", unit="m3/s", axes=_B, required=False, low=0.0),
            Item(
                "wetness",
                "前期影响雨量",
                "Antecedent rain index",
                unit="mm",
                axes=_B,
                required=False,
                low=0.0,
            ),
            Item(
                "daily_rain",
                "前期逐日雨量，最后为昨日",
                "Daily rain before",
                unit="mm",
                axes=("basin", "day"),
                required=False,
                low=0.0,
            ),
            Item(
                "rain", "时段雨量（实测接预报）", "Rain of each step", unit="mm", axes=_BMT, low=0.0
            ),
            Item("times", "各时段结束的时刻", "Ends of the steps", "times", axes=("time",)),
            Item(
                "length", "河段长", "Length of channel", unit="m", axes=_B, required=False, low=0.0
            ),
            Item("slope", "河段坡降", "Slope of channel", axes=_B, required=False, low=0.0),
            Item("width", "河宽", "Width of channel", unit="m", axes=_B, required=False, low=0.0),
            Item("roughness", "糙率，秒/米^(1/3)", "Manning's n", axes=_B, required=False, low=0.0),
            Item(
                "flow_often",
                "常遇洪水流量",
                "Flow of common floods",
                unit="m3/s",
                axes=_B,
                required=False,
                low=0.0,
            ),
            Item("bed", "出口河底高程", "Bed level at outlet", unit="m", axes=_B, required=False),
            Item("villages", "村名", "Villages", "texts", axes=_V, required=False),
            Item(
                "village_basin",
                "村所在流域名",
                "Basin of village",
                "texts",
                axes=_V,
                required=False,
            ),
            Item(
                "durations",
                "预警时段",
                "Durations",
                unit="h",
                axes=("duration",),
                required=False,
                low=0.0,
            ),
            Item(
                "wetness_states",
                "指标对应的前期雨量，由干到湿",
                "Wetness of thresholds",
                unit="mm",
                axes=("state",),
                required=False,
                low=0.0,
            ),
            Item(
                "prepare",
                "准备转移雨量",
                "Rain to prepare",
                unit="mm",
                axes=_TABLE,
                required=False,
                low=0.0,
            ),
            Item(
                "leave",
                "立即转移雨量",
                "Rain to leave",
                unit="mm",
                axes=_TABLE,
                required=False,
                low=0.0,
            ),
            Item(
                "landslide_law",
                "滑坡雨强—历时线（码表 landslide-laws）",
                "Landslide law",
                "text",
                required=False,
            ),
        ),
        outputs=(
            Item("time", "时刻", "Time", "times", axes=("time",)),
            Item("names", "流域名", "Basins", "texts", axes=_B),
            Item("wetness", "前期影响雨量", "Antecedent rain index", unit="mm", axes=_B),
            Item("runoff", "总产流", "Runoff in all", unit="mm", axes=_BM),
            Item("flow", "出口流量", "Flow at outlet", unit="m3/s", axes=_BMT),
            Item("peak", "洪峰流量", "Peak flow", unit="m3/s", axes=_BM),
            Item("peak_step", "洪峰时段序号，从零数，-1 不明", "Step of peak", axes=_BM),
            Item("stage", "出口水位", "Stage at outlet", unit="m", axes=_BMT, required=False),
            Item("slope_threat", "雨强与滑坡临界线之比", "Rain to landslide law", axes=_BMT),
            Item("villages", "村名", "Villages", "texts", axes=_V, required=False),
            Item(
                "near_prepare", "与准备转移之比", "Nearness to prepare", axes=_VMT, required=False
            ),
            Item("near_leave", "与立即转移之比", "Nearness to leave", axes=_VMT, required=False),
            Item(
                "state",
                "0 平静，1 准备转移，2 立即转移，-1 不明",
                "State",
                axes=_VMT,
                required=False,
            ),
            Item(
                "first_prepare",
                "最早准备转移的时段序号，-1 没有",
                "First to prepare",
                axes=_VM,
                required=False,
            ),
            Item(
                "first_leave",
                "最早立即转移的时段序号，-1 没有",
                "First to leave",
                axes=_VM,
                required=False,
            ),
            Item(
                "share_leave",
                "立即转移的成员比例",
                "Share of members leaving",
                axes=_V,
                required=False,
            ),
        ),
        run=run,
        example={
            "names": ["上坑", "山口"],
            "down": ["山口", ""],
            "area": {"unit": "km2", "values": [12.0, 20.0]},
            "curve_number": [75, 78],
            "reservoirs": [3, 3],
            "hold": {"unit": "min", "values": [30, 40]},
            "wetness": {"unit": "mm", "values": [55, None]},
            "length": {"unit": "km", "values": [4.0, 5.5]},
            "slope": [0.02, 0.012],
            "width": {"unit": "m", "values": [12, 18]},
            "roughness": [0.045, 0.04],
            "times": {
                "from": "2019-08-10T00:00:00+08:00",
                "to": "2019-08-10T11:00:00+08:00",
                "every": {"unit": "h", "value": 1},
            },
            "rain": {
                "unit": "mm",
                "values": [
                    [5, 10, 20, 35, 50, 60, 45, 20, 10, 5, 0, 0],
                    [5, 8, 15, 30, 45, 50, 40, 20, 10, 5, 0, 0],
                ],
            },
            "villages": ["山口村"],
            "village_basin": ["山口"],
            "durations": {"unit": "h", "values": [1, 3, 6]},
            "prepare": {"unit": "mm", "values": [[[40, 70, 95]]]},
            "leave": {"unit": "mm", "values": [[[50, 90, 120]]]},
        },
    ),
)
