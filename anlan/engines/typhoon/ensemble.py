"""Many storms instead of one: where the forecast may be wrong, and the winds that follow.

Errors of position are two normal errors at right angles whose mean distance is that of the past,
growing with lead time and keeping their direction for a day or two (a first-order autoregression).
Nothing is known of the coming storm but its forecast, so the spread is that of the past and not
today's.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.geo.distance import EARTH_RADIUS
from anlan.engines.typhoon.profile import Outer, surface_wind
from anlan.engines.typhoon.track import Track
from anlan.engines.typhoon.vortex import (
    SHARE,
    SURFACE,
    drawn,
    fading,
    gradient_wind,
    inflow,
    still_wind,
    vortex_of,
)
from anlan.kernel.errors import Invalid

Floats = NDArray[np.float64]
Times = NDArray[np.int64]

_HOUR_MS: Final = 3_600_000
#: Errors forget half of their direction in about a day.
_MEMORY_HOURS: Final = 36.0
_KNOT_HOURS: Final = 12.0
#: Spread of the logarithm of the radius; Vickery and Wadhera 2008 find 0.44 for storms at large,
#: of which a part is known of the storm at hand.
_RADIUS_SPREAD: Final = 0.3
_LEAST_SHARE: Final = 0.3
_BINS: Final = 384
#: Winds of the profile weaker than this are not followed, m/s.
_FAINT: Final = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Errors:
    """Past errors by lead time: hours (k,), mean distance km (k,), mean error of wind m/s (k,)."""

    hours: Floats
    distance: Floats
    wind: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Ensemble:
    """Storms that may come, (m, t) each; units as in `Vortex`. times: (t,) ms."""

    times: Times
    lon: Floats
    lat: Floats
    deficit: Floats
    radius: Floats
    peaked: Floats
    east: Floats
    north: Floats
    #: Of the profile of 2010, (m, t) each; nothing means that of 1980.
    outer: Outer | None = None

    def __len__(self) -> int:
        """Count the members."""
        return len(self.lon)


@dataclass(frozen=True, slots=True, eq=False)
class Exceedance:
    """What the members say of each place.

    probability: (k, c), share of members whose greatest wind, over open sea, reaches winds[k] m/s.
    anywhere: (k, r), share of members that reach it at one place or more of region r; greater than
    the greatest of its places, for the members do not all pass over the same one.
    """

    winds: Floats
    probability: Floats
    anywhere: Floats


def ensemble_of(
    track: Track, times: Times, errors: Errors, *, members: int, seed: int, wide: bool = False
) -> Ensemble:
    """Draw `members` storms round a forecast issued at the track's first position.

    The same seed gives the same storms. `Invalid` for fewer than two members or a moment the
    track or `errors` do not reach. `wide`: as `vortex_of` has it.
    """
    if members < 2:
        raise Invalid("集合至少要两个成员")
    lead = (times - track.times[0]) / _HOUR_MS
    if lead.min() < 0 or lead.max() > errors.hours[-1]:
        raise Invalid(f"历史误差只到 {errors.hours[-1]:.0f} 小时，预报要算到 {lead.max():.0f} 小时")
    middle = vortex_of(track, times, wide=wide)
    random = np.random.default_rng(seed)
    shape = (members, len(times))
    # The mean distance of two normal errors of one spread is sqrt(pi / 2) spreads.
    spread = np.interp(lead, errors.hours, errors.distance) * 1000.0 / np.sqrt(np.pi / 2)
    x, y = (spread * _remembering(random, shape, lead) for _ in range(2))
    metre = 180.0 / np.pi / EARTH_RADIUS
    lat = middle.lat + y * metre
    lon = middle.lon + x * metre / np.cos(np.radians(middle.lat))
    wind = np.sqrt(np.maximum(middle.deficit, 1.0))
    # A mean absolute error is sqrt(2 / pi) spreads; the deficit goes with the square of the wind.
    told = np.interp(times, track.times, np.nan_to_num(track.wind, nan=40.0))
    error = np.interp(lead, errors.hours, errors.wind) / np.sqrt(2 / np.pi)
    share = np.maximum(1.0 + error * _remembering(random, shape, lead) / told, _LEAST_SHARE)
    east, north = _motion(lon, lat, times)
    grown = np.exp(_RADIUS_SPREAD * random.standard_normal((members, 1)))
    return Ensemble(
        times=times,
        lon=lon,
        lat=lat,
        deficit=(wind * share) ** 2,
        radius=middle.radius * grown,
        peaked=np.broadcast_to(middle.peaked, shape),
        east=east,
        north=north,
        outer=_grown(middle.outer, grown),
    )


def _grown(outer: Outer | None, grown: Floats) -> Outer | None:
    """Widen the whole storm with its radius of greatest wind."""
    if outer is None:
        return None
    exponent = np.broadcast_to(outer.exponent, (len(grown), len(outer.exponent)))
    return Outer(outer.distance * grown, exponent)


def exceedance(
    ensemble: Ensemble,
    lon: Floats,
    lat: Floats,
    winds: Floats,
    *,
    regions: NDArray[np.int64] | None = None,
    workers: int = 1,
) -> Exceedance:
    """Count how many members bring each of `winds` (k,) m/s to places lon, lat (c,) in degrees.

    regions: (c,) to which region, counted from nought, a place belongs; below nought to none.
    Moments are taken as they are: an hour or less apart, a storm leaves no gaps. Distances are
    those of a plane at the places' mean latitude, good to some per cent over a thousand km.
    """
    regions = np.full(len(lon), -1) if regions is None else regions
    if regions.shape != lon.shape:
        raise Invalid("每个地点都要写明属于哪个区域")
    inside = np.flatnonzero(regions >= 0)
    count = int(regions.max(initial=-1)) + 1
    belongs = np.zeros((count, len(lon)))
    belongs[regions[inside], inside] = 1.0
    parts = np.array_split(np.arange(len(ensemble)), max(1, workers))
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        counted = list(
            pool.map(lambda part: _count(ensemble, part, lon, lat, winds, belongs), parts)
        )
    places, within = (sum(part[n] for part in counted) / len(ensemble) for n in range(2))
    return Exceedance(winds, np.asarray(places), np.asarray(within))


def _count(
    ensemble: Ensemble,
    part: NDArray[np.int64],
    lon: Floats,
    lat: Floats,
    winds: Floats,
    belongs: Floats,
) -> tuple[Floats, Floats]:
    # The compiler takes half a second to import; only who counts winds pays for it.
    from anlan.engines.typhoon.kernels_winds import greatest

    middle = float(np.mean(lat))
    east = EARTH_RADIUS * np.cos(np.radians(middle))
    x, y = np.radians(lon) * east, np.radians(lat) * EARTH_RADIUS
    reached = np.zeros((len(winds), len(lon)))
    within = np.zeros((len(winds), len(belongs)))
    enough = float(winds.max()) ** 2
    for member in part:
        most = np.zeros(len(lon))
        reach, table = _tables(ensemble, int(member), float(winds.min()))
        carried = np.stack(drawn(ensemble.east[member], ensemble.north[member]), axis=1)
        centre_x = np.radians(ensemble.lon[member]) * east
        centre_y = np.radians(ensemble.lat[member]) * EARTH_RADIUS
        bound = _bound(table, carried)
        greatest(x, y, centre_x, centre_y, reach, table, carried, bound, enough, most)
        here = most >= winds[:, None] ** 2
        reached += here
        within += (here @ belongs.T) > 0
    return reached, within


def _tables(ensemble: Ensemble, member: int, least: float) -> tuple[Floats, Floats]:
    """Lay out one member's wind by distance as far as it may reach `least` m/s.

    Gives reach (t,) m and table (t, bins, 3), see `kernels_winds.greatest`.
    """
    deficit, radius, peaked = (
        part[member][:, None] * np.ones((len(ensemble.times), 1))
        for part in (ensemble.deficit, np.broadcast_to(ensemble.radius, ensemble.lon.shape),
                     ensemble.peaked)
    )  # fmt: skip
    outer = _outer(ensemble, member)
    # Beyond this the profile, always below greatest (R / r)^(B x) e^x, and all that the motion can
    # add are less than asked for.
    motion = np.hypot(ensemble.east[member], ensemble.north[member])[:, None]
    alone = np.maximum(least - SHARE * motion, _FAINT)
    flattest = 0.5 if outer is None else np.minimum(outer.exponent, 0.5)
    most = still_wind(deficit, peaked, surface=SURFACE if outer is None else 1.0)
    most = most * np.sqrt(np.e)
    reach = radius * np.maximum(most / alone, 2.0) ** (1.0 / (peaked * flattest))
    distance = np.linspace(0.0, 1.0, _BINS) * reach
    away = distance / radius
    if outer is None:
        coriolis = 2 * 7.2921e-5 * np.sin(np.radians(ensemble.lat[member][:, None]))
        speed = SURFACE * gradient_wind(distance, deficit, radius, peaked, coriolis)
    else:
        greatest = still_wind(deficit, peaked, surface=1.0)
        speed = surface_wind(distance, greatest, radius, peaked, outer)
    inward = np.radians(inflow(away))
    table = np.stack((speed * np.cos(inward), speed * np.sin(inward), fading(away)), axis=2)
    # One bin more, so that the last may be read between two.
    padded = np.concatenate((table, table[:, -1:]), axis=1)
    return reach[:, 0] * _BINS / (_BINS - 1), np.ascontiguousarray(padded)


def _bound(table: Floats, carried: Floats) -> Floats:
    """Tell the squared wind that no place between a bin and the next can have, (t, bins)."""
    still = np.hypot(table[..., 0], table[..., 1])
    motion = table[..., 2] * np.hypot(carried[:, 0], carried[:, 1])[:, None]
    bound = still + motion
    # Between two bins every part runs straight: none is longer than at its longer end.
    bound[:, :-1] = np.maximum(still[:, :-1], still[:, 1:]) + np.maximum(
        motion[:, :-1], motion[:, 1:]
    )
    return np.asarray(bound**2)


def _outer(ensemble: Ensemble, member: int) -> Outer | None:
    outer = ensemble.outer
    if outer is None:
        return None
    return Outer(outer.distance[member][:, None], outer.exponent[member][:, None])


def _remembering(random: np.random.Generator, shape: tuple[int, int], lead: Floats) -> Floats:
    """Draw normal errors of spread one, (m, t), each remembering those before it.

    They are drawn twice a day and joined by straight lines: a path that shook from hour to hour
    would give the storm a speed it does not have.
    """
    keep = float(np.exp(-_KNOT_HOURS / _MEMORY_HOURS))
    knots = int(lead.max() // _KNOT_HOURS) + 2
    fresh = random.standard_normal((shape[0], knots))
    errors = np.empty_like(fresh)
    errors[:, 0] = fresh[:, 0]
    for knot in range(1, knots):
        errors[:, knot] = keep * errors[:, knot - 1] + np.sqrt(1 - keep**2) * fresh[:, knot]
    before = (lead // _KNOT_HOURS).astype(np.int64)
    part = lead / _KNOT_HOURS - before
    between = (1 - part) * errors[:, before] + part * errors[:, before + 1]
    # Between two knots a straight line spreads less than they do.
    spread: Floats = between / np.sqrt((1 - part) ** 2 + part**2 + 2 * part * (1 - part) * keep)
    return spread


def _motion(lon: Floats, lat: Floats, times: Times) -> tuple[Floats, Floats]:
    if len(times) < 2:
        return np.zeros_like(lon), np.zeros_like(lat)
    seconds = times / 1000.0
    metre = EARTH_RADIUS * np.pi / 180.0
    east = np.gradient(lon, seconds, axis=1) * metre * np.cos(np.radians(lat))
    return east, np.gradient(lat, seconds, axis=1) * metre
