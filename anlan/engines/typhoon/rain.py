"""The rain a storm brings by itself: what falls in storms like it at such a distance.

Neither mountains nor cold air nor the monsoon are in it; where it meets mountains the rain is often
twice as much. It fills the time before a gridded forecast of rain arrives, and makes members.

Source: Tuleya, DeMaria and Kuligowski 2007, Wea. Forecasting 22, 56 (R-CLIPER: the means of
satellite rain by Lonfat, Marks and Chen 2004). The coefficients are those of de la Parra's thesis
on R-CLIPER (table I.1) and of one other implementation; the paper's own table was not at hand.
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.engines.geo.distance import haversine
from anlan.engines.typhoon.track import Track
from anlan.kernel.errors import Invalid

Floats = NDArray[np.float64]
Times = NDArray[np.int64]

#: mm an hour for one inch a day.
_INCH: Final = 25.4 / 24.0
_KNOT: Final = 0.514444
#: Each is constant + factor x strength: at the centre and greatest (inches a day), radius of the
#: greatest and fall beyond it (km).
_CENTRE, _GREATEST = (-1.10, 3.96), (-1.60, 4.80)
_RADIUS, _FALL = (64.5, -13.0), (150.0, -16.0)
_LEAST_KM: Final = 5.0


def rain_rate(distance: ArrayLike, wind: ArrayLike) -> Floats:
    """Tell mm an hour at `distance` (m) from the centre of a storm of `wind` m/s; they broadcast.

    >>> rain_rate([0.0, 30e3, 200e3], 45.0).round(1).tolist()
    [9.7, 11.4, 2.4]
    """
    away = np.asarray(distance, dtype=np.float64) / 1000.0
    strength = 1.0 + (np.asarray(wind, dtype=np.float64) / _KNOT - 35.0) / 33.0
    centre, greatest = (
        np.maximum(part[0] + part[1] * strength, 0.0) * _INCH for part in (_CENTRE, _GREATEST)
    )
    radius, fall = (
        np.maximum(part[0] + part[1] * strength, _LEAST_KM) for part in (_RADIUS, _FALL)
    )
    inside = centre + (greatest - centre) * away / radius
    outside = greatest * np.exp(-(away - radius) / fall)
    return np.asarray(np.where(away < radius, inside, outside))


def rain_of(track: Track, times: Times, lon: Floats, lat: Floats) -> Floats:
    """Tell the rain, mm, that falls at places (c,) in each step between `times` (t + 1,): (c, t).

    Each step takes the rate in its middle; an hour or less is fine enough. `Invalid` where the
    track does not tell the wind.
    """
    if len(times) < 2:
        raise Invalid("雨量至少要两个时刻")
    at = track.at((times[1:] + times[:-1]) // 2)
    if np.isnan(at.wind).any():
        raise Invalid("有的时刻没有最大风速，算不出雨量")
    return members_rain(at.lon[None], at.lat[None], at.wind[None], times, lon, lat)[:, 0]


def members_rain(
    centre_lon: Floats, centre_lat: Floats, wind: Floats, times: Times, lon: Floats, lat: Floats
) -> Floats:
    """Tell the rain of many storms, mm a step: (c, m, t), as basins take it.

    centre_lon, centre_lat, wind: at the middles of the steps, (m, t). times: (t + 1,), the bounds.
    """
    hours = np.diff(times) / 3_600_000
    place = (len(lon), 1, 1)
    away = haversine(lon.reshape(place), lat.reshape(place), centre_lon[None], centre_lat[None])
    return np.asarray(rain_rate(away, wind[None]) * hours)
