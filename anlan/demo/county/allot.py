"""Whose land is whose: villages, townships and grid cells grown from their seats.

Borders settle where ways from two seats meet: on divides and larger streams, because crossing
them costs extra. Grid cells are grown inside their village.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.geo import terrain as flowing

from . import frame, paths
from .catchments import Drainage
from .frame import Floats
from .settle import Lie, Seats, around
from .terrain import Ground

Ints = NDArray[np.int64]

GRIDS: Final = 900
#: Extra kilometres for crossing a brook catchment's edge, a larger stream, a degree of slope.
_DIVIDE_KM: Final = 0.45
_STREAM_KM: Final = 0.35
_SLOPE_KM: Final = 0.05


@dataclass(frozen=True, slots=True)
class Allotment:
    """Labels of every raster cell (rows x cols, -1 outside the county).

    ``village`` counts villages in the order of the seats, ``grid`` grid cells; ``town_of`` gives
    each village's township and ``village_of`` each grid cell's village. ``grid_seat`` and
    ``village_seat`` are flat raster cells.
    """

    village: Ints
    grid: Ints
    town_of: Ints
    village_of: Ints
    village_seat: Ints
    grid_seat: Ints


def allot(ground: Ground, water: Drainage, lie: Lie, seats: Seats, seed: int) -> Allotment:
    """Divide the county; ``seats`` decide how many villages and townships there are."""
    cost = _cost(ground, water, lie)
    sources = lie.net.node[seats.villages].tolist()
    _, owner, _ = paths.spread(lie.net, cost, sources)
    village = np.full(lie.land.size, -1, dtype=np.int64)
    village[lie.net.block] = owner
    village = _give_islets(village, lie, seats)
    town_of = _towns(village, lie, seats)
    weight = _grid_weight(village, lie)
    counts = _grid_counts(weight, village, seats.villages.size)
    grid_blocks, village_of = _grid_seats(village, lie, seats, counts, seed)
    grid = _grids(village, lie, cost, grid_blocks)
    county = water.county
    return Allotment(
        _to_cells(village, county),
        _to_cells(grid, county),
        town_of,
        village_of,
        _fit_cell(seats.villages, ground, county),
        _fit_cell(grid_blocks, ground, county),
    )


def _cost(ground: Ground, water: Drainage, lie: Lie) -> Floats:
    """Price of every link of the mesh in kilometres."""
    brook = _brooks(ground, water)
    shape = paths.block_shape()
    middle = paths.blocks(brook.reshape(ground.land.shape))[:, :, 0].reshape(shape).ravel()
    a, b = (lie.net.block[end] for end in lie.net.ends)
    divide = middle[a] != middle[b]
    stream = lie.crosses[a] != lie.crosses[b]
    steep = np.maximum(lie.slope[a], lie.slope[b])
    km = lie.net.km * (1 + _SLOPE_KM * steep)
    return np.asarray(km + _DIVIDE_KM * divide + _STREAM_KM * stream)


def _brooks(ground: Ground, water: Drainage) -> Ints:
    """Label of the brook (first channel cell of a link) every cell drains to."""
    receiver = ground.flow.receiver
    cells = np.flatnonzero(water.channel)
    donors = np.bincount(receiver[cells], minlength=receiver.size)
    ends = cells[~water.channel[receiver[cells]] | (donors[receiver[cells]] > 1)]
    label = np.full(receiver.size, -1, dtype=np.int64)
    label[ends] = np.arange(ends.size)
    return flowing.spread_down(ground.flow, label)


def _give_islets(village: Ints, lie: Lie, seats: Seats) -> Ints:
    """Give land no seat can reach overland to the nearest village of the same kind."""
    isle = lie.on_island[seats.villages]
    for where, fits in ((lie.on_island, isle), (~lie.on_island, ~isle)):
        bare = np.flatnonzero(lie.land & (village < 0) & where)
        rows = np.flatnonzero(fits)
        at = seats.villages[rows]
        for block in bare.tolist():
            gap = np.hypot(lie.u[at] - lie.u[block], lie.v[at] - lie.v[block])
            village[block] = rows[int(np.argmin(gap))]
    return village


def _towns(village: Ints, lie: Lie, seats: Seats) -> Ints:
    """Township of every village: the seat nearest by way of neighbouring villages."""
    at = seats.villages
    u, v = lie.u[at], lie.v[at]
    isle = lie.on_island[at]
    neighbours = _neighbours(village, lie, at.size)
    far = np.full(at.size, np.inf)
    owner = np.full(at.size, -1, dtype=np.int64)
    front = []
    for number, row in enumerate(seats.towns):
        far[row], owner[row] = 0.0, number
        front.append(row)
    while front:
        row = min(front, key=lambda r: far[r])
        front.remove(row)
        for other in neighbours[row]:
            step = far[row] + np.hypot(u[row] - u[other], v[row] - v[other])
            if step < far[other] and isle[row] == isle[other]:
                far[other], owner[other] = step, owner[row]
                front.append(other)
    towns = np.array(seats.towns)
    for row in np.flatnonzero(owner < 0).tolist():
        fits = np.flatnonzero(isle[towns] == isle[row])
        gap = np.hypot(u[towns[fits]] - u[row], v[towns[fits]] - v[row])
        owner[row] = fits[int(np.argmin(gap))]
    return owner


def _neighbours(village: Ints, lie: Lie, count: int) -> list[list[int]]:
    a, b = (village[lie.net.block[end]] for end in lie.net.ends)
    near: list[set[int]] = [set() for _ in range(count)]
    for one, two in np.unique(np.stack([a, b])[:, a != b], axis=1).T.tolist():
        near[one].add(two)
        near[two].add(one)
    return [sorted(rows) for rows in near]


def _grid_weight(village: Ints, lie: Lie) -> Floats:
    weight = lie.fit * (1 + 6 * np.exp(-lie.height / 8)) + 0.02
    return np.where(village >= 0, weight, 0.0)


def _grid_counts(weight: Floats, village: Ints, count: int) -> Ints:
    """Grid cells per village: two at least, the rest by fit land, 900 in all."""
    inside = village >= 0
    total = np.bincount(village[inside], weights=weight[inside], minlength=count)
    blocks = np.bincount(village[inside], minlength=count)
    share = np.sqrt(total)
    extra = frame.apportion(share / share.sum(), GRIDS - 2 * count)
    counts = np.minimum(2 + extra, np.maximum(2, blocks // 6))
    while counts.sum() < GRIDS:
        room = np.flatnonzero(counts < blocks // 6)
        counts[room[np.argmax((share / counts)[room])]] += 1
    return np.asarray(counts, dtype=np.int64)


def _grid_seats(
    village: Ints, lie: Lie, seats: Seats, counts: Ints, seed: int
) -> tuple[Ints, Ints]:
    """Blocks of the grid cells' centres: the village seat, then fit land far from the others."""
    rng = frame.stream(seed, "grids")
    solid = around(lie.land.astype(float).reshape(paths.block_shape()), 1).ravel() > 0.85
    order = np.argsort(village, kind="stable")
    bounds = np.searchsorted(village[order], np.arange(counts.size + 1))
    chosen: list[int] = []
    owner: list[int] = []
    for row, count in enumerate(counts.tolist()):
        blocks = order[bounds[row] : bounds[row + 1]]
        fit = lie.fit[blocks] + 0.03
        first = int(seats.villages[row])
        picked = [first]
        gap = np.hypot(lie.u[blocks] - lie.u[first], lie.v[blocks] - lie.v[first])
        for _ in range(count - 1):
            score = np.minimum(gap, 2.5) * (0.4 + fit) * rng.uniform(0.7, 1, blocks.size)
            score = np.where(solid[blocks], score, 0.01 * score)
            score[gap == 0] = -1
            best = int(blocks[int(np.argmax(score))])
            picked.append(best)
            step = np.hypot(lie.u[blocks] - lie.u[best], lie.v[blocks] - lie.v[best])
            gap = np.minimum(gap, step)
        chosen += picked
        owner += [row] * count
    return np.array(chosen, dtype=np.int64), np.array(owner, dtype=np.int64)


