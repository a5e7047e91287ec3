"""Gauges, maxima, going on from a state, and runs that get out of hand."""

from dataclasses import replace

import numpy as np
import pytest

from anlan.engines.surge import (
    GriddedAir,
    Inputs,
    Settings,
    Sides,
    State,
    grid_of,
    level_side,
    open_side,
    run,
)
from anlan.engines.surge.tests.exact import G
from anlan.kernel.errors import Invalid


def beach() -> Inputs:
    """A hump of water before a beach under wind: all that a run has at once."""
    x, y = np.meshgrid(np.arange(60) * 100.0, np.arange(40) * 100.0)
    bed = -8.0 + 0.002 * x + 0.5 * np.sin(y / 300.0)
    hump = 1.5 * np.exp(-(((x - 1500.0) / 600.0) ** 2) - ((y - 2000.0) / 900.0) ** 2)
    axis = np.array([0.0, 3000.0, 6000.0])
    still = np.zeros((2, 3, 3))
    air = GriddedAir(
        axis, axis, np.array([0.0, 600.0]), still + 15.0, still + np.arange(3) * 4.0,
        still + 100_000.0, still + 1e-5,
    )  # fmt: skip
    return Inputs(
        grid_of(bed, cell=(100.0, 100.0)),
        600.0,
        level=np.maximum(hump, bed),
        sides=Sides(west=open_side(), south=level_side(lambda time: 0.1 * np.sin(time / 99))),
        air=air,
        coriolis=7e-5,
        gauges={"sea": (1550.0, 2050.0), "shore": (4000.0, 2000.0), "hill": (5950.0, 50.0)},
        settings=Settings(frames_every=300.0, air_every=50.0),
    )


def test_a_run_that_goes_on_from_bytes_ends_as_one_that_never_stopped() -> None:
    whole = beach()
    through = run(whole)
    first = run(replace(whole, until=300.0))
    again = run(replace(whole, start=State.unpacked(first.state.packed())))
    assert first.state.time == 300.0
    assert again.state.steps == through.state.steps
    for name in ("h", "hu", "hv", "keep", "depth_max", "speed_max", "arrival"):
        found, expected = getattr(again.state, name), getattr(through.state, name)
        assert np.array_equal(found, expected, equal_nan=True), name


def test_bytes_that_are_no_state_are_refused() -> None:
    packed = run(beach()).state.packed()
    with pytest.raises(Invalid, match="续算文件"):
        State.unpacked(packed[:1000])


def test_gauges_tell_level_and_speed_between_cells_and_the_ground_where_dry() -> None:
    inputs = beach()
    found = run(inputs)
    sea, hill = found.gauges["sea"], found.gauges["hill"]
    assert sea.times[0] == 0.0
    assert sea.times[-1] == 600.0
    # The gauge stands in the middle of cell (20, 15).
    assert sea.level[-1] == pytest.approx(found.state.h[20, 15] + inputs.grid.bed[20, 15])
    assert sea.east[-1] == pytest.approx(found.state.hu[20, 15] / found.state.h[20, 15])
    assert np.allclose(hill.level[0], inputs.grid.bed[0, 59])
    between = found.state.h[19:21, 39:41] + inputs.grid.bed[19:21, 39:41]
    if (found.state.h[19:21, 39:41] > 1e-3).all():
        assert found.gauges["shore"].level[-1] == pytest.approx(between.mean())


def test_maxima_are_those_of_every_moment() -> None:
    inputs = replace(beach(), settings=Settings(frames_every=2.0, air_every=50.0))
    found = run(inputs)
    seen = np.nanmax(np.where(np.isnan(found.frames), -99.0, found.frames), axis=0)
    known = np.where(np.isnan(found.level_max), -99.0, found.level_max)
    assert (known >= seen - 1e-5).all()
    assert np.median(known - seen) < 1e-3
    assert found.frame_times.tolist() == pytest.approx(np.arange(0, 601, 2).tolist())


def test_the_arrival_of_a_wave_is_where_its_speed_brings_it() -> None:
    grid = grid_of(np.full((1, 300), -10.0), cell=(100.0, 100.0))
    step = np.where(grid.x < 5000.0, 0.5, 0.0)[None]
    found = run(Inputs(grid, 1500.0, level=step, sides=Sides(open_side(), open_side())))
    at = (grid.x[150] - 5000.0) / np.sqrt(G * 10.0)
    assert found.arrival[0, 150] == pytest.approx(at, rel=0.03)
    assert np.isnan(found.arrival[0, 299])
    assert np.isnan(found.arrival[0, 10])


