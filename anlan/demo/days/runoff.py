"""From rain to water: loss, unit hydrograph, rating, and the balance of a reservoir."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: The ground takes this much before anything runs off, mm, and this share of the rest runs off.
FIRST_LOSS_MM = 14.0
RUNS_OFF = 0.6
#: Flow of dry days, m3/s per km2.
DRY_FLOW = 0.03
#: Linear reservoirs of a Nash cascade.
STORES = 3


def excess(rain: Floats, step_h: float) -> Floats:
    """Runoff in mm per step from rain in mm/h per step (t,)."""
    fallen = np.cumsum(rain) * step_h
    running = np.maximum(0.0, fallen - FIRST_LOSS_MM) * RUNS_OFF
    return np.diff(running, prepend=0.0)


def time_of_concentration(channel_km: float, slope: float) -> float:
    """Kirpich's time of concentration in hours (1940): 0.0195 L^0.77 S^-0.385 min, L in m."""
    minutes = 0.0195 * (channel_km * 1000) ** 0.77 * max(slope, 1e-4) ** -0.385
    return float(minutes / 60)


def unit_hydrograph(lag_h: float, step_h: float) -> Floats:
    """Share of a unit of runoff that leaves in each step (Nash's cascade of three stores)."""
    k = max(lag_h / STORES, step_h)
    t = (np.arange(int(8 * lag_h / step_h) + 2) + 0.5) * step_h
    shape = t ** (STORES - 1) * np.exp(-t / k)
    return np.asarray(shape / shape.sum())


def flow(runoff: Floats, area_km2: float, lag_h: float, step_h: float) -> Floats:
    """Flow in m3/s from runoff in mm per step over an area, the flow of dry days included."""
    shape = unit_hydrograph(lag_h, step_h)
    out = np.convolve(runoff, shape)[: runoff.size]
    return np.asarray(out * area_km2 * 1000 / (step_h * 3600) + DRY_FLOW * area_km2)


def depth(discharge: Floats, catchment_km2: float, warning_m: float) -> Floats:
    """Depth over the bed: the warning stage is reached at 4 A^0.75 m3/s, once in two years."""
    full = 4.0 * catchment_km2**0.75
    return np.asarray(warning_m * (discharge / full) ** 0.6)


def store(
    inflow: Floats, curve: tuple[tuple[float, float], ...], first_m: float, step_h: float
) -> Floats:
    """Level of a reservoir that lets out the first inflow all the time; curve in m and m3."""
    levels, volumes = (np.array(side) for side in zip(*curve, strict=True))
    begin = np.interp(first_m, levels, volumes)
    kept = begin + np.cumsum(inflow - inflow[0]) * step_h * 3600
    return np.asarray(np.interp(kept, volumes, levels))
