"""Maps that cannot be: upside down, full of holes, on another datum, with villages at sea."""

from pathlib import Path

import pytest

from anlan.base.places.models import Shelter
from anlan.base.regions.models import Region
from anlan.engines.grids import read_geotiff, write_geotiff
from anlan.forecast.models import Series
from anlan.forecast.services.storms import receive_track
from anlan.forecast.tests import coast
from anlan.forecast.tests.conftest import HARBOUR, LOWER, OFFICER, World, row
from anlan.forecast.tests.test_storms import bulletin
from anlan.forecast.tests.test_surge_coast import done, of, ran

pytestmark = pytest.mark.django_db


@pytest.fixture
def maps(home: Path, world: World) -> Path:
    """Everything that a run on two levels wants."""
    coast.lay_sea(home)
    coast.lay_shore(home)
    coast.lay_tide(home)
    coast.settle(world)
    receive_track(body=bulletin(), by=OFFICER)
    return coast.grids_of(home)


def change(path: Path, by: float = 0.0, *, times: float = 1.0, holes: int = 0) -> None:
    """Lift a map, turn it upside down, or cut holes of -9999 into its south."""
    field = read_geotiff(path.read_bytes())
    values = field.values * times + by
    values.ravel()[:holes] = -9999.0
    raster = type(field)(values, field.west, field.south, field.dx, field.dy)
    path.write_bytes(write_geotiff(raster))


def shelters(*, off: float = 0.0) -> None:
    """Register shelters on the plain (2 m) and on the hills (40 m), `off` by so much."""
    for number, (lon, lat, height) in enumerate(
        ((121.40, 28.1, 2.0), (121.42, 28.3, 2.0), (121.10, 28.2, 40.0), (121.45, 28.5, 2.0))
    ):
        Shelter.objects.create(
            **row(code=f"B-{number}", name=f"小学{number}", level="village", stay="emergency",
                  region_id=HARBOUR, lon=lon, lat=lat, height=height + off)
        )  # fmt: skip


def test_a_map_of_depths_the_wrong_way_up_is_refused_and_may_be_said_to_be_one(maps: Path) -> None:
    change(maps / "sea.tif", times=-1.0)
    run = ran()
    assert run.state == "failed"
    assert "水深图" in run.reason
    assert "正负号可能反了" in run.reason
    told = done(depths=True)
    assert Series.objects.filter(run=told, quantity="surge").exists()


def test_without_a_map_of_the_shore_villages_tell_the_wrong_way_up(maps: Path) -> None:
    (maps / "shore.tif").unlink()
    change(maps / "sea.tif", times=-1.0)
    run = ran()
    assert run.state == "failed"
    assert "4 个村里有 4 个在水深图上是海" in run.reason


def test_a_shore_the_wrong_way_up_is_not_used_and_the_run_says_why(maps: Path) -> None:
    change(maps / "shore.tif", times=-1.0)
    run = done()
    (said,) = (note for note in run.notes if note.startswith("近岸地形读不出来"))
    assert "3 个村里有 3 个在近岸地形上是海" in said
    assert "正负号可能反了" in said
    assert of(run, HARBOUR).depth is None


def test_holes_are_filled_and_told_and_a_map_full_of_them_is_refused(maps: Path) -> None:
    change(maps / "sea.tif", holes=3)
    change(maps / "shore.tif", holes=2)
    run = done()
    assert any(note.startswith("水深图有 3 格没有高程，例如第 1 行第 1 列") for note in run.notes)
    assert any(note.startswith("近岸地形有 2 格没有高程") for note in run.notes)
    change(maps / "shore.tif", holes=80)
    blind = done()
    assert any(
        note.startswith("近岸地形读不出来（近岸地形有 80 格没有高程（共 3000 格）")
        for note in blind.notes
    )
    assert of(blind, HARBOUR).depth is None
    change(maps / "sea.tif", holes=100)
    refused = ran()
    assert refused.state == "failed"
    assert refused.reason.startswith("水深图有 100 格没有高程（共 3500 格），例如第 1 行第 1 列")


def test_a_shore_on_another_datum_is_found_by_the_heights_of_shelters(maps: Path) -> None:
    shelters()
    assert of(done(), HARBOUR).depth is not None
    change(maps / "shore.tif", by=2.2)
    run = done()
    said = next(note for note in run.notes if note.startswith("近岸地形读不出来"))
    assert "与 4 个已知高程点相差 +2.20 米（中位数），高程基准可能不对" in said
    assert of(run, HARBOUR).depth is None


def test_a_few_heights_do_not_make_a_datum_wrong(maps: Path) -> None:
    shelters(off=3.0)
    Shelter.objects.exclude(code__in=("B-0", "B-1")).delete()
    assert of(done(), HARBOUR).depth is not None
    assert maps


@pytest.mark.usefixtures("maps")
def test_a_village_that_lies_in_the_sea_is_not_told_a_depth() -> None:
    Region.objects.filter(code=LOWER).update(lon=121.9, lat=28.3)
    told = of(done(), LOWER)
    assert told.depth is None
    assert told.why == "位置落在海里，没有算：请核对村的位置或地形"
