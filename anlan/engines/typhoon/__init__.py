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
from anlan.engines.typhoon.track import RADIUS_WINDS, Fix, Track, track_of
from anlan.engines.typhoon.vortex import Vortex, field, gradient_wind, over_land, vortex_of

__all__ = [
    "RADIUS_WINDS",
    "Ensemble",
    "Errors",
    "Exceedance",
    "Fix",
    "Track",
    "Vortex",
    "ensemble_of",
    "exceedance",
    "field",
    "gradient_wind",
    "over_land",
    "track_of",
    "vortex_of",
]
