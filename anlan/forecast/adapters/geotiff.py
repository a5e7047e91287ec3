"""Heights and depths from a GeoTIFF in degrees: what operators bring as bathymetry and terrain."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import numpy as np

from anlan.forecast.adapters.shapes import Floats
from anlan.kernel.errors import Invalid

SCALE, TIEPOINT, KEYS, BLANK = 33550, 33922, 34735, 42113
#: In the GeoTIFF keys: GTModelTypeGeoKey, 2 is degrees.
MODEL: Final = 1024
DEGREES: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class Heights:
    """Heights in metres, (ny, nx), north row first; unknown is NaN. west, north: outer edges."""

    values: Floats
    west: float
    north: float
    step: float


def read_heights(raw: bytes) -> Heights:
    """Read the first page; `Invalid` says what is missing or wrong.

    Source: OGC GeoTIFF 1.1 (19-008r4), tags 33550, 33922, 34735; blanks by GDAL's tag 42113.
    """
    import tifffile

    try:
        with tifffile.TiffFile(BytesIO(raw)) as file:
            page: Any = file.pages[0]
            tags = {number: page.tags[number].value for number in (SCALE, TIEPOINT, KEYS, BLANK)
                    if number in page.tags}  # fmt: skip
            values = np.asarray(page.asarray(), dtype=np.float64)
    except (tifffile.TiffFileError, ValueError, KeyError, IndexError) as error:
        raise Invalid(f"GeoTIFF 无法读取：{error}") from error
    if SCALE not in tags or TIEPOINT not in tags or values.ndim != 2:
        raise Invalid("GeoTIFF 没有坐标，或不止一个波段")
    if not _in_degrees(tags.get(KEYS, ())):
        raise Invalid("GeoTIFF 不是经纬度坐标，请先转换为 EPSG:4326 或 EPSG:4490")
    across, down = (float(one) for one in tags[SCALE][:2])
    if abs(across - down) > 1e-6 * across or across <= 0:
        raise Invalid("GeoTIFF 的格子不是正方的，请先重采样")
    column, row, _, lon, lat = (float(one) for one in tags[TIEPOINT][:5])
    blank = _number(tags.get(BLANK))
    if blank is not None:
        values = np.where(values == blank, np.nan, values)
    return Heights(values, lon - column * across, lat + row * across, across)


def _in_degrees(keys: Any) -> bool:
    rows = [tuple(keys[n : n + 4]) for n in range(4, len(keys), 4)]
    return any(row[0] == MODEL and row[3] == DEGREES for row in rows if len(row) == 4)


def _number(text: Any) -> float | None:
    try:
        return None if text is None else float(str(text).strip("\0 "))
    except ValueError:
        return None
