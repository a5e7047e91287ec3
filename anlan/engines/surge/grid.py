"""The ground a run stands on: a regular grid of heights, made sound or refused."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from anlan.engines.geo.distance import EARTH_RADIUS
from anlan.engines.surge.layout import LINES, PER_X, SPIN, WIDE_HIGH, WIDE_LOW, Floats, Whole
from anlan.kernel.errors import Invalid

#: Sidereal, 1/s.
OMEGA: Final = 7.2921e-5
#: Values by which other programs say that a cell is not known.
_BLANKS: Final = (-9999.0, -32768.0, -99999.0, 9999.0, 1e20)
#: No ground lies deeper or higher, m.
_DEEPEST: Final = 11_500.0
#: Share of cells without a height up to which holes are filled.
_FEW: Final = 0.02
#: Heights that are off by more than this, m, stand on another datum.
_DATUM: Final = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Heights of the ground on a regular grid.

    bed: metres above the datum of levels, upwards, (ny, nx), rows from south to north. west, south:
    the outer edges of the first cell. dx, dy: width and height of a cell. All four in degrees
    when `geographic`, else metres. mended: what was put right, a sentence each.
    """

    bed: Floats
    west: float
    south: float
    dx: float
    dy: float
    geographic: bool = False
    mended: tuple[str, ...] = field(default=())

    @property
    def x(self) -> Floats:
        """Give the middles of the columns."""
        return np.asarray(self.west + (np.arange(self.bed.shape[1]) + 0.5) * self.dx)

    @property
    def y(self) -> Floats:
        """Give the middles of the rows."""
        return np.asarray(self.south + (np.arange(self.bed.shape[0]) + 0.5) * self.dy)

    @property
    def area(self) -> Floats:
        """Give the area of a cell of each row, m2, (ny, 1)."""
        if not self.geographic:
            return np.full((len(self.bed), 1), self.dx * self.dy)
        size = np.radians(self.dx) * np.radians(self.dy) * EARTH_RADIUS**2
        return np.asarray(size * np.cos(np.radians(self.y)))[:, None]

    def cell(self, x: float, y: float) -> tuple[int, int]:
        """Give row and column of the cell that holds a point; `Invalid` outside the grid."""
        ny, nx = self.bed.shape
        j, i = int((y - self.south) // self.dy), int((x - self.west) // self.dx)
        if not (0 <= j < ny and 0 <= i < nx):
            raise Invalid(f"点（{x:g}，{y:g}）在网格之外")
        return j, i

    def lines(self, coriolis: float | None) -> tuple[Floats, float]:
        """Give what kernels need of each row (see `layout.LINES`), and 1 / dy in 1/m.

        coriolis: 1/s, the same everywhere; None: of each latitude, and none on a plane.
        """
        ny = self.bed.shape[0]
        lines = np.zeros((LINES, ny + 4))
        lines[WIDE_LOW : WIDE_HIGH + 1] = 1.0
        lines[SPIN] = coriolis or 0.0
        if not self.geographic:
            lines[PER_X] = 1.0 / self.dx
            return lines, 1.0 / self.dy
        lat = np.radians(self.south + (np.arange(-2, ny + 2) + 0.5) * self.dy)
        step = np.radians(self.dy)
        lines[PER_X] = 1.0 / (EARTH_RADIUS * np.cos(lat) * np.radians(self.dx))
        lines[WIDE_LOW] = np.cos(lat - step / 2) / np.cos(lat)
        lines[WIDE_HIGH] = np.cos(lat + step / 2) / np.cos(lat)
        if coriolis is None:
            lines[SPIN] = 2 * OMEGA * np.sin(lat)
        return lines, 1.0 / (EARTH_RADIUS * step)


def grid_of(
    bed: ArrayLike,
    *,
    corner: tuple[float, float] = (0.0, 0.0),
    cell: tuple[float, float],
    geographic: bool = False,
    downwards: bool = False,
) -> Grid:
    """Make a sound grid of heights, or refuse with what is wrong and where.

    corner: west and south edge. cell: width and height. downwards: `bed` holds depths, as charts
    do. Blank values of other programs count as unknown; a few unknown cells are filled from those
    around them, and the grid says so.
    """
    raw = np.array(bed, dtype=np.float64)
    if raw.ndim != 2 or raw.size == 0:
        raise Invalid("地形应是二维数组，自南向北、自西向东")
    if not (np.isfinite(corner).all() and np.isfinite(cell).all() and min(cell) > 0):
        raise Invalid("网格的西南角应是数值，格距应大于零")
    if geographic and not _on_earth(raw.shape, corner, cell):
        raise Invalid("经纬度网格超出南北纬 85 度或宽于一周，请检查西南角和格距（度）")
    ground = np.where(np.isin(raw, _BLANKS), np.nan, raw)
    ground, mended = _filled(-ground if downwards else ground)
    wrong = np.argwhere(np.abs(ground) > _DEEPEST)
    if len(wrong):
        j, i = wrong[0]
        raise Invalid(f"第 {j + 1} 行第 {i + 1} 列的高程 {ground[j, i]:g} 米不可能，请检查单位")
    return Grid(ground, corner[0], corner[1], cell[0], cell[1], geographic, mended)


def against_marks(grid: Grid, marks: Sequence[tuple[float, float, float]]) -> Grid:
    """Give the grid back if its heights agree with `marks` (x, y, metres), or refuse it.

    A wrong datum lifts all heights alike: half of the marks off by more than a metre in the same
    sense is one. Marks outside the grid do not count.
    """
    ny, nx = grid.bed.shape
    found = []
    for x, y, height in marks:
        j, i = int((y - grid.south) // grid.dy), int((x - grid.west) // grid.dx)
        if 0 <= j < ny and 0 <= i < nx:
            found.append(grid.bed[j, i] - height)
    off = float(np.median(found)) if found else 0.0
    if abs(off) > _DATUM:
        raise Invalid(
            f"地形与 {len(found)} 个已知高程点相差 {off:+.2f} 米（中位数），高程基准可能不对"
        )
    return grid


def _on_earth(
    shape: tuple[int, ...], corner: tuple[float, float], cell: tuple[float, float]
) -> bool:
    north = corner[1] + shape[0] * cell[1]
    return corner[1] >= -85.0 and north <= 85.0 and shape[1] * cell[0] <= 360.0


def _filled(ground: Floats) -> tuple[Floats, tuple[str, ...]]:
    holes = ~np.isfinite(ground)
    count = int(holes.sum())
    if not count:
        return ground, ()
    j, i = np.argwhere(holes)[0]
    where = f"第 {j + 1} 行第 {i + 1} 列"
    if count > max(_FEW * ground.size, 1):
        raise Invalid(
            f"地形有 {count} 格没有高程（共 {ground.size} 格），例如{where}，太多，不能补"
        )
    while (holes := ~np.isfinite(ground)).any():
        rows, columns = np.nonzero(holes)
        ground[rows, columns] = _around(ground, rows, columns)
    return ground, (f"地形有 {count} 格没有高程，例如{where}，已按周围各格补上",)


def _around(ground: Floats, rows: Whole, columns: Whole) -> Floats:
    """Give the mean of what is known around each of these cells; NaN where nothing is."""
    ny, nx = ground.shape
    total, count = np.zeros(len(rows)), np.zeros(len(rows))
    for up in (-1, 0, 1):
        for right in (-1, 0, 1):
            j, i = rows + up, columns + right
            inside = (j >= 0) & (j < ny) & (i >= 0) & (i < nx)
            near = ground[np.clip(j, 0, ny - 1), np.clip(i, 0, nx - 1)]
            known = inside & np.isfinite(near)
            total += np.where(known, near, 0.0)
            count += known
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
