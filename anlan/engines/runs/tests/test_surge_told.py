"""Everything the surge engine can do, said in a document, and what cannot be, refused."""

from io import BytesIO
from typing import Any

import numpy as np
import pytest

from anlan.engines.registry import Result, run
from anlan.engines.surge import Inputs, Settings, Sides, grid_of, level_side, open_side
from anlan.engines.surge import run as reckon
from anlan.engines.surge.layout import Floats
from anlan.kernel.errors import Invalid

ROWS, COLUMNS = 4, 12
BED = [[-10.0] * COLUMNS] * ROWS


def packed(values: Floats) -> bytes:
    body = BytesIO()
    np.save(body, values)
    return body.getvalue()


def go(files: dict[str, bytes] | None = None, /, **more: Any) -> Result:
    document = {
        "bed": {"unit": "m", "values": BED}, "cell": [1e3, 1e3],
        "duration": {"unit": "min", "value": 20}, "manning": 0.0, **more,
    }  # fmt: skip
    return run("surge", document, (files or {}).__getitem__)[1]


def of(found: Result, key: str) -> Floats:
    return np.asarray(found.values[key], dtype=np.float64)


def metres(values: Any) -> dict[str, Any]:
    return {"unit": "m", "values": values}


def wind(value: Any, key: str = "value") -> dict[str, Any]:
    return {"unit": "m/s", key: value}


def test_a_grid_may_be_told_by_its_corner_and_the_size_of_its_cells() -> None:
    found = go(corner=[500.0, -2e3])
    assert of(found, "x")[:2].tolist() == [1000.0, 2000.0]
    assert of(found, "y")[0] == -1500.0
    one = go(bed=metres([[-10.0] * COLUMNS]))
    assert of(one, "bed").shape == (1, COLUMNS)


def test_wind_may_be_one_figure_a_course_in_time_or_a_field() -> None:
    same = go(wind_east=wind(20.0))
    course = go(wind_east=wind([20.0, 20.0], "values"), air_time={"unit": "h", "values": [0, 1]})
    mesh: dict[str, Any] = {"air_x": [0.0, 12e3], "air_y": [0.0, 2e3, 4e3]}
    still = go(wind_east=wind([[20.0] * 2] * 3, "values"), **mesh)
    whole = go(
        {"w.npy": packed(np.full((2, 3, 2), 20.0))},
        wind_east={"unit": "m/s", "file": "w.npy"}, air_time={"unit": "s", "values": [0, 9e9]},
        **mesh,
    )  # fmt: skip
    assert of(same, "east_end").max() > 1e-3
    for other in (course, still, whole):
        assert of(other, "level_end") == pytest.approx(of(same, "level_end"), abs=1e-12)
    assert of(go(wind_north=wind(20.0)), "north_end").max() > 1e-3


def test_rain_falls_as_much_as_is_told_and_stops_when_it_stops() -> None:
    begun = of(go(), "water_begin")
    all_along = go(rain={"unit": "mm/h", "value": 60.0})
    assert of(all_along, "water_end") - begun == pytest.approx(0.020 * 48e6, rel=1e-6)
    half = go(
        rain={"unit": "mm/h", "values": [60.0, 60.0, 0.0, 0.0]},
        air_time={"unit": "min", "values": [0, 10, 10.001, 20]},
    )
    assert of(half, "water_end") - begun == pytest.approx(0.010 * 48e6, rel=1e-3)


def test_a_storm_may_bring_rain_that_is_told() -> None:
    storm: dict[str, Any] = {
        "coordinates": "degrees", "corner": [121.0, 28.0], "cell": [0.1, 0.1],
        "start": ["2019-08-09T14:00:00Z"],
        "track_times": ["2019-08-09T12:00:00Z", "2019-08-09T18:00:00Z"],
        "track_lon": {"unit": "deg", "values": [122.0, 121.4]},
        "track_lat": {"unit": "deg", "values": [27.5, 28.3]},
        "track_wind": {"unit": "kn", "values": [90, 85]},
        "track_pressure": {"unit": "hPa", "values": [940, 950]},
    }  # fmt: skip
    dry, wet = go(**storm), go(**storm, rain={"unit": "mm/h", "value": 30.0})
    gained = (of(wet, "water_end") - of(dry, "water_end")) / of(dry, "water_end")
    assert gained == pytest.approx(0.010 / 10.0, rel=0.02)
    with pytest.raises(Invalid, match=r"已有台风路径.*「wind_east」"):
        go(**storm, wind_east=wind(20.0))


