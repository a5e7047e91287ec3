import json
import struct
import zlib
from dataclasses import replace

import numpy as np
import pytest
import shapely

from anlan.engines.grids import (
    Raster,
    Shade,
    contours,
    contours_geojson,
    raster_of,
    tile_png,
)
from anlan.engines.grids.pictures import png, shaded
from anlan.kernel.errors import Invalid

SHADES = (Shade(0.5, "#FFF000", 0.5), Shade(1.0, "#FF0000", 1.0))


def cone(count: int = 201) -> Raster:
    """Three less the distance from the middle, degrees."""
    axis = np.linspace(-3.0, 3.0, count)
    x, y = np.meshgrid(axis, axis)
    return raster_of(3.0 - np.hypot(x, y), 120 + axis, 28 + axis)


def test_the_contours_of_a_cone_are_circles() -> None:
    lines = contours(cone(), [1.0, 2.0, 9.0])
    for line, radius in zip(lines, (2.0, 1.0), strict=False):
        assert line.geom_type == "LineString"
        assert line.is_ring
        assert line.length == pytest.approx(2 * np.pi * radius, rel=1e-3)
        away = shapely.distance(
            shapely.points(shapely.get_coordinates(line)), shapely.Point(120, 28)
        )
        assert away == pytest.approx(np.full(len(away), radius), abs=1e-3)
    assert lines[2].is_empty


def test_a_contour_of_a_slope_is_straight_and_ends_at_the_edge() -> None:
    axis = np.arange(5.0)
    slope = raster_of(np.tile(axis, (5, 1)), axis, axis)
    (line,) = contours(slope, [1.25])
    assert shapely.simplify(line, 1e-12).coords[:] == [(1.25, 0.0), (1.25, 4.0)]


def test_a_saddle_is_parted_by_its_middle() -> None:
    saddle = raster_of([[1.0, 0.0], [0.0, 1.0]], [0.0, 1.0], [0.0, 1.0])
    low, high = contours(saddle, [0.6, 0.4])
    south_west = shapely.Point(0, 0)
    assert len(low.geoms) == len(high.geoms) == 2
    assert shapely.distance(low, south_west) < 0.3
    assert shapely.distance(high, south_west) > 0.3


def test_no_line_goes_through_what_is_not_known() -> None:
    holed = cone(61)
    holed.values[20:40, :30] = np.nan
    (line,) = contours(holed, [1.0])
    assert not line.is_ring
    hole = shapely.box(holed.x[0], holed.y[20], holed.x[29], holed.y[39])
    assert not line.crosses(shapely.buffer(hole, -1e-9))


def test_contours_in_geojson_tell_their_value_and_their_unit() -> None:
    told = contours_geojson(replace(cone(41), unit="m"), [1.0, 9.0], comment="draft")
    (feature,) = told["features"]
    assert feature["properties"] == {"value": 1.0, "unit": "m", "comment": "draft"}
    assert feature["geometry"]["type"] == "LineString"
    json.dumps(told, allow_nan=False)


def unpacked(body: bytes) -> tuple[np.ndarray, bytes, bytes]:
    """Take a picture apart by the book: pixels, palette, transparency; every sum is checked."""
    assert body[:8] == b"\x89PNG\r\n\x1a\n"
    parts, at = {}, 8
    while at < len(body):
        (length,) = struct.unpack(">I", body[at : at + 4])
        name, content = body[at + 4 : at + 8], body[at + 8 : at + 8 + length]
        (told,) = struct.unpack(">I", body[at + 8 + length : at + 12 + length])
        assert told == zlib.crc32(name + content)
        parts[name], at = content, at + 12 + length
    width, height, depth, kind = struct.unpack(">IIBB", parts[b"IHDR"][:10])
    assert (depth, kind) == (8, 3)
    lines = np.frombuffer(zlib.decompress(parts[b"IDAT"]), dtype=np.uint8)
    lines = lines.reshape(height, width + 1)
    assert not lines[:, 0].any()
    return lines[:, 1:], parts[b"PLTE"], parts[b"tRNS"]


def test_a_picture_holds_its_shades_and_is_clear_where_there_are_none() -> None:
    values = np.array([[0.0, 0.5], [np.nan, 3.0]])
    pixels, palette, dense = unpacked(png(shaded(values, SHADES), SHADES))
    assert pixels.tolist() == [[0, 1], [0, 2]]
    assert palette[3:] == bytes([255, 240, 0, 255, 0, 0])
    assert list(dense) == [0, 128, 255]


def test_a_tile_shows_the_field_where_it_lies_with_north_at_the_top() -> None:
    # Tile 7/106/53 lies between 118.1 and 120.9 E, 27.1 and 29.5 N.
    axis = np.linspace(0, 10, 101)
    north = raster_of(np.tile((axis > 5)[:, None] * 2.0, (1, 101)), 115 + axis, 23.3 + axis)
    pixels, _, _ = unpacked(tile_png(north, SHADES, 7, 106, 53))
    assert (pixels[0] == 2).all()
    assert (pixels[-1] == 0).all()
    border = int((pixels[:, 0] == 2).sum())
    # From 28.35 N up to 29.535 of a tile of 2.46 degrees.
    assert border == pytest.approx(256 * (29.535 - 28.35) / (29.535 - 27.059), abs=4)


def test_tiles_where_nothing_lies_are_empty_and_those_that_are_none_refused() -> None:
    assert tile_png(cone(), SHADES, 7, 0, 0) == b""
    with pytest.raises(Invalid, match="没有第 2 级"):
        tile_png(cone(), SHADES, 2, 4, 0)
    with pytest.raises(Invalid, match="逐级增大"):
        shaded(np.ones((2, 2)), SHADES[::-1])
