"""The tide at the open sides of a sea, and mean sea level above the datum of its map."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.surge import Grid, Series, Side, Sides, level_side, open_side, wall
from anlan.engines.tide import Constants, predict
from anlan.forecast.adapters.contract import Request
from anlan.forecast.adapters.shapes import Floats, SideTide, TidePoint, Times
from anlan.kernel.errors import Invalid

#: No cell of a side takes its tide from farther than this, degrees.
FAR_DEG: Final = 1.5
#: So many of the nearest places stand for a cell of a side.
NEAREST: Final = 2
EVERY_S: Final = 300.0

NO_TIDE: Final = "没有开边界的调和常数，潮和增水分开算再相加，浅滩上会有一两成出入；没有算村的水深"
SHORT_TIDE: Final = "开边界的调和常数没有盖住{side}，潮和增水分开算再相加；没有算村的水深"
NO_DATUM: Final = "没有与水深图同一基面的潮位站，平均海面按水深图的零点算"
NAMES: Final = ("西边界", "东边界", "南边界", "北边界")


def mean_sea(request: Request, points: Sequence[TidePoint]) -> tuple[float, str]:
    """Tell mean sea level above the map's datum, m, by the stations that stand on it.

    A station on a datum of its own says nothing of the map's; what is assumed then comes back.
    """
    datum = str(request.settings.get("datum", ""))
    told = [one.mean for one in points if datum and one.datum == datum]
    return (float(np.median(told)), "") if told else (0.0, NO_DATUM)


def still_sides(grid: Grid) -> Sides:
    """Let the sea out where a side has any; a side of land alone is a wall."""
    return Sides(*(open_side() if wet.any() else wall() for _, wet in _edges(grid)))


def tidal_sides(
    grid: Grid, nodes: Sequence[SideTide], span: tuple[int, float], spin_s: float, sea: float
) -> Sides:
    """Let the tide in at every side that has sea; `Invalid` names a side that nobody tells of.

    Where its speed is told too, what the run sends out leaves; else the level is held. span: when
    the run starts, ms, and for how many seconds. The tide grows from still water over the first
    `spin_s` seconds. sea: mean sea level, m.
    """
    start, until = span
    seconds = np.arange(0.0, until + 2 * EVERY_S, EVERY_S)
    moments = start + np.round(seconds * 1000).astype(np.int64)
    grown = np.sin(np.pi / 2 * np.clip(seconds / max(spin_s, 1.0), 0.0, 1.0))[:, None] ** 2
    told = [grown * one for one in _told(nodes, moments)]
    places = np.array([(one.lon, one.lat) for one in nodes])
    sides: list[Side] = []
    for name, (cells, wet) in zip(NAMES, _edges(grid), strict=True):
        if not wet.any():
            sides.append(wall())
            continue
        weights, nearest = _weights(cells, places)
        if nearest[wet].max() > FAR_DEG:
            raise Invalid(SHORT_TIDE.format(side=name))
        level, *speeds = (Series(seconds, one @ weights.T) for one in told)
        level = Series(seconds, sea + level.values)
        sides.append(open_side(level, *speeds) if speeds else level_side(level))
    return Sides(*sides)


def _told(nodes: Sequence[SideTide], moments: Times) -> list[Floats]:
    """Predict the level at every place, (t, n), and the speeds east and north if all tell them."""
    level = [{name: (height, lag) for name, height, lag in one.waves} for one in nodes]
    parts = [level]
    if all(one.flows for one in nodes):
        parts.append([{wave[0]: (wave[1], wave[2]) for wave in one.flows} for one in nodes])
        parts.append([{wave[0]: (wave[3], wave[4]) for wave in one.flows} for one in nodes])
    return [
        np.stack([predict(Constants.of(table)[0], moments) for table in part], axis=1)
        for part in parts
    ]


def _edges(grid: Grid) -> list[tuple[Floats, NDArray[np.bool_]]]:
    """Give the outermost cells of the four sides: where they are (n, 2), and which have sea."""
    x, y = grid.x, grid.y
    return [
        (np.column_stack((np.full(len(y), x[0]), y)), grid.bed[:, 0] < 0),
        (np.column_stack((np.full(len(y), x[-1]), y)), grid.bed[:, -1] < 0),
        (np.column_stack((x, np.full(len(x), y[0]))), grid.bed[0] < 0),
        (np.column_stack((x, np.full(len(x), y[-1]))), grid.bed[-1] < 0),
    ]


def _weights(cells: Floats, places: Floats) -> tuple[Floats, Floats]:
    """Weigh places for cells by the inverse of their distance, (cells, places).

    The distance to the nearest, degrees, comes back too.
    """
    off = cells[:, None, :] - places[None, :, :]
    away = np.hypot(off[..., 0] * np.cos(np.radians(cells[:, None, 1])), off[..., 1])
    shares = 1.0 / np.maximum(away, 1e-6)
    if len(places) > NEAREST:
        least = np.sort(away, axis=1)[:, NEAREST - 1 : NEAREST]
        shares[away > least] = 0.0
    return shares / shares.sum(axis=1, keepdims=True), away.min(axis=1)
