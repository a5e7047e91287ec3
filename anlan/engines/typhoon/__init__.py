"""Typhoons: tracks as several agencies tell them, and the wind and pressure a storm makes.

Times are int64 milliseconds since 1970 UTC, winds m/s, pressures of tracks hPa and of fields Pa.
"""

from anlan.engines.typhoon.ensemble import (
    Ensemble,
    Errors,
    Exceedance,
    ensemble_of,
    exceedance,
)
from anlan.engines.typhoon.landfall import landed, over_land, weakened
from anlan.engines.typhoon.profile import Outer, outer_of, peaked_of, surface_wind
from anlan.engines.typhoon.rain import members_rain, rain_of, rain_rate
from anlan.engines.typhoon.track import RADIUS_WINDS, Fix, Track, track_of
from anlan.engines.typhoon.vortex import Vortex, field, gradient_wind, vortex_of
from anlan.engines.typhoon.warming import warm

__all__ = [
    "RADIUS_WINDS",
    "Ensemble",
    "Errors",
    "Exceedance",
    "Fix",
    "Outer",
    "Track",
    "Vortex",
    "ensemble_of",
    "exceedance",
    "field",
    "gradient_wind",
    "landed",
    "members_rain",
    "outer_of",
    "over_land",
    "peaked_of",
    "rain_of",
    "rain_rate",
    "surface_wind",
    "track_of",
    "vortex_of",
    "warm",
    "weakened",
]
