"""What the sea comes to at villages: how deep, when, and how near to leaving at once.

A village is its seat and its danger zones of the sea; the deepest of them speaks for it. Depth is
that of the storm and the tide together above the ground of the place, or, where the tide alone
stands higher than the ground, above that: what the sea covers twice a day is no flood.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.forecast.adapters.contract import Request, Series, Stage, VillageOutlook
from anlan.forecast.adapters.sea.driving import Cells, Ran
from anlan.forecast.adapters.sea.ground import Shore
from anlan.forecast.adapters.sea.soundness import SEA_M
from anlan.forecast.adapters.shapes import Floats, ShorePlace, Times, plain

#: m; see the declaration for where they come from.
WET_M: Final = 0.1
MOVE_M: Final = 0.5
#: Level of a cell without water, m: below any ground.
DRY: Final = -1e5
MINUTE_MS: Final = 60_000
#: A place in the cells of a wall takes the level of a cell so near that is none.
AROUND: Final = 2

OUTSIDE: Final = "在近岸网格之外，没有算"
NO_POINT: Final = "没有位置，没有算"
IN_SEA: Final = "位置落在海里，没有算：请核对村的位置或地形"
IN_WALL: Final = "与海塘同格，两侧分不清，没有算"
CUT_SHORT: Final = "计算中途失控，之后没有算，实际可能更深"


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Places with their cells of the nest; why not, where they have none (-1)."""

    places: tuple[ShorePlace, ...]
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    ground: Floats
    #: Height of the cell, m.
    bed: Floats
    why: tuple[str, ...]

    @property
    def cells(self) -> Cells:
        """Give the cells to look at; a place without one looks at the first, for nothing."""
        return np.maximum(self.rows, 0), np.maximum(self.columns, 0)


def placed(shore: Shore, places: Sequence[ShorePlace], sea: float) -> Placed:
    """Find each place's cell and its ground.

    What lies before a wall takes the lowest cell beside it, what lies behind takes dry ground.
    """
    rows, columns, ground, why = [], [], [], []
    for one in places:
        row, column, said = _cell(shore, one, sea)
        height = _ground(shore, one)
        if not said and not one.zone and height < SEA_M:
            row, column, said = -1, -1, IN_SEA
        rows.append(row)
        columns.append(column)
        why.append(said)
        ground.append(height)
    at = np.array(rows, np.int64), np.array(columns, np.int64)
    bed = shore.grid.bed[np.maximum(at[0], 0), np.maximum(at[1], 0)]
    return Placed(tuple(places), *at, np.array(ground, np.float64), bed, tuple(why))


def _cell(shore: Shore, one: ShorePlace, sea: float) -> tuple[int, int, str]:
    if one.lon is None or one.lat is None:
        return -1, -1, NO_POINT
    grid = shore.grid
    row = int(np.floor((one.lat - grid.south) / grid.dy))
    column = int(np.floor((one.lon - grid.west) / grid.dx))
    if not (0 <= row < grid.bed.shape[0] and 0 <= column < grid.bed.shape[1]):
        return -1, -1, OUTSIDE
    if not shore.walls[row, column]:
        return row, column, ""
    window = (
        slice(max(row - AROUND, 0), row + AROUND + 1),
        slice(max(column - AROUND, 0), column + AROUND + 1),
    )
    bed = np.where(shore.walls[window], np.nan, grid.bed[window])
    if not one.outside:
        bed = np.where(bed > sea, bed, np.nan)
    if not np.isfinite(bed).any():
        return -1, -1, IN_WALL
    at = np.unravel_index(int(np.nanargmin(bed)), bed.shape)
    return int(window[0].start + at[0]), int(window[1].start + at[1]), ""


def _ground(shore: Shore, one: ShorePlace) -> float:
    """Tell the height at a place before heights were averaged; NaN outside of the map."""
    if one.lon is None or one.lat is None:
        return float("nan")
    fine = shore.fine
    row = int(np.floor((one.lat - fine.south) / fine.dy))
    column = int(np.floor((one.lon - fine.west) / fine.dx))
    inside = 0 <= row < fine.values.shape[0] and 0 <= column < fine.values.shape[1]
    return float(fine.values[row, column]) if inside else float("nan")


