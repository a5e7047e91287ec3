"""A thousand storms that may come, on a grid of forty thousand places, at twenty-four moments.

The forecast is one of 2019 (Lekima's best track of the last two days before landfall); what is
counted are the members that bring force 8, 10 and 12 to each place.
"""

import os
import statistics
import time
from typing import Any

import numpy as np

from anlan.codes import lookup
from anlan.engines.typhoon import Errors, Fix, Track, ensemble_of, exceedance, track_of

MEMBERS, SIDE, MOMENTS, WORKERS = 1_000, 200, 24, 2
ROUNDS = int(os.environ.get("ANLAN_BENCH_ROUNDS", "5"))
HOUR_MS = 3_600_000
FORCES = np.array([17.2, 24.5, 32.7])

#: Hours, east, north, knots, hPa; IBTrACS (NOAA), CC BY 4.0.
LEKIMA = (
    (0, 124.9, 24.4, 105, 925),
    (6, 124.5, 25.5, 95, 935),
    (12, 123.4, 26.4, 90, 940),
    (18, 122.5, 27.1, 90, 940),
    (24, 122.0, 27.5, 90, 940),
    (30, 121.4, 28.3, 85, 950),
    (36, 120.8, 29.1, 60, 970),
    (42, 120.4, 30.0, 50, 975),
    (48, 120.5, 30.8, 45, 980),
)


def run() -> dict[str, Any]:
    """Draw the storms and count their winds, the compiler's first minute left out."""
    lon, lat = np.meshgrid(np.linspace(117, 126, SIDE), np.linspace(24, 32, SIDE))
    times = np.linspace(0, 46, MOMENTS).astype(np.int64) * HOUR_MS
    took, share = [], 0.0
    for number in range(ROUNDS + 1):
        begun = time.perf_counter()
        storms = ensemble_of(forecast(), times, errors(), members=MEMBERS, seed=number)
        found = exceedance(storms, lon.ravel(), lat.ravel(), FORCES, workers=WORKERS)
        took.append(time.perf_counter() - begun)
        share = float(found.probability[0].mean())
    first, *warm = took
    return {
        "figures": {"seconds": round(statistics.median(warm), 2)},
        "settings": {
            "members": MEMBERS,
            "places": SIDE * SIDE,
            "moments": MOMENTS,
            "threads": WORKERS,
            "by_round": [round(one, 2) for one in warm],
            "first_s": round(first, 2),
            "share_with_force_8": round(share, 3),
        },
    }


def forecast() -> Track:
    """Take the best track for a forecast."""
    fixes = [
        Fix(hour * HOUR_MS, lon, lat, wind, pressure) for hour, lon, lat, wind, pressure in LEKIMA
    ]
    return track_of(fixes, number="1909", name="利奇马", knots=True)


def errors() -> Errors:
    """Take past errors from the code table."""
    rows = [row.extra for row in lookup.table("typhoon-track-errors").rows]
    hours, distance, wind = (
        np.array([row[column] for row in rows], dtype=np.float64)
        for column in ("hours", "distance", "wind")
    )
    return Errors(hours, distance, wind)