def test_a_wave_on_the_sphere_goes_as_far_east_as_north() -> None:
    bed = np.full((120, 200), -1000.0)
    grid = grid_of(bed, corner=(120.0, 38.0), cell=(0.06, 0.04), geographic=True)
    lon, lat = np.meshgrid(grid.x, grid.y)
    middle = (126.0, 40.4)
    away = np.hypot((lon - 126.0) * np.cos(np.radians(lat)), lat - 40.4) * 111_195.0
    step = 0.5 * np.exp(-((away / 30e3) ** 2))
    gauges = {
        "north": (126.0, middle[1] + 1.5),
        "south": (126.0, middle[1] - 1.5),
        "east": (126.0 + 1.5 / np.cos(np.radians(40.4)), 40.4),
    }
    found = run(Inputs(grid, 2400.0, level=step, coriolis=0.0, manning=0.0, gauges=gauges))
    crests = {name: gauge.level.max() for name, gauge in found.gauges.items()}
    times = {name: gauge.times[gauge.level.argmax()] for name, gauge in found.gauges.items()}
    assert crests["north"] == pytest.approx(crests["east"], rel=0.03)
    assert crests["south"] == pytest.approx(crests["east"], rel=0.03)
    assert times["north"] == pytest.approx(times["east"], rel=0.02)
    assert times["south"] == pytest.approx(times["east"], rel=0.02)
    assert abs(found.water[1] / found.water[0] - 1) < 1e-12


def wall_of_water(settings: Settings) -> Inputs:
    grid = grid_of(np.zeros((1, 200)), corner=(1000.0, 0.0), cell=(10.0, 10.0))
    level = np.where(np.arange(200) < 100, 200.0, 1.0)[None].astype(float)
    return Inputs(grid, 60.0, level=level, settings=settings)


def test_water_out_of_hand_stops_the_run_at_its_last_sound_state() -> None:
    found = run(wall_of_water(Settings(fastest=40.0)))
    assert "失控" in found.stopped
    assert "流速过大" in found.stopped
    assert "第 1 行" in found.stopped
    assert found.state.time < 60.0
    speed = np.abs(found.state.hu / np.maximum(found.state.h, 1e-3))
    assert np.isfinite(found.state.h).all()
    assert speed.max() < 40.0
    assert f"{found.state.time:g}" in found.stopped
    assert run(wall_of_water(Settings(fastest=100.0))).stopped == ""


def test_a_side_that_tells_nothing_stops_the_run_and_keeps_it() -> None:
    def level(time: float) -> float:
        return 0.1 if time < 100.0 else float("nan")

    grid = grid_of(np.full((1, 50), -5.0), cell=(100.0, 100.0))
    found = run(Inputs(grid, 600.0, sides=Sides(east=level_side(level)), gauges={"a": (50.0, 1.0)}))
    assert found.stopped.startswith("东边界在第 0.03 小时没有数值")
    assert 80.0 < found.state.time <= 100.0
    assert found.gauges["a"].times[-1] <= found.state.time
    assert np.isfinite(found.state.h).all()


def test_a_side_gone_mad_stops_the_run_at_its_last_sound_state() -> None:
    grid = grid_of(np.full((1, 50), -5.0), cell=(100.0, 100.0))
    mad = level_side(lambda time: 0.1 if time < 2000.0 else 1e200)
    found = run(Inputs(grid, 9000.0, sides=Sides(east=mad)))
    assert "失控" in found.stopped
    assert found.state.time <= 2000.0
    assert np.isfinite(found.state.h).all()
    assert np.nanmax(found.level_max) < 1.0


def test_air_that_is_not_known_stops_the_run() -> None:
    inputs = beach()
    air = inputs.air
    assert isinstance(air, GriddedAir)
    east = air.east.copy()
    east[1, 2, 1] = np.nan
    found = run(replace(inputs, air=replace(air, east=east)))
    assert "风压网格第 3 行第 2 列的风速" in found.stopped
    assert found.state.time == 0.0


def test_rain_fills_what_it_falls_on() -> None:
    inputs = beach()
    air = inputs.air
    assert isinstance(air, GriddedAir)
    calm = replace(air, east=air.east * 0, north=air.north * 0)
    found = run(replace(inputs, air=calm, sides=Sides()))
    fallen = 1e-5 * 600.0 * inputs.grid.bed.size * 1e4
    assert found.water[1] - found.water[0] == pytest.approx(fallen, rel=1e-9)
