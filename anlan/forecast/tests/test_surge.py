"""A surge from the storm to the stations: bathymetry read, the sea driven, tide and surge added."""

import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import tifffile

from anlan.forecast import heavy
from anlan.forecast.adapters.geotiff import read_heights
from anlan.forecast.models import Run, Series, StationOutlook
from anlan.forecast.selectors import products
from anlan.forecast.services.asking import Wanted, ask_run
from anlan.forecast.services.storms import receive_track
from anlan.forecast.tests.conftest import OFFICER, Turn, World
from anlan.forecast.tests.test_storms import bulletin
from anlan.kernel.errors import Invalid

pytestmark = pytest.mark.django_db

DOUBLE, SHORT = 12, 3


def geotiff(values: np.ndarray, *, west: float, north: float, step: float, model: int = 2) -> bytes:
    """A GeoTIFF as other programs write it, without our own writer."""
    keys = (1, 1, 0, 1, 1024, 0, 1, model)
    file = BytesIO()
    tifffile.imwrite(
        file, values.astype(np.float32), photometric="minisblack", metadata=None,
        extratags=[
            (33550, DOUBLE, 3, (step, step, 0.0), True),
            (33922, DOUBLE, 6, (0.0, 0.0, 0.0, west, north, 0.0), True),
            (34735, SHORT, len(keys), keys, True),
        ],
    )  # fmt: skip
    return file.getvalue()


@pytest.fixture
def coast(home: Path, world: World) -> None:  # noqa: ARG001 - the county
    """A shelf of thirty metres east of a straight coast, with an inlet at the harbour."""
    ground = np.full((50, 70), -30.0)
    ground[:, :15] = 20.0
    path = home / "forecast" / "grids" / "sea.tif"
    path.parent.mkdir(parents=True)
    path.write_bytes(geotiff(ground, west=120.0, north=30.5, step=0.1))


def test_a_geotiff_of_other_programs_is_read_where_it_lies() -> None:
    values = np.arange(6.0).reshape(2, 3)
    told = read_heights(geotiff(values, west=121.0, north=29.0, step=0.5))
    assert (told.west, told.north, told.step) == (121.0, 29.0, 0.5)
    np.testing.assert_array_equal(told.values, values)


def test_a_geotiff_that_cannot_be_used_is_refused() -> None:
    values = np.zeros((2, 3))
    with pytest.raises(Invalid, match="不是经纬度"):
        read_heights(geotiff(values, west=0.0, north=0.0, step=1.0, model=1))
    with pytest.raises(Invalid, match="无法读取"):
        read_heights(b"no picture")
    plain = BytesIO()
    tifffile.imwrite(plain, values.astype(np.float32), metadata=None)
    with pytest.raises(Invalid, match="没有坐标"):
        read_heights(plain.getvalue())


@pytest.mark.usefixtures("coast")
def test_the_sea_rises_where_the_storm_comes_ashore(world: World, turn: Turn) -> None:
    receive_track(body=bulletin(), by=OFFICER)
    run = ask_run(
        wanted=Wanted(model="surge", seed=1, ahead=timedelta(hours=36),
                      settings={"cell_deg": 0.1}),
        by=OFFICER,
    )  # fmt: skip
    heavy.drain()
    row = Run.objects.get(pk=run)
    assert row.state == "done", row.reason
    surge = Series.objects.get(run=row, quantity="surge", code=world.tide.code)
    known = [one for one in surge.values if one is not None]
    assert 0.4 < max(known) < 6.0
    level = Series.objects.get(run=row, quantity="tide-level", code=world.tide.code)
    tide = Series.objects.get(run=row, quantity="astronomical-tide", code=world.tide.code)
    for sea, moon, wind in zip(level.values, tide.values, surge.values, strict=True):
        if wind is not None:
            assert sea == pytest.approx(moon + wind, abs=0.001)
    outlook = StationOutlook.objects.get(run=row)
    assert outlook.station == world.tide
    assert outlook.peak == pytest.approx(max(one for one in level.values[24 * 6 :]), abs=0.01)
    _, _, path = products.grid_file(OFFICER, row.pk, "surge-areas")
    drawn = json.loads(path.read_bytes())
    assert drawn["features"][0]["properties"]["surge"] == 0.5
    assert turn.at


@pytest.mark.usefixtures("coast")
def test_a_tide_run_takes_the_surge_computed_before(world: World) -> None:
    receive_track(body=bulletin(), by=OFFICER)
    short = Wanted(model="surge", seed=1, ahead=timedelta(hours=36), settings={"cell_deg": 0.2})
    surge = ask_run(wanted=short, by=OFFICER)
    tide = ask_run(wanted=Wanted(model="tide", ahead=timedelta(hours=24)), by=OFFICER)
    heavy.drain()
    row = Run.objects.get(pk=tide)
    assert {one["name"]: one["state"] for one in row.inputs}["surge"] == "used"
    assert any(surge in note for note in row.notes)
    assert Series.objects.filter(run=row, quantity="surge", code=world.tide.code).exists()


def test_without_bathymetry_no_surge_is_computed_and_it_is_said(world: World) -> None:
    receive_track(body=bulletin(), by=OFFICER)
    run = ask_run(wanted=Wanted(model="surge"), by=OFFICER)
    heavy.drain()
    row = Run.objects.get(pk=run)
    assert (row.state, row.reason) == ("failed", "没有输入「水深图」，不能计算")
    assert world.point.pk
