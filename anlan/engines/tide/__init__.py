"""The astronomical tide: prediction from harmonic constants, and the constants from a record.

Heights are metres, times int64 milliseconds since 1970 UTC, phases degrees. Surge, sea-level rise
and everything else the weather does is what is left when the tide is taken away.
"""

from anlan.engines.tide.analysis import Fit, analyse, separable
from anlan.engines.tide.levels import Datums, Turns, datums, springs, turns
from anlan.engines.tide.prediction import Constants, predict, residuals

__all__ = [
    "Constants",
    "Datums",
    "Fit",
    "Turns",
    "analyse",
    "datums",
    "predict",
    "residuals",
    "separable",
    "springs",
    "turns",
]
