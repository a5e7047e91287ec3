"""Polygons, lines and points: GeoJSON in and out, repair, areas and circles on the ground."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from anlan.engines.geo import datum as datums
from anlan.engines.geo import distance
from anlan.kernel.errors import Invalid

#: A tenth of a metre: what GeoJSON written for people needs.
DECIMALS: Final = 6

_TYPES: Final = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}
)


class BadShape(Invalid):
    """What was given is no usable geometry; the text says why, in Chinese."""


def from_geojson(raw: Mapping[str, Any], *, datum: str = datums.WGS84) -> BaseGeometry:
    """Read a GeoJSON geometry or Feature into WGS-84; invalid rings are repaired.

    Raises
    ------
    BadShape
        When the type is unknown, a ring is broken, or degrees are out of range.
    """
    geometry = raw.get("geometry") if raw.get("type") == "Feature" else raw
    if not isinstance(geometry, Mapping) or geometry.get("type") not in _TYPES:
        raise BadShape("不是 GeoJSON 几何（点、线、面）")
    try:
        shape = shapely.geometry.shape(geometry)
    except (TypeError, ValueError, IndexError, KeyError, shapely.errors.ShapelyError) as error:
        raise BadShape("坐标不成形：环至少四点、首尾相同，坐标为数字") from error
    return to_wgs84(shapely.force_2d(shape), datum=datum)


def to_wgs84(shape: BaseGeometry, *, datum: str) -> BaseGeometry:
    """Bring a geometry to WGS-84, check its degrees and repair it; `BadShape` when impossible."""
    if shape.is_empty:
        raise BadShape("几何为空")
    degrees = shapely.get_coordinates(shape)
    if not np.isfinite(degrees).all() or (np.abs(degrees) > (180.0, 90.0)).any():
        raise BadShape("坐标超出经纬度范围，可能是投影坐标")
    if datum != datums.WGS84:
        convert = datums.TO_WGS84[datum]
        shape = shapely.transform(shape, lambda xy: np.column_stack(convert(xy[:, 0], xy[:, 1])))
    return shape if shape.is_valid else repair(shape)


def repair(shape: BaseGeometry) -> BaseGeometry:
    """Make a geometry valid and keep only parts of its own dimension."""
    mended = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    parts = shapely.get_parts(mended)
    same = shapely.get_dimensions(parts) == shapely.get_dimensions(shape)
    kept = parts[same & ~shapely.is_empty(parts)]
    if not len(kept):
        raise BadShape("几何没有可用的部分")
    return kept[0] if len(kept) == 1 else shapely.union_all(kept)


def to_geojson(shape: BaseGeometry, *, decimals: int = DECIMALS) -> dict[str, Any]:
    """Write a geometry as a GeoJSON mapping with rounded degrees."""

    def rounded(value: Any) -> Any:
        if isinstance(value, (tuple, list)):
            return [rounded(part) for part in value]
        return round(value, decimals)

    raw = shapely.geometry.mapping(shape)
    return {"type": raw["type"], "coordinates": rounded(raw["coordinates"])}


def area_m2(shapes: Any) -> NDArray[np.float64]:
    """Areas in square metres of geometries in degrees, on the sphere of the mean radius.

    Lambert's cylindrical projection keeps areas exactly: x = R lon, y = R sin(lat). Straight sides
    in degrees are not quite straight there, which matters below 0.01 % for sides under 50 km.
    """

    def equal_area(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        radians = np.radians(degrees)
        return distance.EARTH_RADIUS * np.column_stack((radians[:, 0], np.sin(radians[:, 1])))

    return np.asarray(shapely.area(shapely.transform(shapes, equal_area)), dtype=np.float64)


def circle(lon: float, lat: float, radius: float, *, corners: int = 72) -> BaseGeometry:
    """Draw a circle of `radius` metres on the ground as a polygon in degrees.

    Its corners lie just outside the circle, so that the polygon never cuts off a point inside.
    """
    bearing = np.arange(corners) * (360.0 / corners)
    outside = radius / np.cos(np.pi / corners)
    return shapely.polygons(np.column_stack(distance.destination(lon, lat, bearing, outside)))
