"""Chinese web-map datums to WGS-84 and back.

GCJ-02 (Gaode, Tencent, most phones' map pickers) shifts WGS-84 by 300 to 700 m with a smooth
closed formula; BD-09 (Baidu) shifts GCJ-02 once more. Both hold inside a rectangle around China;
elsewhere the web maps show WGS-84 and so the functions here return their input.

The forward formulas are those of the publicly known implementations (constants of the Krasovsky
1940 ellipsoid, a = 6378245.0 m, e^2 = 0.00669342162296594323). The inverses have no closed form and
are iterated to the last digits: the shift changes by less than 2 % over its own length, so each
round gains almost two digits. CGCS2000 is taken as WGS-84; they agree within centimetres.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.kernel.errors import Invalid

Floats = NDArray[np.float64]
Pair = tuple[Floats, Floats]
Convert = Callable[[ArrayLike, ArrayLike], Pair]

WGS84, GCJ02, BD09 = "wgs84", "gcj02", "bd09"

_SEMI_MAJOR: Final = 6378245.0
_ECCENTRICITY2: Final = 0.00669342162296594323
_BAIDU_WAVES: Final = np.pi * 3000.0 / 180.0

#: West, south, east, north of the rectangle in which the maps are shifted.
BOUNDS: Final = (72.004, 0.8293, 137.8347, 55.8271)

#: More than enough: the error after k rounds is below 2 km * 0.02**k.
_ROUNDS: Final = 6


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Shift WGS-84 degrees to GCJ-02; points outside `BOUNDS` stay as they are.

    >>> lon, lat = wgs84_to_gcj02(121.4737, 31.2304)
    >>> round(float(lon), 6), round(float(lat), 6)
    (121.478223, 31.228458)
    """
    lon, lat = _degrees(lon, lat)
    inside = _inside(lon, lat)
    east, north = _gcj_shift(lon, lat)
    return np.where(inside, lon + east, lon), np.where(inside, lat + north, lat)


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Undo `wgs84_to_gcj02`, to better than 1e-9 degrees."""
    return _inverse(wgs84_to_gcj02, lon, lat)


def wgs84_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Shift WGS-84 degrees to BD-09; points outside `BOUNDS` stay as they are."""
    lon, lat = _degrees(lon, lat)
    inside = _inside(lon, lat)
    east, north = _baidu(*wgs84_to_gcj02(lon, lat))
    return np.where(inside, east, lon), np.where(inside, north, lat)


def bd09_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Undo `wgs84_to_bd09`, to better than 1e-9 degrees."""
    return _inverse(wgs84_to_bd09, lon, lat)


def _same(lon: ArrayLike, lat: ArrayLike) -> Pair:
    return _degrees(lon, lat)


#: How each datum comes in and goes out.
TO_WGS84: Final[dict[str, Convert]] = {
    WGS84: _same,
    GCJ02: gcj02_to_wgs84,
    BD09: bd09_to_wgs84,
}
FROM_WGS84: Final[dict[str, Convert]] = {
    WGS84: _same,
    GCJ02: wgs84_to_gcj02,
    BD09: wgs84_to_bd09,
}


def to_wgs84(lon: float, lat: float, datum: str) -> tuple[float, float]:
    """Bring one place to WGS-84; `Invalid` when nobody knows the datum."""
    if datum not in TO_WGS84:
        raise Invalid(f"不认识的坐标系「{datum}」，应为 {'、'.join(TO_WGS84)}")
    east, north = TO_WGS84[datum](lon, lat)
    return float(east), float(north)


def _degrees(lon: ArrayLike, lat: ArrayLike) -> Pair:
    return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


def _inside(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    west, south, east, north = BOUNDS
    within = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return np.asarray(within, dtype=np.bool_)


def _gcj_shift(lon: Floats, lat: Floats) -> Pair:
    """Shift east and north, in degrees."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    ripple = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north = north + 2.0 / 3.0 * (ripple + _waves(y, (20.0, 1.0), (40.0, 3.0)))
    north = north + 2.0 / 3.0 * (
        160.0 * np.sin(y * np.pi / 12.0) + 320.0 * np.sin(y * np.pi / 30.0)
    )
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east = east + 2.0 / 3.0 * (ripple + _waves(x, (20.0, 1.0), (40.0, 3.0)))
    east = east + 2.0 / 3.0 * (150.0 * np.sin(x * np.pi / 12.0) + 300.0 * np.sin(x * np.pi / 30.0))

    radians = np.radians(lat)
    magic = 1.0 - _ECCENTRICITY2 * np.sin(radians) ** 2
    meridian = _SEMI_MAJOR * (1.0 - _ECCENTRICITY2) / magic**1.5
    parallel = _SEMI_MAJOR / np.sqrt(magic) * np.cos(radians)
    return np.degrees(east / parallel), np.degrees(north / meridian)


def _waves(value: Floats, *terms: tuple[float, float]) -> Floats:
    """Sum amplitude * sin(pi * value / divisor) over (amplitude, divisor) pairs."""
    total = sum(amplitude * np.sin(np.pi * value / divisor) for amplitude, divisor in terms)
    return np.asarray(total, dtype=np.float64)


def _baidu(lon: Floats, lat: Floats) -> Pair:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU_WAVES)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU_WAVES)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _inverse(forward: Convert, lon: ArrayLike, lat: ArrayLike) -> Pair:
    goal_lon, goal_lat = _degrees(lon, lat)
    back_lon, back_lat = goal_lon, goal_lat
    for _ in range(_ROUNDS):
        now_lon, now_lat = forward(back_lon, back_lat)
        back_lon = back_lon + (goal_lon - now_lon)
        back_lat = back_lat + (goal_lat - now_lat)
    # A point shifted out of the rectangle came from inside; one that never was inside stays.
    found_lon, found_lat = forward(back_lon, back_lat)
    hit = (np.abs(found_lon - goal_lon) < 1e-8) & (np.abs(found_lat - goal_lat) < 1e-8)
    hit &= _inside(back_lon, back_lat)
    return np.where(hit, back_lon, goal_lon), np.where(hit, back_lat, goal_lat)
