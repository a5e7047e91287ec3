"""Gauges asked whether the water rises or falls as no rain explains."""

import numpy as np

from anlan.engines import basin
from anlan.engines.basin import Watch
from anlan.engines.registry.declaration import ENGINES, Engine, Item
from anlan.engines.registry.given import Given
from anlan.engines.registry.result import Result, Value
from anlan.kernel.errors import Invalid


def run(given: Given) -> Result:
    """Set readings against what rain explains; guess the peak of a dam that is seen."""
    times, stage = given.times["times"], given.numbers["stage"]
    if len(times) < 2 or (np.diff(times) != times[1] - times[0]).any() or times[1] <= times[0]:
        raise Invalid("「times」要有两个以上等间隔的时刻")
    step, usual, notes = float(times[1] - times[0]) / 1000.0, Watch(), list[str]()
    watch = Watch(
        window=given.number("window", usual.window),
        margin=given.number("margin", usual.margin),
        factor=given.number("factor", usual.factor),
        hold=int(given.number("hold", usual.hold)),
    )
    explained = given.numbers.get("explained")
    if explained is None:
        explained = np.full((len(stage), 1, len(times)), np.nan)
        notes.append("没有由雨推算的水位，按静水比较：大雨时的正常涨水也会被指出")
    found = basin.surprises(stage, explained, step, watch)
    values: dict[str, Value] = {
        "time": times,
        "gauges": given.texts["gauges"],
        "rise": found.rise.astype(np.int64),
        "fall": found.fall.astype(np.int64),
        "beyond": found.beyond,
        "first_rise": basin.first_at(found.rise, 1),
        "first_fall": basin.first_at(found.fall, 1),
    }
    if "dam_volume" in given.numbers and "dam_height" in given.numbers:
        seen = given.number("dam_volume"), given.number("dam_height")
        values["landslide_dam_peak"] = float(basin.landslide_dam_peak(*seen))
        values["earth_dam_peak"] = float(basin.earth_dam_peak(*seen))
        notes.append("溃决洪峰为经验估计，实例上下相差可达十倍")
    return Result(values, tuple(notes))


_G, _GT = ("gauge",), ("gauge", "time")

ENGINES.add(
    "sudden",
    Engine(
        key="sudden",
        title="堰塞与溃决：雨解释不了的涨落",
        title_en="Landslide dams and breaches: rises and falls no rain explains",
        version="1",
        source="实测与由雨推算的涨落比较；Costa、Schuster 1988（堰塞体）；Froehlich 1995（土坝）",
        valid="有自记水位的山溪；推算水位由 basin 引擎给出时最可靠",
        verified=("堰塞后上游骤落、溃决后下游骤涨能指出；单个错误读数、正常洪水不误报",),
        open=("倍数和余量为经验值，要用本地水位记录率定", "堰塞体公式系数未见论文原文"),
        inputs=(
            Item("gauges", "测站名", "Gauges", "texts", axes=_G),
            Item("times", "时刻", "Times", "times", axes=("time",)),
            Item("stage", "实测水位", "Observed stage", unit="m", axes=_GT),
            Item(
                "explained",
                "由雨推算的水位",
                "Stage explained by rain",
                unit="m",
                axes=("gauge", "member", "time"),
                required=False,
            ),
            Item("window", "比较多久的涨落", "Window", "number", "s", required=False, low=0.0),
            Item("margin", "余量", "Margin", "number", "m", required=False, low=0.0),
            Item("factor", "超过推算涨落的倍数", "Factor", "number", required=False, low=1.0),
            Item("hold", "连续几次", "Readings in a row", "number", required=False, low=1.0),
            Item(
                "dam_volume",
                "堰塞湖蓄水量",
                "Water behind the dam",
                "number",
                "m3",
                required=False,
                low=0.0,
            ),
            Item(
                "dam_height",
                "堰塞湖水深",
                "Depth behind the dam",
                "number",
                "m",
                required=False,
                low=0.0,
            ),
        ),
        outputs=(
            Item("time", "时刻", "Time", "times", axes=("time",)),
            Item("gauges", "测站名", "Gauges", "texts", axes=_G),
            Item("rise", "1 为异常上涨", "1 unexplained rise", axes=_GT),
            Item("fall", "1 为异常下落", "1 unexplained fall", axes=_GT),
            Item("beyond", "超出推算的涨落", "Beyond what is explained", unit="m", axes=_GT),
            Item("first_rise", "最早异常上涨的序号，-1 没有", "First rise", axes=_G),
            Item("first_fall", "最早异常下落的序号，-1 没有", "First fall", axes=_G),
            Item(
                "landslide_dam_peak",
                "堰塞体溃决洪峰",
                "Peak of a landslide dam",
                "number",
                "m3/s",
                required=False,
            ),
            Item(
                "earth_dam_peak",
                "土坝溃决洪峰",
                "Peak of an earth dam",
                "number",
                "m3/s",
                required=False,
            ),
        ),
        run=run,
        example={
            "gauges": ["上游", "村口"],
            "times": {
                "from": "2019-08-10T04:00:00+08:00",
                "to": "2019-08-10T05:30:00+08:00",
                "every": {"unit": "min", "value": 10},
            },
            "stage": {
                "unit": "m",
                "values": [
                    [52.0, 52.2, 52.3, 51.3, 50.9, 50.8, 50.8, 50.8, 50.8, 50.8],
                    [31.0, 31.1, 31.2, 31.2, 31.1, 31.1, 33.9, 35.2, 35.0, 34.2],
                ],
            },
            "explained": {
                "unit": "m",
                "values": [
                    [52.0, 52.1, 52.2, 52.3, 52.4, 52.4, 52.5, 52.5, 52.5, 52.5],
                    [31.0, 31.1, 31.2, 31.3, 31.4, 31.5, 31.6, 31.6, 31.6, 31.6],
                ],
            },
            "dam_volume": {"unit": "1e4m3", "value": 8.0},
            "dam_height": {"unit": "m", "value": 12.0},
        },
    ),
)
