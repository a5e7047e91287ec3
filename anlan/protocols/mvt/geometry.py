"""Geometries as the command integers of a tile (sections 4.3.1 to 4.3.4)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.protocols import varints

POINT, LINE, POLYGON = 1, 2, 3
MOVE_TO, LINE_TO, CLOSE_PATH = 1, 2, 7

_MOVE_ONE: Final = 1 << 3 | MOVE_TO
_CLOSE: Final = 1 << 3 | CLOSE_PATH

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Geometry:
    """Geometries in tile units, as command integers (section 4.3).

    ``types[i]`` is what feature i is; ``commands[starts[i]:starts[i + 1]]`` draw it. ``source[i]``
    is the number of the input it came from: inputs that vanish in the tile's grid are left out.
    """

    types: Integers
    commands: NDArray[np.uint64]
    starts: Integers
    source: Integers

    def __len__(self) -> int:
        return len(self.source)


def join(parts: Sequence[tuple[Geometry, int]]) -> Geometry:
    """Put geometries into one layer; each comes with the number its inputs begin at."""
    shapes = [shape for shape, _ in parts]
    sizes = np.cumsum([0, *(len(shape.commands) for shape in shapes)])
    starts = [shape.starts[:-1] + size for shape, size in zip(shapes, sizes, strict=False)]
    return Geometry(
        np.concatenate([shape.types for shape in shapes]),
        np.concatenate([shape.commands for shape in shapes]),
        np.concatenate([*starts, sizes[-1:]]).astype(np.int64),
        np.concatenate([shape.source + first for shape, first in parts]),
    )


def points(x: ArrayLike, y: ArrayLike) -> Geometry:
    """Make (n,) points; x to the right and y down, tile units."""
    places = np.column_stack((np.asarray(x, np.int64), np.asarray(y, np.int64)))
    commands = np.empty((len(places), 3), dtype=np.uint64)
    commands[:, 0] = _MOVE_ONE
    commands[:, 1:] = varints.zigzag(places)
    starts = np.arange(len(places) + 1, dtype=np.int64) * 3
    types = np.full(len(places), POINT, dtype=np.int64)
    return Geometry(types, commands.ravel(), starts, np.arange(len(places), dtype=np.int64))


@dataclass(frozen=True)
class Paths:
    """Lines or rings of many features.

    Parameters
    ----------
    xy : (m, 2) integers, tile units, y down
    starts : (p + 1,) where each path begins in `xy`
    features : (p,) the feature of each path, ascending
    outer : (p,) bool, for rings: whether the ring is a polygon's outer one
    """

    xy: Integers
    starts: Integers
    features: Integers
    outer: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))


def lines(paths: Paths) -> Geometry:
    """Make lines; points that fall on their predecessor are dropped, then lines of one point."""
    xy, starts = _without_repeats(paths.xy, paths.starts, closed=False)
    keep = np.diff(starts) >= 2
    return _assemble(LINE, xy, starts, keep, paths.features)


def polygons(paths: Paths) -> Geometry:
    """Make polygons of closed or unclosed rings.

    Outer rings are turned to run clockwise on the screen and inner ones against it, as section
    4.3.4.4 wants; rings without area are dropped, inner ones with their outer one.
    """
    xy, starts = _without_repeats(paths.xy, paths.starts, closed=True)
    areas = _doubled_areas(xy, starts)
    solid = (np.diff(starts) >= 3) & (areas != 0)
    of_outer = np.maximum.accumulate(np.where(paths.outer, np.arange(len(paths.outer)), 0))
    keep = solid & solid[of_outer] if len(solid) else solid
    xy = _turned(xy, starts, (areas > 0) != paths.outer)
    return _assemble(POLYGON, xy, starts, keep, paths.features)


def _ring_of(starts: Integers, size: int) -> Integers:
    return np.repeat(np.arange(len(starts) - 1, dtype=np.int64), np.diff(starts))[:size]


def _without_repeats(xy: Integers, starts: Integers, *, closed: bool) -> tuple[Integers, Integers]:
    path = _ring_of(starts, len(xy))
    keep = np.ones(len(xy), dtype=np.bool_)
    keep[1:] = (path[1:] != path[:-1]) | (xy[1:] != xy[:-1]).any(axis=1)
    if closed and len(xy):
        sizes = np.diff(starts)
        some = sizes > 1
        first, last = starts[:-1][some], starts[1:][some] - 1
        keep[last[(xy[first] == xy[last]).all(axis=1)]] = False
    counts = np.bincount(path[keep], minlength=len(starts) - 1)
    return xy[keep], np.concatenate(([0], np.cumsum(counts))).astype(np.int64)


def _doubled_areas(xy: Integers, starts: Integers) -> Integers:
    """Surveyor's formula over each unclosed ring; above 0 is clockwise where y goes down."""
    sizes = np.diff(starts)
    following = np.arange(1, len(xy) + 1)
    some = sizes > 0
    following[starts[1:][some] - 1] = starts[:-1][some]
    crosses = xy[:, 0] * xy[following, 1] - xy[following, 0] * xy[:, 1] if len(xy) else xy[:, 0]
    totals = np.concatenate(([0], np.cumsum(crosses)))
    return np.asarray(totals[starts[1:]] - totals[starts[:-1]], dtype=np.int64)


def _turned(xy: Integers, starts: Integers, turn: NDArray[np.bool_]) -> Integers:
    """Reverse the rings marked in `turn`."""
    place = np.arange(len(xy), dtype=np.int64)
    ring = _ring_of(starts, len(xy))
    mirrored = starts[ring] + starts[ring + 1] - 1 - place
    return xy[np.where(turn[ring], mirrored, place)] if len(xy) else xy


def _assemble(
    kind: int, xy: Integers, starts: Integers, keep: NDArray[np.bool_], features: Integers
) -> Geometry:
    """Write commands: move to a path's first point, line to the others, close a ring."""
    path = _ring_of(starts, len(xy))
    xy, sizes, features = xy[keep[path]], np.diff(starts)[keep], features[keep]
    firsts = np.concatenate(([0], np.cumsum(sizes)))[:-1].astype(np.int64)
    source, feature = np.unique(features, return_inverse=True)

    # The pen goes on from path to path within a feature and starts at the corner in each.
    steps = np.diff(xy, axis=0, prepend=np.zeros((1, 2), np.int64))
    begun = np.ones(len(features), dtype=np.bool_)
    begun[1:] = features[1:] != features[:-1]
    opens = firsts[begun]
    steps[opens] = xy[opens]

    closing = int(kind == POLYGON)
    taken = 2 * sizes + 2 + closing
    ends = np.cumsum(taken)
    begins = ends - taken
    commands = np.zeros(int(ends[-1]) if len(ends) else 0, dtype=np.uint64)
    commands[begins] = _MOVE_ONE
    commands[begins + 3] = ((sizes - 1) << 3 | LINE_TO).astype(np.uint64)
    if closing:
        commands[ends - 1] = _CLOSE
    # Of each path, point 0 stands behind MoveTo and the others behind LineTo, one place later.
    number = np.arange(len(xy)) - np.repeat(firsts, sizes)
    where = np.repeat(begins, sizes) + 1 + 2 * number + (number > 0)
    folded = varints.zigzag(steps)
    commands[where], commands[where + 1] = folded[:, 0], folded[:, 1]

    per_feature = np.bincount(feature, weights=taken, minlength=len(source))
    offsets = np.concatenate(([0], np.cumsum(per_feature))).astype(np.int64)
    types = np.full(len(source), kind, dtype=np.int64)
    return Geometry(types, commands, offsets, source.astype(np.int64))
