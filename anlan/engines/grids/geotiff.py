"""GeoTIFF in and out: one band, in degrees or in metres, north up.

Source: OGC GeoTIFF 1.1 (19-008r4); blanks by GDAL's tag 42113.
"""

from dataclasses import replace
from io import BytesIO
from typing import Any, Final

import numpy as np

from anlan.engines.grids.raster import Floats, Raster, raster_of
from anlan.engines.grids.segments import assembled, needed
from anlan.kernel.errors import Invalid

SCALE, TIEPOINT, TURN, KEYS, BLANK = 33550, 33922, 34264, 34735, 42113
_MODEL, _GEOGRAPHIC, _PROJECTED, _POINTS, _EPSG_GEO, _EPSG = 1024, 2, 1, 1025, 2048, 3072
_DOUBLE, _SHORT = 12, 3
#: Key, location, count, value: geographic model, cells are areas, EPSG:4326, degrees.
_DEGREES: Final = ((1, 1, 0, 4), (1024, 0, 1, 2), (1025, 0, 1, 1), (2048, 0, 1, 4326),
                   (2054, 0, 1, 9102))  # fmt: skip


def read_geotiff(body: bytes, *, band: int = 0) -> Raster:
    """Read one band; `Invalid` says what is missing, turned or packed in a way nobody can undo."""
    import tifffile

    try:
        with tifffile.TiffFile(BytesIO(body)) as file:
            page: Any = file.pages[0]
            tags = {
                number: page.tags[number].value
                for number in (SCALE, TIEPOINT, TURN, KEYS, BLANK)
                if number in page.tags
            }
            values = (
                assembled(page, file.filehandle, file.byteorder)
                if needed(page)
                else np.asarray(page.asarray())
            )
    except (tifffile.TiffFileError, ValueError, KeyError, IndexError, OSError) as error:
        raise Invalid(f"GeoTIFF 读不了（{error}）；压缩请用 DEFLATE、LZW 或不压缩") from error
    field = _band(values, band)
    keys = _keys(tags.get(KEYS, ()))
    if SCALE not in tags or TIEPOINT not in tags:
        raise Invalid(
            "GeoTIFF 的网格是斜的，请先重采样为正北朝上" if TURN in tags else "GeoTIFF 没有坐标"
        )
    model = keys.get(_MODEL, 0)
    if model not in (_GEOGRAPHIC, _PROJECTED):
        raise Invalid("GeoTIFF 没有写明坐标系")
    return _placed(field, tags, keys, geographic=model == _GEOGRAPHIC)


def _placed(
    field: Floats, tags: dict[int, Any], keys: dict[int, int], *, geographic: bool
) -> Raster:
    dx, dy = (float(one) for one in tags[SCALE][:2])
    column, row, _, x, y = (float(one) for one in tags[TIEPOINT][:5])
    if dx <= 0 or dy <= 0:
        raise Invalid("GeoTIFF 的格距要大于零")
    # The point of a tie lies in a cell's corner, unless the cells are told to be points.
    half = 0.0 if keys.get(_POINTS) == 2 else 0.5
    across = x + (np.arange(field.shape[1]) - column + half) * dx
    up = y - (np.arange(field.shape[0]) - row + half) * dy
    blank = _number(tags.get(BLANK))
    if blank is not None:
        field = np.where(field == blank, np.nan, field)
    code = keys.get(_EPSG_GEO if geographic else _EPSG, 0)
    found = raster_of(field, across, up, geographic=geographic)
    return replace(found, crs=f"EPSG:{code}" if code and code != 32767 else "")


def write_geotiff(raster: Raster) -> bytes:
    """Write one field in degrees as float32, north row first, deflated; not known is NaN.

    The same raster gives the same bytes: no date and no program name is written.
    """
    import tifffile

    if raster.values.ndim != 2 or not raster.geographic:
        raise Invalid("写 GeoTIFF 只收经纬度上的一个场")
    north = raster.south + raster.dy * raster.values.shape[0]
    keys = [number for row in _DEGREES for number in row]
    out = BytesIO()
    tifffile.imwrite(
        out,
        np.ascontiguousarray(raster.values[::-1], dtype=np.float32),
        photometric="minisblack", compression="zlib", tile=(256, 256), metadata=None,
        software=False,
        extratags=[
            (SCALE, _DOUBLE, 3, (raster.dx, raster.dy, 0.0), True),
            (TIEPOINT, _DOUBLE, 6, (0.0, 0.0, 0.0, raster.west, north, 0.0), True),
            (KEYS, _SHORT, len(keys), tuple(keys), True),
            (BLANK, 2, 0, "nan", True),
        ],
    )  # fmt: skip
    return out.getvalue()


def _band(values: Any, band: int) -> Floats:
    if values.dtype.kind not in "iuf":
        raise Invalid("GeoTIFF 的格值不是数")
    if values.ndim == 3:
        # Bands lie first or last; three or four of them are few against rows and columns.
        values = np.moveaxis(values, int(np.argmin(values.shape)), 0)
        if not 0 <= band < len(values):
            raise Invalid(f"GeoTIFF 只有 {len(values)} 个波段")
        values = values[band]
    if values.ndim != 2:
        raise Invalid("GeoTIFF 里不是一张二维的图")
    return np.asarray(values, dtype=np.float64)


def _keys(raw: Any) -> dict[int, int]:
    rows = (tuple(raw[n : n + 4]) for n in range(4, len(raw), 4))
    return {row[0]: row[3] for row in rows if len(row) == 4 and row[1] == 0}


def _number(text: Any) -> float | None:
    try:
        return None if text is None else float(str(text).strip("\0 "))
    except ValueError:
        return None
