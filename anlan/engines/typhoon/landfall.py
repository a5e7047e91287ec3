"""Storms that go ashore: a track forecast over open sea, weakened where it lies on land.

Source: Kaplan and DeMaria 1995, J. Appl. Meteor. 34, 2499 (decay inland, south of 36 N).
"""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.engines.typhoon.ensemble import Ensemble
from anlan.engines.typhoon.vortex import still_wind

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Times = NDArray[np.int64]

#: Share left at once on land, background wind (m/s), rate per hour.
_LAND: Final = (0.9, 13.75, 0.095)


def over_land(wind: ArrayLike, hours: ArrayLike) -> Floats:
    """Tell the greatest wind, m/s, `hours` after the centre went ashore with `wind`.

    A forecast track that was made over the sea needs this; a best track has it.

    >>> round(float(over_land(50.0, 0.0)), 2), round(float(over_land(50.0, 12.0)), 2)
    (45.0, 23.74)
    """
    at_once, least, rate = _LAND
    landed = at_once * np.asarray(wind, dtype=np.float64)
    left = least + (landed - least) * np.exp(-rate * np.asarray(hours, dtype=np.float64))
    return np.asarray(np.where(landed < least, landed, left))


def weakened(wind: ArrayLike, times: Times, ashore: ArrayLike) -> Floats:
    """Weaken winds (..., t) m/s at `times` (t,) where the centre is `ashore` (..., t).

    What is on land at the first moment was told as it is. Back at sea a storm has the share of its
    open-sea wind that it left the land with, and the roughness no more.
    """
    at_once, least, rate = _LAND
    told, land = np.asarray(wind, dtype=np.float64), np.asarray(ashore, dtype=np.bool_)
    share = np.ones(told.shape[:-1])
    found = told.copy()
    for moment in range(1, told.shape[-1]):
        hours = float(times[moment] - times[moment - 1]) / 3_600_000
        here, before = land[..., moment], land[..., moment - 1]
        share = np.where(here & ~before, share * at_once, share)
        share = np.where(before & ~here, np.minimum(share / at_once, 1.0), share)
        now = share * told[..., moment]
        left = np.where(now > least, least + (now - least) * np.exp(-rate * hours), now)
        now = np.where(here & before, left, now)
        share = np.where(told[..., moment] > 0, now / np.maximum(told[..., moment], 1e-9), share)
        found[..., moment] = now
    return found


def landed(ensemble: Ensemble, ashore: Mask, *, included: Floats | None = None) -> Ensemble:
    """Weaken every member where its centre lies on land, (m, t); deficits go with wind squared.

    included: (t,), the share of its wind over sea that the forecast was told with where it lies on
    land itself; a member that stays at sea longer has more.
    """
    speed = still_wind(ensemble.deficit, ensemble.peaked)
    share = weakened(speed, ensemble.times, ashore) / speed
    share = share if included is None else share / included
    return replace(ensemble, deficit=ensemble.deficit * share**2)
