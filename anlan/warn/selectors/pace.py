"""How often sensors really report: what somebody typed in is a wish, and some are merely slow."""

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np

from anlan.kernel import clock
from anlan.sense.selectors.observations import reader
from anlan.warn.silence import Sensor

#: So much of the past tells how a sensor goes on; with fewer values nothing is told.
PAST_MS: Final = 3 * 3_600_000
FEWEST: Final = 6
#: The interval that so many of a hundred keep to: a value lost now and then is no other pace.
USUAL: Final = 90
#: Sensors that are looked at: in a county that lies dark the others go by what was typed in.
MOST: Final = 500


def paced(sensors: Sequence[Sensor], villages: Collection[str]) -> list[Sensor]:
    """Give the sensors of some villages the interval they keep, where it is longer than told."""
    asked = [one.number for one in sensors if one.village in villages and one.number >= 0][:MOST]
    usual = _usual_s(asked)
    return [
        one._replace(interval_s=max(one.interval_s, usual.get(one.number, 0.0)))
        if one.village in villages
        else one
        for one in sensors
    ]


def _usual_s(numbers: Sequence[int]) -> dict[int, float]:
    if not numbers:
        return {}
    now_ms = int(clock.now().timestamp() * 1000)
    usual = {}
    for piece in reader().scan(np.array(sorted(numbers), np.int32), now_ms - PAST_MS, now_ms):
        for number in np.unique(piece.number).tolist():
            gaps = np.diff(piece.time[piece.number == number])
            if len(gaps) >= FEWEST:
                usual[number] = float(np.percentile(gaps, USUAL)) / 1000
    return usual
