"""Weather and tide of a summer day: harmonic, with what the rain cells bring along."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.demo.county import County, frame
from anlan.demo.county.model import Station

from . import noise
from .rain import Field

Floats = NDArray[np.float64]

#: Tidal constituents of an open shore here: period in hours, amplitude in m, phase in hours.
TIDES = (
    (12.4206, 1.72, 2.3), (12.0, 0.62, 3.9), (12.6583, 0.32, 0.8), (23.9345, 0.28, 8.0),
    (25.8193, 0.19, 15.0), (6.2103, 0.06, 1.0),
)  # fmt: skip
#: Local hour at which the day begins.
FIRST_HOUR = 8.0


@dataclass(frozen=True)
class Air:
    """Weather at stations; every answer is (t,) at ``hours`` after the day's first hour."""

    county: County
    field: Field
    seed: int
    hours: Floats

    def _sun(self) -> Floats:
        """-1 before dawn, 1 in the early afternoon."""
        return np.asarray(np.cos((self.hours + FIRST_HOUR - 14.2) / 24 * 2 * np.pi))

    def _height(self, station: Station) -> float:
        at = np.array([station.lon]), np.array([station.lat])
        return max(0.0, float(self.county.terrain.at(*at)[0]))

    def rain(self, station: Station) -> Floats:
        """Rain in mm/h."""
        at = np.array([station.lon]), np.array([station.lat])
        return np.asarray(self.field.at_points(self.hours, *at)[:, 0])

    def temperature(self, station: Station) -> Floats:
        """Air temperature in degrees Celsius; a storm cools it."""
        base = 27.6 + 3.6 * self._sun() - 0.006 * self._height(station)
        cooled = 5.0 * (1 - np.exp(-self._fallen(station) / 12))
        return base - cooled + noise.wander(self.seed, f"{station.code}TT", self.hours, 0.35)

    def _fallen(self, station: Station) -> Floats:
        """Rain of the last three hours, mm."""
        step = self.hours[1] - self.hours[0]
        total = np.cumsum(self.rain(station)) * step
        back = max(1, round(3 / step))
        return np.asarray(total - np.concatenate([np.zeros(back), total[:-back]]))

    def humidity(self, station: Station) -> Floats:
        """Relative humidity in per cent."""
        base = 76 - 13 * self._sun() + 14 * (1 - np.exp(-self._fallen(station) / 6))
        wander = noise.wander(self.seed, f"{station.code}RH", self.hours, 1.5)
        return np.asarray(np.clip(base + wander, 35, 97))

    def pressure(self, station: Station) -> Floats:
        """Station pressure in hPa: twice a day up and down, less on the hills."""
        tide = 1.1 * np.cos((self.hours + FIRST_HOUR - 9.8) / 12 * 2 * np.pi)
        own = noise.wander(self.seed, "pressure", self.hours, 0.3, every_h=4)
        return np.asarray((1006.5 + tide + own) * np.exp(-self._height(station) / 8500))

    def wind(self, station: Station) -> Floats:
        """Ten-minute mean wind in m/s: a sea breeze, and the cold air that runs out of a storm."""
        breeze = 2.6 + 1.5 * np.clip(self._sun(), 0, 1) + self._height(station) / 500
        wander = noise.wander(self.seed, f"{station.code}FS", self.hours, 0.5, every_h=0.5)
        return np.clip(breeze + wander + 0.45 * self._outflow(station), 0.2, None)

    def gust(self, station: Station) -> Floats:
        """Largest gust of the interval, m/s."""
        jitter = np.abs(noise.jitter(self.seed, f"{station.code}FG", self.hours.size, 0.5))
        return 1.45 * self.wind(station) + jitter + 0.5 * self._outflow(station)

    def _outflow(self, station: Station) -> Floats:
        """Strength of a storm's cold outflow at a place, m/s."""
        u, v = frame.uv(station.lon, station.lat)
        total = np.zeros(self.hours.size)
        for cell in self.field.cells:
            since = self.hours - cell.begins
            x = u - cell.at[0] - cell.moves[0] * since
            y = v - cell.at[1] - cell.moves[1] * since
            edge = np.minimum(since, cell.ends - self.hours) / cell.grows_h
            near = np.exp(-(x**2 + y**2) / (2 * (1.5 * cell.size_km) ** 2))
            total = np.maximum(total, np.clip(edge, 0, 1) * near * cell.peak / 4.2)
        return total

    def direction(self, station: Station) -> Floats:
        """Wind direction in degrees."""
        wander = noise.wander(self.seed, f"{station.code}FX", self.hours, 25)
        return np.mod(110 + 40 * self._sun() + wander, 360)

    def visibility(self, station: Station) -> Floats:
        """Visibility in m; rain takes most of it."""
        dry = 14_000 + 5000 * self._sun()
        own = noise.wander(self.seed, f"{station.code}VV", self.hours, 800)
        return np.clip((dry + own) / (1 + self.rain(station) / 9), 1800, None)


def tide(hours: Floats, seed: int, place: int) -> Floats:
    """Tide level in m over the 1985 datum at the ``place``-th station of the shore."""
    level = np.full(hours.size, 0.25)
    for period, height, phase in TIDES:
        grown = height * (1 - 0.03 * place)
        level += grown * np.cos((hours - phase - 0.07 * place) / period * 2 * np.pi)
    return level + noise.wander(seed, f"surge{place}", hours, 0.03, every_h=2)


def waves(hours: Floats, seed: int, code: str) -> tuple[Floats, Floats, Floats]:
    """Significant height in m, period in s, temperature of the water in degrees Celsius."""
    height = 1.15 + noise.wander(seed, f"{code}H", hours, 0.12, every_h=3)
    period = 5.4 + 1.1 * np.sqrt(height) + noise.wander(seed, f"{code}TP", hours, 0.2)
    warm = 27.1 + 0.5 * np.cos((hours + FIRST_HOUR - 16) / 24 * 2 * np.pi)
    return height, period, warm + noise.wander(seed, f"{code}WT", hours, 0.05)