def outlooks(
    request: Request, found: Placed, calm: Ran, stormy: Ran, start: int
) -> tuple[list[VillageOutlook], list[Series]]:
    """Tell what every village comes to from the base of the run on, the deepest place of each.

    The depth there, step by step, comes with those that water reaches.
    """
    minutes = np.round((start + stormy.times * 1000) / MINUTE_MS).astype(np.int64)
    moments = minutes * MINUTE_MS
    ahead = (moments >= request.based_at) & (moments <= request.end)
    depth = _depths(found, calm, stormy)[ahead]
    told: dict[str, VillageOutlook] = {}
    series: dict[str, Series] = {}
    for number, one in enumerate(found.places):
        made = _one(request, found, number, moments[ahead], depth[:, number])
        if stormy.stopped and made.depth is not None:
            made = _cut(made)
        kept = told.get(one.region)
        if kept is None or _worse(made, kept):
            told[one.region] = made
            if made.depth:
                series[one.region] = _curve(request, one.region, moments[ahead], depth[:, number])
    return list(told.values()), list(series.values())


def _curve(request: Request, region: str, moments: Times, depth: Floats) -> Series:
    """Lay the depth at a place onto the steps of the run; unknown where it was not computed."""
    steps = np.arange(request.based_at, request.end + 1, request.step_s * 1000, dtype=np.int64)
    values = np.interp(steps, moments, depth, left=np.nan, right=np.nan)
    return Series(
        of="village", code=region, quantity="depth", unit="m", start=request.based_at,
        step_s=request.step_s, values=plain(values, 2),
    )  # fmt: skip


def unknown(places: Sequence[ShorePlace], why: str) -> list[VillageOutlook]:
    """Say of every village that nothing was computed, and why."""
    return [
        VillageOutlook(region=code, why=why) for code in dict.fromkeys(one.region for one in places)
    ]


def _depths(found: Placed, calm: Ran, stormy: Ran) -> Floats:
    """Give the depth at each place, m, (t, n); nought where it is dry."""
    if not len(calm.levels) or not len(stormy.levels):
        return np.zeros((len(stormy.times), len(found.places)))
    ordinary = np.max(np.nan_to_num(calm.levels, nan=DRY), axis=0)
    floor = np.fmax(found.ground, ordinary)
    # A film that rain or wind spreads over a slope is no level to hold a place against.
    deep = stormy.levels - found.bed >= WET_M
    return np.asarray(np.maximum(np.where(deep, stormy.levels, DRY) - floor, 0.0))


def _one(
    request: Request, found: Placed, number: int, moments: Times, depth: Floats
) -> VillageOutlook:
    place, ground = found.places[number], float(found.ground[number])
    height = None if np.isnan(ground) else round(ground, 2)
    why = found.why[number]
    if why or not len(moments) or height is None:
        return VillageOutlook(
            region=place.region, zone=place.zone, ground=height, why=why or OUTSIDE
        )
    wet_m = float(request.settings.get("wet_m", WET_M))
    move_m = float(request.settings.get("move_m", MOVE_M))
    most = float(depth.max())
    wet, leave = depth >= wet_m, depth >= move_m
    stage: Stage = "move" if leave.any() else "prepare" if wet.any() else "none"
    first = {"move": leave, "prepare": wet}.get(stage)
    return VillageOutlook(
        region=place.region,
        zone=place.zone,
        ground=height,
        nearness=round(most / move_m, 4) if wet.any() else 0.0,
        stage=stage,
        first_at=None if first is None else int(moments[np.argmax(first)]),
        depth=round(most, 2) if wet.any() else 0.0,
        arrives_at=int(moments[np.argmax(wet)]) if wet.any() else None,
    )


def _cut(made: VillageOutlook) -> VillageOutlook:
    """Say of what a run that broke off told that it can only be more."""
    return VillageOutlook(
        region=made.region, zone=made.zone, ground=made.ground,
        nearness=made.nearness if made.depth else None,
        stage=made.stage if made.depth else None, first_at=made.first_at,
        depth=made.depth or None, arrives_at=made.arrives_at, lower_bound=True, why=CUT_SHORT,
    )  # fmt: skip


def _worse(one: VillageOutlook, other: VillageOutlook) -> bool:
    """Tell whether a place says more of its village than another: the deeper one, then the known.

    A village of which one place stays dry and another was not computed is not known to be dry.
    """
    if one.depth and other.depth:
        return one.depth > other.depth
    if one.depth or other.depth:
        return bool(one.depth)
    return one.depth is None and other.depth is not None
