"""Points between the cells of a grid, where gauges stand and the sides of finer grids lie."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from anlan.engines.surge.grid import Grid
from anlan.engines.surge.layout import GHOSTS, Floats, Whole


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Points as kernels take them: cell to the south-west, and the weights of four cells."""

    rows: Whole
    columns: Whole
    weights: Floats

    def __len__(self) -> int:
        """Count them."""
        return len(self.rows)

    def parts(self) -> tuple[Whole, Whole, Floats]:
        """Give the arrays in the kernels' order."""
        return self.rows, self.columns, self.weights


def points_of(grid: Grid, places: Sequence[tuple[float, float]]) -> Points:
    """Place points (x, y) among the middles of cells; `Invalid` outside the grid.

    Between the outermost middles and the edge the outermost cells count alone.
    """
    for place in places:
        grid.cell(*place)
    x, y = np.array(places, dtype=np.float64).reshape(-1, 2).T
    column, right = _between((x - grid.west) / grid.dx - 0.5, grid.bed.shape[1])
    row, up = _between((y - grid.south) / grid.dy - 0.5, grid.bed.shape[0])
    weights = np.stack(
        [(1 - up) * (1 - right), (1 - up) * right, up * (1 - right), up * right], axis=1
    )
    return Points(row + GHOSTS, column + GHOSTS, np.ascontiguousarray(weights))


def _between(place: Floats, count: int) -> tuple[Whole, Floats]:
    place = np.clip(place, 0.0, count - 1.0)
    low = np.minimum(np.floor(place), max(count - 2, 0)).astype(np.int64)
    return low, place - low
