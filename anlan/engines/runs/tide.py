"""The tide of one place from its harmonic constants."""

import numpy as np

from anlan.codes import lookup
from anlan.engines.registry.declaration import ENGINES, Engine, Item
from anlan.engines.registry.given import Given
from anlan.engines.registry.result import Result, Value
from anlan.engines.tide import Constants, predict, residuals, turns
from anlan.kernel.errors import Invalid

_MINUTE_MS = 60_000


def run(given: Given) -> Result:
    """Predict levels, high and low waters, and what observations leave."""
    constants, strange = _constants(given)
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


def _constants(given: Given) -> tuple[Constants, tuple[str, ...]]:
    station = given.text("station")
    if station:
        places = {row.code: row for row in lookup.table("tide-stations").rows}
        if station not in places:
            raise Invalid(f"没有验潮站「{station}」，有：{'、'.join(places)}")
        rows = [row.extra for row in lookup.table("tide-constants").rows]
        table = {
            str(row["constituent"]): (float(row["amplitude"]), float(row["lag"]))
            for row in rows
            if row["station"] == station
        }
        mean = float(places[station].extra["mean"])
        return Constants.of(table, mean=given.number("mean", mean))
    if not {"amplitude", "lag"} <= set(given.numbers) or "constituents" not in given.texts:
        raise Invalid("要写明 station，或写明 constituents、amplitude、lag")
    columns = given.numbers["amplitude"], given.numbers["lag"]
    told = {
        name: (float(high), float(late))
        for name, high, late in zip(given.texts["constituents"], *columns, strict=True)
    }
    return Constants.of(told, mean=given.number("mean", 0.0))


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
            Item("station", "验潮站（码表 tide-stations）", "Station", "text", required=False),
            Item(
                "constituents",
                "分潮名",
                "Constituents",
                "texts",
                axes=("constituent",),
                required=False,
            ),
            Item(
                "amplitude",
                "振幅",
                "Amplitude",
                unit="m",
                axes=("constituent",),
                required=False,
                low=0.0,
            ),
            Item(
                "lag",
                "格林威治迟角",
                "Greenwich phase lag",
                unit="deg",
                axes=("constituent",),
                required=False,
            ),
            Item("mean", "平均海面高度", "Mean level", "number", "m", required=False),
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
