"""Slopes against the law of slides: rain ahead, and what fell before, as a share of what it takes.

The law is one of the whole world, until a county fits its own: it warns of attention, it rates
nothing and moves nobody.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
import numpy as np

from anlan.engines.basin import Law, Threat, first_at, threat
from anlan.forecast.adapters.contract import Slope, VillageOutlook
from anlan.forecast.adapters.rain import HOUR_S, Fallen
from anlan.forecast.adapters.shapes import Floats, SlopeLaw, Times, Zone

#: Hours of rain that are set against the law.
DURATIONS: Final = (1.0, 3.0, 6.0, 12.0, 24.0, 48.0, 72.0)
ONLY_SLOPES: Final = "没有填转移雨量，只对照了滑坡临界线"
BY_LAW: Final = "滑坡隐患点对照的是{law}，没有用本地的滑坡率定，只提醒注意，不定级、不推动转移"
BY_OWN_LAW: Final = "滑坡隐患点对照的是{law}，只提醒注意，不定级、不推动转移"


def slopes(
    zones: Sequence[Zone],
    ends: Times,
    fallen: Fallen,
    when: tuple[int, int],
    told: SlopeLaw | None,
) -> dict[str, tuple[Slope, ...]]:
    """Set the slopes of each village against the law, those nearest to it first.

    when: seconds a step, and the moment from which on it is asked, ms. Nothing without a law, or
    for slopes that no gauge stands for. Unknown rain adds nothing and makes a lower bound.
    """
    asked = [zone for zone in zones if zone.slope]
    if told is None or not asked:
        return {}
    step_s, based_at = when
    rain, sure = fallen.on([zone.gauges for zone in asked], len(ends))
    law = Law(told.scale, told.exponent, told.shortest, told.longest)
    found = threat(np.nan_to_num(rain), step_s, law, DURATIONS)
    first = int(np.searchsorted(ends, based_at))
    by_village: dict[str, list[Slope]] = defaultdict(list)
    for place, zone in enumerate(asked):
        if np.isfinite(rain[place]).any():
            made = _one((zone, place), found, (ends, first, step_s), law)
            begin = first + 1 - round(made.hours * HOUR_S / step_s)
            gaps = begin < 0 or not sure[place, max(0, begin) :].all()
            by_village[zone.region].append(
                msgspec.structs.replace(made, law=told.code, lower_bound=gaps)
            )
    return {
        region: tuple(sorted(rows, key=lambda one: (-one.share, one.zone)))
        for region, rows in by_village.items()
    }


def joined(
    told: Sequence[VillageOutlook], found: Mapping[str, tuple[Slope, ...]]
) -> list[VillageOutlook]:
    """Add slopes to their villages; one that has no other zone is told by them alone."""
    known = {one.region for one in told}
    alone = [
        VillageOutlook(region=region, slopes=rows, why=ONLY_SLOPES)
        for region, rows in found.items()
        if region not in known
    ]
    return [
        msgspec.structs.replace(one, slopes=found[one.region]) if one.region in found else one
        for one in told
    ] + alone


def _one(whose: tuple[Zone, int], found: Threat, when: tuple[Times, int, int], law: Law) -> Slope:
    (zone, place), (ends, first, _) = whose, when
    ahead: Floats = found.share[place, first:]
    at = first + int(np.nanargmax(ahead))
    hours, share = float(found.hours[place, at]), float(found.share[place, at])
    limit = float(law.intensity(hours)) * hours
    reached = int(first_at(ahead, 1))
    return Slope(
        zone=zone.code, law="", share=round(share, 3), hours=hours, rain=round(share * limit, 1),
        limit=round(limit, 1), at=int(ends[at]),
        first_at=int(ends[first + reached]) if reached >= 0 else None,
    )  # fmt: skip
