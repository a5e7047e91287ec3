"""A storm's wind, pressure and rain at points of the county, every ten minutes.

Wind and pressure are Holland's of 1980 by the typhoon engine, over open sea. Rain is the engine's
R-CLIPER, shaped by two things it leaves out:

- spiral bands: three arms turn about the centre once in nine hours, on logarithmic spirals of
  twenty degrees; they take rain from one place to give it to another, and leave the mean;
- hills: air that is lifted by the ground gives ``EFFICIENCY rho q (V . grad h)`` more where it
  rises and less behind, as Smith 1979 (Adv. Geophys. 21, 87) and, for typhoons, Lonfat et al. 2007
  (Mon. Wea. Rev. 135, 3086) have it; no more than ``MOST`` times what the storm itself gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.demo.county import frame
from anlan.demo.county.model import Terrain
from anlan.demo.days.recording import in_ms
from anlan.demo.storms.reading import Storm
from anlan.engines.geo.distance import EARTH_RADIUS
from anlan.engines.typhoon import Track, field, rain_rate, vortex_of

Floats = NDArray[np.float64]
Times = NDArray[np.int64]

STEP_MS: Final = 600_000
STEP_H: Final = STEP_MS / 3_600_000
#: Arms, hours in which they turn once, angle of the spiral, share of rain they move.
ARMS: Final = 3
TURN_H: Final = 9.0
SPIRAL_DEG: Final = 20.0
BANDED: Final = 0.45
#: kg/m3 of air and kg of vapour in one of it near the ground of a typhoon.
AIR: Final = 1.15
VAPOUR: Final = 0.019
#: Share of what is lifted that comes down at once where it was lifted (about what fits storms of
#: Zhejiang, in whose hills twice to three times as much falls as on the plain).
EFFICIENCY: Final = 0.16
MOST: Final = 2.0
LEAST: Final = -0.4
#: Heights are smoothed over so many cells of the raster (about four kilometres) before their slope
#: is taken: air does not follow every gully.
SMOOTH: Final = 48
#: Wind at the ground follows hills no more than so steep.
STEEPEST: Final = 0.12


@dataclass(frozen=True, slots=True, eq=False)
class Blown:
    """A storm at points (n,) and moments (t,): m/s to the east and north, Pa, mm/h; (t, n) each.

    ``hours`` count from the storm's start. Where its track does not reach there is no storm.
    """

    hours: Floats
    east: Floats
    north: Floats
    deficit: Floats
    rain: Floats

    @property
    def speed(self) -> Floats:
        """Wind speed over open sea, m/s."""
        return np.hypot(self.east, self.north)


def blow(storm: Storm, terrain: Terrain, lon: Floats, lat: Floats) -> Blown:
    """Let the storm go over points."""
    start = in_ms(storm.start)
    times = start + np.arange(storm.hours * 3_600_000 // STEP_MS + 1, dtype=np.int64) * STEP_MS
    path = storm.path
    during = np.flatnonzero((times >= path.times[0]) & (times <= path.times[-1]))
    shape = (times.size, lon.size)
    east, north, deficit, rain = (np.zeros(shape) for _ in range(4))
    slope = slopes(terrain, lon, lat)
    vortex = vortex_of(path, times[during])
    wind = _winds(path.at(times[during]))
    for place, row in enumerate(during.tolist()):
        east[row], north[row], pressure = field(vortex, place, lon, lat)
        deficit[row] = vortex.around - pressure
        centre = float(vortex.lon[place]), float(vortex.lat[place])
        fallen = banded(centre, float(wind[place]), (times[row] - start) / 3_600_000, lon, lat)
        rain[row] = fallen + lifted(fallen, (east[row], north[row]), slope)
    return Blown((times - start) / 3_600_000, east, north, deficit, rain)


def _winds(track: Track) -> Floats:
    """Give the greatest winds, m/s; where none is told Atkinson and Holliday's of the pressure."""
    lower = np.maximum(1010.0 - track.pressure, 1.0)
    return np.where(np.isfinite(track.wind), track.wind, 3.44 * lower**0.644)


def banded(
    centre: tuple[float, float], wind: float, hour: float, lon: Floats, lat: Floats
) -> Floats:
    """Tell the storm's rain at points, mm/h, with its arms."""
    narrow = np.cos(np.radians(centre[1]))
    x = np.radians(lon - centre[0]) * EARTH_RADIUS * narrow
    y = np.radians(lat - centre[1]) * EARTH_RADIUS
    away = np.maximum(np.hypot(x, y), 1000.0)
    along = np.log(away / 20_000.0) / np.tan(np.radians(SPIRAL_DEG))
    arm = np.cos(ARMS * (np.arctan2(y, x) + along - 2 * np.pi * hour / TURN_H))
    # Within the eyewall it rains all round.
    share = BANDED * np.clip((away - 30_000.0) / 40_000.0, 0.0, 1.0)
    return np.asarray(rain_rate(away, wind) * (1 + share * arm))


def lifted(fallen: Floats, wind: tuple[Floats, Floats], slope: tuple[Floats, Floats]) -> Floats:
    """Tell how much more the hills bring down than falls without them, mm/h."""
    rising = wind[0] * slope[0] + wind[1] * slope[1]
    more = EFFICIENCY * AIR * VAPOUR * rising * 3600.0
    return np.clip(more, LEAST * fallen, MOST * fallen)


def slopes(terrain: Terrain, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Tell how steeply the smoothed ground rises to the east and to the north at points, m/m."""
    height = _smoothed(np.maximum(terrain.elevation.astype(np.float64), 0.0))
    row = np.clip(((terrain.north - lat) / terrain.step).astype(int), 1, height.shape[0] - 2)
    col = np.clip(((lon - terrain.west) / terrain.step).astype(int), 1, height.shape[1] - 2)
    up, across = (terrain.step * km * 1000 for km in (frame.KM_PER_LAT, frame.KM_PER_LON))
    east = (height[row, col + 1] - height[row, col - 1]) / (2 * across)
    north = (height[row - 1, col] - height[row + 1, col]) / (2 * up)
    return np.clip(east, -STEEPEST, STEEPEST), np.clip(north, -STEEPEST, STEEPEST)


def _smoothed(height: Floats) -> Floats:
    """Take running means along both axes, twice: nearly a bell."""
    for _ in range(2):
        for axis in (0, 1):
            height = _running(height, axis)
    return height


def _running(values: Floats, axis: int) -> Floats:
    count = min(SMOOTH, values.shape[axis] // 2 * 2)
    if count < 2:
        return values
    half = count // 2
    pad = [(0, 0), (0, 0)]
    pad[axis] = (half + 1, half)
    total = np.cumsum(np.pad(values, pad, mode="edge"), axis=axis)
    length = values.shape[axis]
    high = np.take(total, np.arange(count + 1, count + 1 + length) - 1, axis=axis)
    low = np.take(total, np.arange(length), axis=axis)
    return np.asarray((high - low) / count)
