"""From label rasters to polygons that share their borders, and patches of a mask."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LinearRing, MultiPolygon, Polygon

from . import frame

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: Borders lose corners smaller than this, in degrees (about 60 m).
TOLERANCE: Final = 0.0006
_EAST, _NORTH, _WEST, _SOUTH = range(4)


def patches(mask: Mask) -> Ints:
    """Label the 4-connected patches of a mask from 0, the largest first; -1 outside."""
    padded = np.pad(mask, ((0, 0), (1, 1))).astype(np.int8)
    change = np.diff(padded, axis=1)
    start_row, start = np.nonzero(change == 1)
    _, stop = np.nonzero(change == -1)
    parent = np.arange(start.size)
    first = np.searchsorted(start_row, np.arange(mask.shape[0] + 1))
    for row in range(1, mask.shape[0]):
        _join_rows(parent, start, stop, (first[row - 1], first[row], first[row + 1]))
    roots = np.array([_root(parent, i) for i in range(start.size)], dtype=np.int64)
    size = np.bincount(roots, weights=stop - start, minlength=start.size)
    kept = np.unique(roots)
    kept = kept[np.lexsort((kept, -size[kept]))]
    number = np.full(start.size, -1, dtype=np.int64)
    number[kept] = np.arange(kept.size)
    steps = np.zeros(padded.shape, dtype=np.int64)
    steps[start_row, start] += number[roots] + 1
    steps[start_row, stop] -= number[roots] + 1
    return np.cumsum(steps, axis=1)[:, : mask.shape[1]] - 1


def _join_rows(parent: Ints, start: Ints, stop: Ints, rows: tuple[int, int, int]) -> None:
    above, here, end = rows
    i, j = above, here
    while i < here and j < end:
        if start[i] < stop[j] and start[j] < stop[i]:
            a, b = _root(parent, i), _root(parent, j)
            parent[max(a, b)] = min(a, b)
        if stop[i] < stop[j]:
            i += 1
        else:
            j += 1


def _root(parent: Ints, i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = int(parent[i])
    return i


def polygons(labels: Ints, count: int, *, tolerance: float = TOLERANCE) -> list[MultiPolygon]:
    """Polygons of labels 0..count-1 (lon, lat) whose common borders stay common.

    Borders are smoothed along their course, junctions stay; then the whole coverage is
    simplified at once. A label without cells gets an empty polygon.
    """
    labels = _unpinched(labels)
    start, end, turn, label = _border_steps(labels)
    x, y = _smoothed(labels, start, end)
    rings = _rings(start, end, turn, label)
    shapes = [_assemble([(x[r], y[r]) for r in rings[k]]) for k in range(count)]
    if tolerance > 0:
        shapes = list(shapely.coverage_simplify(np.array(shapes), tolerance))
    return [as_multi(shape) for shape in shapes]


def as_multi(shape: Any) -> MultiPolygon:
    """Take the polygons of any geometry, made valid, the largest first."""
    if not shape.is_valid:
        shape = shapely.make_valid(shape)
    parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and p.area > 1e-9]
    if not parts:
        parts = [
            q
            for p in shapely.get_parts(shape)
            for q in shapely.get_parts(p)
            if q.geom_type == "Polygon"
        ]
    return MultiPolygon(sorted(parts, key=lambda p: -p.area))


def merge(shapes: list[MultiPolygon]) -> MultiPolygon:
    """Union of polygons of one coverage."""
    return as_multi(shapely.coverage_union_all(np.array(shapes)))


def _unpinched(labels: Ints) -> Ints:
    """Part cells of one label that meet only at a corner: their outline would touch itself."""
    labels = labels.copy()
    for _ in range(12):
        a, b = labels[:-1, :-1], labels[:-1, 1:]
        c, d = labels[1:, :-1], labels[1:, 1:]
        falling = (a == d) & (a != b) & (a != c) & (a >= 0)
        rising = (b == c) & (b != a) & (b != d) & (b >= 0)
        if not (falling.any() or rising.any()):
            break
        d[falling] = np.maximum(b, c)[falling]
        c[rising & ~falling] = np.maximum(a, d)[rising & ~falling]
    return labels


def _border_steps(labels: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Directed unit steps round every label, its inside on the left hand."""
    grid = np.pad(labels, 1, constant_values=-1)
    width = grid.shape[1] - 1
    parts = []
    row, col = np.nonzero(grid[:, :-1] != grid[:, 1:])
    upper, lower = (row - 1) * width + col, row * width + col
    parts.append((lower, upper, _NORTH, grid[row, col]))
    parts.append((upper, lower, _SOUTH, grid[row, col + 1]))
    row, col = np.nonzero(grid[:-1] != grid[1:])
    left, right = row * width + col - 1, row * width + col
    parts.append((left, right, _EAST, grid[row, col]))
    parts.append((right, left, _WEST, grid[row + 1, col]))
    start = np.concatenate([p[0] for p in parts])
    end = np.concatenate([p[1] for p in parts])
    turn = np.concatenate([np.full(p[0].size, p[2]) for p in parts])
    label = np.concatenate([p[3] for p in parts])
    inside = label >= 0
    return start[inside], end[inside], turn[inside], label[inside]


