"""A rule tried on a month: a thousand streams, a value a minute for thirty days, two levels.

The month is appended as it would have come, five minutes a commit, with upkeep beside; then the
rule is tried as its page tries it, from the stored files to the counts per day.
"""

import os
import statistics
from datetime import timedelta
from typing import Any

import numpy as np

from anlan.engines.series import Columns
from anlan.kernel import clock, workspace
from anlan.sense.store import open_store
from bench import _streams
from bench.lists import COUNTY

STREAMS = 1_000
DAYS = int(os.environ.get("ANLAN_BENCH_DAYS", "30"))
ROUNDS = int(os.environ.get("ANLAN_BENCH_ROUNDS", "5"))
MINUTE, STEP = 60_000, 60
#: One value in so many stands above the upper limit.
RARE = 20_000

SPEC = {
    "title": "河道水位超警戒",
    "kind": "level",
    "hazard": "flood",
    "quantity": "water-level",
    "matter": "station",
    "hysteresis": 0.1,
    "conditions": [
        {"level": 3, "limit": {"level": "warning"}},
        {"level": 2, "limit": {"level": "guarantee"}},
    ],
}


def run() -> dict[str, Any]:
    """Fill the store, try the rule."""
    from anlan.base.permissions import system
    from anlan.sense.selectors.backtest import backtest

    _streams.seed(STREAMS)
    until = clock.now()
    since = until - timedelta(days=DAYS)
    rows = fill(int(since.timestamp() * 1000), DAYS * 1440)
    found = [backtest(system("bench"), SPEC, COUNTY, since, until) for _ in range(ROUNDS)]
    assert all(one["values"] >= rows - STREAMS for one in found)
    took = [one["took_ms"] / 1000 for one in found]
    return {
        "figures": {"seconds": round(statistics.median(took), 2)},
        "settings": {
            "rows": rows,
            "streams": STREAMS,
            "days": DAYS,
            "fires": found[0]["fires_total"],
            "by_round": [round(one, 2) for one in took],
        },
    }


def fill(begin: int, minutes: int) -> int:
    """Append the month by the hour; returns how many values."""
    store = open_store(workspace.current().dir)
    chance = np.random.default_rng(4)
    number = np.repeat(np.arange(STREAMS), STEP)
    within = np.tile(np.arange(STEP) * MINUTE, STREAMS)
    for hour in range(0, minutes, STEP):
        value = 51.0 + chance.normal(0, 0.05, len(number))
        value[chance.integers(0, len(value), len(value) // RARE)] += 4.0
        now = begin + hour * MINUTE
        store.append(Columns.of(number, now + within, value.round(2)), now)
        while store.maintain(now + STEP * MINUTE).more:
            pass
    store.close()
    return minutes * STREAMS
