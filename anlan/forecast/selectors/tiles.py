"""Gridded products as coloured tiles, for any map that asks by zoom, column and row."""

from functools import lru_cache
from pathlib import Path
from typing import Final

from anlan.base.permissions.actor import Actor
from anlan.engines.grids import Raster, read_geotiff, tile_png
from anlan.forecast.models import Grid
from anlan.forecast.selectors.products import grid_file
from anlan.forecast.selectors.shades import drawable, shades_of
from anlan.kernel.errors import Invalid, Missing

#: Deeper than this a tile holds less than a cell.
DEEPEST: Final = 16


def tile(actor: Actor, run: str, name: str, place: tuple[int, int, int]) -> tuple[Grid, bytes]:
    """Draw one tile (zoom, column, row) of a product; b"" where nothing is to be seen."""
    zoom, x, y = place
    if not 0 <= zoom <= DEEPEST:
        raise Invalid(f"瓦片最深到第 {DEEPEST} 级")
    _, grid, path = grid_file(actor, run, name)
    if not drawable(grid):
        raise Missing("这个产品不画瓦片：只有单个场的 GeoTIFF 画")
    return grid, tile_png(_raster(path, grid.sha256), shades_of(grid.quantity), zoom, x, y)


@lru_cache(maxsize=4)
def _raster(path: Path, _sha256: str) -> Raster:
    """Read a field once for all the tiles of a map that is looked at."""
    return read_geotiff(path.read_bytes())
