"""Wind and pressure around a storm's centre: Holland's profile, drawn along by the storm.

Sources: Holland 1980, Mon. Wea. Rev. 108, 1212 (profile); Vickery and Wadhera 2008, J. Appl.
Meteor. Climatol. 47, 2497 (radius of greatest wind); Lin and Chavas 2012, J. Geophys. Res. 117,
D09120 (share and turn of the storm's own motion); Jelesnianski 1966, Mon. Wea. Rev. 94, 379 (how
that share fades outwards); Bretschneider 1972 as given by Phadke et al. 2003, Ocean Eng. 30, 553
(inflow). The profile of 2010 and decay over land have modules of their own.
Northern hemisphere only.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.engines.geo.distance import EARTH_RADIUS
from anlan.engines.typhoon.profile import Outer, outer_of, peaked_of, surface_wind
from anlan.engines.typhoon.track import Track, clock
from anlan.kernel.errors import Invalid

Floats = NDArray[np.float64]

#: kg/m3, of warm moist air at the sea.
AIR_DENSITY: Final = 1.15
#: hPa; far from a storm of the western North Pacific in summer.
AROUND_HPA: Final = 1008.0
#: Ten metres above open sea to the top of the boundary layer.
SURFACE: Final = 0.9
#: Share of the storm's motion that its wind has, and how far it is turned to the left, degrees.
SHARE: Final = 0.55
_TURN: Final = 20.0
_PEAKED: Final = (1.0, 2.5)
#: A wind that is told as it is at the surface needs less of B.
_SURFACE_PEAKED: Final = (0.8, 2.5)
_OMEGA: Final = 7.2921e-5


@dataclass(frozen=True, slots=True, eq=False)
class Vortex:
    """A storm at some moments, (t,) each.

    lon, lat: degrees. deficit: Pa below the air around. radius: m, of the greatest wind. peaked:
    Holland's B. east, north: m/s, the centre's motion. around: Pa. assumed: what no bulletin told
    and was filled in by a formula, a sentence each.
    """

    lon: Floats
    lat: Floats
    deficit: Floats
    radius: Floats
    peaked: Floats
    east: Floats
    north: Floats
    around: float = AROUND_HPA * 100.0
    assumed: tuple[str, ...] = ()
    #: Of the profile of 2010; nothing means that of 1980.
    outer: Outer | None = None


def vortex_of(
    track: Track, times: NDArray[np.int64], *, radius_km: float | None = None, wide: bool = False
) -> Vortex:
    """Describe `track` at `times` (t,), filling what it does not tell.

    Pressure from wind and wind from pressure by Atkinson and Holliday 1977 (Mon. Wea. Rev. 105,
    421: V = 3.44 (1010 - p)^0.644 in m/s); radius by Vickery and Wadhera; B from both, or by
    Holland 2008 where no wind is told. `wide`: the profile of 2010, fitted to the wind circles.
    `Invalid` when neither wind nor pressure is known at a moment.
    """
    at = track.at(times)
    wind, pressure, assumed = _filled(at)
    deficit = np.maximum(AROUND_HPA - pressure, 1.0) * 100.0
    east, north = (np.interp(times, track.times, part) for part in track.motion())
    motion = np.hypot(east, north)
    still = np.maximum(wind - SHARE * motion, 5.0) / (1.0 if wide else SURFACE)
    if radius_km is None:
        assumed.append("最大风速半径按气压差和纬度估算")
        radius = radius_of(deficit, at.lat)
    else:
        radius = np.full(len(times), radius_km * 1000.0)
    needed = still**2 * AIR_DENSITY * np.e / deficit
    if not wide:
        peaked = np.clip(needed, *_PEAKED)
        return Vortex(at.lon, at.lat, deficit, radius, peaked, east, north, assumed=tuple(assumed))
    guessed = peaked_of(deficit, at.lat, motion, _deepening(deficit, times))
    peaked = np.where(np.isfinite(at.wind), np.clip(needed, *_SURFACE_PEAKED), guessed)
    outer = outer_of(at.radii, still_wind(deficit, peaked, surface=1.0), radius, peaked)
    bare = int((~np.isfinite(at.radii).any(axis=(1, 2))).sum())
    if bare:
        assumed.append(f"{bare} 个时刻没有风圈半径，外围风按常用的衰减估算")
    said = tuple(assumed)
    return Vortex(at.lon, at.lat, deficit, radius, peaked, east, north, assumed=said, outer=outer)


def still_wind(deficit: ArrayLike, peaked: ArrayLike, *, surface: float = SURFACE) -> Floats:
    """Tell the greatest wind at the surface, m/s, of a resting storm that nothing turns."""
    push = np.asarray(peaked, dtype=np.float64) * np.asarray(deficit) / (AIR_DENSITY * np.e)
    return np.asarray(surface * np.sqrt(push))


def _deepening(deficit: Floats, times: NDArray[np.int64]) -> Floats:
    """Tell how fast the central pressure rises, Pa an hour."""
    if len(times) < 2:
        return np.zeros(len(times))
    return np.asarray(-np.gradient(deficit, times / 3_600_000.0))


def _filled(at: Track) -> tuple[Floats, Floats, list[str]]:
    wind, pressure, assumed = at.wind, at.pressure, []
    nothing = ~np.isfinite(wind) & ~np.isfinite(pressure)
    if nothing.any():
        when = clock(at.times[int(np.argmax(nothing))])
        raise Invalid(f"{when} 等 {int(nothing.sum())} 个时刻风速和气压都不知道，算不出风场")
    if (~np.isfinite(pressure)).any():
        assumed.append(_first(at.times, ~np.isfinite(pressure)) + "没有中心气压，按风速估算")
        pressure = np.where(np.isfinite(pressure), pressure, 1010.0 - (wind / 3.44) ** (1 / 0.644))
    if (~np.isfinite(wind)).any():
        assumed.append(_first(at.times, ~np.isfinite(wind)) + "没有最大风速，按气压估算")
        lower = np.maximum(1010.0 - pressure, 1.0)
        wind = np.where(np.isfinite(wind), wind, 3.44 * lower**0.644)
    return wind, pressure, assumed


def _first(times: NDArray[np.int64], missing: NDArray[np.bool_]) -> str:
    return f"{clock(times[int(np.argmax(missing))])} 等 {int(missing.sum())} 个时刻"


def radius_of(deficit: ArrayLike, lat: ArrayLike) -> Floats:
    """Guess the radius of the greatest wind, m, from the pressure deficit (Pa) and latitude.

    ln R = 3.015 - 6.291e-5 dp^2 + 0.0337 lat with R in km, dp in hPa (Vickery and Wadhera, all
    hurricanes; half of all storms lie within 0.64 to 1.57 of it).
    """
    below = np.asarray(deficit, dtype=np.float64) / 100.0
    kilometres = np.exp(3.015 - 6.291e-5 * below**2 + 0.0337 * np.asarray(lat))
    return np.asarray(kilometres * 1000.0)


def gradient_wind(
    distance: ArrayLike,
    deficit: ArrayLike,
    radius: ArrayLike,
    peaked: ArrayLike,
    coriolis: ArrayLike,
) -> Floats:
    """Tell Holland's wind, m/s, at `distance` (m) from a resting centre; arrays broadcast.

    deficit: Pa. radius: m. peaked: B. coriolis: 1/s. Nothing at the centre itself.

    >>> round(float(gradient_wind(40e3, 6000.0, 40e3, 1.5, 0.0)), 4)
    53.6568
    """
    away = np.maximum(np.asarray(distance, dtype=np.float64), 1.0)
    ratio = (np.asarray(radius) / away) ** np.asarray(peaked)
    push = np.asarray(peaked) / AIR_DENSITY * ratio * np.asarray(deficit) * np.exp(-ratio)
    turn = away * np.asarray(coriolis) / 2
    return np.asarray(np.sqrt(push + turn**2) - turn)


def field(vortex: Vortex, index: int, lon: Floats, lat: Floats) -> tuple[Floats, Floats, Floats]:
    """Tell wind to the east and north (m/s, 10 m over open sea) and pressure (Pa) at points.

    lon, lat: degrees, any one shape; the answers have it too. `index`: which moment of `vortex`.
    """
    centre_lat = np.radians(vortex.lat[index])
    x = np.radians(lon - vortex.lon[index]) * EARTH_RADIUS * np.cos(centre_lat)
    y = np.radians(lat - vortex.lat[index]) * EARTH_RADIUS
    distance = np.maximum(np.hypot(x, y), 1.0)
    radius, peaked, deficit = (
        float(part[index]) for part in (vortex.radius, vortex.peaked, vortex.deficit)
    )
    if vortex.outer is None:
        coriolis = 2 * _OMEGA * np.sin(centre_lat)
        speed = SURFACE * gradient_wind(distance, deficit, radius, peaked, coriolis)
    else:
        greatest = still_wind(deficit, peaked, surface=1.0)
        speed = surface_wind(distance, greatest, radius, peaked, vortex.outer.at(index))
    inward = np.radians(inflow(distance / radius))
    # Round the centre against the clock, turned inwards.
    outward_x, outward_y = x / distance, y / distance
    along, across = np.cos(inward), np.sin(inward)
    east = speed * (-outward_y * along - outward_x * across)
    north = speed * (outward_x * along - outward_y * across)
    drawn_x, drawn_y = drawn(vortex.east[index], vortex.north[index])
    share = fading(distance / radius)
    pressure = vortex.around - deficit * (1 - np.exp(-((radius / distance) ** peaked)))
    return east + share * drawn_x, north + share * drawn_y, pressure


def drawn(east: ArrayLike, north: ArrayLike) -> tuple[Floats, Floats]:
    """Tell the wind that a motion of the centre (m/s) adds at the radius of greatest wind."""
    turn = np.radians(_TURN)
    x, y = np.asarray(east, dtype=np.float64), np.asarray(north, dtype=np.float64)
    return (
        np.asarray(SHARE * (x * np.cos(turn) - y * np.sin(turn))),
        np.asarray(SHARE * (x * np.sin(turn) + y * np.cos(turn))),
    )


def fading(away: ArrayLike) -> Floats:
    """Tell how much of `drawn` is felt, by distance in radii of greatest wind."""
    ratio = np.asarray(away, dtype=np.float64)
    return np.asarray(2 * ratio / (1 + ratio**2))


def inflow(away: ArrayLike) -> Floats:
    """Tell how far the wind is turned inwards, degrees, by distance in radii of greatest wind."""
    ratio = np.asarray(away, dtype=np.float64)
    middle = 10.0 + 75.0 * (ratio - 1.0)
    return np.where(ratio < 1.0, 10.0 * ratio, np.where(ratio < 1.2, middle, 25.0))
