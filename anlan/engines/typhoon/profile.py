"""Holland's profile of 2010: the wind at the surface, as wide as the bulletins tell.

The profile of 1980 has one parameter for shape and makes the outer wind of most typhoons too weak
or too strong. This one takes a second from the radius of a known wind.

Source: Holland, Belanger and Fritz 2010, Mon. Wea. Rev. 138, 4393, equations 6, 7, 10 and 11;
Holland 2008, Mon. Wea. Rev. 136, 3432 (B where no wind is known). Winds at the surface, so no
reduction from the top of the boundary layer applies.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.engines.typhoon.track import RADIUS_WINDS

Floats = NDArray[np.float64]

#: Exponent within the radius of greatest wind, and everywhere where nothing else is known.
INNER: Final = 0.5
_OUTER: Final = (0.2, 3.0)
_PEAKED: Final = (0.5, 2.5)
#: Where the exponent ends to change when no radius is told, in radii of greatest wind.
_FAR: Final = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Outer:
    """The outer wind at some moments, (t,) each: exponent x, reached at `distance` m."""

    distance: Floats
    exponent: Floats

    def at(self, moment: int) -> "Outer":
        """Take one moment, for points of any shape."""
        return Outer(self.distance[moment : moment + 1], self.exponent[moment : moment + 1])


def surface_wind(
    distance: ArrayLike, greatest: ArrayLike, radius: ArrayLike, peaked: ArrayLike, outer: Outer
) -> Floats:
    """Tell the wind, m/s, at `distance` (m) from a resting centre; arrays broadcast.

    greatest: m/s at `radius` (m). peaked: B at the surface. The exponent goes from a half at the
    radius of greatest wind straight to that of `outer`, and stays as it is beyond.

    >>> calm = Outer(np.array([400e3]), np.array([0.5]))
    >>> surface_wind([40e3, 160e3], 50.0, 40e3, 1.5, calm).round(2).tolist()
    [50.0, 27.38]
    """
    away = np.maximum(np.asarray(distance, dtype=np.float64), 1.0)
    middle = np.asarray(radius, dtype=np.float64)
    ratio = (middle / away) ** np.asarray(peaked)
    width = np.maximum(outer.distance - middle, 1.0)
    part = np.clip((away - middle) / width, 0.0, 1.0)
    exponent = INNER + (outer.exponent - INNER) * part
    return np.asarray(np.asarray(greatest) * (ratio * np.exp(1 - ratio)) ** exponent)


def outer_of(radii: Floats, greatest: Floats, radius: Floats, peaked: Floats) -> Outer:
    """Fit the outer wind to the radii a bulletin tells: (t, 3, 4) km, as `Track.radii`.

    The widest circle told counts, as the mean of its known quadrants, in which the share of the
    storm's motion cancels. Where none is told, or none lies outside the greatest wind, the exponent
    stays a half.
    """
    distance = _FAR * np.asarray(radius)
    exponent = np.full(len(distance), INNER)
    for row in reversed(range(len(RADIUS_WINDS))):
        told = radii[:, row]
        known = np.isfinite(told).any(axis=1)
        mean = np.where(known, np.nan_to_num(told).sum(axis=1), np.nan)
        mean = mean / np.maximum(np.isfinite(told).sum(axis=1), 1) * 1000.0
        usable = known & (mean > 1.5 * radius) & (greatest > 1.1 * RADIUS_WINDS[row])
        ratio = (radius / np.where(usable, mean, 2 * radius)) ** peaked
        fitted = np.log(RADIUS_WINDS[row] / greatest) / np.log(ratio * np.exp(1 - ratio))
        distance = np.where(usable, mean, distance)
        exponent = np.where(usable, np.clip(fitted, *_OUTER), exponent)
    return Outer(np.asarray(distance), np.asarray(exponent))


def peaked_of(
    deficit: ArrayLike, lat: ArrayLike, motion: ArrayLike, deepening: ArrayLike
) -> Floats:
    """Guess B at the surface where no wind is known.

    deficit: Pa. lat: degrees. motion: m/s. deepening: Pa an hour of the central pressure, positive
    where it rises, as the paper has it.

    >>> round(float(peaked_of(6000.0, 25.0, 5.0, 0.0)), 3)
    1.393
    """
    below = np.asarray(deficit, dtype=np.float64) / 100.0
    drawn = 0.15 * np.asarray(motion, dtype=np.float64) ** (0.6 * (1 - below / 215.0))
    found = (
        -4.4e-5 * below**2
        + 0.01 * below
        + 0.03 * np.asarray(deepening, dtype=np.float64) / 100.0
        - 0.014 * np.abs(lat)
        + drawn
        + 1.0
    )
    return np.asarray(np.clip(found, *_PEAKED))
