"""Products on grids: NetCDF-CF for machines, GeoJSON for maps. Each carries the stamp in itself."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import shapely

from anlan.forecast.adapters.shapes import Floats
from anlan.protocols.netcdf import Dataset, Variable, write

#: Stands for what is not known.
BLANK: Final = -9999.0
#: Said inside every file: what it is before anybody signed it.
STAMP: Final = "内部研判参考，未经签署；以主管部门发布的预警为准"


class Raster:
    """A grid of degrees: middles of columns and rows, both rising."""

    def __init__(self, box: tuple[float, float, float, float], step: float) -> None:
        west, south, east, north = box
        self.step = step
        self.lon = np.arange(west + step / 2, east, step)
        self.lat = np.arange(south + step / 2, north, step)

    @property
    def points(self) -> tuple[Floats, Floats]:
        """Give lon and lat of every cell, rows after each other."""
        lon, lat = np.meshgrid(self.lon, self.lat)
        return lon.ravel(), lat.ravel()

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Give the edges: west, south, east, north."""
        half = self.step / 2
        return (
            round(float(self.lon[0]) - half, 6), round(float(self.lat[0]) - half, 6),
            round(float(self.lon[-1]) + half, 6), round(float(self.lat[-1]) + half, 6),
        )  # fmt: skip

    def shaped(self, values: Floats) -> Floats:
        """Lay values of `points` (c,) or (k, c) as rows and columns."""
        return values.reshape(*values.shape[:-1], len(self.lat), len(self.lon))


def netcdf(
    raster: Raster, fields: Mapping[str, tuple[Floats, str, str]], *, title: str, source: str
) -> bytes:
    """Write fields (ny, nx) by name, each with its unit and what it is, as NetCDF-CF."""
    variables = {
        "lat": Variable(("lat",), raster.lat, {"units": "degrees_north",
                                               "standard_name": "latitude"}),
        "lon": Variable(("lon",), raster.lon, {"units": "degrees_east",
                                               "standard_name": "longitude"}),
    }  # fmt: skip
    for name, (values, unit, about) in fields.items():
        filled = np.where(np.isfinite(values), values, BLANK).astype(np.float32)
        variables[name] = Variable(
            ("lat", "lon"), filled, {"units": unit, "long_name": about, "_FillValue": BLANK}
        )
    whole = {"Conventions": "CF-1.8", "title": title, "source": source, "comment": STAMP}
    return write(Dataset({"lat": len(raster.lat), "lon": len(raster.lon)}, variables, whole))


def areas(
    raster: Raster, values: Floats, bounds: Sequence[float], name: str
) -> list[dict[str, Any]]:
    """Draw where a field (ny, nx) reaches each bound: features of GeoJSON, one a bound."""
    lon, lat = (part.reshape(values.shape) for part in raster.points)
    half = raster.step / 2
    found = []
    for bound in bounds:
        inside = np.isfinite(values) & (values >= bound)
        if not inside.any():
            continue
        cells = shapely.box(
            lon[inside] - half, lat[inside] - half, lon[inside] + half, lat[inside] + half
        )
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
