"""A surge from the storm to the stations: bathymetry read, the sea driven, tide and surge added."""

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from anlan.engines.grids import Raster, read_geotiff, write_geotiff
from anlan.forecast import heavy
from anlan.forecast.models import Run, Series, StationOutlook
from anlan.forecast.selectors import products
from anlan.forecast.services.asking import Wanted, ask_run
from anlan.forecast.services.storms import receive_track
from anlan.forecast.tests.conftest import OFFICER, Turn, World
from anlan.forecast.tests.greys import grey
from anlan.forecast.tests.test_storms import bulletin

pytestmark = pytest.mark.django_db


@pytest.fixture
def coast(home: Path, world: World) -> None:  # noqa: ARG001 - the county
    """A shelf of thirty metres east of a straight coast, with an inlet at the harbour."""
    ground = np.full((50, 70), -30.0)
    ground[:, :15] = 20.0
    path = home / "forecast" / "grids" / "sea.tif"
    path.parent.mkdir(parents=True)
    path.write_bytes(write_geotiff(Raster(ground, 120.0, 25.5, 0.1, 0.1)))


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
    _, _, tif = products.grid_file(OFFICER, row.pk, "surge-map")
    assert float(np.nanmax(read_geotiff(tif.read_bytes()).values)) >= max(known) - 0.1
    _, frames, path = products.grid_file(OFFICER, row.pk, "surge-frames")
    rows = grey(path.read_bytes())
    assert rows.shape == (50 * len(frames.times), 70)
    assert (rows[:, :15] == 0).all()  # land is not known
    low, high = frames.span
    first, last = rows[:50, 15:], rows[-50:, 15:]
    most = float(np.nanmax(read_geotiff(tif.read_bytes()).values))
    assert low + (int(rows.max()) - 1) / 254 * (high - low) == pytest.approx(most, abs=0.1)
    assert last.max() > first.max()


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
