"""Where sun and moon stand on the average: the five slow angles every tidal argument is made of.

Polynomials of Meeus, Astronomical Algorithms, 2nd ed. (1998), chapters 22, 25 and 47. Universal
time is used for the ephemeris time they are written in; the minute between them moves the moon by
0.01 degrees.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Times = NDArray[np.int64]

#: 2000-01-01 12:00, milliseconds since 1970, and a Julian century.
_J2000_MS: Final = 946_728_000_000
_CENTURY_MS: Final = 36_525 * 86_400_000
_DAY_MS: Final = 86_400_000

#: Degrees, by powers of Julian centuries since J2000.
_MOON: Final = (218.3164591, 481267.88134236, -0.0013268, 1 / 538841, -1 / 65194000)
_SUN: Final = (280.46645, 36000.76983, 0.0003032)
_LUNAR_PERIGEE: Final = (83.3532430, 4069.0137111, -0.0103238, -1 / 80053, 1 / 18999000)
_NODE: Final = (125.0445550, -1934.1361849, 0.0020762, 1 / 467410, -1 / 60616000)
_SOLAR_PERIGEE: Final = (282.93735, 1.71952, 0.0004591, 0.00000048)


@dataclass(frozen=True, slots=True, eq=False)
class Angles:
    """Mean angles at some times, (t,) each, in degrees and not reduced.

    hour: hour angle of the mean sun at Greenwich (T), so from noon. moon (s), sun (h): mean
    longitudes. perigee (p) and node (N) of the moon's path; solar_perigee (p1).
    """

    hour: Floats
    moon: Floats
    sun: Floats
    perigee: Floats
    node: Floats
    solar_perigee: Floats

    def rows(self) -> Floats:
        """Stack what arguments are sums of: T, s, h, p, N, p1, and quarter turns; (7, t)."""
        quarter = np.full_like(self.hour, 90.0)
        slow = (self.moon, self.sun, self.perigee, self.node, self.solar_perigee)
        return np.stack((self.hour, *slow, quarter))


def angles(times: Times) -> Angles:
    """Tell the mean angles at `times` (t,), good to 0.02 degrees from 1900 to 2100."""
    centuries = (times - _J2000_MS) / _CENTURY_MS
    return Angles(
        hour=(times % _DAY_MS) / _DAY_MS * 360.0 + 180.0,
        moon=_at(_MOON, centuries),
        sun=_at(_SUN, centuries),
        perigee=_at(_LUNAR_PERIGEE, centuries),
        node=_at(_NODE, centuries),
        solar_perigee=_at(_SOLAR_PERIGEE, centuries),
    )


def _at(coefficients: tuple[float, ...], centuries: Floats) -> Floats:
    value: Floats = np.polynomial.polynomial.polyval(centuries, np.array(coefficients))
    return value