@pytest.mark.parametrize(
    "turn", [{"coriolis": 1e-4}, {"latitude": {"unit": "deg", "value": 43.29}}]
)
def test_moving_water_turns_to_the_right(turn: dict[str, Any]) -> None:
    found = go(**turn, start_east=wind(0.5), sides=["open"] * 4)
    straight = go(start_east=wind(0.5), sides=["open"] * 4)
    middle = (ROWS // 2, COLUMNS // 2)
    assert of(found, "north_end")[middle] < of(straight, "north_end")[middle] - 0.004


def test_a_level_and_a_speed_outside_let_a_wave_in_and_nothing_back() -> None:
    height = 0.05
    speed = 2 * (np.sqrt(9.81 * (10 + height)) - np.sqrt(98.1))
    found = go(
        sides=["open", "open", "wall", "wall"],
        side_level=metres([height, None, None, None]), side_east=wind([speed, None, None, None],
        "values"), duration={"unit": "min", "value": 40},
    )  # fmt: skip
    assert of(found, "level_end") == pytest.approx(height, abs=1e-4)
    assert of(found, "east_end") == pytest.approx(speed, abs=1e-4)


def test_each_cell_of_a_side_may_have_its_own_level() -> None:
    levels = np.linspace(0.0, 0.3, ROWS)
    found = go(sides=["level", "wall", "wall", "wall"], west_level=metres(levels.tolist()))
    inputs = Inputs(
        grid_of(np.array(BED), cell=(1e3, 1e3)), 1200.0, manning=0.0,
        sides=Sides(west=level_side(levels)),
    )  # fmt: skip
    assert of(found, "depth_end") == pytest.approx(reckon(inputs).state.h, abs=1e-12)
    rising = go(
        sides=["level", "wall", "wall", "wall"], side_time={"unit": "s", "values": [0, 1200]},
        west_level=metres([[0.0] * ROWS, levels.tolist()]),
    )  # fmt: skip
    assert 0.0 < of(rising, "level_max").max() < of(found, "level_max").max()


def test_a_tide_may_come_in_at_a_side_that_lets_waves_out() -> None:
    tide: dict[str, Any] = {
        "station": "kanmen", "start": ["2019-08-09T14:00:00Z"],
        "duration": {"unit": "h", "value": 3},
    }  # fmt: skip
    held = go(**tide, sides=["tide", "wall", "wall", "wall"])
    open_ = go(**tide, sides=["tide_open", "wall", "wall", "wall"])
    assert np.abs(of(held, "level_end") - of(open_, "level_end")).max() > 1e-3
    assert np.abs(of(open_, "level_end")).max() > 0.1


def test_fields_are_kept_at_the_moments_that_are_asked_and_gauges_at_every_step() -> None:
    found = go(
        start_level=metres([[0.3] * 3 + [0.0] * (COLUMNS - 3)] * ROWS),
        frames_at={"unit": "s", "values": [0, 111, 500, 1200]},
        gauges=["中"], gauge_x=[6e3], gauge_y=[2e3], gauges_every={"unit": "s", "value": 0},
    )  # fmt: skip
    assert of(found, "frame_time").tolist() == pytest.approx([0, 111, 500, 1200])
    assert len(of(found, "gauge_time")) == int(of(found, "steps")) + 1
    assert of(found, "frames")[-1] == pytest.approx(of(found, "level_end"), abs=1e-6)
    both = go(frames_at={"unit": "s", "values": [111]}, frames_every={"unit": "s", "value": 600})
    assert of(both, "frame_time").tolist() == pytest.approx([0, 111, 600, 1200])


def test_a_finer_grid_may_be_written_out_with_walls_and_roughness_of_its_own() -> None:
    inner: dict[str, Any] = {
        "inner_bed": metres([[-10.0] * 8] * 8), "inner_cell": [250.0, 250.0],
        "inner_corner": [4e3, 1e3], "inner_every": {"unit": "s", "value": 10},
    }  # fmt: skip
    hump: dict[str, Any] = {
        "start_level": metres([[0.3] * 3 + [0.0] * (COLUMNS - 3)] * ROWS),
        "manning_field": np.full((ROWS, COLUMNS), 0.02).tolist(),
        "inner_manning_field": np.full((8, 8), 0.02).tolist(),
        "duration": {"unit": "min", "value": 5},
    }
    found = go(**inner, **hump)
    assert np.ptp(of(found, "inner_level_end")) > 1e-4
    walled = go(**inner, **hump, inner_sides=["wall", "open", "wall", "wall"])
    assert np.abs(of(walled, "inner_level_end") - of(found, "inner_level_end")).max() > 1e-4
    with pytest.raises(Invalid, match="写了「inner_every」：要算内层"):
        go(inner_every={"unit": "s", "value": 10})


def test_settings_are_those_of_the_engine() -> None:
    told: dict[str, Any] = {
        "cfl": 0.5, "steep": 1.0, "gravity": 3.7, "density": 1000.0,
        "around": {"unit": "hPa", "value": 1013.25}, "dry": {"unit": "mm", "value": 2},
        "thin": {"unit": "mm", "value": 6}, "hold": {"unit": "m", "value": 0.5}, "sheltered": 1.0,
        "longest": {"unit": "s", "value": 30}, "maxima_every": {"unit": "s", "value": 60},
        "air_every": {"unit": "s", "value": 0}, "rise": {"unit": "cm", "value": 1},
        "fastest": {"unit": "m/s", "value": 20},
    }  # fmt: skip
    hump = np.where(np.arange(COLUMNS) < 3, 0.3, 0.0) * np.ones((ROWS, 1))
    settings = Settings(
        cfl=0.5, steep=1.0, gravity=3.7, density=1000.0, around=101_325.0, dry=2e-3, thin=6e-3,
        hold=0.5, sheltered=1.0, longest=30.0, maxima_every=60.0, air_every=0.0, rise=0.01,
        fastest=20.0,
    )  # fmt: skip
    sides = Sides(*[open_side()] * 4)
    inputs = Inputs(
        grid_of(np.array(BED), cell=(1e3, 1e3)), 1200.0, level=hump, manning=0.0, sides=sides,
        settings=settings,
    )  # fmt: skip
    found = go(**told, start_level=metres(hump.tolist()), sides=["open"] * 4)
    other = reckon(inputs)
    assert of(found, "steps") == other.steps
    for key in ("level_max", "speed_max", "arrival"):
        assert of(found, key) == pytest.approx(np.asarray(getattr(other, key)), nan_ok=True)


def test_pressure_that_is_the_same_everywhere_moves_nothing_at_open_sides() -> None:
    ordinary: dict[str, Any] = {
        "sides": ["open"] * 4, "pressure": {"unit": "hPa", "value": 1013.25},
        "air_every": {"unit": "s", "value": 0},
    }  # fmt: skip
    still = go(**ordinary)
    assert np.abs(of(still, "level_end")).max() < 1e-12
    assert any(note.endswith("101325 帕算") for note in still.notes)
    pressed = go(**ordinary, around={"unit": "hPa", "value": 1008.0})
    assert of(pressed, "level_end").min() < -0.01


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"cell": None}, "或 bed、cell"),
        ({"x": list(range(COLUMNS))}, "「cell」只写一种"),
        ({"cell": [1e3]}, "「cell」要写两个"),
        ({"bed": metres([-1.0, -2.0])}, "「bed」要有 2 个方向"),
        ({"wind_east": wind([5.0, 6.0], "values")}, "「wind_east」随时间变化，要写明 air_time"),
        ({"wind_east": wind([[5.0, 6.0]] * 2, "values")}, "「wind_east」各处不同，要写明 air_x"),
        ({"wind_east": wind([[[[5.0]]]], "values")}, "「wind_east」要有 3 个方向.*或一个数"),
        ({"wind_east": wind(300.0)}, "第 0.0 小时风压网格第 1 行第 1 列的风速不可用"),
        ({"pressure": {"unit": "Pa", "value": 1010.0}}, "气压不可用"),
        (
            {"rain": {"unit": "mm/h", "values": [1.0, None]},
             "air_time": {"unit": "h", "values": [0, 2]}},
            "第 2.0 小时.*雨强不可用",
        ),
        (
            {"rain": {"unit": "mm/h", "values": [1.0, 2.0, 3.0]},
             "air_time": {"unit": "h", "values": [0, 2, 1]}},
            "「air_time」要逐个增大，第 3 个不是",
        ),
        (
            {"wind_east": wind([[5.0, 6.0]] * 2, "values"), "air_x": [1.0, 0.0],
             "air_y": [0.0, 1.0]},
            "「air_x」要逐个增大",
        ),
        ({"wind_east": wind(9.0), "stress_east": {"unit": "Pa", "value": 1}}, "只能写一种"),
        ({"stress_east": {"unit": "Pa", "value": 1e4}}, "风应力不可用"),
        ({"coriolis": 1e-4, "latitude": {"unit": "deg", "value": 30}}, "只写一个"),
        ({"latitude": {"unit": "deg", "value": 120}}, "应在 -90 到 90 度之间"),
        ({"start_east": wind([[0.5] * COLUMNS], "values")}, "start_east」的 row 方向有 1 个"),
        ({"start_east": wind(90.0)}, "起算东向流速应在 -50 到 50"),
        ({"side_level": metres([0.1] * 4)}, "没有哪一边用它"),
        ({"west_level": metres([0.1] * ROWS)}, "写了「west_level」，但 sides 里 west 是 wall"),
        (
            {"west_level": metres([0.1] * 3), "sides": ["open", "wall", "wall", "wall"]},
            "「west_level」的 row 方向有 3 个，「bed」有 4 个",
        ),
        (
            {"west_level": metres([0.1, None, 0.1, 0.1]),
             "sides": ["level", "wall", "wall", "wall"]},
            "「west_level」第 2 个没有数值",
        ),
        (
            {"side_level": metres([[0.1, None]] * 4), "side_time": {"unit": "h", "values": [0, 1]},
             "sides": ["level", "wall", "wall", "wall"]},
            r"「side_level」：边界过程在第 1\.00 小时没有数值",
        ),
        ({"sides": ["discharge", "wall", "wall", "wall"]}, "side_inflow，或 west_inflow"),
        ({"frames_at": {"unit": "h", "values": [9]}}, "32400 秒不在 0 到计算时长之间"),
        ({"gravity": 0.0}, "重力加速度应大于零"),
        ({"dry": {"unit": "m", "value": 0}}, "干湿水深应大于零"),
        ({"dry": {"unit": "cm", "value": 2}}, "薄层水深不应小于干湿水深"),
        ({"around": {"unit": "Pa", "value": 1010}}, "周围气压"),
        ({"density": 0.0}, "水的密度应大于零"),
    ],
)  # fmt: skip
def test_what_cannot_be_reckoned_is_refused_with_what_and_where(
    more: dict[str, Any], told: str
) -> None:
    with pytest.raises(Invalid, match=told):
        go(**more)


def test_air_that_ends_early_or_covers_less_is_said() -> None:
    found = go(
        wind_east=wind([[[5.0] * 2] * 2] * 2, "values"), air_x=[0.0, 2e3], air_y=[0.0, 4e3],
        air_time={"unit": "s", "values": [0, 600]},
    )  # fmt: skip
    assert "风压网格没有盖住计算范围（air_x），外面取最近的值" in found.notes
    assert "风、气压、雨只给到第 600 秒，其后不变" in found.notes
