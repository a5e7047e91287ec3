"""Basins above and below each other: rain on all of them to flow at each outlet.

A basin drains into at most one other. What comes from above runs through the basin's own channel
and meets what its own ground gives at its outlet.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.engines.basin.hydrograph import Reach, convolved, routed
from anlan.kernel.errors import Invalid

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Basins side by side, (b,) each.

    area: m2. response: (b, t) shares a step, as `cascade` or `response_of` give. base: m3/s that
    flow without rain from the basin's own ground. down: index of the basin below, -1 for none.
    channel: through which the water of the basins above runs.
    """

    area: Floats
    response: Floats
    base: Floats
    down: Ints
    channel: Reach


def levels(down: ArrayLike) -> list[Ints]:
    """Sort basins into groups, those with nothing above them first; each after all above it.

    `Invalid` when a basin drains into itself, round in a ring, or to where no basin is.
    """
    below = np.asarray(down, dtype=np.int64)
    count = len(below)
    if ((below < -1) | (below >= count)).any():
        raise Invalid("有的流域流向不存在的流域")
    rank = np.zeros(count, dtype=np.int64)
    inside = np.flatnonzero(below >= 0)
    for _ in range(count + 1):
        before = rank.copy()
        np.maximum.at(rank, below[inside], before[inside] + 1)
        if np.array_equal(rank, before):
            return [np.flatnonzero(rank == level) for level in range(int(rank.max(initial=0)) + 1)]
    raise Invalid("流域之间流成了圈")


def flood(network: Network, run: ArrayLike, step: float) -> Floats:
    """Turn runoff (b, ..., t) mm a step into flow (b, ..., t) m3/s at every outlet.

    step: seconds. Flow is the mean of its step. A basin whose runoff is not known (NaN) makes all
    below it unknown.
    """
    water = np.asarray(run, dtype=np.float64)
    base = network.base.reshape((-1,) + (1,) * (water.ndim - 1))
    flow = convolved(water, network.response, network.area, step) + base
    for group in levels(network.down)[1:]:
        coming = np.zeros((len(group), *water.shape[1:]))
        place = np.full(len(network.down), -1)
        place[group] = np.arange(len(group))
        above = np.flatnonzero((network.down >= 0) & np.isin(network.down, group))
        np.add.at(coming, place[network.down[above]], flow[above])
        channel = Reach(network.channel.travel[group], network.channel.weight[group])
        flow[group] += routed(coming, channel, step)
    return np.asarray(flow)
