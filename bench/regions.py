"""Regions of the whole nation: importing, the search box, the region of a place, a subtree."""

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

POSTGRES = True
ASKED = 400
TYPED = (
    "云屿",
    "yyx",
    "村",
    "马村",
    "不存在的地方",
    "1101",
    "石门镇",
    "sm",
    "县",
    "龙江村村民委员会",
)


def run() -> dict[str, Any]:
    from anlan.base.permissions import system
    from anlan.base.regions import scope, selectors
    from anlan.base.regions.models import Region
    from anlan.base.regions.services import import_regions
    from bench._regions import national_list

    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "national.csv"
        rows = national_list(path)
        first, again = (_taken(lambda: import_regions(path, by=system("bench"))) for _ in range(2))
    towns = list(Region.objects.filter(level=4).values_list("code", flat=True))
    warming = _taken(lambda: selectors.search("云屿"))
    found = [_taken(lambda: selectors.search(chance.choice(TYPED))) for _ in range(ASKED)]
    own = [
        _taken(lambda: selectors.search(chance.choice(TYPED), (chance.choice(towns)[:6],)))
        for _ in range(ASKED)
    ]
    below = [
        _taken(lambda: scope.below(Region.objects.all(), chance.choice(towns), "code").count())
        for _ in range(ASKED)
    ]
    return {
        "figures": {
            "regions_665k_s": round(first, 1),
            "regions_665k_unchanged_s": round(again, 1),
            "search_first_s": round(warming, 2),
            "search_p95_ms": _p95(found),
            "search_own_county_p95_ms": _p95(own),
            "below_p95_ms": _p95(below),
        },
        "settings": {"rows": rows, "asked": ASKED, "typed": list(TYPED)},
    }


def _taken(deed: Callable[[], object]) -> float:
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began


def _p95(seconds: list[float]) -> float:
    return round(statistics.quantiles(seconds, n=100)[94] * 1000, 2)
