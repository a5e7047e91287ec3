"""A storm's path as arrays: made sound once, asked at any moment afterwards."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.geo.distance import EARTH_RADIUS, haversine
from anlan.engines.typhoon.units import KNOT, UNKNOWN, Span, weigh
from anlan.kernel.errors import Invalid

Floats = NDArray[np.float64]
Times = NDArray[np.int64]

_HOUR_MS: Final = 3_600_000
#: A centre that goes faster is a misprint. The fastest on record moved at about 110 km/h.
_FASTEST_KMH: Final = 150.0
#: Latitudes beyond which no cyclone is a tropical one, and the end of all of them.
_FARTHEST, _POLE = 60.0, 90.0
#: Positions farther apart are not joined by a straight line.
_GAP_MS: Final = 24 * _HOUR_MS
#: Winds and pressures a bulletin may hold; what lies outside is not known.
_WINDS: Final = (5.0, 110.0)
_PRESSURES: Final = (860.0, 1020.0)
#: Radii are told for these winds: force 7, 10 and 12 (m/s, lower ends of GB/T 28591).
RADIUS_WINDS: Final = (13.9, 24.5, 32.7)


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """Positions of one storm in order of time.

    times: (n,) ms since 1970 UTC. lon, lat: degrees WGS-84, (n,); longitudes run on over 180 so
    that they never jump. wind: m/s near the centre, two minutes' mean, NaN unknown. pressure: hPa
    at the centre, NaN unknown. radii: km, (n, 3, 4), of `RADIUS_WINDS` to the north-east,
    south-east, south-west and north-west; NaN unknown. mended: what was put right, a sentence
    each.
    """

    number: str
    name: str
    agency: str
    times: Times
    lon: Floats
    lat: Floats
    wind: Floats
    pressure: Floats
    radii: Floats
    mended: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        """Count the positions."""
        return len(self.times)

    def at(self, times: Times) -> "Track":
        """Tell where the storm is at `times` (t,), straight from one position to the next.

        Wind and pressure are carried between positions that know them. `Invalid` when a moment
        lies before the first position, behind the last, or in a gap longer than a day.
        """
        self._ask_within(times)
        columns = self.radii.reshape(len(self), -1).T
        radii = np.stack([_carried(times, self.times, column) for column in columns], axis=1)
        return Track(
            self.number,
            self.name,
            self.agency,
            times,
            np.interp(times, self.times, self.lon),
            np.interp(times, self.times, self.lat),
            _carried(times, self.times, self.wind),
            _carried(times, self.times, self.pressure),
            radii.reshape(len(times), 3, 4),
            self.mended,
        )

    def motion(self) -> tuple[Floats, Floats]:
        """Tell how the centre moves at each position, m/s to the east and to the north, (n,)."""
        if len(self) < 2:
            return np.zeros(len(self)), np.zeros(len(self))
        seconds = self.times / 1000.0
        metre = 2 * np.pi * EARTH_RADIUS / 360.0
        east = np.gradient(self.lon, seconds) * metre * np.cos(np.radians(self.lat))
        north = np.gradient(self.lat, seconds) * metre
        return east, north

    def _ask_within(self, times: Times) -> None:
        if not len(times):
            return
        if times.min() < self.times[0] or times.max() > self.times[-1]:
            raise Invalid(f"台风{self.name or self.number}的路径不包含所要的时刻")
        wide = np.flatnonzero(np.diff(self.times) > _GAP_MS)
        for index in wide:
            inside = (times > self.times[index]) & (times < self.times[index + 1])
            if inside.any():
                hours = (self.times[index + 1] - self.times[index]) / _HOUR_MS
                raise Invalid(f"{clock(self.times[index])} 之后缺了 {hours:.0f} 小时的路径")


@dataclass(frozen=True, slots=True)
class Fix:
    """One position as a bulletin or a best track tells it; NaN where it tells nothing."""

    time: int
    lon: float
    lat: float
    wind: float = float("nan")
    pressure: float = float("nan")
    #: km, (3, 4) as in `Track.radii`, or nothing.
    radii: tuple[tuple[float, ...], ...] = ()
    #: m/s, the winds of the grade or force that is told beside the wind.
    span: Span = UNKNOWN


def track_of(
    fixes: list[Fix],
    *,
    number: str = "",
    name: str = "",
    agency: str = "",
    knots: bool = False,
    sure: bool = False,
) -> Track:
    """Make a sound track of positions in any order.

    Put right and told in `mended`: doubled moments (the first stays), longitudes over 180, winds
    and pressures that cannot be (unknown), what comes after a storm left the latitudes of tropical
    cyclones. `knots`: winds are knots; `sure`: somebody said so, or that they are not. `Invalid`
    when there is no position, one lies off the globe, winds only fit what else is told as knots, or
    the storm would have to jump: then the moment is named.
    """
    if not fixes:
        raise Invalid("路径里没有一个位置")
    ordered = sorted(fixes, key=lambda fix: fix.time)
    kept = [fix for n, fix in enumerate(ordered) if not n or fix.time != ordered[n - 1].time]
    mended: list[str] = []
    if len(kept) < len(ordered):
        mended.append(f"{len(ordered) - len(kept)} 个时刻写了两次，用先写的")
    kept = _tropical(kept, mended)
    times = np.array([fix.time for fix in kept], dtype=np.int64)
    lon = np.array([fix.lon for fix in kept], dtype=np.float64)
    lat = np.array([fix.lat for fix in kept], dtype=np.float64)
    _ask_globe(times, lon, lat)
    if (lon > 180).any():
        mended.append("有的经度大于 180 度，按东经连续处理")
    lon = np.unwrap(lon, period=360.0)
    _ask_steady(times, lon, lat)
    wind = np.array([fix.wind for fix in kept], dtype=np.float64) * (KNOT if knots else 1.0)
    spans = np.array([fix.span for fix in kept], dtype=np.float64).reshape(-1, 2)
    told = np.where(wind > 0, wind, np.nan)
    wind = _possible(wind, _WINDS, "风速", mended)
    pressure = np.array([fix.pressure for fix in kept], dtype=np.float64)
    pressure = _possible(pressure, _PRESSURES, "气压", mended)
    mended.extend(weigh(told, pressure, spans, sure=sure, named=sure or knots))
    mended.extend(_gaps(times))
    return Track(
        number,
        name,
        agency,
        times,
        lon,
        lat,
        wind,
        pressure,
        np.array([_radii(fix) for fix in kept], dtype=np.float64).reshape(-1, 3, 4),
        tuple(mended),
    )


def _tropical(fixes: list[Fix], mended: list[str]) -> list[Fix]:
    """End a track where its storm leaves for good the latitudes of tropical cyclones."""
    inside = [n for n, fix in enumerate(fixes) if abs(fix.lat) <= _FARTHEST]
    end = inside[-1] + 1 if inside else len(fixes)
    if end == len(fixes) or any(abs(fix.lat) > _POLE for fix in fixes[end:]):
        return fixes
    many = len(fixes) - end
    mended.append(f"{clock(fixes[end].time)} 起到了 60 度以外，已不是热带气旋，{many} 个位置不用")
    return fixes[:end]


def _ask_globe(times: Times, lon: Floats, lat: Floats) -> None:
    off = ~((np.abs(lat) <= _FARTHEST) & (lon >= -360) & (lon <= 360))
    if off.any():
        at = int(np.flatnonzero(off)[0])
        place = f"{lon[at]:g}，{lat[at]:g}"
        raise Invalid(f"{clock(times[at])} 的位置（{place}）不是热带气旋会在的地方")


def _ask_steady(times: Times, lon: Floats, lat: Floats) -> None:
    metres = haversine(lon[:-1], lat[:-1], lon[1:], lat[1:])
    speed = metres / 1000.0 / (np.diff(times) / _HOUR_MS)
    if (speed > _FASTEST_KMH).any():
        at = int(np.argmax(speed > _FASTEST_KMH))
        told = f"{clock(times[at])} 到 {clock(times[at + 1])}"
        raise Invalid(f"{told} 中心要以每小时 {speed[at]:.0f} 公里移动，路径不可信或混了两个台风")


def _gaps(times: Times) -> list[str]:
    wide = np.flatnonzero(np.diff(times) > _GAP_MS)
    hours = np.diff(times)[wide] / _HOUR_MS
    told = zip(times[wide], hours, strict=True)
    return [f"{clock(time)} 之后缺了 {long:.0f} 小时，其间不作推算" for time, long in told]


def _possible(values: Floats, bounds: tuple[float, float], what: str, mended: list[str]) -> Floats:
    low, high = bounds
    wrong = np.isfinite(values) & ~((values >= low) & (values <= high))
    # A nought or a blank means nobody said; only other figures are worth a sentence.
    said = wrong & (values != 0)
    if said.any():
        mended.append(f"{int(said.sum())} 个{what}不可能，按不明处理")
    return np.where(wrong, np.nan, values)


def _radii(fix: Fix) -> NDArray[np.float64]:
    if not fix.radii:
        return np.full((3, 4), np.nan)
    told = np.array(fix.radii, dtype=np.float64).reshape(3, 4)
    return np.where(told > 0, told, np.nan)


def _carried(times: Times, known_at: Times, values: Floats) -> Floats:
    known = np.isfinite(values)
    if not known.any():
        return np.full(len(times), np.nan)
    at, told = known_at[known], values[known]
    return np.interp(times, at, told, left=np.nan, right=np.nan)


def clock(time: np.int64 | int) -> str:
    """Write a moment as people in China read it, to the minute."""
    return str(np.datetime64(int(time) + 8 * _HOUR_MS, "ms").astype("datetime64[m]")).replace(
        "T", " "
    )
