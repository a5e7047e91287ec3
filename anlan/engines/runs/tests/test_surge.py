from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from anlan.engines.grids import raster_of, read_netcdf, write_geotiff, write_netcdf
from anlan.engines.registry import Result, engine, run
from anlan.kernel.errors import Invalid

#: Off Kanmen: 30 km of shelf falling to the east, an island, land in the west.
LON, LAT = np.linspace(121.1, 122.1, 51), np.linspace(27.8, 28.5, 36)
_east, _north = np.meshgrid(LON, LAT)
BED = np.where(_east < 121.3, 5.0, -8.0 - 40.0 * (_east - 121.3))
BED[18:20, 25:27] = 3.0
RASTER = raster_of(BED, LON, LAT)
FILES = {
    "bed.tif": write_geotiff(RASTER),
    "depth.nc": write_netcdf({"depth": replace(RASTER, values=-BED, unit="m")}, title="depths"),
    "rough.tif": write_geotiff(replace(RASTER, values=np.where(BED > 0, 0.1, 0.02))),
}
#: The water off Kanmen again, in cells of a fifth.
FINE_LON, FINE_LAT = np.arange(121.302, 121.5, 0.004), np.arange(28.002, 28.2, 0.004)
FILES["fine.tif"] = write_geotiff(
    raster_of(
        np.broadcast_to(-8.0 - 40.0 * (FINE_LON - 121.3), (len(FINE_LAT), len(FINE_LON))),
        FINE_LON,
        FINE_LAT,
    )
)

LEKIMA: dict[str, Any] = {
    "track_times": ["2019-08-09T12:00:00Z", "2019-08-09T18:00:00Z", "2019-08-10T00:00:00Z"],
    "track_lon": {"unit": "deg", "values": [122.0, 121.4, 120.8]},
    "track_lat": {"unit": "deg", "values": [27.5, 28.3, 29.1]},
    "track_wind": {"unit": "kn", "values": [90, 85, 60]},
    "track_pressure": {"unit": "hPa", "values": [940, 950, 970]},
}


def go(files: dict[str, bytes] = FILES, /, **more: Any) -> Result:
    document = {
        "terrain": {"file": "bed.tif"}, "duration": {"unit": "h", "value": 1},
        "sides": ["wall", "open", "open", "open"], "start": ["2019-08-09T14:00:00Z"],
        "gauges": ["坎门"], "gauge_x": [121.35], "gauge_y": [28.09],
        "gauges_every": {"unit": "min", "value": 5}, **more,
    }  # fmt: skip
    return run("surge", document, files.__getitem__)[1]


def test_a_typhoon_and_the_tide_move_the_sea_over_a_map_from_a_file() -> None:
    found = go(
        **LEKIMA, sides=["wall", "tide", "tide", "tide"], station="kanmen",
        duration={"unit": "h", "value": 2},
    )  # fmt: skip
    level = np.asarray(found.values["gauge_level"])
    assert level.shape[0] == 1
    assert 20 <= level.shape[1] <= 25
    assert np.ptp(level) > 0.2
    assert np.asarray(found.values["bed"]) == pytest.approx(BED, abs=1e-4)
    assert np.isnan(np.asarray(found.values["level_max"])[10, 2])
    assert not found.stopped
    assert any("与地形的基准一致" in note for note in found.notes)
    assert any("最大风速半径" in note for note in found.notes)


def test_depths_in_netcdf_are_the_same_ground_as_heights_in_geotiff() -> None:
    heights = go(**LEKIMA)
    depths = go(**LEKIMA, terrain={"file": "depth.nc"}, terrain_means="depths")
    assert np.asarray(depths.values["gauge_level"]) == pytest.approx(
        np.asarray(heights.values["gauge_level"]), abs=1e-4
    )


def test_a_window_of_the_map_is_reckoned_alone() -> None:
    found = go(window=[121.25, 27.95, 121.75, 28.35])
    assert np.asarray(found.values["bed"]).shape == (20, 25)
    assert np.asarray(found.values["gauge_level"]) == pytest.approx(0.0, abs=1e-9)


def test_fields_are_kept_as_often_as_asked() -> None:
    found = go(frames_every={"unit": "min", "value": 15})
    assert np.asarray(found.values["frames"]).shape[1:] == BED.shape
    assert np.asarray(found.values["frame_time"])[-1] == pytest.approx(3600.0)


def test_a_dam_break_written_in_a_document_keeps_its_water_and_its_middle_depth() -> None:
    found = run("surge", engine("surge").example, FILES.__getitem__)[1]
    begun, ended = found.values["water_begin"], found.values["water_end"]
    assert ended == pytest.approx(begun, rel=1e-12)


def test_a_river_let_in_at_a_side_fills_the_ground() -> None:
    count = 20
    document = {
        "bed": {"unit": "m", "values": [[0.0] * count] * 3}, "x": [10.0 * n for n in range(count)],
        "y": [0.0, 10.0, 20.0], "duration": {"unit": "min", "value": 5},
        "level": {"unit": "m", "value": 0.5}, "sides": ["discharge", "wall", "wall", "wall"],
        "side_time": {"unit": "s", "values": [0.0, 300.0]}, "side_inflow": [[0.5, 0.5]] * 4,
    }  # fmt: skip
    found = run("surge", document, FILES.__getitem__)[1]
    gained = np.asarray(found.values["water_end"]) - np.asarray(found.values["water_begin"])
    assert gained == pytest.approx(0.5 * 30.0 * 300.0, rel=0.02)


