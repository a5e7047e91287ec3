"""What weather stations show of a storm: a summer's day, and the storm on top of it.

Winds of the engine are those over open sea. At a station the ground takes its share: by the sea a
tenth, inland four tenths (about the ratios of ten-minute means over sea, shore and open country of
Harper, Kepert and Ginger 2010, WMO/TD 1555), and hills give some back. Gusts are those of the same
guidelines, over ten minutes' mean: 1.38 by the sea, 1.66 inland.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.demo.county.model import Station
from anlan.demo.days import noise
from anlan.demo.days.air import Air
from anlan.demo.storms.air import Blown

Floats = NDArray[np.float64]

BY_SEA: Final = (0.9, 1.38)
INLAND: Final = (0.6, 1.66)
#: A hill of so many metres has all the wind of the open sea again.
OPEN_M: Final = 900.0
#: Air over a point follows the smoothed ground: what a hectopascal of the storm is on a hill.
SCALE_M: Final = 8500.0


@dataclass(frozen=True)
class StormSky(Air):
    """Weather at stations under a storm; ``hours`` are the minutes of the course.

    ``places`` tells the column of each station in ``blown``, ``coastal`` those by the sea.
    """

    blown: Blown
    places: dict[str, int]
    coastal: frozenset[str]

    def _of(self, station: Station, values: Floats) -> Floats:
        return np.interp(self.hours, self.blown.hours, values[:, self.places[station.code]])

    def _exposed(self, station: Station) -> tuple[float, float]:
        share, gusts = BY_SEA if station.code in self.coastal else INLAND
        risen = min(self._height(station) / OPEN_M, 1.0)
        return share + (1 - share) * risen, gusts

    def rain(self, station: Station) -> Floats:
        """Rain in mm/h."""
        return self._of(station, self.blown.rain)

    def pressure(self, station: Station) -> Floats:
        """Station pressure in hPa: the day's, less the storm's."""
        storm = self._of(station, self.blown.deficit) / 100
        less = storm * np.exp(-self._height(station) / SCALE_M)
        return np.asarray(super().pressure(station) - less)

    def wind(self, station: Station) -> Floats:
        """Ten-minute mean wind in m/s: the breeze and the storm, as energies add."""
        share, _ = self._exposed(station)
        storm = share * self._of(station, self.blown.speed)
        own = 1 + noise.wander(self.seed, f"{station.code}storm", self.hours, 0.05, every_h=0.5)
        return np.asarray(np.hypot(super().wind(station), storm * own))

    def gust(self, station: Station) -> Floats:
        """Largest gust of the interval, m/s."""
        _, factor = self._exposed(station)
        jitter = np.abs(noise.jitter(self.seed, f"{station.code}FG", self.hours.size, 0.03))
        return np.asarray(self.wind(station) * factor * (1 + jitter))

    def direction(self, station: Station) -> Floats:
        """Wind direction in degrees: where the storm blows it has its say."""
        east, north = (self._of(station, one) for one in (self.blown.east, self.blown.north))
        from_where = np.radians(super().direction(station))
        breeze = super().wind(station)
        east = east - breeze * np.sin(from_where)
        north = north - breeze * np.cos(from_where)
        return np.asarray(np.mod(270 - np.degrees(np.arctan2(north, east)), 360))
