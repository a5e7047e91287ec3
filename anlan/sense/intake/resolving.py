"""From what was sent to what is stored: numbers for codes, the quantity's unit, refusals alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.series import Columns
from anlan.protocols.observations import Decoded, Rejection
from anlan.sense.intake.directory import UNKNOWN, Directory
from anlan.sense.intake.queueing import Submission

#: Clocks of devices run ahead; what lies further ahead is no observation (contracts.md 5).
AHEAD_MS: Final = 10 * 60 * 1000

FUTURE: Final = "时间比现在晚 10 分钟以上"
WRONG_UNIT: Final = "单位「{unit}」与监测要素不符"


@dataclass(frozen=True, slots=True, eq=False)
class Resolved:
    """What a group of bodies may store, in the order sent, and what was refused.

    sent: the body each row came in, (n,). refused: reasons by body, where there are any.
    """

    columns: Columns
    sent: NDArray[np.int32]
    refused: dict[int, list[Rejection]]


def resolve(group: Sequence[Submission], directory: Directory, now_ms: int) -> Resolved:
    """Resolve bodies together. Values become factor times what was sent, plus an offset."""
    bodies = [one.decoded for one in group]
    numbers: list[int] = []
    first: list[int] = []
    for one in group:
        first.append(len(numbers))
        numbers += _numbers(one, directory)
    sizes = [len(body) for body in bodies]
    sent = np.repeat(np.arange(len(bodies), dtype=np.int32), sizes)
    stream = np.concatenate([body.stream for body in bodies]) + np.repeat(first, sizes)
    number = np.array(numbers, np.int32)[stream] if numbers else np.empty(0, np.int32)
    time = np.concatenate([body.time for body in bodies])
    raw = np.concatenate([body.value for body in bodies])
    good: NDArray[np.bool_] = (number >= 0) & (time <= now_ms + AHEAD_MS)
    safe = np.maximum(number, 0)
    value = raw * directory.factor[safe] + directory.offset[safe]
    _convert(bodies, directory, safe, value, good)
    if good.all():
        return Resolved(Columns.of(number, time, value), sent, {})
    refused: dict[int, list[Rejection]] = {}
    starts = np.cumsum([0, *sizes])
    for row in np.flatnonzero(~good).tolist():
        body = int(sent[row])
        place = row - int(starts[body])
        reason = _reason(group[body], place, int(number[row]), now_ms)
        refused.setdefault(body, []).append(Rejection(int(bodies[body].index[place]), reason))
    return Resolved(Columns.of(number[good], time[good], value[good]), sent[good], refused)


def _numbers(one: Submission, directory: Directory) -> list[int]:
    """Give the numbers of a body's codes; -1 for what its sender may not write."""
    found = [directory.numbers.get(code, -1) for code in one.decoded.codes]
    if one.owner is None or one.owner.numbers is None:
        return found
    allowed = one.owner.numbers
    return [number if number in allowed else -1 for number in found]


def _convert(
    bodies: Sequence[Decoded],
    directory: Directory,
    number: NDArray[np.int32],
    value: NDArray[np.float64],
    good: NDArray[np.bool_],
) -> None:
    """Convert, in place, the values whose sender named a unit; mark those it does not fit."""
    start = 0
    for body in bodies:
        rows = slice(start, start + len(body))
        start += len(body)
        if body.unit is None:
            continue
        kinds = directory.quantity[number[rows]]
        for place, unit in enumerate(body.units):
            for kind in np.unique(kinds[(body.unit == place) & good[rows]]).tolist():
                here = (body.unit == place) & (kinds == kind) & good[rows]
                scale = directory.scale(unit, kind)
                if scale is None:
                    good[rows] &= ~here
                    continue
                added = directory.added[number[rows][here]]
                value[rows][here] = body.value[here] * scale[0] + scale[1] + added


def _reason(one: Submission, place: int, number: int, now_ms: int) -> str:
    body = one.decoded
    if number < 0:
        said = one.owner.unknown if one.owner else UNKNOWN
        return said.format(code=body.codes[int(body.stream[place])])
    if body.time[place] > now_ms + AHEAD_MS:
        return FUTURE
    named = -1 if body.unit is None else int(body.unit[place])
    return WRONG_UNIT.format(unit=body.units[named])
