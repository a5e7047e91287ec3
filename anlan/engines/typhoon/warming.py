"""Have the kernel compiled before an urgent run asks for it."""

import numpy as np

from anlan.engines.typhoon.ensemble import Errors, ensemble_of, exceedance
from anlan.engines.typhoon.track import Fix, track_of


def warm() -> None:
    """Count the winds of two storms at one place; seconds the first time, then moments."""
    track = track_of([Fix(0, 122.0, 27.0, 40.0, 955.0), Fix(21_600_000, 121.5, 28.0, 40.0, 955.0)])
    past = Errors(np.array([0.0, 24.0]), np.array([15.0, 70.0]), np.array([1.5, 4.0]))
    storms = ensemble_of(track, track.times, past, members=2, seed=0)
    exceedance(storms, np.array([121.0]), np.array([28.0]), np.array([17.2]))
