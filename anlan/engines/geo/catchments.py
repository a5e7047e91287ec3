"""Small basins cut out of a map of heights: what drains to each of some outlets and to no other.

Source: O'Callaghan and Mark 1984 (flow by steepest descent); see `terrain` for how depressions are
led over. An outlet is moved to the largest stream near it, for a map and a point seldom agree to a
cell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from anlan.engines.geo import terrain
from anlan.engines.geo.distance import EARTH_RADIUS
from anlan.engines.geo.terrain import Floats, Flow, Ints
from anlan.kernel.errors import Invalid

#: Cells about an outlet in which its stream is looked for.
NEAR: Final = 3
#: A map of more cells wants coarsening first: the work is done in memory.
MOST_CELLS: Final = 30_000_000


@dataclass(frozen=True, slots=True)
class Catchment:
    """What one outlet drains, without what drains through the outlets above it.

    area: m2. down: number of the basin below, -1 for none. length, fall: m, of the channel that
    water from above runs through to the outlet; 0 where nothing comes from above. outlet: lon and
    lat of the cell that was taken, `moved` m from the one told. cut: the basin reaches the edge of
    the map and may be larger. shape: degrees.
    """

    area: float
    down: int
    length: float
    fall: float
    outlet: tuple[float, float]
    moved: float
    cut: bool
    shape: shapely.Geometry


def catchments(
    height: Floats,
    corner: tuple[float, float],
    cell: tuple[float, float],
    outlets: Sequence[tuple[float, float]],
) -> list[Catchment]:
    """Cut the basin of every outlet (lon, lat) out of heights (ny, nx), rows from south to north.

    height: m; what is not known (NaN) drains away, as the sea and the edges do. corner: west and
    south edge, cell: width and height, degrees. `Invalid` for an outlet off the map, or two that
    fall on one cell of a stream.
    """
    if height.size > MOST_CELLS:
        raise Invalid(f"地形有 {height.size} 格，太多，请先裁剪或放宽格距")
    middle = np.radians(corner[1] + cell[1] * height.shape[0] / 2)
    metres = np.radians(cell[1]) * EARTH_RADIUS, np.radians(cell[0]) * EARTH_RADIUS * np.cos(middle)
    away = ~np.isfinite(height) | (height <= 0.0)
    edge = _rim(height.shape, 1)
    flow = terrain.route(np.where(away, -1e4, height), away | edge, cell=metres)
    drained = terrain.accumulate(flow, np.ones(height.shape))
    cells = [_snapped(drained, away, corner, cell, number, at) for number, at in enumerate(outlets)]
    _ask_apart(cells)
    labels = np.full(height.size, -1, dtype=np.int64)
    labels[cells] = np.arange(len(cells))
    labels = terrain.spread_down(flow, labels)
    below = [_below(flow, labels, at) for at in cells]
    ground, drains = (height, corner, cell, metres), (flow, labels, _rim(height.shape, 2).ravel())
    return [
        _one(number, ground, drains, (cells, below), told) for number, told in enumerate(outlets)
    ]


def _rim(shape: tuple[int, ...], width: int) -> terrain.Mask:
    """Mark the outermost cells: those at the edge drain away, their neighbours may lack some."""
    rim = np.ones(shape, dtype=np.bool_)
    rim[width:-width, width:-width] = False
    return rim


def _snapped(
    drained: Floats, away: terrain.Mask, corner: tuple[float, float], cell: tuple[float, float],
    number: int, place: tuple[float, float],
) -> int:  # fmt: skip
    """Give the cell near a place through which most water runs."""
    ny, nx = away.shape
    row, column = int((place[1] - corner[1]) // cell[1]), int((place[0] - corner[0]) // cell[0])
    if not (0 <= row < ny and 0 <= column < nx):
        raise Invalid(f"第 {number + 1} 个出口（{place[0]:g}，{place[1]:g}）不在地形图里")
    rows = slice(max(row - NEAR, 0), row + NEAR + 1)
    columns = slice(max(column - NEAR, 0), column + NEAR + 1)
    most = np.where(away, -1.0, drained.reshape(away.shape))[rows, columns]
    if most.max() < 0:
        raise Invalid(
            f"第 {number + 1} 个出口（{place[0]:g}，{place[1]:g}）落在海里或没有高程的地方"
        )
    down, right = np.unravel_index(int(np.argmax(most)), most.shape)
    return int((rows.start + down) * nx + columns.start + right)


def _ask_apart(cells: list[int]) -> None:
    for number, at in enumerate(cells):
        first = cells.index(at)
        if first < number:
            raise Invalid(
                f"第 {first + 1} 个和第 {number + 1} 个出口落在同一段河上，请移开或去掉一个"
            )


def _below(flow: Flow, labels: Ints, at: int) -> int:
    onward = int(flow.receiver[at])
    return -1 if onward == at else int(labels[onward])


def _one(
    number: int,
    ground: tuple[Floats, tuple[float, float], tuple[float, float], tuple[float, float]],
    drains: tuple[Flow, Ints, terrain.Mask],
    found: tuple[list[int], list[int]],
    told: tuple[float, float],
) -> Catchment:
    height, corner, cell, metres = ground
    flow, labels, rim = drains
    cells, below = found
    mine = labels == number
    row, column = divmod(cells[number], height.shape[1])
    outlet = corner[0] + (column + 0.5) * cell[0], corner[1] + (row + 0.5) * cell[1]
    moved = np.hypot((outlet[1] - told[1]) / cell[1] * metres[0],
                     (outlet[0] - told[0]) / cell[0] * metres[1])  # fmt: skip
    above = [cells[one] for one, onward in enumerate(below) if onward == number]
    ways = [_way(flow, height, metres, start, cells[number]) for start in above]
    length, fall = max(ways, default=(0.0, 0.0))
    return Catchment(
        area=float(mine.sum() * metres[0] * metres[1]),
        down=below[number],
        length=length,
        fall=fall,
        outlet=(float(outlet[0]), float(outlet[1])),
        moved=float(moved),
        cut=bool((mine & rim).any()),
        shape=_shape(mine.reshape(height.shape), corner, cell),
    )


def _way(
    flow: Flow, height: Floats, metres: tuple[float, float], start: int, end: int
) -> tuple[float, float]:
    """Follow the water from one outlet to the next below: m along, m down."""
    length, at, across = 0.0, start, height.shape[1]
    while at != end:
        onward = int(flow.receiver[at])
        (r0, c0), (r1, c1) = divmod(at, across), divmod(onward, across)
        length += float(np.hypot((r1 - r0) * metres[0], (c1 - c0) * metres[1]))
        at = onward
    flat = height.ravel()
    return length, max(float(flat[start] - flat[end]), 0.0)


def _shape(
    mine: terrain.Mask, corner: tuple[float, float], cell: tuple[float, float]
) -> shapely.Geometry:
    """Draw the outline of cells: runs of each row side by side, put together."""
    wide = np.zeros((mine.shape[0], mine.shape[1] + 2), dtype=np.int8)
    wide[:, 1:-1] = mine
    turn = np.diff(wide, axis=1)
    rows, first = np.nonzero(turn == 1)
    _, last = np.nonzero(turn == -1)
    west, east = corner[0] + first * cell[0], corner[0] + last * cell[0]
    south = corner[1] + rows * cell[1]
    runs = shapely.box(west, south, east, south + cell[1])
    return shapely.set_precision(shapely.union_all(runs), 1e-6)
