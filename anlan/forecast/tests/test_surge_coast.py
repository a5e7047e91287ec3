"""Tide and surge in one sea, on two levels of cells: what comes to stations and to villages."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import orjson
import pytest

from anlan.base.outbox.models import Event as EventRow
from anlan.base.places.models import DangerZone
from anlan.engines.grids import read_geotiff
from anlan.forecast import heavy
from anlan.forecast.models import Run, Series, StationOutlook, VillageOutlook
from anlan.forecast.selectors import products, tiles, villages
from anlan.forecast.services.asking import Wanted, ask_run
from anlan.forecast.services.signing import approve_run
from anlan.forecast.services.storms import receive_track
from anlan.forecast.tests import coast
from anlan.forecast.tests.conftest import CHARLIE, HARBOUR, LEAD, LOWER, OFFICER, UPPER, World, row
from anlan.forecast.tests.test_storms import bulletin
from anlan.kernel.errors import Invalid, Missing

pytestmark = pytest.mark.django_db

WALLED = "339901101202"


@pytest.fixture
def shore(home: Path, world: World) -> Path:
    """Everything that a run on two levels wants."""
    coast.lay_sea(home)
    coast.lay_shore(home)
    coast.lay_wall(home)
    coast.lay_tide(home)
    coast.settle(world)
    receive_track(body=bulletin(), by=OFFICER)
    return coast.grids_of(home)


def ran(**settings: Any) -> Run:
    wanted = Wanted(
        model="surge", seed=1, ahead=timedelta(hours=36),
        settings={"cell_deg": 0.1, "near_deg": 0.02, **settings},
    )  # fmt: skip
    run = ask_run(wanted=wanted, by=OFFICER)
    heavy.drain()
    return Run.objects.get(pk=run)


def done(**settings: Any) -> Run:
    found = ran(**settings)
    assert found.state == "done", found.reason
    return found


def of(run: Run, region: str) -> VillageOutlook:
    return VillageOutlook.objects.get(run=run, region=region)


@pytest.mark.usefixtures("shore")
def test_a_low_village_is_flooded_a_walled_one_stays_dry_and_a_far_one_is_not_known() -> None:
    run = done()
    low, walled, hill, far = (of(run, code) for code in (HARBOUR, WALLED, LOWER, UPPER))
    assert low.depth is not None
    assert low.depth > 0.5
    assert (low.stage, low.level, low.ground) == ("move", 1, 2.0)
    assert low.nearness == pytest.approx(low.depth / 0.5, abs=0.02)
    assert low.arrives_at is not None
    assert run.based_at <= low.arrives_at <= run.valid_until
    assert low.first_at is not None
    assert low.first_at >= low.arrives_at
    assert (walled.depth, walled.stage, walled.arrives_at, walled.ground) == (
        0.0,
        "none",
        None,
        2.0,
    )
    assert (hill.depth, hill.stage, hill.ground) == (0.0, "none", 40.0)
    assert (far.depth, far.stage, far.nearness) == (None, "", None)
    assert far.why == "在近岸网格之外，没有算"
    assert run.level == 1


def test_without_a_wall_the_village_behind_it_is_flooded_too(shore: Path) -> None:
    (shore / "walls.geojson").unlink()
    run = done()
    assert (of(run, WALLED).depth or 0.0) > 0.5
    assert "没有海塘资料，按没有海塘算，岸上淹没偏大" in run.notes


@pytest.mark.usefixtures("shore")
def test_a_station_is_told_its_own_tide_and_what_the_storm_adds_to_it(world: World) -> None:
    run = done()
    told = {
        one.quantity: np.array([np.nan if v is None else v for v in one.values])
        for one in Series.objects.filter(run=run, code=world.tide.code)
    }
    surge = told["surge"]
    known = np.isfinite(surge)
    assert known.any()
    assert np.abs(told["tide-level"] - told["astronomical-tide"] - surge)[known].max() < 1e-3
    assert 0.4 < surge[known].max() < 6.0
    # Before the storm is near, nearly all that moves is tide, and that is not in the difference.
    assert np.abs(surge[known][:12]).max() < 0.3
    assert np.ptp(told["astronomical-tide"]) > 2.0
    assert any(note.startswith("模式里的潮与CW-1调和预报相差") for note in run.notes)
    assert StationOutlook.objects.get(run=run).peak is not None


@pytest.mark.usefixtures("shore")
def test_water_in_the_village_is_a_fact_for_the_modules_above(world: World) -> None:
    run = done()
    approve_run(run=run.pk, by=LEAD)
    body = orjson.loads(EventRow.objects.get(kind="forecast.ForecastApproved").body)
    low = of(run, HARBOUR)
    assert low.arrives_at is not None
    at = body["villages"].index(HARBOUR)
    assert body["village_depths"][at] == low.depth
    assert body["village_nearness"][at] == low.nearness
    assert body["village_arrivals"][at][:16] == low.arrives_at.isoformat()[:16]
    assert UPPER not in body["villages"]
    assert UPPER not in body["preparing"]
    assert body["hazard"] == "storm-surge"
    assert world.point.pk


@pytest.mark.usefixtures("shore")
def test_a_zone_before_the_wall_speaks_for_its_village() -> None:
    lon, lat = coast.EDGE + 0.012, 28.5
    DangerZone.objects.create(
        **row(code="W-9", name="塘外养殖区", kind="outside-seawall", hazards=["storm-surge"],
              region_id=WALLED, lon=lon, lat=lat, status="active")
    )  # fmt: skip
    told = of(done(), WALLED)
    assert told.zone == "W-9"
    assert told.depth is not None
    assert told.depth > 0.3
    assert told.stage in ("prepare", "move")


@pytest.mark.usefixtures("shore")
def test_villages_are_listed_by_depth_with_those_not_computed_counted() -> None:
    run = done()
    near = villages.villages(OFFICER, run.pk, "zh")
    assert [one["region"] for one in near["items"]] == [HARBOUR]
    assert (near["total"], near["unknown"]) == (4, 1)
    whole = villages.villages(OFFICER, run.pk, "en", all_=True)
    assert whole["items"][0]["region"] == HARBOUR
    assert [one["depth"] for one in whole["items"]][1:] == [0.0, 0.0, None]
    assert whole["items"][-1]["why"] == "Outside the cells at the shore: not computed"
    with pytest.raises(Missing):
        villages.villages(CHARLIE, run.pk, "zh")
    assert [one["curves"] for one in whole["items"]] == [["depth"], [], [], []]
    (curve,) = products.series(OFFICER, run.pk, of="village", code=HARBOUR)["series"]
    known = [one for one in curve["values"] if one is not None]
    assert max(known) == pytest.approx(whole["items"][0]["depth"], abs=0.1)
    first = next(n for n, one in enumerate(curve["values"]) if one is not None and one >= 0.1)
    came = curve["start"] + timedelta(seconds=curve["step_s"] * first)
    assert abs(came - whole["items"][0]["arrives_at"]) <= timedelta(minutes=10)


@pytest.mark.usefixtures("shore")
def test_the_sheet_of_villages_carries_the_stamp_and_leaves_the_unknown_empty() -> None:
    run = done()
    _, body = villages.sheet(OFFICER, run.pk, "zh")
    rows = list(openpyxl.load_workbook(io.BytesIO(body)).active.iter_rows(values_only=True))
    assert "最大水深 m" in rows[0]
    depth, code = rows[0].index("最大水深 m"), rows[0].index("村社编码")
    assert rows[1][0].startswith("内部研判参考")
    told = {one[code]: one[depth] for one in rows[2:]}
    assert told == {
        HARBOUR: of(run, HARBOUR).depth, WALLED: 0, LOWER: 0, UPPER: None,
    }  # fmt: skip


@pytest.mark.usefixtures("shore")
def test_the_flood_is_drawn_on_land_and_not_where_the_tide_goes() -> None:
    run = done()
    _, _, path = products.grid_file(OFFICER, run.pk, "flood-map")
    field = read_geotiff(path.read_bytes())
    assert np.isnan(field.values[:, 25:]).all()
    assert float(np.nanmax(field.values)) > 0.5
    _, _, path = products.grid_file(OFFICER, run.pk, "flood-areas")
    areas = orjson.loads(path.read_bytes())["features"]
    assert areas[0]["properties"]["depth"] == 0.1
    _, _, path = products.grid_file(OFFICER, run.pk, "flood-lines")
    lines = orjson.loads(path.read_bytes())["features"]
    assert {one["geometry"]["type"] for one in lines} <= {"LineString", "MultiLineString"}
    assert lines


@pytest.mark.usefixtures("shore")
def test_the_flood_comes_as_tiles_for_any_map() -> None:
    run = done()
    rows = {one["name"]: one["tiles"] for one in products.grids(OFFICER, run.pk, "zh")["items"]}
    assert rows["flood-map"] == f"/forecasts/{run.pk}/grids/flood-map/{{z}}/{{x}}/{{y}}.png"
    assert rows["flood"] is None
    # At zoom 9 one tile holds the plain before the hills; the other side of the earth is clear.
    grid, body = tiles.tile(OFFICER, run.pk, "flood-map", (9, 428, 214))
    assert grid.quantity == "depth"
    assert body.startswith(b"\x89PNG")
    assert tiles.tile(OFFICER, run.pk, "flood-map", (9, 100, 100))[1] == b""
    with pytest.raises(Missing, match="不画瓦片"):
        tiles.tile(OFFICER, run.pk, "flood-lines", (9, 428, 214))
    with pytest.raises(Invalid, match="没有第 9 级的瓦片"):
        tiles.tile(OFFICER, run.pk, "flood-map", (9, 999, 214))
    with pytest.raises(Missing):
        tiles.tile(CHARLIE, run.pk, "flood-map", (9, 428, 214))


def test_without_constants_at_the_sides_tide_and_surge_are_added_and_no_village_told(
    shore: Path, world: World
) -> None:
    (shore / "side-tide.csv").unlink()
    run = done()
    assert any(note.startswith("没有开边界的调和常数") for note in run.notes)
    assert Series.objects.filter(run=run, quantity="surge", code=world.tide.code).exists()
    assert set(VillageOutlook.objects.filter(run=run).values_list("depth", "stage")) == {(None, "")}
    told = villages.villages(OFFICER, run.pk, "zh")
    assert told["items"] == []
    assert told["why_empty"].startswith("没有开边界的调和常数")


def test_a_side_that_no_constants_cover_is_named(shore: Path) -> None:
    coast.lay_tide(shore.parents[1], south=28.0)
    run = done()
    why = "开边界的调和常数没有盖住东边界，潮和增水分开算再相加；没有算村的水深"
    assert why in run.notes
    assert of(run, HARBOUR).why == why


def test_constants_that_cannot_be_read_stop_the_run_with_the_line(shore: Path) -> None:
    path = shore / "side-tide.csv"
    path.write_text(path.read_text(encoding="utf-8") + "127,25.5,S2,much,20\n", encoding="utf-8")
    run = ran()
    assert run.state == "failed"
    assert run.reason.startswith("side-tide.csv 第 ")


def test_without_heights_at_the_shore_stations_are_told_and_villages_are_not(
    shore: Path, world: World
) -> None:
    (shore / "shore.tif").unlink()
    run = done()
    assert "没有近岸地形，只算了外层，没有算村的水深" in run.notes
    assert Series.objects.filter(run=run, quantity="surge", code=world.tide.code).exists()
    assert of(run, HARBOUR).depth is None
    assert of(run, HARBOUR).why == "没有近岸地形，只算了外层，没有算村的水深"


def test_heights_at_the_shore_that_cannot_be_read_are_said_and_not_used(shore: Path) -> None:
    (shore / "shore.tif").write_bytes(b"no map")
    run = done()
    assert any(note.startswith("近岸地形读不出来") for note in run.notes)
    assert of(run, HARBOUR).depth is None


@pytest.mark.usefixtures("shore")
def test_a_run_out_of_hand_keeps_what_was_sound_and_says_so() -> None:
    run = done(fastest=2.2)
    assert run.lower_bound
    assert run.notes[0].startswith("计算在第 ") or any("失控" in note for note in run.notes)
    told = of(run, HARBOUR)
    assert told.lower_bound or told.depth is None
    assert told.why


@pytest.mark.usefixtures("shore")
def test_a_tide_out_of_hand_falls_back_to_still_water() -> None:
    run = done(fastest=0.2)
    assert any("失控" in note for note in run.notes)
    assert any(note.startswith("潮单独算时失控") for note in run.notes)
    assert of(run, HARBOUR).depth is None
