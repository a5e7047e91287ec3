"""Wind, pressure and the turn of the earth, against what is known of them on paper."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from anlan.engines.surge import (
    GriddedAir,
    Inputs,
    Moment,
    Settings,
    Sides,
    StormAir,
    grid_of,
    open_side,
    run,
)
from anlan.engines.surge.air import AROUND_PA, WATER_DENSITY, stress
from anlan.engines.surge.layout import Floats
from anlan.engines.surge.tests.exact import G, bisected, set_up
from anlan.engines.typhoon import Vortex

WIDE = np.array([0.0, 1e6])


def same_everywhere(x: Floats, wind: float = 0.0, pressure: Floats | None = None) -> GriddedAir:
    still = np.zeros((1, 2, len(x)))
    over = np.full(len(x), AROUND_PA) if pressure is None else pressure
    return GriddedAir(x, WIDE, np.zeros(1), still + wind, still, still + over)


def wind_of_one_pascal() -> float:
    def beyond(speed: float) -> float:
        return float(stress(np.array(speed), np.array(0.0))[0]) * WATER_DENSITY - 1.0

    return bisected(1.0, 60.0, beyond)


def test_water_set_up_by_the_wind_stands_as_it_must() -> None:
    grid = grid_of(np.full((1, 50), -10.0), cell=(1e3, 1e3))
    exact = set_up(grid.x)
    # Over the whole length the linear slope is 0.49725 m.
    assert exact[-1] - exact[0] == pytest.approx(0.49725 * 49 / 50, rel=3e-3)
    air = same_everywhere(grid.x, wind_of_one_pascal())
    found = run(Inputs(grid, 6 * 3600.0, level=(exact - 10.0)[None], air=air))
    assert np.abs(found.state.h[0] - exact).max() < 1e-6
    assert np.abs(found.state.hu).max() < 1e-5


def test_the_wind_sets_still_water_up() -> None:
    grid = grid_of(np.full((50, 1), -10.0), cell=(1e3, 1e3))
    across = same_everywhere(grid.y, wind_of_one_pascal())
    still = np.zeros((1, len(grid.y), 2))
    air = GriddedAir(WIDE, grid.y, np.zeros(1), still, still + across.east[0, 0, 0],
                     still + AROUND_PA)  # fmt: skip
    found = run(Inputs(grid, 36 * 3600.0, air=air, manning=0.1))
    assert np.abs(found.state.h[:, 0] - set_up(grid.y)).max() < 2e-3


def test_water_under_a_low_rests_on_its_hill() -> None:
    x = np.linspace(0, 300e3, 60)
    bed = (-30 + 20 * np.sin(x / 2e4))[None]
    grid = grid_of(bed, cell=(5e3, 5e3))
    low = AROUND_PA - 3000 * np.exp(-(((grid.x - 150e3) / 40e3) ** 2))
    hill = (AROUND_PA - low) / (WATER_DENSITY * G)
    found = run(
        Inputs(grid, 20 * 3600.0, level=hill[None], air=same_everywhere(grid.x, pressure=low))
    )
    assert np.abs(found.state.h[0] + bed[0] - hill).max() < 1e-11
    assert np.abs(found.state.hu).max() < 1e-11


def test_a_hectopascal_is_a_centimetre_of_water() -> None:
    grid = grid_of(np.full((1, 60), -20.0), cell=(5e3, 5e3))
    low = AROUND_PA - 100.0 * np.exp(-(((grid.x - 150e3) / 40e3) ** 2))
    found = run(
        Inputs(
            grid,
            200 * 3600.0,
            air=same_everywhere(grid.x, pressure=low),
            manning=0.3,
            sides=Sides(open_side(), open_side()),
            settings=Settings(maxima_every=3600.0),
        )
    )
    level = found.state.h[0] - 20.0
    assert level.max() == pytest.approx(0.009945 * (AROUND_PA - low.min()) / 100.0, abs=1e-6)


@dataclass(frozen=True)
class Travelling:
    """A low of 1 hPa that travels along x."""

    x: Floats
    speed: float
    begin: float

    @property
    def y(self) -> Floats:
        return WIDE

    def at(self, time: float) -> Moment:
        away = (self.x - self.begin - self.speed * time) / 15e3
        over = np.tile(AROUND_PA - 100.0 * np.exp(-(away**2)), (2, 1))
        return Moment(np.zeros_like(over), np.zeros_like(over), over)


@pytest.mark.parametrize(("froude", "seconds"), [(0.5, 14_000.0), (0.8, 14_000.0), (1.5, 6_000.0)])
def test_a_low_that_travels_lifts_the_water_as_proudman_says(froude: float, seconds: float) -> None:
    grid = grid_of(np.full((1, 300), -50.0), cell=(2e3, 2e3))
    speed = froude * np.sqrt(G * 50.0)
    static = 100.0 / (WATER_DENSITY * G)
    begun = static * np.exp(-(((grid.x - 150e3) / 15e3) ** 2))
    found = run(
        Inputs(
            grid,
            seconds,
            level=begun[None],
            air=Travelling(grid.x, speed, 150e3),
            manning=0.0,
            sides=Sides(open_side(), open_side()),
            settings=Settings(air_every=0.0),
        )
    )
    under = int(np.argmin(np.abs(grid.x - 150e3 - speed * seconds)))
    lifted = (found.state.h[0, under] - 50.0) / static
    assert lifted == pytest.approx(1 / (1 - froude**2), rel=0.01)


def kelvin(size: float, *, along_y: bool = False) -> tuple[float, float, float]:
    """Let a pulse run 500 km along a coast; tell its error, height and how it falls seawards."""
    depth, turn, height = 10.0, 1e-4, 0.01
    c = np.sqrt(G * depth)
    shape = (round(400e3 / size), round(1200e3 / size))
    grid = grid_of(np.full(shape, -depth), cell=(size, size))
    x, y = np.meshgrid(grid.x, grid.y)

    def pulse(time: float) -> Floats:
        hump = np.exp(-(((x - 300e3 - c * time) / 100e3) ** 2))
        return np.asarray(height * np.exp(-turn * y / c) * hump)

    begun = pulse(0.0)
    speed = begun * c / (depth + begun)
    sides = Sides(open_side(), open_side(), north=open_side())
    if along_y:
        # The same turned by a quarter against the clock: the coast then lies to the east.
        grid = grid_of(np.full(shape[::-1], -depth), cell=(size, size))
        sides = Sides(west=open_side(), south=open_side(), north=open_side())
        begun, speed = begun.T[:, ::-1], speed.T[:, ::-1]
    found = run(
        Inputs(
            grid,
            500e3 / c,
            level=begun,
            east=0.0 if along_y else speed,
            north=speed if along_y else 0.0,
            coriolis=turn,
            manning=0.0,
            sides=sides,
        )
    )
    level = found.state.h - depth
    if along_y:
        level = level[:, ::-1].T
    exact = pulse(500e3 / c)
    crest = int(np.argmax(level[0]))
    near = int(c / turn / size)
    fall = -np.polyfit(y[:near, 0], np.log(level[:near, crest]), 1)[0]
    error = float(np.abs(level - exact).max() / height)
    return error, float(level.max() / exact.max()), float(fall * c / turn)


@pytest.mark.parametrize("along_y", [False, True])
def test_a_kelvin_wave_keeps_to_its_coast(along_y: bool) -> None:
    error, height, fall = kelvin(5e3, along_y=along_y)
    assert error < 0.012
    assert height == pytest.approx(1.0, abs=0.01)
    assert fall == pytest.approx(1.0, abs=0.002)


def test_water_in_free_motion_goes_round_with_the_clock() -> None:
    grid = grid_of(np.full((8, 8), -10.0), corner=(120.0, 29.0), cell=(0.5, 0.5), geographic=True)
    spin = 2 * 7.2921e-5 * np.sin(np.radians(31.0))
    found = run(
        Inputs(
            grid,
            0.25 * 2 * np.pi / spin,
            north=0.1,
            manning=0.0,
            sides=Sides(*[open_side()] * 4),
            settings=Settings(longest=120.0, maxima_every=600.0),
            gauges={"middle": (122.0, 31.0)},
        )
    )
    gauge = found.gauges["middle"]
    soon = int(np.searchsorted(gauge.times, 600.0))
    assert gauge.east[soon] / gauge.north[soon] == pytest.approx(np.tan(spin * 600.0), rel=0.05)


def test_a_typhoon_over_the_sea_piles_water_up_on_its_right() -> None:
    one = np.ones(2)
    storm = Vortex(
        lon=np.array([122.0, 120.0]),
        lat=28.0 * one,
        deficit=6000.0 * one,
        radius=40e3 * one,
        peaked=1.4 * one,
        east=-5.0 * one,
        north=0.0 * one,
    )
    bed = np.tile(np.linspace(5.0, -60.0, 60), (60, 1))
    grid = grid_of(bed, corner=(120.5, 26.5), cell=(0.05, 0.05), geographic=True)
    axes = (np.linspace(120.5, 123.5, 31), np.linspace(26.5, 29.5, 31))
    air = StormAir(*axes, np.array([0.0, 12 * 3600.0]), storm)
    found = run(
        Inputs(
            grid,
            9 * 3600.0,
            air=air,
            sides=Sides(south=open_side(), east=open_side(), north=open_side()),
        )
    )
    shore = np.nanmax(found.level_max, axis=1)
    north, south = shore[grid.y > 28.1].max(), shore[grid.y < 27.7].max()
    assert found.stopped == ""
    assert north > 1.0
    assert north > south + 0.5


def test_the_wind_drives_less_water_over_land_than_over_the_sea() -> None:
    bed = np.interp(np.arange(100) * 500.0, [0.0, 20e3, 25e3, 50e3], [-6.0, -6.0, 0.0, 4.0])
    grid = grid_of(bed[None], cell=(500.0, 500.0))
    inputs = Inputs(grid, 8 * 3600.0, air=same_everywhere(grid.x, 30.0))

    def ashore(share: float) -> float:
        settings = Settings(sheltered=share)
        return float(run(replace(inputs, settings=settings)).state.h[0, bed > 0].sum())

    assert ashore(1.0) > 1.2 * ashore(0.3) > 1.2 * ashore(0.0) > 0.0


def test_rain_on_a_slope_runs_off_as_fast_as_it_falls() -> None:
    x, slope, manning, rain = (np.arange(100) + 0.5), 0.05, 0.02, 50e-3 / 3600
    grid = grid_of((-slope * x)[None], cell=(1.0, 1.0))
    mesh = np.array([0.0, 100.0])
    still = np.zeros((1, 2, 2))
    air = GriddedAir(mesh, mesh, np.zeros(1), still, still, still + AROUND_PA, still + rain)
    settings = Settings(dry=1e-5, thin=1e-4, air_every=5.0)
    sides = Sides(east=open_side(-100.0))
    found = run(
        Inputs(grid, 1800.0, level=-100.0, manning=manning, air=air, sides=sides, settings=settings)
    )
    flow = rain * x
    lower = slice(40, 98)
    assert found.state.hu[0, lower] == pytest.approx(flow[lower], rel=0.02)
    depth = (manning * flow / np.sqrt(slope)) ** 0.6
    assert found.state.h[0, lower] == pytest.approx(depth[lower], rel=0.02)


def test_rain_falls_whole_on_cells_so_wide_that_a_step_is_longer_than_the_air_stands() -> None:
    grid = grid_of(np.full((4, 12), -10.0), cell=(10e3, 10e3))
    mesh = np.array([0.0, 120e3])
    still = np.zeros((1, 2, 2))
    rain = 30e-3 / 3600
    air = GriddedAir(mesh, mesh, np.zeros(1), still, still, still + AROUND_PA, still + rain)
    found = run(Inputs(grid, 3600.0, air=air, settings=Settings(air_every=300.0)))
    assert found.state.h == pytest.approx(10.0 + 30e-3, abs=1e-9)
