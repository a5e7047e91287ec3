"""Flow over a height raster: routing across depressions, order, accumulation, distance.

All functions work on numpy arrays of one common shape (rows, cols); flat indices are
``row * cols + col``. No function loops over cells in Python except along breached paths.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

NEIGHBOURS: Final = ((0, 1), (1, 0), (0, -1), (-1, 0), (1, 1), (1, -1), (-1, -1), (-1, 1))


@dataclass(frozen=True, slots=True)
class Flow:
    """Where every cell drains.

    ``receiver`` is the flat index of the cell downstream, the cell itself at an outlet.
    ``order`` lists cells outlets first, every cell after its receiver; ``starts`` cuts it into
    levels of equal distance (in steps) from the outlet, so each level is one vector operation.
    """

    receiver: Ints
    order: Ints
    starts: Ints

    def levels_up(self) -> list[Ints]:
        """Cells by steps from their outlet, nearest first, outlets themselves left out."""
        bounds = zip(self.starts[1:-1], self.starts[2:], strict=True)
        return [self.order[a:b] for a, b in bounds]


def route(height: Floats, outlets: Mask, *, cell: tuple[float, float] = (1.0, 1.0)) -> Flow:
    """Route flow by steepest descent (D8) and lead every depression over its lowest pass.

    Parameters
    ----------
    height
        Metres, any sign, no NaN.
    outlets
        Cells where flow ends (sea, edge of the raster). At least one.
    cell
        Cell height and width in metres, for the slope.

    Notes
    -----
    Depressions become nodes of a graph of passes whose minimum spanning tree from the outlets
    gives the pass each one spills through; the pointers from pass to pit are then turned round.

    Source: O'Callaghan & Mark 1984 (D8); Cordonnier, Bovy & Braun 2019, Earth Surf. Dynam. 7,
    549-562, sections 3-4 (basin graph, depression carving).
    """
    receiver = _steepest(height, outlets, cell)
    pits = np.flatnonzero((receiver == np.arange(receiver.size)) & ~outlets.ravel())
    if pits.size:
        _lead_over_passes(height, receiver, pits)
    depth = _steps_to_outlet(receiver)
    order = np.argsort(depth, kind="stable")
    starts = np.searchsorted(depth[order], np.arange(int(depth.max()) + 2))
    return Flow(receiver, order, starts)


def accumulate(flow: Flow, weight: Floats) -> Floats:
    """Sum ``weight`` over everything upstream of each cell, the cell included; flat result."""
    total = weight.astype(float).ravel().copy()
    for cells in reversed(flow.levels_up()):
        np.add.at(total, flow.receiver[cells], total[cells])
    return total


def breach(height: Floats, flow: Flow) -> Floats:
    """Lower cells just enough that no path rises downstream; same shape as ``height``."""
    carved = height.astype(float).ravel().copy()
    for cells in reversed(flow.levels_up()):
        np.minimum.at(carved, flow.receiver[cells], carved[cells])
    return carved.reshape(height.shape)


def erode(height: Floats, flow: Flow, uplift: Floats, erosion: Floats) -> Floats:
    """One implicit step of the stream-power law; outlets keep their height.

    ``uplift`` is metres risen in the step, ``erosion`` the number K dt A^m / dx per cell (>= 0).

    Source: Braun & Willett 2013, Geomorphology 180-181, 170-179, eq. 13 with n = 1.
    """
    result = (height + uplift).ravel().copy()
    kept = height.ravel()
    outlets = flow.order[: flow.starts[1]]
    result[outlets] = kept[outlets]
    factor = erosion.ravel()
    for cells in flow.levels_up():
        f = factor[cells]
        result[cells] = (result[cells] + f * result[flow.receiver[cells]]) / (1.0 + f)
    return result.reshape(height.shape)


def spread_down(flow: Flow, labels: Ints) -> Ints:
    """Give each unlabelled cell (-1) the label of the nearest labelled cell downstream."""
    result = labels.ravel().copy()
    for cells in flow.levels_up():
        bare = cells[result[cells] < 0]
        result[bare] = result[flow.receiver[bare]]
    return result


def strahler(flow: Flow, channel: Mask) -> Ints:
    """Strahler order of channel cells, 0 elsewhere; a channel must continue to its outlet.

    Source: Strahler 1957, Trans. Am. Geophys. Union 38, 913-920.
    """
    order = channel.ravel().astype(np.int64)
    best = np.zeros_like(order)
    ties = np.zeros_like(order)
    for level in reversed(flow.levels_up()):
        # All donors of a cell lie in one level, so its order is known when the level is done.
        cells = level[order[level] > 0]
        into = flow.receiver[cells]
        np.maximum.at(best, into, order[cells])
        np.add.at(ties, into[order[cells] == best[into]], 1)
        order[into] = best[into] + (ties[into] > 1)
    return order


def distance(targets: Mask, *, cell: tuple[float, float] = (1.0, 1.0)) -> Floats:
    """Distance of every cell to the nearest target cell, in the unit of ``cell``."""
    near = nearest(targets, cell=cell)
    row, col = np.indices(targets.shape)
    to_row, to_col = np.divmod(near, targets.shape[1])
    return np.asarray(np.hypot((row - to_row) * cell[0], (col - to_col) * cell[1]))


def nearest(targets: Mask, *, cell: tuple[float, float] = (1.0, 1.0)) -> Ints:
    """Flat index of the target cell nearest to every cell; there must be a target.

    Jump flooding: exact but for rare cells, where it is off by a fraction of a cell.

    Source: Rong & Tan 2006, I3D, 109-116 (JFA with an extra pass of step 1 at both ends).
    """
    rows, cols = targets.shape
    row, col = (np.asarray(index) for index in np.indices(targets.shape, dtype=np.int32))
    near_row = np.where(targets, row, 0)
    near_col = np.where(targets, col, 0)
    best = np.where(targets, 0.0, np.inf)
    halvings = int(max(rows, cols) - 1).bit_length()
    for jump in [1, *(1 << k for k in reversed(range(halvings))), 1]:
        for dr, dc in NEIGHBOURS:
            to, frm = _overlap(targets.shape, dr * jump, dc * jump)
            if to is None:
                continue
            down = (row[to] - near_row[frm]) * cell[0]
            across = (col[to] - near_col[frm]) * cell[1]
            far = down * down + across * across
            closer = (far < best[to]) & np.isfinite(best[frm])
            best[to] = np.where(closer, far, best[to])
            near_row[to] = np.where(closer, near_row[frm], near_row[to])
            near_col[to] = np.where(closer, near_col[frm], near_col[to])
    return np.asarray(near_row.astype(np.int64) * cols + near_col)


def _overlap(
    shape: tuple[int, ...], dr: int, dc: int
) -> tuple[tuple[slice, slice] | None, tuple[slice, slice]]:
    """Slices of the cells that have a neighbour at (dr, dc), and of those neighbours."""
    rows, cols = shape
    if abs(dr) >= rows or abs(dc) >= cols:
        return None, (slice(0), slice(0))
    to = (slice(max(0, -dr), rows - max(0, dr)), slice(max(0, -dc), cols - max(0, dc)))
    frm = (slice(max(0, dr), rows - max(0, -dr)), slice(max(0, dc), cols - max(0, -dc)))
    return to, frm


def _steepest(height: Floats, outlets: Mask, cell: tuple[float, float]) -> Ints:
    rows, cols = height.shape
    index = np.arange(rows * cols).reshape(rows, cols)
    receiver = index.copy()
    steepest = np.zeros(height.shape)
    for dr, dc in NEIGHBOURS:
        to, frm = _overlap(height.shape, dr, dc)
        if to is None:
            continue
        slope = (height[to] - height[frm]) / np.hypot(dr * cell[0], dc * cell[1])
        better = slope > steepest[to]
        steepest[to][better] = slope[better]
        receiver[to][better] = index[frm][better]
    receiver[outlets] = index[outlets]
    return receiver.ravel()


def _lead_over_passes(height: Floats, receiver: Ints, pits: Ints) -> None:
    """Turn the pointers of every depression towards its pass, in place."""
    basin = _basins(receiver, pits)
    graph = _passes(height, basin.reshape(height.shape), pits.size + 1)
    reached = np.zeros(pits.size + 1, dtype=bool)
    reached[0] = True
    heap = list(graph[0])
    heapq.heapify(heap)
    while heap:
        _, inside, outside, label = heapq.heappop(heap)
        if reached[label]:
            continue
        reached[label] = True
        _turn(receiver, inside, outside)
        for item in graph[label]:
            if not reached[item[3]]:
                heapq.heappush(heap, item)


def _turn(receiver: Ints, inside: int, outside: int) -> None:
    here, onward = inside, outside
    while True:
        following = int(receiver[here])
        receiver[here] = onward
        if following == here:
            return
        here, onward = following, here


def _basins(receiver: Ints, pits: Ints) -> Ints:
    """Label of the pit every cell falls into, 1-based; 0 for cells that reach an outlet."""
    root = receiver.copy()
    while True:
        onward = root[root]
        if np.array_equal(onward, root):
            break
        root = onward
    label = np.zeros(receiver.size, dtype=np.int64)
    label[pits] = np.arange(1, pits.size + 1)
    return np.asarray(label[root])


def _passes(height: Floats, basin: Ints, count: int) -> list[list[tuple[float, int, int, int]]]:
    """Lowest pass between neighbouring basins: per basin (height, far cell, near cell, far)."""
    index = np.arange(height.size).reshape(height.shape)
    parts = []
    for dr, dc in ((0, 1), (1, 0), (1, 1), (1, -1)):
        to, frm = _overlap(height.shape, dr, dc)
        if to is None:
            continue
        differ = basin[to] != basin[frm]
        a, b = index[to][differ], index[frm][differ]
        parts.append(np.stack([a, b]))
    cells = np.concatenate(parts, axis=1)
    flat, label = height.ravel(), basin.ravel()
    swap = label[cells[0]] > label[cells[1]]
    a, b = np.where(swap, cells[::-1], cells)
    level = np.maximum(flat[a], flat[b])
    key = label[a] * count + label[b]
    order = np.lexsort((b, a, level, key))
    first = order[np.unique(key[order], return_index=True)[1]]
    graph: list[list[tuple[float, int, int, int]]] = [[] for _ in range(count)]
    rows = zip(
        level[first].tolist(),
        a[first].tolist(),
        b[first].tolist(),
        label[a[first]].tolist(),
        label[b[first]].tolist(),
        strict=True,
    )
    for z, ca, cb, la, lb in rows:
        graph[la].append((z, cb, ca, lb))
        graph[lb].append((z, ca, cb, la))
    return graph


def _steps_to_outlet(receiver: Ints) -> Ints:
    steps: Ints = (receiver != np.arange(receiver.size)).astype(np.int64)
    onward = receiver
    while True:
        further = steps[onward]
        if not further.any():
            return steps
        steps = steps + further
        onward = onward[onward]
