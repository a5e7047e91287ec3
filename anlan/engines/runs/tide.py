"""The tide of one place from its harmonic constants."""

import numpy as np

from anlan.engines.registry.declaration import ENGINES, Engine, Item
from anlan.engines.registry.given import Given
from anlan.engines.registry.result import Result, Value
from anlan.engines.runs.harmonics import CONSTANTS, constants_in
from anlan.engines.tide import predict, residuals, turns

_MINUTE_MS = 60_000


def run(given: Given) -> Result:
    """Predict levels, high and low waters, and what observations leave."""
    constants, strange = constants_in(given)
    times = given.times["times"]
    values: dict[str, Value] = {"time": times, "level": predict(constants, times)}
    if len(times) > 1:
        found = turns(constants, int(times[0]), int(times[-1]) + _MINUTE_MS)
        values["turn_time"], values["turn_level"] = found.times, found.levels
        values["turn_high"] = np.where(found.high, 1, 0)
    if "observed" in given.numbers:
        values["residual"] = residuals(constants, times, given.numbers["observed"])
    notes = [f"不认识分潮 {'、'.join(strange)}，没有计入"] if strange else []
    return Result(values, tuple(notes))


ENGINES.add(
    "tide",
    Engine(
        key="tide",
        title="天文潮",
        title_en="Astronomical tide",
        version="1",
        source="Schureman 1940, Special Publication 98（54 个分潮，逐时刻交点改正）",
        valid="任何地点，有调和常数即可；不含风暴增水、径流和海平面变化",
        verified=(
            "坎门、厦门的最高最低天文潮与公布值相差 2 厘米以内（Tide data: TICON-4, CC BY 4.0）",
            "分潮的幅角与 UTide 一致",
        ),
        open=(),
        inputs=(
            *CONSTANTS,
            Item("times", "时刻", "Times", "times", axes=("time",)),
            Item(
                "observed", "实测潮位", "Observed level", unit="m", axes=("time",), required=False
            ),
        ),
        outputs=(
            Item("time", "时刻", "Time", "times", axes=("time",)),
            Item("level", "天文潮位", "Tide level", unit="m", axes=("time",)),
            Item("residual", "余水位", "Residual", unit="m", axes=("time",), required=False),
            Item("turn_time", "高低潮时", "Time of turn", "times", axes=("turn",), required=False),
            Item(
                "turn_level", "高低潮位", "Level of turn", unit="m", axes=("turn",), required=False
            ),
            Item(
                "turn_high", "高潮为 1，低潮为 0", "1 high, 0 low", axes=("turn",), required=False
            ),
        ),
        run=run,
        example={
            "station": "kanmen",
            "times": {
                "from": "2019-08-09T00:00:00+08:00",
                "to": "2019-08-10T12:00:00+08:00",
                "every": {"unit": "min", "value": 10},
            },
        },
    ),
)
