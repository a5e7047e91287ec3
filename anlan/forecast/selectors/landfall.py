"""Where and when a way ahead comes ashore, by the map of depths that the workspace keeps."""

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from anlan.engines.grids import Raster, contours_geojson, read_grid, sampled
from anlan.engines.typhoon import Track
from anlan.forecast.selectors.gathering.files import FOLDER
from anlan.kernel import workspace
from anlan.kernel.errors import Invalid

#: The same map that the surge is computed on: land above nought.
SEA: Final = "sea.tif"
STEP_MS: Final = 600_000
GAP_MS: Final = 24 * 3_600_000
_NOTHING: Final[dict[str, Any]] = {"type": "FeatureCollection", "features": []}


def landfall_of(way: Track) -> dict[str, Any] | None:
    """Tell where a way ahead first goes from sea to land; None without a map or a landfall.

    As coarse as the map: a few kilometres, and the minutes that a storm needs for them. What the
    map does not cover is neither sea nor land, and gaps longer than a day are not crossed.
    """
    raster = _sea()
    if raster is None or len(way) < 2:
        return None
    times = np.arange(int(way.times[0]), int(way.times[-1]) + 1, STEP_MS, dtype=np.int64)
    lon = np.interp(times, way.times, way.lon)
    lat = np.interp(times, way.times, way.lat)
    height = sampled(raster, lon, lat)
    crossed = np.flatnonzero((height[:-1] <= 0) & (height[1:] > 0)) + 1
    for at in crossed.tolist():
        after = int(np.searchsorted(way.times, times[at]))
        if way.times[after] - way.times[max(after - 1, 0)] <= GAP_MS:
            return {
                "time": datetime.fromtimestamp(int(times[at]) / 1000, UTC),
                "lon": round(float(lon[at]), 2),
                "lat": round(float(lat[at]), 2),
            }
    return None


def land_is_known() -> bool:
    """Tell whether there is a map to say what is land."""
    return _sea() is not None


def coast() -> dict[str, Any]:
    """Draw the line between sea and land; without a map a collection of nothing."""
    path = _path()
    if not path.is_file():
        return _NOTHING
    return _drawn(path, path.stat().st_mtime_ns)


def _path() -> Path:
    return workspace.directory() / FOLDER / SEA


def _sea() -> Raster | None:
    path = _path()
    if not path.is_file():
        return None
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int) -> Raster | None:
    try:
        return read_grid(path.read_bytes())
    except Invalid:
        # Whoever computes on it is told what is wrong with it; here it is no map.
        return None


@lru_cache(maxsize=2)
def _drawn(path: Path, changed: int) -> dict[str, Any]:
    raster = _read(path, changed)
    # Three decimals are a hundred metres; the cells are larger.
    return _NOTHING if raster is None else contours_geojson(raster, [0.0], digits=3)
