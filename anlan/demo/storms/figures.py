"""What stations of departments go by: the worst anywhere in the county, every half hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.demo.county.model import Station
from anlan.demo.days.course import Course
from anlan.demo.storms.reading import Storm
from anlan.demo.storms.world import Under

Floats = NDArray[np.float64]

STEP_H: Final = 0.5
#: Hours over which rain is added up, as the tables' indicators name them.
WINDOWS: Final = (1, 3, 6, 12, 24)
#: Levels of a tide station and a river gauge, mildest first; the figure counts those reached.
TIDES: Final = ("tide-blue", "tide-yellow", "tide-orange", "tide-red")
#: A surge of so much is clear (明显增水), m.
CLEAR_M: Final = 0.5
STAGES: Final = ("warning", "guarantee", "historic")


def figures(storm: Storm, told: Under, stations: Mapping[str, Station]) -> dict[str, Floats]:
    """Work them out: name -> (t,) at `moments`.

    wind, gust (m/s) at weather stations; rain_1h .. rain_24h (mm) at the tenth wettest gauge, for a
    signal is no matter of one bucket; tide and stage (how many of their levels; a clear
    surge counts as the first of the tide's); wave (m).
    """
    at, day = moments(storm), told.day
    found = {
        "wind": _greatest(at, day, stations, ("wind-speed", "weather")),
        "gust": _greatest(at, day, stations, ("wind-gust", "weather")),
        "wave": _greatest(at, day, stations, ("wave-height", "wave")),
        "tide": np.maximum(_ranked(at, day, "tide-level", TIDES), _lifted(at, told, stations)),
        "stage": _ranked(at, day, "water-level", STAGES),
    }
    gauges = _of(day, stations, ("rain", "rain"))
    for hours in WINDOWS:
        sums = np.stack([_summed(at, one, hours) for one in gauges])
        found[f"rain_{hours}h"] = np.sort(sums, axis=0)[-min(10, len(gauges))]
    return found


def moments(storm: Storm) -> Floats:
    """List the half hours of a storm, hours after its start."""
    return np.arange(0.0, storm.hours + STEP_H / 2, STEP_H)


def _of(
    day: Sequence[Course], stations: Mapping[str, Station], what: tuple[str, str]
) -> list[Course]:
    quantity, kind = what
    return [
        one for one in day
        if one.stream.quantity == quantity and stations[one.stream.station].kind == kind
    ]  # fmt: skip


def _greatest(
    at: Floats, day: Sequence[Course], stations: Mapping[str, Station], what: tuple[str, str]
) -> Floats:
    rows = [np.interp(at, one.hours, one.value) for one in _of(day, stations, what)]
    return np.max(rows, axis=0) if rows else np.zeros(at.size)


def _ranked(at: Floats, day: Sequence[Course], quantity: str, levels: tuple[str, ...]) -> Floats:
    worst = np.zeros(at.size)
    for one in day:
        bars = [one.stream.level(kind) for kind in levels]
        if one.stream.quantity != quantity or any(bar is None for bar in bars):
            continue
        value = np.interp(at, one.hours, one.value)
        reached = sum((value >= float(bar or 0.0)).astype(float) for bar in bars)
        worst = np.maximum(worst, reached)
    return worst


def _lifted(at: Floats, told: Under, stations: Mapping[str, Station]) -> Floats:
    """Tell where the surge is clear though the tide stays below all levels: 1, else 0."""
    ports = [one.code for one in stations.values() if one.kind == "tide"]
    surge = np.max([told.sea.surge(code, at) for code in ports], axis=0)
    return np.asarray((surge >= CLEAR_M).astype(np.float64))


def _summed(at: Floats, one: Course, hours: int) -> Floats:
    total = np.concatenate([[0.0], np.cumsum(one.value)])
    edges = np.concatenate([[0.0], one.hours])
    before = np.interp(at - hours, edges, total, left=0.0)
    return np.asarray(np.interp(at, edges, total) - before)


def ahead(values: Floats, hours: float) -> Floats:
    """Tell the greatest value from each moment until so many hours later, (t,)."""
    many = round(hours / STEP_H)
    padded = np.concatenate([values, np.full(many, values[-1])])
    windows = np.lib.stride_tricks.sliding_window_view(padded, many + 1)
    return np.asarray(windows.max(axis=1))