def _smoothed(labels: Ints, start: Ints, end: Ints) -> tuple[Any, Any]:
    """Coordinates of the lattice's corners after sliding borders towards their neighbours."""
    rows, cols = labels.shape[0] + 1, labels.shape[1] + 1
    a, b = np.divmod(
        np.unique(np.minimum(start, end) * rows * cols + np.maximum(start, end)), rows * cols
    )
    degree = np.bincount(np.concatenate([a, b]), minlength=rows * cols)
    free = degree == 2
    step = frame.STEP * frame.ROWS / labels.shape[0]
    row, col = np.divmod(np.arange(rows * cols), cols)
    x, y = frame.WEST + col * step, frame.NORTH - row * step
    for _ in range(5):
        for value in (x, y):
            near = np.bincount(a, value[b], rows * cols) + np.bincount(b, value[a], rows * cols)
            value[free] = 0.4 * value[free] + 0.3 * near[free]
    return frame.rounded(x, y)


def _rings(start: Ints, end: Ints, turn: Ints, label: Ints) -> dict[int, list[Ints]]:
    size = int(max(start.max(), end.max())) + 1
    order = np.lexsort((turn, start, label))
    start, end, turn, label = start[order], end[order], turn[order], label[order]
    key = label * size + start
    onward = np.searchsorted(key, label * size + end)
    twin = np.minimum(onward + 1, key.size - 1)
    # Where two steps leave a corner, the left turn keeps diagonal cells apart.
    two = (key[twin] == key[onward]) & (turn[onward] != (turn + 1) % 4) & (twin != onward)
    onward = np.where(two, twin, onward)
    following = onward.tolist()
    seen = bytearray(key.size)
    rings: dict[int, list[Ints]] = {}
    for first in range(key.size):
        if seen[first]:
            continue
        ring = []
        at = first
        while not seen[at]:
            seen[at] = 1
            ring.append(at)
            at = following[at]
        rings.setdefault(int(label[first]), []).append(start[np.array(ring)])
    return rings


def _assemble(rings: list[tuple[Any, Any]]) -> MultiPolygon:
    outers: list[LinearRing] = []
    holes: list[LinearRing] = []
    for x, y in rings:
        ring = LinearRing(np.column_stack([x, y]))
        (outers if ring.is_ccw else holes).append(ring)
    if len(outers) == 1:
        return MultiPolygon([Polygon(outers[0], holes)])
    shells = [Polygon(ring) for ring in outers]
    inside: list[list[LinearRing]] = [[] for _ in shells]
    for hole in holes:
        point = Polygon(hole).representative_point()
        fits = [k for k, shell in enumerate(shells) if shell.contains(point)]
        if fits:
            inside[min(fits, key=lambda k: shells[k].area)].append(hole)
    return MultiPolygon([Polygon(s, h) for s, h in zip(outers, inside, strict=True)])
