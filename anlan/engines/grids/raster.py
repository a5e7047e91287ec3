"""A field on a regular grid, made sound once."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.kernel.errors import Invalid

Floats = NDArray[np.float64]
Times = NDArray[np.int64]

#: Written by other programs for a cell that is not known, though the file does not say so.
_BLANKS: Final = (-9999.0, -99999.0, -32768.0, -32767.0, 9.96920996838687e36, 1e20)
#: Middles may stray by this share of a cell: files hold them as float32.
_EVEN: Final = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """Values on cells of one size.

    values: (ny, nx), or (t, ny, nx) with `times`; rows from south to north, columns from west to
    east; NaN not known. west, south: outer edges of the first cell. dx, dy: size of a cell. All
    four degrees when `geographic`, else metres of whatever projection the file has, which `crs`
    names as far as it is told. times: ms since 1970 UTC. mended: what was put right, a sentence
    each.
    """

    values: Floats
    west: float
    south: float
    dx: float
    dy: float
    geographic: bool = True
    name: str = ""
    unit: str = ""
    crs: str = ""
    times: Times | None = None
    mended: tuple[str, ...] = ()

    @property
    def x(self) -> Floats:
        """Give the middles of the columns."""
        return np.asarray(self.west + (np.arange(self.values.shape[-1]) + 0.5) * self.dx)

    @property
    def y(self) -> Floats:
        """Give the middles of the rows."""
        return np.asarray(self.south + (np.arange(self.values.shape[-2]) + 0.5) * self.dy)


def raster_of(values: ArrayLike, x: ArrayLike, y: ArrayLike, *, geographic: bool = True) -> Raster:
    """Make a raster of values and the middles of its columns and rows, in either direction.

    Longitudes of 0 to 360 degrees are turned to run over 180 without a jump, or down to -180 when
    the whole grid lies in the west. `Invalid` when the middles are not evenly spaced.
    """
    field = np.array(values, dtype=np.float64)
    across, up = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if field.ndim not in (2, 3) or field.shape[-2:] != (len(up), len(across)):
        raise Invalid("网格的行列数与坐标不一致")
    if min(len(across), len(up)) < 2:
        raise Invalid("网格至少要两行两列")
    mended: list[str] = []
    if across[-1] < across[0]:
        across, field = across[::-1], field[..., ::-1]
    if up[-1] < up[0]:
        up, field = up[::-1], field[..., ::-1, :]
    if geographic and across.min() > 180:
        across = across - 360.0
        mended.append("经度由 0 到 360 度换成西经")
    dx, dy = _spacing(across, "列"), _spacing(up, "行")
    if geographic and not (np.abs(up).max() <= 90.001 and across[-1] - across[0] < 360.001):
        raise Invalid("经纬度超出范围，坐标可能不是度")
    field, blank = _known(field)
    mended.extend(blank)
    return Raster(
        np.ascontiguousarray(field), float(across[0] - dx / 2), float(up[0] - dy / 2), dx, dy,
        geographic, mended=tuple(mended),
    )  # fmt: skip


def within(raster: Raster, west: float, south: float, east: float, north: float) -> Raster:
    """Cut out the cells whose middles lie in a window; `Invalid` when fewer than two by two do."""
    columns = np.flatnonzero((raster.x >= west) & (raster.x <= east))
    rows = np.flatnonzero((raster.y >= south) & (raster.y <= north))
    if len(columns) < 2 or len(rows) < 2:
        raise Invalid("网格不覆盖所要的范围")
    cut = raster.values[..., rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return replace(
        raster,
        values=np.ascontiguousarray(cut),
        west=float(raster.west + columns[0] * raster.dx),
        south=float(raster.south + rows[0] * raster.dy),
    )


def sampled(raster: Raster, x: ArrayLike, y: ArrayLike) -> Floats:
    """Read values at points (c,), straight between the middles; (c, t) where there is time.

    Points in the outer half of an outer cell take that cell's value; those outside are not known.
    A cell that is not known leaves the points around it unknown, unless they lie on another's
    middle.
    """
    across = (np.asarray(x, dtype=np.float64) - raster.west) / raster.dx - 0.5
    up = (np.asarray(y, dtype=np.float64) - raster.south) / raster.dy - 0.5
    ny, nx = raster.values.shape[-2:]
    inside = (across >= -0.5) & (across <= nx - 0.5) & (up >= -0.5) & (up <= ny - 0.5)
    across, up = np.clip(across, 0, nx - 1), np.clip(up, 0, ny - 1)
    i, j = (np.minimum(part.astype(int), size - 2) for part, size in ((across, nx), (up, ny)))
    right, above = across - i, up - j
    total = np.zeros((*raster.values.shape[:-2], len(across)))
    for down, over, weight in (
        (0, 0, (1 - above) * (1 - right)),
        (0, 1, (1 - above) * right),
        (1, 0, above * (1 - right)),
        (1, 1, above * right),
    ):
        corner = raster.values[..., j + down, i + over]
        total += np.where(weight > 0, corner * weight, 0.0)
    return np.asarray(np.where(inside, total, np.nan).T)


def _spacing(middles: Floats, what: str) -> float:
    steps = np.diff(middles)
    step = float((middles[-1] - middles[0]) / (len(middles) - 1))
    if step <= 0 or np.abs(steps - step).max() > _EVEN * step:
        at = int(np.argmax(np.abs(steps - step)))
        raise Invalid(
            f"网格的{what}距不均匀：第 {at + 1} 到第 {at + 2} 之间是 {steps[at]:g}，"
            f"平均 {step:g}，请先重采样"
        )
    return step


def _known(field: Floats) -> tuple[Floats, list[str]]:
    blank = np.isin(field, _BLANKS) | np.isinf(field)
    if not blank.any():
        return field, []
    at = np.argwhere(blank)[0]
    told = f"第 {at[-2] + 1} 行第 {at[-1] + 1} 列"
    return np.where(blank, np.nan, field), [
        f"{int(blank.sum())} 格写的是缺值标记，按不明处理，第一个在{told}（自南、自西数）"
    ]
