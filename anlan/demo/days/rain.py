"""Rain of a day: cells that grow, move and die over the county, and what gauges make of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.demo.county import frame

Floats = NDArray[np.float64]

#: What one tip of a gauge's bucket is, mm.
TIP_MM = 0.5


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of rain: a Gaussian of ``size_km`` with ``peak`` mm/h at its middle.

    ``at`` is its middle (km east and north in the county's frame) at hour ``begins``, ``moves``
    its speed in km/h to the east and north. It grows for ``grows_h`` and dies for as long.
    """

    begins: float
    ends: float
    at: tuple[float, float]
    moves: tuple[float, float]
    peak: float
    size_km: float
    grows_h: float = 0.4


@dataclass(frozen=True, slots=True)
class Field:
    """The cells of a day; hours count from the day's first."""

    cells: tuple[Cell, ...]

    def rate(self, hours: Floats, u: Floats, v: Floats) -> Floats:
        """Rain in mm/h at times (t,) and points (n,), as (t, n)."""
        total = np.zeros((hours.size, u.size))
        for cell in self.cells:
            during = np.flatnonzero((hours > cell.begins) & (hours < cell.ends))
            since = hours[during, None] - cell.begins
            x = u[None, :] - cell.at[0] - cell.moves[0] * since
            y = v[None, :] - cell.at[1] - cell.moves[1] * since
            edge = np.minimum(since, cell.ends - cell.begins - since) / cell.grows_h
            grown = np.clip(edge, 0, 1)
            total[during] += cell.peak * grown * np.exp(-(x**2 + y**2) / (2 * cell.size_km**2))
        return total

    def at_points(self, hours: Floats, lon: Floats, lat: Floats) -> Floats:
        """Rain in mm/h at times (t,) and places (n,), as (t, n)."""
        u, v = frame.uv(lon, lat)
        return self.rate(hours, np.asarray(u, float), np.asarray(v, float))


def tips(depth: Floats, first: float) -> Floats:
    """Turn rain per interval into what a tipping bucket reports; ``first`` fills it beforehand.

    ``depth`` is mm per interval (n,); ``first`` a share of a tip, 0 to 1.
    """
    emptied = np.floor(np.cumsum(depth) / TIP_MM + first)
    return np.diff(emptied, prepend=0.0) * TIP_MM