def _grids(village: Ints, lie: Lie, cost: Floats, grid_blocks: Ints) -> Ints:
    a, b = (village[lie.net.block[end]] for end in lie.net.ends)
    closed = np.where(a == b, cost, np.inf)
    _, owner, _ = paths.spread(lie.net, closed, lie.net.node[grid_blocks].tolist())
    grid = np.full(lie.land.size, -1, dtype=np.int64)
    grid[lie.net.block] = owner
    owners = village[grid_blocks]
    for block in np.flatnonzero(lie.land & (grid < 0)).tolist():
        rows = np.flatnonzero(owners == village[block])
        at = grid_blocks[rows]
        gap = np.hypot(lie.u[at] - lie.u[block], lie.v[at] - lie.v[block])
        grid[block] = rows[int(np.argmin(gap))]
    return grid


def _to_cells(label: Ints, county: NDArray[np.bool_]) -> Ints:
    rows, cols = paths.block_shape()
    wide = np.repeat(np.repeat(label.reshape(rows, cols), paths.BLOCK, 0), paths.BLOCK, 1)
    return np.where(county, wide, -1)


def _fit_cell(blocks: Ints, ground: Ground, county: NDArray[np.bool_]) -> Ints:
    """Flat raster cell of each block that lies highest but one on plains, lowest in hills."""
    cols = paths.block_shape()[1]
    row, col = np.divmod(blocks, cols)
    near = [
        (row * paths.BLOCK + i) * frame.COLS + col * paths.BLOCK + j
        for i in range(paths.BLOCK)
        for j in range(paths.BLOCK)
    ]
    cells = np.stack(near)
    height = np.where(county.ravel()[cells], ground.elevation.ravel()[cells], -1.0)
    plain = height.max(axis=0) < 15
    score = np.where(plain, height, np.where(height < 0, -1e9, -height))
    return np.asarray(cells[np.argmax(score, axis=0), np.arange(blocks.size)])
