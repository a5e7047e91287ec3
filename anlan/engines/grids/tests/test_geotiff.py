from io import BytesIO
from typing import Any

import numpy as np
import pytest
import tifffile

from anlan.engines.grids import raster_of, read_geotiff, read_grid, write_geotiff
from anlan.engines.grids.geotiff import BLANK, KEYS, SCALE, TIEPOINT, TURN
from anlan.kernel.errors import Invalid

VALUES = np.arange(12.0).reshape(3, 4)
GEOGRAPHIC = (1, 1, 0, 1, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4490)


def tiff(
    values: Any = VALUES, *, keys: tuple[int, ...] = GEOGRAPHIC, blank: str = "", **more: Any
) -> bytes:
    tags: list[Any] = [(KEYS, 3, len(keys), keys, True)] if keys else []
    tags += more.pop("placed", [
        (SCALE, 12, 3, (0.5, 0.25, 0.0), True),
        (TIEPOINT, 12, 6, (0.0, 0.0, 0.0, 120.0, 28.0, 0.0), True),
    ])  # fmt: skip
    if blank:
        tags.append((BLANK, 2, 0, blank, True))
    out = BytesIO()
    tifffile.imwrite(out, values, metadata=None, extratags=tags, **more)
    return out.getvalue()


def test_the_first_row_of_the_file_is_the_northern_one() -> None:
    found = read_grid(tiff())
    assert found.values.tolist() == VALUES[::-1].tolist()
    assert (found.west, found.south, found.dx, found.dy) == (120.0, 27.25, 0.5, 0.25)
    assert (found.geographic, found.crs) == (True, "EPSG:4490")


def test_cells_that_are_points_lie_half_a_cell_farther() -> None:
    points = (*GEOGRAPHIC[:11], 2, *GEOGRAPHIC[12:])
    assert read_geotiff(tiff(keys=points)).x[0] == pytest.approx(120.0)
    assert read_geotiff(tiff()).x[0] == pytest.approx(120.25)


def test_metres_are_metres_and_their_projection_is_named() -> None:
    projected = (1, 1, 0, 1, 1024, 0, 1, 1, 3072, 0, 1, 4549)
    placed = [
        (SCALE, 12, 3, (30.0, 30.0, 0.0), True),
        (TIEPOINT, 12, 6, (0.0, 0.0, 0.0, 500_000.0, 3_100_000.0, 0.0), True),
    ]
    found = read_geotiff(tiff(keys=projected, placed=placed))
    assert (found.geographic, found.crs, found.dx) == (False, "EPSG:4549", 30.0)


def test_blanks_the_file_tells_of_are_unknown_without_a_word() -> None:
    values = VALUES.astype(np.int16)
    values[0, 1] = -32767
    found = read_geotiff(tiff(values, blank="-32767"))
    assert np.isnan(found.values[2, 1])
    assert found.mended == ()


@pytest.mark.parametrize("compression", [None, "zlib", "lzma"])
def test_usual_ways_of_packing_are_undone(compression: str | None) -> None:
    values = VALUES.astype(np.int16)
    assert read_geotiff(tiff(values, compression=compression)).values.sum() == VALUES.sum()
    floats = VALUES.astype(np.float32)
    assert read_geotiff(tiff(floats, compression=compression)).values.sum() == VALUES.sum()


def test_one_band_of_several_is_read() -> None:
    several = np.stack([VALUES, 10 * VALUES])
    found = tiff(several.astype(np.float32), photometric="minisblack", planarconfig="separate")
    assert read_geotiff(found).values.max() == 11.0
    with pytest.raises(Invalid, match="波段"):
        read_geotiff(found, band=7)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (tiff(placed=[]), "没有坐标"),
        (tiff(placed=[(TURN, 12, 16, (1.0,) * 16, True)]), "斜的"),
        (tiff(keys=()), "没有写明坐标系"),
        (tiff()[:300], "读不了"),
        (b"II*\0garbage", "读不了"),
        (tiff(placed=[(SCALE, 12, 3, (0.0, 1.0, 0.0), True),
                      (TIEPOINT, 12, 6, (0.0,) * 6, True)]), "大于零"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_placed_are_refused(body: bytes, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        read_geotiff(body)


def test_what_is_written_is_read_again_and_is_the_same_every_time() -> None:
    values = np.random.default_rng(1).uniform(-50, 50, (300, 270)).astype(np.float32)
    values[5, 7] = np.nan
    raster = raster_of(values, 120 + np.arange(270) * 0.01, 27 + np.arange(300) * 0.01)
    body = write_geotiff(raster)
    again = read_geotiff(body)
    assert np.array_equal(again.values, values.astype(np.float64), equal_nan=True)
    assert (again.west, again.south) == pytest.approx((raster.west, raster.south))
    assert again.mended == ()
    assert write_geotiff(raster) == body
    with pytest.raises(Invalid, match="一个场"):
        write_geotiff(raster_of(values[None], raster.x, raster.y))
