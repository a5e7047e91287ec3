"""Whether a map of heights can be believed: holes filled or refused, its way up, its datum.

A map that is upside down runs as well as one that is not, and tells villages what never comes: so
places that are known to be land have their say, and heights that somebody measured.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from anlan.engines.grids import Raster
from anlan.engines.surge import Grid, against_marks, grid_of
from anlan.forecast.adapters.contract import Request
from anlan.forecast.adapters.shapes import Floats, Marks, ShorePlace
from anlan.kernel.errors import Invalid

#: Ground lower than this, m, is sea: polders lie a little under the datum.
SEA_M: Final = -1.0
#: So many places and this share of them in the sea make a map wrong, not the places.
FEWEST: Final = 3
SHARE: Final = 0.75
#: How the sentences of an engine about its ground begin; which ground it is, only we know.
GROUND: Final = "地形"

UPSIDE_DOWN: Final = (
    "{count} 个村里有 {wrong} 个在{what}上是海，正负号可能反了；"
    "给的若是水深（向下为正），请在模型的设置里写 depths = true"
)


def whole(ground: Raster, what: str, *, downwards: bool = False) -> tuple[Raster, tuple[str, ...]]:
    """Fill the few cells that are not known, and say so; `Invalid` when they are many.

    downwards: the map holds depths.
    """
    try:
        grid = grid_of(
            ground.values, corner=(ground.west, ground.south), cell=(ground.dx, ground.dy),
            geographic=True, downwards=downwards,
        )  # fmt: skip
    except Invalid as error:
        raise Invalid(_of(what, error.detail)) from error
    said = tuple(_of(what, one) for one in grid.mended)
    return replace(ground, values=grid.bed), said


def right_way_up(ground: Raster, what: str, places: Sequence[ShorePlace]) -> None:
    """Refuse a map on which nearly all villages lie in the sea."""
    seats = [one for one in places if not one.zone]
    found = heights(ground, seats)
    known = found[np.isfinite(found)]
    wrong = int((known < SEA_M).sum())
    if len(known) >= FEWEST and wrong >= SHARE * len(known):
        raise Invalid(UPSIDE_DOWN.format(count=len(known), wrong=wrong, what=what))


def on_datum(ground: Raster, what: str, marks: Marks | None, request: Request) -> None:
    """Refuse a map whose heights stand on another datum than those measured.

    A few heights prove nothing: one of them may be wrong itself.
    """
    if marks is None or marks.datum != request.settings.get("datum"):
        return
    grid = Grid(ground.values, ground.west, ground.south, ground.dx, ground.dy, geographic=True)
    inside = [one for one in marks.points if _covers(ground, one[0], one[1])]
    if len(inside) < FEWEST:
        return
    try:
        against_marks(grid, inside)
    except Invalid as error:
        raise Invalid(_of(what, error.detail)) from error


def heights(ground: Raster, places: Sequence[ShorePlace]) -> Floats:
    """Tell the height at each place; NaN outside of the map and where nobody knows the place."""
    return np.array([_height(ground, one.lon, one.lat) for one in places], dtype=np.float64)


def _height(ground: Raster, lon: float | None, lat: float | None) -> float:
    if lon is None or lat is None or not _covers(ground, lon, lat):
        return float("nan")
    row, column = (lat - ground.south) // ground.dy, (lon - ground.west) // ground.dx
    return float(ground.values[int(row), int(column)])


def _covers(ground: Raster, lon: float, lat: float) -> bool:
    ny, nx = ground.values.shape
    return bool(
        0 <= lat - ground.south < ny * ground.dy and 0 <= lon - ground.west < nx * ground.dx
    )


def _of(what: str, sentence: str) -> str:
    """Say of which map an engine speaks."""
    if not sentence.startswith(GROUND):
        return f"{what}：{sentence}"
    return what + sentence.removeprefix(GROUND)