def test_a_finer_grid_within_sees_the_storm_of_the_coarse_one_and_takes_its_gauges() -> None:
    gauges: dict[str, Any] = {
        "gauges": ["坎门", "外海"],
        "gauge_x": [121.35, 121.9],
        "gauge_y": [28.09, 28.0],
    }
    alone = go(**LEKIMA, **gauges)
    found = go(**LEKIMA, **gauges, inner_terrain={"file": "fine.tif"})
    assert found.values["inner_gauges"] == ["坎门"]
    assert np.asarray(found.values["inner_bed"]).shape == (50, 50)
    assert np.asarray(found.values["gauge_level"]) == pytest.approx(
        np.asarray(alone.values["gauge_level"])
    )
    level, time = (np.asarray(found.values[f"inner_gauge_{key}"]) for key in ("level", "time"))
    coarse = np.interp(time, np.asarray(alone.values["gauge_time"]),
                       np.asarray(alone.values["gauge_level"])[0])  # fmt: skip
    assert np.ptp(coarse) > 0.05
    assert np.abs(level[0] - coarse).max() < 0.15 * np.ptp(coarse)
    assert {"state.npz", "inner-state.npz", "fields.nc", "inner-fields.nc"} == set(found.files)


def test_a_run_that_goes_on_from_a_state_ends_as_one_that_never_stopped() -> None:
    # A field every half hour lets a step of the whole run end where the other one stops.
    fields: dict[str, Any] = {**LEKIMA, "frames_every": {"unit": "min", "value": 30}}
    whole = go(**fields)
    half = go(**fields, duration={"unit": "min", "value": 30})
    kept = {**FILES, "state.npz": half.files["state.npz"]()}
    rest = go(kept, **fields, state={"file": "state.npz"})
    assert np.asarray(rest.values["gauge_time"])[0] == pytest.approx(1800.0)
    assert rest.values["reached"] == pytest.approx(3600.0)
    for key in ("level_max", "speed_max", "arrival"):
        first, second = (np.asarray(one.values[key]) for one in (whole, rest))
        assert second == pytest.approx(first, abs=1e-9, nan_ok=True)


def test_a_map_of_roughness_acts_where_it_is_rough() -> None:
    usual, rough = go(**LEKIMA, manning=0.02), go(**LEKIMA, roughness={"file": "rough.tif"})
    speed = [np.asarray(one.values["speed_max"]) for one in (usual, rough)]
    assert speed[1][5, 40] == pytest.approx(speed[0][5, 40], rel=1e-6)
    field = np.full(BED.shape, 0.02)
    same = go(**LEKIMA, manning_field=field.tolist())
    assert np.asarray(same.values["speed_max"]) == pytest.approx(speed[0])
    field[:] = 0.2
    slow = go(**LEKIMA, manning_field=field.tolist())
    assert np.asarray(slow.values["speed_max"]).max() < 0.9 * speed[0].max()


def test_ground_on_another_datum_is_found_by_heights_that_are_known() -> None:
    marks: dict[str, Any] = {"mark_x": [121.2, 121.28, 121.7], "mark_y": [28.0, 28.2, 28.1]}
    right = [5.0, 5.0, float(-8.0 - 40.0 * (121.7 - 121.3))]
    assert not go(**marks, mark_height={"unit": "m", "values": right}).stopped
    with pytest.raises(Invalid, match=r"相差 \+2.20 米.*高程基准可能不对"):
        go(**marks, mark_height={"unit": "m", "values": [one - 2.2 for one in right]})
    with pytest.raises(Invalid, match="mark_height"):
        go(**marks)


def test_fields_come_as_netcdf_that_other_programs_read() -> None:
    found = go(**LEKIMA)
    body = found.files["fields.nc"]()
    told = read_netcdf(body, variable="level_max")
    assert told.unit == "m"
    assert told.west == pytest.approx(RASTER.west)
    assert told.values == pytest.approx(
        np.asarray(found.values["level_max"]), abs=1e-5, nan_ok=True
    )


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"inner_window": [121.3, 28.0, 121.5, 28.2]}, "inner_terrain"),
        (
            {"inner_terrain": {"file": "bed.tif"}, "window": [121.25, 27.95, 121.75, 28.35]},
            "整个落在外层网格之内",
        ),
        ({"state": {"file": "bed.tif"}}, "续算文件读不出来"),
        ({"manning_field": [[0.02]]}, "糙率的形状"),
        ({"terrain": {"file": "bed.tif"}, "manning_field": [[9.0] * 51] * 36}, "糙率应在 0 到 1"),
        ({"terrain": None}, "要有地形文件"),
        ({"sides": ["wall"] * 3}, "西、东、南、北"),
        ({"sides": ["wall", "tide", "wall", "wall"], "station": "kanmen", "start": None}, "start"),
        ({"sides": ["wall", "level", "wall", "wall"]}, "side_time 和 side_level"),
        ({"gauge_y": None}, "gauge_x、gauge_y"),
        ({"gauge_x": [10.0]}, "网格"),
        ({"window": [1.0, 2.0, 3.0, 4.0]}, "不覆盖"),
        ({"cfl": 3.0}, "库朗数 3 不稳定"),
        ({"start_level": {"unit": "m", "values": [[0.0, 0.0]]}}, "行列一样多"),
    ],
)
def test_what_cannot_be_reckoned_is_refused_in_one_sentence(
    more: dict[str, Any], told: str
) -> None:
    with pytest.raises(Invalid, match=told):
        go(**more)
