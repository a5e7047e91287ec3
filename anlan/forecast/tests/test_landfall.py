"""Where a storm comes ashore, by the map that the workspace keeps."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from anlan.engines.grids import raster_of, write_geotiff
from anlan.engines.typhoon import Track
from anlan.forecast.selectors.landfall import coast as drawn
from anlan.forecast.selectors.landfall import land_is_known, landfall_of

HOUR = 3_600_000
START = round(datetime(2026, 8, 13, tzinfo=UTC).timestamp() * 1000)


def way(*places: tuple[float, float], hours: int = 6) -> Track:
    n = len(places)
    return Track(
        number="202609", name="", agency="中国",
        times=np.array([START + one * hours * HOUR for one in range(n)], dtype=np.int64),
        lon=np.array([one[0] for one in places]), lat=np.array([one[1] for one in places]),
        wind=np.full(n, 40.0), pressure=np.full(n, np.nan), radii=np.full((n, 3, 4), np.nan),
    )  # fmt: skip


@pytest.fixture
def coast(home: Path) -> Path:
    """Land west of 121 E, ten metres deep east of it; cells of a tenth of a degree."""
    x, y = np.arange(119.05, 124.0, 0.1), np.arange(26.05, 30.0, 0.1)
    heights = np.where(x[None, :] < 121.0, 10.0, -10.0) * np.ones((len(y), 1))
    path = home / "forecast" / "grids" / "sea.tif"
    path.parent.mkdir(parents=True)
    path.write_bytes(write_geotiff(raster_of(heights, x, y)))
    return path


def test_a_storm_lands_where_the_sea_ends(coast: Path) -> None:
    found = landfall_of(way((123.0, 28.0), (119.0, 28.0), hours=24))
    assert coast.is_file()
    assert found is not None
    assert found["lon"] == pytest.approx(121.0, abs=0.1)
    hours = (found["time"].timestamp() * 1000 - START) / HOUR
    assert hours == pytest.approx(12.0, abs=0.6)


def test_a_storm_that_stays_at_sea_or_comes_from_land_does_not_land(coast: Path) -> None:
    assert coast.is_file()
    assert landfall_of(way((123.0, 27.0), (122.0, 29.0))) is None
    assert landfall_of(way((119.5, 28.0), (123.0, 28.0))) is None


def test_no_landfall_is_drawn_through_days_nobody_told_of(coast: Path) -> None:
    assert coast.is_file()
    assert landfall_of(way((123.0, 28.0), (119.5, 28.0), hours=30)) is None


def test_the_coast_is_drawn_where_storms_land(coast: Path) -> None:
    assert coast.is_file()
    lines = [one["geometry"]["coordinates"] for one in drawn()["features"]]
    flat = np.array([point for line in lines for part in line for point in np.atleast_2d(part)])
    assert np.abs(flat[:, 0] - 121.0).max() < 0.1


def test_without_a_map_nobody_knows_what_is_land(home: Path) -> None:
    assert not land_is_known()
    path = home / "forecast" / "grids" / "sea.tif"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no map")
    assert not land_is_known()
    assert landfall_of(way((123.0, 28.0), (119.0, 28.0))) is None
    assert drawn()["features"] == []
