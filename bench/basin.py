"""Two hundred basins, fifty forecasts of rain, seventy-two hours: from rain to who must leave.

What is timed is all of it: losses by the wetness of the ground, unit hydrograph, channels from
basin to basin, stages, nearness of the villages to 准备转移 and 立即转移, and threat to the slopes.
"""

import os
import statistics
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.engines import basin

BASINS, MEMBERS, HOURS = 200, 50, 72
ROUNDS = int(os.environ.get("ANLAN_BENCH_ROUNDS", "5"))
STEP = 3600.0
DURATIONS = (1.0, 3.0, 6.0)

Floats = NDArray[np.float64]


def run() -> dict[str, Any]:
    """Make the basins once and carry a new storm through them each round."""
    random = np.random.default_rng(20190810)
    network = _network(random)
    number, index = random.uniform(60, 85, BASINS), random.uniform(10, 90, BASINS)
    ratings = [
        basin.channel_rating(0.0, 8.0, width=wide, slope=0.01, roughness=0.04)
        for wide in random.uniform(8, 40, BASINS)
    ]
    villages = _thresholds(random)
    law = basin.Law(2.20, 0.44, 0.1, 1000.0)
    took, leaving = [], 0.0
    for _ in range(ROUNDS + 1):
        rain = _rain(random)
        begun = time.perf_counter()
        now = basin.curve_number(number, index)[:, None]
        flow = basin.flood(network, basin.runoff(rain, now), STEP)
        stages = [basin.stage_of(*pair) for pair in zip(ratings, flow, strict=True)]
        near = basin.nearness(rain, STEP, villages, index)
        share = basin.share_of_members(near.state, basin.LEAVE)
        threat = basin.threat(rain, STEP, law)
        took.append(time.perf_counter() - begun)
        assert np.isfinite(stages).all()
        assert np.isfinite(threat.share).all()
        leaving = float(share.mean())
    _, *warm = took
    return {
        "figures": {"seconds": round(statistics.median(warm), 3)},
        "settings": {
            "basins": BASINS,
            "members": MEMBERS,
            "hours": HOURS,
            "step_s": STEP,
            "by_round": [round(one, 3) for one in warm],
            "first_s": round(took[0], 3),
            "share_of_members_leaving": round(leaving, 3),
        },
    }


def _network(random: np.random.Generator) -> basin.Network:
    """Draw trees of basins: each drains into one of those before it, the first into the sea."""
    down = np.array([-1, *(int(random.integers(max(0, n - 12), n)) for n in range(1, BASINS))])
    area = random.uniform(3e6, 40e6, BASINS)
    response = np.stack(
        [basin.cascade(3.0, hold, STEP, HOURS) for hold in random.uniform(1200, 5400, BASINS)]
    )
    channel = basin.reach_of(
        random.uniform(1500, 9000, BASINS), random.uniform(0.002, 0.02, BASINS),
        random.uniform(8, 40, BASINS), np.full(BASINS, 0.04), area / 1e6 * 3,
    )  # fmt: skip
    return basin.Network(area, response, area / 1e6 * 0.03, down, channel)


def _thresholds(random: np.random.Generator) -> basin.Thresholds:
    wettest = random.uniform(0.8, 1.2, (BASINS, 1, 1)) * np.array([35.0, 60.0, 85.0])
    leave = wettest * np.array([1.7, 1.3, 1.0])[None, :, None]
    return basin.thresholds_of(DURATIONS, [20.0, 50.0, 80.0], leave * 0.75, leave)


def _rain(random: np.random.Generator) -> Floats:
    """Let a storm of a day pass, a little otherwise in each member and basin."""
    hours = np.arange(HOURS)
    middle = random.normal(36, 4, (1, MEMBERS, 1)) + random.normal(0, 2, (BASINS, 1, 1))
    height = random.gamma(6.0, 3.0, (BASINS, MEMBERS, 1))
    return np.asarray(height * np.exp(-(((hours - middle) / 7.0) ** 2)))
