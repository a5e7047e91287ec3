"""Rivers as lines: main stems traced up the largest donors, smoothed, never rising."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString

from . import frame
from .catchments import Drainage
from .frame import CELL_M, Floats
from .model import River
from .names import Namer
from .terrain import Ground

Ints = NDArray[np.int64]

#: The three rivers of the county, largest catchment first.
MAIN_NAMES: Final = ("云津江", "鹭鸣溪", "枫汀溪")
SHORTEST_KM: Final = 1.6


@dataclass(frozen=True, slots=True)
class RiverMap:
    """Rivers with the cells they run through (heads first) and the river of every cell (-1)."""

    rivers: tuple[River, ...]
    cells: tuple[Ints, ...]
    river_of: Ints


def trace(ground: Ground, water: Drainage, namer: Namer) -> RiverMap:
    """All streams of 1.6 km and more, the three main rivers first."""
    receiver, upstream = ground.flow.receiver, ground.upstream_km2.ravel()
    stems = _stems(receiver, upstream, water)
    x, y = _smooth(receiver, water)
    river_of = np.full(receiver.size, -1, dtype=np.int64)
    for number, cells in enumerate(stems):
        river_of[cells] = number
    confluences = {int(receiver[cells[-1]]) for cells in stems}
    height = ground.elevation.ravel().astype(float)
    rivers = []
    for number, cells in enumerate(stems):
        into = int(receiver[cells[-1]])
        path = np.append(cells, into)
        fixed = np.array([int(cell) in confluences for cell in path])
        kept = _thin(x[path], y[path], fixed)
        bed = np.minimum.accumulate(height[path[kept]])
        line = LineString(np.column_stack(frame.rounded(x[path[kept]], y[path[kept]])))
        main = number < len(MAIN_NAMES)
        rivers.append(
            River(
                code=f"{frame.CODE}-R{number + 1:03d}",
                name=MAIN_NAMES[number] if main else namer.stream(float(height[cells].mean())),
                order=int(water.order[cells[-1]]),
                main=main,
                line=line,
                bed_m=tuple(round(float(z), 2) for z in bed),
                length_km=round(frame.length_m(line) / 1000, 2),
                catchment_km2=round(float(upstream[cells[-1]]), 2),
                flows_into=f"{frame.CODE}-R{river_of[into] + 1:03d}"
                if river_of[into] >= 0
                else None,
            )
        )
    return RiverMap(tuple(rivers), tuple(stems), river_of)


def _stems(receiver: Ints, upstream: Floats, water: Drainage) -> list[Ints]:
    """Cells of each stem from head to mouth; the main rivers, then by catchment."""
    cells = np.flatnonzero(water.channel)
    mouths = cells[(water.main[receiver[cells]] != cells) | ~water.channel[receiver[cells]]]
    mouths = mouths[np.lexsort((mouths, -upstream[mouths]))]
    main = water.main.tolist()
    stems = []
    for mouth in mouths.tolist():
        path = [mouth]
        while main[path[-1]] >= 0:
            path.append(main[path[-1]])
        if len(path) * CELL_M[1] / 1000 >= SHORTEST_KM:
            stems.append(np.array(path[::-1], dtype=np.int64))
    to_sea = [s for s in stems if not water.channel[receiver[s[-1]]]]
    first = [id(s) for s in to_sea[: len(MAIN_NAMES)]]
    rest = [s for s in stems if id(s) not in first]
    return _joined(to_sea[: len(MAIN_NAMES)] + rest, receiver)


def _joined(stems: list[Ints], receiver: Ints) -> list[Ints]:
    """Leave out streams that join one that was too short to keep."""
    kept: list[Ints] = []
    taken: set[int] = set()
    every = {int(c) for stem in stems for c in stem}
    for stem in stems:
        into = int(receiver[stem[-1]])
        if into in every or into not in taken:
            kept.append(stem)
            taken.update(int(c) for c in stem)
    return kept


def _smooth(receiver: Ints, water: Drainage) -> tuple[Floats, Floats]:
    """Coordinates of cell centres, slid along their channel so that D8 corners vanish."""
    row, col = np.divmod(np.arange(receiver.size), frame.COLS)
    x = frame.WEST + (col + 0.5) * frame.STEP
    y = frame.NORTH - (row + 0.5) * frame.STEP
    free = np.flatnonzero(water.channel & (water.main >= 0))
    above, below = water.main[free], receiver[free]
    for _ in range(6):
        for value in (x, y):
            value[free] = 0.4 * value[free] + 0.3 * (value[above] + value[below])
    return x, y


def _thin(x: Floats, y: Floats, fixed: NDArray[np.bool_]) -> Ints:
    """Find the vertices worth keeping: ends, confluences, bends over 25 m."""
    stops = np.unique(np.concatenate([[0], np.flatnonzero(fixed), [x.size - 1]]))
    kept = [np.array([0])]
    points = np.column_stack([x, y])
    for start, stop in pairwise(stops.tolist()):
        piece = LineString(points[start : stop + 1]).simplify(0.00025)
        corners = {tuple(c) for c in shapely.get_coordinates(piece).tolist()}
        inner = [k for k in range(start + 1, stop) if tuple(points[k].tolist()) in corners]
        kept.append(np.array([*inner, stop], dtype=np.int64))
    return np.concatenate(kept).astype(np.int64)
