"""The ground of a surge run: the sea far out on coarse cells, the shore on finer ones with walls.

Heights are metres above the datum of the maps, which is one for both.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from anlan.engines.grids import Raster, read_grid
from anlan.engines.surge import Grid, grid_of
from anlan.forecast.adapters.contract import Request
from anlan.forecast.adapters.folder import Folder
from anlan.forecast.adapters.sea import soundness
from anlan.forecast.adapters.shapes import Floats, Marks, ShorePlace
from anlan.kernel.errors import Invalid

#: Width of cells where the declaration says none, degrees.
CELL_DEG: Final = 0.067
NEAR_DEG: Final = 0.005
#: A run on more cells than this is a mistake of the settings.
MOST_CELLS: Final = 4_000_000
KM_PER_DEG: Final = 111.2

FAR: Final = "水深图"
NEAR: Final = "近岸地形"
NO_SHORE: Final = "没有近岸地形，只算了外层，没有算村的水深"
NOT_INSIDE: Final = "近岸地形不在水深图的范围之内，只算了外层，没有算村的水深"
NO_WALLS: Final = "没有海塘资料，按没有海塘算，岸上淹没偏大"
BAD_SHORE: Final = "近岸地形读不出来（{why}），只算了外层，没有算村的水深"
BAD_WALLS: Final = "海塘资料读不出来（{why}），按没有海塘算，岸上淹没偏大"


@dataclass(frozen=True, slots=True, eq=False)
class Shore:
    """The nest: its cells, the heights as they were told, and the cells that a wall runs through.

    fine: the heights before they were averaged, in degrees.
    """

    grid: Grid
    fine: Raster
    walls: NDArray[np.bool_]


def far_out(
    request: Request, raw: bytes, places: Sequence[ShorePlace]
) -> tuple[Grid, tuple[str, ...]]:
    """Read the map of depths and make its cells as wide as the settings want; what was mended.

    `Invalid` when the map cannot be: full of holes, or with the villages at the bottom of the sea.
    """
    downwards = bool(request.settings.get("depths", False))
    ground, said = _read(raw, FAR, downwards=downwards)
    soundness.right_way_up(ground, FAR, places)
    return _coarse(ground, float(request.settings.get("cell_deg", CELL_DEG)), FAR), said


def near_shore(
    folder: Folder, outer: Grid, places: Sequence[ShorePlace]
) -> tuple[Shore | None, tuple[str, ...]]:
    """Lay out the nest; None with why where there is none, and what was missing for it.

    A map of the shore that cannot be used stops no run: the coarse one still tells the stations.
    """
    request = folder.request()
    raw = _bytes_of(folder, "shore")
    if raw is None:
        return None, (NO_SHORE,)
    try:
        fine, said = _read(raw, NEAR)
        soundness.right_way_up(fine, NEAR, places)
        soundness.on_datum(fine, NEAR, folder.read("marks", Marks), request)
        grid = _coarse(fine, float(request.settings.get("near_deg", NEAR_DEG)), NEAR)
    except Invalid as error:
        return None, (BAD_SHORE.format(why=error.detail),)
    if not _holds(outer, grid):
        return None, (NOT_INSIDE,)
    bed, walls, notes = _walled(grid, _bytes_of(folder, "walls"))
    return Shore(replace(grid, bed=bed), fine, walls), (*said, *notes)


def width_km(grid: Grid) -> float:
    """Tell how wide the cells of a grid are, km from south to north."""
    return float(grid.dy * KM_PER_DEG)


def _bytes_of(folder: Folder, name: str) -> bytes | None:
    asked = folder.request().asked(name)
    if asked is None or asked.state == "missing":
        return None
    return (folder.inputs / asked.file).read_bytes()


def _read(raw: bytes, what: str, *, downwards: bool = False) -> tuple[Raster, tuple[str, ...]]:
    ground = read_grid(raw)
    if not ground.geographic:
        raise Invalid(f"{what}不是经纬度坐标，请先转换为 EPSG:4326 或 EPSG:4490")
    if ground.values.ndim != 2:
        raise Invalid(f"{what}应只有一个场，不带时间")
    sound, said = soundness.whole(ground, what, downwards=downwards)
    return sound, (*(f"{what}：{one}" for one in ground.mended), *said)


def _coarse(ground: Raster, wanted: float, what: str) -> Grid:
    """Average heights over cells of about `wanted` degrees."""
    many = max(1, round(wanted / ground.dx))
    rows, columns = (length // many for length in ground.values.shape)
    if min(rows, columns) < 4:
        raise Invalid(f"{what}太小，不够算风暴潮")
    if rows * columns > MOST_CELLS:
        raise Invalid(f"{what}分成 {rows * columns} 格，太多，请把格距放宽")
    blocks = ground.values[: rows * many, : columns * many].reshape(rows, many, columns, many)
    return grid_of(
        blocks.mean(axis=(1, 3)), corner=(ground.west, ground.south),
        cell=(ground.dx * many, ground.dy * many), geographic=True,
    )  # fmt: skip


def _holds(outer: Grid, inner: Grid) -> bool:
    ny, nx = inner.bed.shape
    rows, columns = outer.bed.shape
    return bool(
        inner.west >= outer.west
        and inner.south >= outer.south
        and inner.west + nx * inner.dx <= outer.west + columns * outer.dx
        and inner.south + ny * inner.dy <= outer.south + rows * outer.dy
    )


def _walled(grid: Grid, raw: bytes | None) -> tuple[Floats, NDArray[np.bool_], tuple[str, ...]]:
    """Raise the cells that a wall runs through to its crest.

    Cells in a chain that touch at corners let nothing through: water passes faces only.
    """
    bed, walls = grid.bed.copy(), np.zeros(grid.bed.shape, dtype=np.bool_)
    if raw is None:
        return bed, walls, (NO_WALLS,)
    try:
        lines = _lines(raw)
    except Invalid as error:
        return bed, walls, (BAD_WALLS.format(why=error.detail),)
    for line, crest in lines:
        steps = np.arange(0.0, line.length + grid.dx / 4, grid.dx / 4)
        x, y = shapely.get_coordinates(shapely.line_interpolate_point(line, steps)).T
        row = np.floor((y - grid.south) / grid.dy).astype(np.int64)
        column = np.floor((x - grid.west) / grid.dx).astype(np.int64)
        inside = (row >= 0) & (row < bed.shape[0]) & (column >= 0) & (column < bed.shape[1])
        at = row[inside], column[inside]
        walls[at] = True
        bed[at] = np.maximum(bed[at], crest)
    return bed, walls, ()


def _lines(raw: bytes) -> list[tuple[shapely.LineString, float]]:
    """Read lines with their ``crest_m`` from GeoJSON; `Invalid` for what is none."""
    try:
        features = json.loads(raw)["features"]
        found = []
        for one in features:
            shape = shapely.from_geojson(json.dumps(one["geometry"]))
            crest = float(one["properties"]["crest_m"])
            found += [
                (part, crest)
                for part in shapely.get_parts(shape)
                if part.geom_type == "LineString" and np.isfinite(crest)
            ]
    except (ValueError, KeyError, TypeError, shapely.errors.GEOSException) as error:
        raise Invalid(f"应是带 crest_m 的 GeoJSON 线：{error}") from error
    return found
