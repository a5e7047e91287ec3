"""Rain over places from gauges, and how near a place's thresholds come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.basin import (
    LEAVE,
    PREPARE,
    Nearness,
    Thresholds,
    first_at,
    nearness,
    thresholds_of,
)
from anlan.forecast.adapters.contract import Stage, VillageOutlook, Window
from anlan.forecast.adapters.shapes import Floats, Times, Zone

Mask = NDArray[np.bool_]

HOUR_S: Final = 3600
#: Rain that is told for everywhere at once stands for places without a gauge, too.
EVERYWHERE: Final = "*"
NO_GAUGE: Final = "附近没有雨量站"
DUMB: Final = "附近的雨量站没有雨量，也没有雨量预报"
GAPS: Final = "有雨量缺测，只按已知的雨算，实际可能更重"
STAGES: Final[tuple[tuple[int, Stage], ...]] = ((LEAVE, "move"), (PREPARE, "prepare"))


def weighted(rain: Mapping[str, Floats], gauges: Mapping[str, float], steps: int) -> Floats:
    """Give the rain of a place, (t,), from the gauges that stand for it.

    Where some do not know, the others stand for them; where none knows, nobody does.
    """
    total, weight = np.zeros(steps), np.zeros(steps)
    for code, share in (gauges or {EVERYWHERE: 1.0}).items():
        fallen = rain.get(code)
        if fallen is None:
            continue
        known = np.isfinite(fallen)
        total[known] += share * fallen[known]
        weight[known] += share
    return np.where(weight > 0, total / np.where(weight > 0, weight, 1.0), np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class Fallen:
    """Rain of steps by gauge, mm, (t,) each; `whole` has NaN where a gauge did not tell all."""

    told: Mapping[str, Floats]
    whole: Mapping[str, Floats]

    def on(self, places: Sequence[Mapping[str, float]], steps: int) -> tuple[Floats, Mask]:
        """Give the rain of places by the gauges that stand for them, (v, t), and where it is sure.

        Gauges that told all of a step go before those that told a part of it; where there are but
        such, at least so much fell.
        """
        sure = np.stack([weighted(self.whole, one, steps) for one in places])
        partly = np.stack([weighted(self.told, one, steps) for one in places])
        known = np.isfinite(sure)
        return np.where(known, sure, partly), known

    def last(self, steps: int) -> "Fallen":
        """Keep the last steps."""
        told, whole = (
            {code: rain[-steps:] for code, rain in part.items()} for part in (self.told, self.whole)
        )
        return Fallen(told, whole)


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """What a zone comes to, and its share of leaving at once at the end of each step, (t,)."""

    summed: VillageOutlook
    nearness: Floats


def tables_of(zones: Sequence[Zone]) -> Thresholds:
    """Lay the thresholds of all zones side by side; a zone without one for some hours has NaN."""
    hours = sorted({row[0] for zone in zones for row in zone.thresholds})
    prepare = np.full((len(zones), 1, len(hours)), np.nan)
    leave = np.full((len(zones), 1, len(hours)), np.nan)
    for place, zone in enumerate(zones):
        for length, ready, go in zone.thresholds:
            prepare[place, 0, hours.index(length)] = ready
            leave[place, 0, hours.index(length)] = go
    return thresholds_of(hours, [0.0], prepare, leave)


def outlooks(
    zones: Sequence[Zone], ends: Times, fallen: Fallen, step_s: int, based_at: int
) -> list[Outlook]:
    """Tell how near zones come to leaving at once, from `based_at` on, and step by step.

    Unknown rain adds nothing, and the answer says that it is a lower bound; rain before the first
    step is unknown, too. ends: when each step ends, ms, (t,).
    """
    rain, sure = fallen.on([zone.gauges for zone in zones], len(ends))
    tables = tables_of(zones)
    found = nearness(np.nan_to_num(rain), step_s, tables, np.zeros(len(zones)))
    first = int(np.searchsorted(ends, based_at))
    told = []
    for place, zone in enumerate(zones):
        if not np.isfinite(rain[place]).any():
            why = DUMB if zone.gauges else NO_GAUGE
            blind = VillageOutlook(region=zone.region, zone=zone.code, lower_bound=True, why=why)
            told.append(Outlook(blind, np.full(len(ends), np.nan)))
            continue
        longest = max(hours for hours, _, _ in zone.thresholds)
        begin = first + 1 - round(longest * HOUR_S / step_s)
        gaps = begin < 0 or not sure[place, max(0, begin) :].all()
        made = _one(zone, found, place, (ends, first, rain[place], step_s), gaps=gaps)
        told.append(Outlook(made, found.leave[place]))
    return told


def _one(
    zone: Zone,
    found: Nearness,
    place: int,
    when: tuple[Times, int, Floats, int],
    *,
    gaps: bool,
) -> VillageOutlook:
    ends, first, rain, step_s = when
    ahead = found.leave[place, first:]
    at = first + int(np.nanargmax(ahead))
    hours = float(found.hours[place, at])
    steps = round(hours * HOUR_S / step_s)
    stage, moment = _stage(found.state[place, first:], ends[first:])
    return VillageOutlook(
        region=zone.region,
        zone=zone.code,
        nearness=round(float(found.leave[place, at]), 4),
        stage=stage,
        first_at=moment,
        hours=hours,
        rain=round(float(np.nansum(rain[max(0, at + 1 - steps) : at + 1])), 1),
        limit=next(go for length, _, go in zone.thresholds if length == hours),
        windows=_windows(zone, rain, ends, first, step_s),
        lower_bound=gaps,
        why=GAPS if gaps else "",
    )


def _windows(zone: Zone, rain: Floats, ends: Times, first: int, step_s: int) -> tuple[Window, ...]:
    """Tell the greatest rain ahead within each time; unknown rain adds nothing."""
    total = np.concatenate([[0.0], np.cumsum(np.nan_to_num(rain))])
    last = np.arange(first, len(rain))
    found = []
    for hours, prepare, move in sorted(zone.thresholds):
        steps = round(hours * HOUR_S / step_s)
        sums = total[last + 1] - total[np.maximum(last + 1 - steps, 0)]
        place = int(np.argmax(sums))
        most = float(sums[place])
        found.append(
            Window(
                hours=hours, rain=round(most, 1), at=int(ends[last[place]]), prepare=prepare,
                move=move, nearness=round(most / move, 4),
            )
        )  # fmt: skip
    return tuple(found)


def _stage(state: NDArray[np.int64], ends: Times) -> tuple[Stage, int | None]:
    for least, name in STAGES:
        at = int(first_at(state, least))
        if at >= 0:
            return name, int(ends[at])
    return "none", None
