"""The tide of one place from its harmonic constants, told or found in a record of levels."""

from typing import Final

import numpy as np

from anlan.engines.registry.declaration import ENGINES, Engine, Item
from anlan.engines.registry.given import Given
from anlan.engines.registry.result import Result, Value
from anlan.engines.runs.harmonics import CONSTANTS, constants_in
from anlan.engines.tide import (
    Constants,
    Fit,
    analyse,
    datums,
    predict,
    residuals,
    separable,
    springs,
    turns,
)
from anlan.engines.tide.constituents import NAMES
from anlan.kernel.errors import Invalid

_MINUTE_MS = 60_000
_HOUR_MS = 3_600_000
AUTO: Final = "auto"
#: Large on most coasts: of two that a record cannot hold apart the one named earlier stays.
_LARGE: Final = (
    "M2",
    "S2",
    "K1",
    "O1",
    "N2",
    "M4",
    "MS4",
    "K2",
    "P1",
    "Q1",
    "SA",
    "MU2",
    "NU2",
    "L2",
)
_MOST_YEARS: Final = 20.0


def run(given: Given) -> Result:
    """Predict levels, high and low waters, what observations leave; find constants and levels."""
    times = given.times["times"]
    fit = _fitted(given)
    told = "station" in given.texts or "constituents" in given.texts
    constants, strange = constants_in(given) if told or fit is None else (fit.constants, ())
    values: dict[str, Value] = {"time": times, "level": predict(constants, times)}
    if len(times) > 1:
        found = turns(constants, int(times[0]), int(times[-1]) + _MINUTE_MS)
        values["turn_time"], values["turn_level"] = found.times, found.levels
        values["turn_high"] = np.where(found.high, 1, 0)
    if "observed" in given.numbers:
        values["residual"] = residuals(constants, times, given.numbers["observed"])
    if fit is not None:
        values |= _found(fit)
    if "level_years" in given.numbers:
        values |= _levels(constants, int(times[0]), given.number("level_years"))
    notes = [f"不认识分潮 {'、'.join(strange)}，没有计入"] if strange else []
    return Result(values, tuple(notes))


def _fitted(given: Given) -> Fit | None:
    """Find constants in the levels observed, if any are asked for."""
    wanted = given.texts.get("find")
    if wanted is None:
        return None
    if "observed" not in given.numbers:
        raise Invalid("要求调和常数（find），就要有实测潮位 observed")
    times, levels = given.times["times"], given.numbers["observed"]
    if wanted == [AUTO]:
        known = times[np.isfinite(levels)]
        hours = float(np.ptp(known)) / _HOUR_MS if len(known) else 0.0
        order = (*_LARGE, *(name for name in NAMES if name not in _LARGE))
        wanted = list(separable(order, hours)) if hours else []
    return analyse(times, levels, wanted)


def _found(fit: Fit) -> dict[str, Value]:
    return {
        "found": list(fit.constants.names),
        "found_amplitude": fit.constants.amplitude,
        "found_lag": fit.constants.lag,
        "found_error": fit.amplitude_error,
        "found_mean": fit.constants.mean,
        "left": fit.residual,
    }


def _levels(constants: Constants, start: int, years: float) -> dict[str, Value]:
    if not 1.0 <= years <= _MOST_YEARS:
        raise Invalid(f"「level_years」是 {years:g}，应在 1 到 {_MOST_YEARS:g} 年之间，一般用 19")
    found = datums(constants, start, years=round(years))
    low, high = springs(constants)
    return {
        "highest_water": found.highest, "spring_high_water": high, "high_water": found.high,
        "mean_level": found.mean, "low_water": found.low, "spring_low_water": low,
        "lowest_water": found.lowest,
    }  # fmt: skip


def _wave(key: str, title: str, title_en: str, unit: str) -> Item:
    return Item(key, title, title_en, unit=unit, axes=("wave",), required=False)


def _level(key: str, title: str, title_en: str) -> Item:
    return Item(key, title, title_en, "number", "m", required=False)


ENGINES.add(
    "tide",
    Engine(
        key="tide",
        title="天文潮",
        title_en="Astronomical tide",
        version="2",
        source="Schureman 1940, Special Publication 98（54 个分潮，逐时刻交点改正）",
        valid="任何地点，有调和常数即可；不含风暴增水、径流和海平面变化",
        verified=(
            "坎门、厦门的最高最低天文潮与公布值相差 2 厘米以内（Tide data: TICON-4, CC BY 4.0）",
            "平均海面加减 M2、S2 等于公布的大潮平均高低潮位，厦门 5.961 米",
            "由预报的潮位求回调和常数",
            "分潮的幅角与 UTide 一致",
        ),
        open=(),
        inputs=(
            *CONSTANTS,
            Item("times", "时刻", "Times", "times", axes=("time",)),
            Item(
                "observed", "实测潮位", "Observed level", unit="m", axes=("time",), required=False
            ),
            Item(
                "find",
                "由实测潮位求这些分潮的调和常数；写 auto 求分得开的全部",
                "Find constants of",
                "texts",
                axes=("wanted",),
                required=False,
            ),
            Item(
                "level_years",
                "算这么多年的最高最低潮位等，一般 19",
                "Years for the levels of the coast",
                "number",
                required=False,
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
            Item("found", "求得的分潮", "Found", "texts", axes=("wave",), required=False),
            _wave("found_amplitude", "振幅", "Amplitude found", "m"),
            _wave("found_lag", "格林威治迟角", "Lag found", "deg"),
            _wave("found_error", "振幅的标准差，按白噪声，偏小", "Error of amplitude", "m"),
            _level("found_mean", "求得的平均海面", "Mean level found"),
            _level("left", "剩下的均方根", "Root mean square left"),
            _level("highest_water", "最高天文潮位", "Highest astronomical tide"),
            _level("spring_high_water", "大潮平均高潮位", "Mean high water of springs"),
            _level("high_water", "平均高潮位", "Mean high water"),
            _level("mean_level", "平均海面", "Mean level"),
            _level("low_water", "平均低潮位", "Mean low water"),
            _level("spring_low_water", "大潮平均低潮位", "Mean low water of springs"),
            _level("lowest_water", "最低天文潮位", "Lowest astronomical tide"),
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
