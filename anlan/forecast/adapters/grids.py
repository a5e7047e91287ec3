"""Products on grids: NetCDF for machines, GeoJSON for maps. Each carries the stamp in itself."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import shapely

from anlan.engines.grids import Raster, write_netcdf
from anlan.forecast.adapters.shapes import Floats

#: Said inside every file: what it is before anybody signed it.
STAMP: Final = "内部研判参考，未经签署；以主管部门发布的预警为准"


def blank(box: tuple[float, float, float, float], step: float) -> Raster:
    """Lay a grid of degrees over a box (west, south, east, north); nothing is known on it yet."""
    west, south, east, north = box
    rows, columns = max(round((north - south) / step), 2), max(round((east - west) / step), 2)
    return Raster(np.full((rows, columns), np.nan), west, south, step, step)


def box_of(raster: Raster) -> tuple[float, float, float, float]:
    """Give the edges of a grid: west, south, east, north."""
    ny, nx = raster.values.shape[-2:]
    return (
        round(raster.west, 6), round(raster.south, 6),
        round(raster.west + nx * raster.dx, 6), round(raster.south + ny * raster.dy, 6),
    )  # fmt: skip


def points_of(raster: Raster) -> tuple[Floats, Floats]:
    """Give lon and lat of every cell, rows after each other."""
    lon, lat = np.meshgrid(raster.x, raster.y)
    return lon.ravel(), lat.ravel()


def named(raster: Raster, values: Floats, name: str, unit: str) -> Raster:
    """Put values (ny, nx) onto a grid, with what they are."""
    return replace(raster, values=values.reshape(raster.values.shape), name=name, unit=unit)


def netcdf(fields: Mapping[str, Raster], *, title: str, source: str) -> bytes:
    """Write fields of one grid as NetCDF-CF."""
    return write_netcdf(fields, title=title, attributes={"source": source, "comment": STAMP})


def areas(raster: Raster, bounds: Sequence[float], name: str) -> list[dict[str, Any]]:
    """Draw where a field reaches each bound: features of GeoJSON, one a bound."""
    lon, lat = (part.reshape(raster.values.shape) for part in points_of(raster))
    across, up = raster.dx / 2, raster.dy / 2
    found = []
    for bound in bounds:
        inside = np.isfinite(raster.values) & (raster.values >= bound)
        if not inside.any():
            continue
        x, y = lon[inside], lat[inside]
        cells = shapely.box(x - across, y - up, x + across, y + up)
        outline = shapely.set_precision(shapely.union_all(cells), 1e-5)
        found.append(feature(outline, {name: bound}))
    return found


def feature(shape: Any, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Make a feature of GeoJSON."""
    return {
        "type": "Feature",
        "geometry": json.loads(shapely.to_geojson(shape)),
        "properties": dict(properties),
    }


def geojson(features: Sequence[Mapping[str, Any]]) -> bytes:
    """Write features as one file that says what it is."""
    whole = {"type": "FeatureCollection", "comment": STAMP, "features": list(features)}
    return json.dumps(whole, ensure_ascii=False).encode()
