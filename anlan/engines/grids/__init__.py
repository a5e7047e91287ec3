"""Grids as other centres and map makers hand them over: GeoTIFF and NetCDF in, one form inside.

Out go the same two, and for maps lines of equal value and coloured tiles.

Bytes in, bytes out; nothing here touches a disk.
"""

from anlan.engines.grids.contours import contours, contours_geojson
from anlan.engines.grids.geotiff import read_geotiff, write_geotiff
from anlan.engines.grids.netcdf import Described, described, read_netcdf, variables, write_netcdf
from anlan.engines.grids.pictures import Shade, tile_png
from anlan.engines.grids.raster import Raster, raster_of, sampled, within
from anlan.engines.grids.segments import warm
from anlan.kernel.errors import Invalid

__all__ = [
    "Described",
    "Raster",
    "Shade",
    "contours",
    "contours_geojson",
    "described",
    "raster_of",
    "read_geotiff",
    "read_grid",
    "read_netcdf",
    "sampled",
    "tile_png",
    "variables",
    "warm",
    "within",
    "write_geotiff",
    "write_netcdf",
]


def read_grid(body: bytes, *, variable: str = "") -> Raster:
    """Read a grid by what its first bytes say it is; `Invalid` for anything else."""
    if body[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return read_geotiff(body)
    if body[:4] == b"\x89HDF" or body[:3] == b"CDF":
        return read_netcdf(body, variable=variable)
    raise Invalid("既不是 GeoTIFF，也不是 NetCDF")
