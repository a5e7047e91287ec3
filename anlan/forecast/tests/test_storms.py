"""Storms: their bulletins kept as they came, the ensemble drawn, the rain handed on."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from netCDF4 import Dataset

from anlan.base.regions.models import Region
from anlan.engines.grids import Raster, read_netcdf, write_geotiff
from anlan.forecast import heavy
from anlan.forecast.models import Bulletin, Run, Series
from anlan.forecast.selectors import products, storms, tables, typhoon
from anlan.forecast.services import scheduling
from anlan.forecast.services.asking import Wanted, ask_run
from anlan.forecast.services.feeding import folder_of
from anlan.forecast.services.storms import receive_track
from anlan.forecast.tests.conftest import (
    COUNTY,
    NOW,
    OFFICER,
    UPPER,
    VALLEY,
    VILLAGE,
    Turn,
    World,
)
from anlan.forecast.tests.greys import grey
from anlan.kernel.errors import Forbidden, Invalid, Missing

pytestmark = pytest.mark.django_db


def _point(time: datetime, lon: float, lat: float, **more: Any) -> dict[str, Any]:
    told = time.astimezone(UTC) + timedelta(hours=8)  # bulletins tell Beijing's clock
    return {
        "time": told.strftime("%Y-%m-%dT%H:%M:%S"), "longitude": lon, "latitude": lat,
        "speed": 45, "pressure": 945, **more,
    }  # fmt: skip


def bulletin(number: str = "202609", at: datetime = NOW) -> bytes:
    """A storm that comes ashore near our county within a day and a half, as one agency sees it."""
    ahead = [
        _point(at + timedelta(hours=12 * n), 124.5 - 1.4 * n, 26.4 + 0.9 * n, fhour=12 * n)
        for n in range(1, 4)
    ]
    seen = _point(at, 124.5, 26.4, forecast=[{"sets": "中国", "points": ahead}])
    before = _point(at - timedelta(hours=6), 125.4, 25.9, forecast=[])
    storm = {"tfbh": number, "name": "演练", "ename": "WALK", "points": [before, seen]}
    return json.dumps([storm]).encode()


def attributes_of(path: Path) -> dict[str, str]:
    """What a NetCDF file says of itself."""
    with Dataset(path) as file:
        return {name: str(file.getncattr(name)) for name in file.ncattrs()}


@pytest.fixture
def storm(world: World) -> str:
    Region.objects.filter(code=VALLEY).update(lon=121.3, lat=28.5)
    assert world.tide.lon
    return receive_track(body=bulletin(), by=OFFICER)[0]


def computed(model: str, **more: Any) -> Run:
    run = ask_run(wanted=Wanted(model=model, seed=3, **more), by=OFFICER)
    heavy.drain()
    row = Run.objects.get(pk=run)
    assert row.state == "done", row.reason
    return row


def test_a_bulletin_is_kept_byte_for_byte_and_once(storm: str) -> None:
    receive_track(body=bulletin(), by=OFFICER)
    row = Bulletin.objects.get(storm=storm)
    assert bytes(row.body) == bulletin()
    assert row.newest_at == NOW
    told = storms.one(storm, "zh")
    assert [one["agency"] for one in told["forecasts"]] == ["中国"]
    assert len(told["observed"]) == 2
    assert told["observed"][1]["grade"] is not None
    assert storms.listed()["items"][0]["storm"] == storm


def test_a_storm_that_ends_later_than_now_stands_last(storm: str) -> None:
    receive_track(body=bulletin("201909", NOW + timedelta(days=2)), by=OFFICER)
    assert [one["storm"] for one in storms.listed()["items"]] == [storm, "201909"]


def test_what_is_no_track_is_refused_with_a_sentence(world: World) -> None:
    for body in (b"", b"{}", b"hello", b"\xff\xfe"):
        with pytest.raises(Invalid):
            receive_track(body=body, by=OFFICER)
    two = json.dumps(json.loads(bulletin("202609")) + json.loads(bulletin("202610"))).encode()
    with pytest.raises(Invalid, match="2 个台风"):
        receive_track(body=two, by=OFFICER)
    assert receive_track(body=two, by=OFFICER, storm="202610") == ["202610"]
    with pytest.raises(Forbidden):
        receive_track(body=bulletin(), by=VILLAGE)
    with pytest.raises(Missing):
        storms.one("none", "zh")
    assert world.point.pk


def test_a_bad_storm_of_a_file_keeps_no_good_one_out_and_is_named(world: World) -> None:
    good, bad = (json.loads(bulletin(number))[0] for number in ("202609", "202610"))
    bad["points"][0]["longitude"] = 155.0
    body = json.dumps([bad, good]).encode()
    assert receive_track(body=body, by=OFFICER, storm="202609") == ["202609"]
    assert len(storms.one("202609", "zh")["observed"]) == 2
    with pytest.raises(Invalid, match=r"台风 202610：.*公里移动"):
        receive_track(body=body, by=OFFICER, storm="202610")
    with pytest.raises(Invalid, match="2 个台风"):
        receive_track(body=body, by=OFFICER)
    assert world.point.pk


def without_pressure(body: bytes, times: float = 1.0) -> bytes:
    """A bulletin whose winds nothing but earlier ones can be set against."""
    told = json.loads(body)
    for point in told[0]["points"]:
        point.pop("pressure")
        point["speed"] *= times
        point["forecast"] = []
    return json.dumps(told).encode()


def test_winds_twice_those_told_before_are_refused_until_somebody_says_their_unit(
    world: World,
) -> None:
    assert world.point.pk
    receive_track(body=without_pressure(bulletin()), by=OFFICER)
    doubled = without_pressure(bulletin(), 1.944)
    with pytest.raises(Invalid, match=r"上一份路径同一时刻的两倍.*请写明单位"):
        receive_track(body=doubled, by=OFFICER)
    assert receive_track(body=doubled, unit="knots", by=OFFICER) == ["202609"]
    path = storms.storm_of(Bulletin.objects.get(unit="knots")).path
    assert path.wind == pytest.approx([45.0, 45.0], abs=0.1)
    with pytest.raises(Invalid, match="只能是 m/s 或 knots"):
        receive_track(body=doubled, unit="km/h", by=OFFICER)


def test_the_same_file_in_another_unit_is_kept_beside_it_and_counts(world: World) -> None:
    assert world.point.pk
    body = without_pressure(bulletin(), 1.944)
    receive_track(body=body, by=OFFICER)
    asked = storms.one("202609", "zh")["mended"]
    assert [one for one in asked if "请看一眼是不是节" in one]
    receive_track(body=body, unit="knots", by=OFFICER)
    assert Bulletin.objects.count() == 2
    told = storms.one("202609", "zh")
    assert told["observed"][0]["wind"] == pytest.approx(45.0, abs=0.1)
    assert told["mended"] == []


def test_a_run_says_what_is_doubtful_of_its_track_and_which_errors_nobody_checked(
    world: World,
) -> None:
    assert world.tide.lon
    told = json.loads(bulletin())
    seen = told[0]["points"][-1]
    for one in (*told[0]["points"], *seen["forecast"][0]["points"]):
        del one["pressure"]
    number = receive_track(body=json.dumps(told).encode(), by=OFFICER)[0]
    notes = computed("typhoon", storm=number).notes
    assert [one for one in notes if "请看一眼是不是节" in one]
    assert [
        one for one in notes if one.startswith("可能范围和概率按历史误差画") and "96 小时" in one
    ]
    page = typhoon.read(OFFICER, number, "en")
    assert "checked" in page["errors"]["unchecked"]
    assert "knots" in page["forecasts"][0]["note"]


def test_an_ensemble_gives_chances_wind_rain_and_maps(storm: str, world: World) -> None:
    run = computed("typhoon", storm=storm)
    wind = Series.objects.get(run=run, code=world.tide.code, quantity="wind")
    assert max(value or 0.0 for value in wind.values) > 17.2
    chances = {
        quantity: Series.objects.get(run=run, of="region", code=VALLEY, quantity=quantity).values[0]
        for quantity in ("wind-8", "wind-10", "wind-12")
    }
    assert 1.0 >= chances["wind-8"] >= chances["wind-10"] >= chances["wind-12"] >= 0.0
    assert chances["wind-8"] > 0.3
    (town,) = tables.by_region(OFFICER, run.pk, "zh")["items"]
    assert (town["region"], town["chances"]) == (VALLEY, chances)
    names = [one["name"] for one in products.grids(OFFICER, run.pk, "zh")["items"]]
    assert names == ["rain-frames", "track", "wind-areas", "wind-chance", "wind-frames"]
    _, grid, path = products.grid_file(OFFICER, run.pk, "wind-chance")
    told = read_netcdf(path.read_bytes(), variable="wind_8")
    assert 0.3 < float(np.nanmax(told.values)) <= 1.0
    assert "内部研判参考" in attributes_of(path)["comment"]
    assert grid.box[0] < 121.5 < grid.box[2]
    drawn = json.loads((folder_of(run).outputs / "track.geojson").read_bytes())
    kinds = [one["properties"]["kind"] for one in drawn["features"]]
    assert kinds[:2] == ["cone", "track"]
    assert kinds.count("position") >= 4


def test_a_township_has_the_chance_of_any_of_its_villages_not_of_its_seat_alone(
    storm: str,
) -> None:
    seat = computed("typhoon", storm=storm).series.get(code=VALLEY, quantity="wind-10").values[0]
    Region.objects.filter(code=UPPER).update(lon=121.3, lat=28.5)
    same = computed("typhoon", storm=storm).series.get(code=VALLEY, quantity="wind-10").values[0]
    assert same == seat
    Region.objects.filter(code=UPPER).update(lon=121.6, lat=28.2)
    wide = computed("typhoon", storm=storm).series.get(code=VALLEY, quantity="wind-10").values[0]
    assert wide > seat


def circled(km: float) -> bytes:
    """The storm of `bulletin` with a circle of force 7 around where it was seen last."""
    told = json.loads(bulletin())
    told[0]["points"][-1]["radius7"] = km
    return json.dumps(told).encode()


def test_the_circles_of_the_bulletin_make_the_outer_wind(world: World) -> None:
    winds = []
    for km in (120.0, 450.0):
        receive_track(body=circled(km), by=OFFICER)
        run = computed("typhoon", storm="202609")
        assert "外围风按风圈半径拟合（Holland 2010）" in run.notes
        assert any(note.startswith("预报没有风圈半径，一天之内按") for note in run.notes)
        first = Series.objects.get(run=run, code=world.tide.code, quantity="wind").values[6]
        winds.append(first or 0.0)
    assert winds[1] > 1.5 * winds[0]


def test_a_forecast_whose_last_position_tells_nothing_ends_before_it(world: World) -> None:
    told = json.loads(bulletin())
    last = told[0]["points"][-1]["forecast"][0]["points"][-1]
    del last["speed"], last["pressure"]
    receive_track(body=json.dumps(told).encode(), by=OFFICER)
    run = computed("typhoon", storm="202609")
    assert any(note.startswith("路径有 1 个位置风速和气压都不知道") for note in run.notes)
    wind = Series.objects.get(run=run, code=world.tide.code, quantity="wind")
    assert len(wind.values) == 25


def test_every_hour_of_wind_and_rain_is_drawn_for_the_map_to_play(storm: str, world: World) -> None:
    run = computed("typhoon", storm=storm)
    for quantity, at, least in (("wind", world.tide, 17.2), ("rain", world.rain, 1.0)):
        row, grid, path = products.grid_file(OFFICER, run.pk, f"{quantity}-frames")
        assert row.pk == run.pk
        picture = grey(path.read_bytes()).astype(np.float64)
        high = picture.shape[0] // len(grid.times)
        frames = picture.reshape(len(grid.times), high, picture.shape[1])
        low, top = grid.span
        values = np.where(frames > 0, low + (frames - 1) / 254 * (top - low), np.nan)
        west, south, east, north = grid.box
        across = int((at.lon - west) / (east - west) * picture.shape[1])
        down = int((north - at.lat) / (north - south) * high)
        series = Series.objects.get(run=run, code=at.code, quantity=quantity)
        told = np.array([np.nan if one is None else one for one in series.values])[: len(values)]
        drawn = values[:, down, across]
        assert np.nanmax(told) > least, "nothing was tried"
        # A cell is ten kilometres wide: the storm's own edge is steeper than a grey.
        assert np.nanmax(drawn) == pytest.approx(np.nanmax(told), rel=0.3)
        assert abs(int(np.nanargmax(drawn)) - int(np.nanargmax(told))) <= 1


def test_members_weaken_on_land_where_a_map_says_what_land_is(storm: str, home: Path) -> None:
    over_sea = computed("typhoon", storm=storm)
    assert "没有水深图，不知道陆地在哪里，集合里登陆早晚不同的成员一样强" in over_sea.notes
    ground = np.full((60, 80), -30.0)
    ground[:, :35] = 20.0  # the way of the middle crosses this coast; members do before and after
    path = home / "forecast" / "grids" / "sea.tif"
    path.parent.mkdir(parents=True)
    path.write_bytes(write_geotiff(Raster(ground, 120.0, 25.0, 0.1, 0.1)))
    on_land = computed("typhoon", storm=storm)
    assert any("Kaplan" in note for note in on_land.notes)
    chances = [
        read_netcdf(
            (folder_of(run).outputs / "wind-chance.nc").read_bytes(), variable="wind_12"
        ).values
        for run in (over_sea, on_land)
    ]
    assert float(np.nansum(chances[0])) != pytest.approx(float(np.nansum(chances[1])), rel=0.01)


def test_the_same_seed_draws_the_same_storms(storm: str) -> None:
    first, second = computed("typhoon", storm=storm), computed("typhoon", storm=storm)
    told = [
        {one["name"]: one["sha256"] for one in run.outputs if not one["name"].endswith(".nc")}
        for run in (first, second)
    ]
    assert set(told[0]) == {
        "rain-frames.png", "result.json", "track.geojson", "wind-areas.geojson", "wind-frames.png",
    }  # fmt: skip

    assert told[0] == told[1]
    # The library that writes NetCDF may date its bytes; what they say is the same.
    fields = [
        read_netcdf((folder_of(run).outputs / "wind-chance.nc").read_bytes(), variable="wind_10")
        for run in (first, second)
    ]
    np.testing.assert_array_equal(fields[0].values, fields[1].values)


def test_the_rain_of_the_storm_stands_in_for_a_forecast_of_rain(storm: str, world: World) -> None:
    typhoon = computed("typhoon", storm=storm)
    rain = Series.objects.get(run=typhoon, code=world.rain.code, quantity="rain")
    assert sum(value or 0.0 for value in rain.values) > 20
    run = computed("basin")
    asked = {one["name"]: one for one in run.inputs}
    assert asked["rain-forecast"]["state"] == "used"
    assert any(typhoon.pk in note for note in run.notes)


def test_without_a_storm_nothing_runs_and_nothing_fails(world: World) -> None:
    scheduling.start_due_runs()
    assert not Run.objects.filter(model="typhoon").exists()
    assert world.point.pk


def test_a_typhoon_is_computed_by_itself_while_it_is_there_and_no_longer(
    storm: str, turn: Turn
) -> None:
    scheduling.start_due_runs()
    assert Run.objects.get(model="typhoon").state == "queued"
    heavy.drain()
    assert Run.objects.get(model="typhoon").state == "done"
    turn.forward(hours=20)  # older than its oldest: the storm is over, or nobody told
    scheduling.start_due_runs()
    assert Run.objects.filter(model="typhoon").count() == 1
    assert storm


def test_an_old_track_is_used_for_a_while_and_then_no_more(storm: str, turn: Turn) -> None:
    turn.forward(hours=10)
    run = computed("typhoon", storm=storm)
    assert {one["name"]: one["state"] for one in run.inputs}["track"] == "older"
    assert "台风路径预报已超过六小时，请先更新" in run.notes
    turn.forward(hours=10)
    late = ask_run(wanted=Wanted(model="typhoon", storm=storm), by=OFFICER)
    heavy.drain()
    row = Run.objects.get(pk=late)
    assert (row.state, row.reason) == ("failed", "输入「台风路径预报」太旧，不能计算")


def test_a_hindcast_takes_the_way_ahead_from_a_best_track(world: World) -> None:
    lines = ["66666 0000    9 0001 2609 0 6              WALK                          20260901"]
    for n in range(9):
        moment = NOW - timedelta(hours=24) + timedelta(hours=6 * n)
        wind = 42 if n < 8 else 0  # the last position tells none
        lat, lon = round((24.5 + 0.5 * n) * 10), round((127 - 0.7 * n) * 10)
        lines.append(f"{moment:%Y%m%d%H} 5 {lat} {lon}  950  {wind}")
    receive_track(body="\n".join(lines).encode(), by=OFFICER)
    run = computed("typhoon", storm="2609", region=COUNTY)
    assert "路径取自事后整编的最佳路径，不是当时的预报" in run.notes
    rain = Series.objects.get(run=run, code=world.rain.code, quantity="rain").values
    assert rain[0] is not None
    assert rain[-1] is None  # unknown, not dry


def test_the_page_of_a_storm_names_the_run_that_drew_it_and_nobody_elses(storm: str) -> None:
    drawn = computed("typhoon")
    told = typhoon.read(OFFICER, storm, "zh")
    assert told["newest"]["id"] == drawn.pk
    assert told["newest"]["stamp"]["signed"] is False
    assert told["signed"] is None
    assert told["land_known"] is False
    assert told["forecasts"][0]["landfall"] is None
    assert typhoon.read(VILLAGE, storm, "zh")["newest"] is None
    receive_track(body=bulletin("202610", NOW - timedelta(days=3)), by=OFFICER)
    assert typhoon.read(OFFICER, "202610", "zh")["newest"] is None
    with pytest.raises(Missing, match="没有这个台风"):
        typhoon.read(OFFICER, "none", "zh")
