"""What comes in and goes out at the sides."""

import numpy as np
import pytest

from anlan.codes import lookup
from anlan.engines.surge import (
    Inputs,
    Series,
    Settings,
    Sides,
    discharge_side,
    grid_of,
    level_side,
    open_side,
    run,
    tide_side,
)
from anlan.engines.surge.tests.exact import G
from anlan.engines.tide import Constants, predict

M2 = 12.4206 * 3600


@pytest.mark.parametrize("closed", ["east", "north"])
def test_the_tide_swings_in_a_closed_bay_as_on_paper(closed: str) -> None:
    length, depth, height = 60e3, 20.0, 0.01
    rate = 2 * np.pi / M2
    wave = rate / np.sqrt(G * depth)
    shape = (1, 120) if closed == "east" else (120, 2)
    grid = grid_of(np.full(shape, -depth), cell=(500.0, 500.0))
    along = (grid.x[None] if closed == "east" else grid.y[:, None]) * np.ones(shape)
    bay = height * np.cos(wave * (length - along)) / np.cos(wave * length)

    def tide(time: float) -> float:
        return height * float(np.cos(rate * time))

    mouth = level_side(tide)
    sides = Sides(west=mouth) if closed == "east" else Sides(south=mouth)
    found = run(Inputs(grid, 2 * M2, level=bay, manning=0.0, sides=sides))
    assert np.abs(found.state.h - depth - bay).max() < 2e-3 * height


def test_half_of_a_level_enters_and_what_comes_back_leaves() -> None:
    length, depth, height = 60e3, 20.0, 0.01
    rate = 2 * np.pi / M2
    wave = rate / np.sqrt(G * depth)
    grid = grid_of(np.full((1, 120), -depth), cell=(500.0, 500.0))
    bay = height * np.cos(wave * (length - grid.x))[None]
    mouth = open_side(lambda time: height * float(np.cos(rate * time + wave * length)))
    found = run(Inputs(grid, 2 * M2, level=bay, manning=0.0, sides=Sides(west=mouth)))
    assert np.abs(found.state.h - depth - bay).max() < 1e-3 * height


def test_a_wave_leaves_through_open_sides() -> None:
    grid = grid_of(np.full((1, 200), -20.0), cell=(1e3, 1e3))
    hump = 0.5 * np.exp(-(((grid.x - 100e3) / 1e4) ** 2))[None]
    sides = Sides(open_side(), open_side())
    found = run(Inputs(grid, 4 * 3600.0, level=hump, manning=0.0, sides=sides))
    assert np.abs(found.state.h - 20.0).max() < 1e-4 * 0.5


def test_a_ring_of_waves_leaves_through_open_sides_but_for_a_little() -> None:
    grid = grid_of(np.full((100, 100), -20.0), cell=(1e3, 1e3))
    x, y = np.meshgrid(grid.x - 50e3, grid.y - 50e3)
    hump = 0.5 * np.exp(-(x**2 + y**2) / 1e8)
    found = run(Inputs(grid, 2 * 3600.0, level=hump, manning=0.0, sides=Sides(*[open_side()] * 4)))
    assert np.abs(found.state.h - 20.0).max() < 0.02 * 0.5


@pytest.mark.parametrize("slope", [1e-3, 1e-2])
def test_a_river_flows_at_its_normal_depth(slope: float) -> None:
    inflow, manning = 1.0, 0.03
    normal = (manning * inflow / np.sqrt(slope)) ** 0.6
    x = (np.arange(100) + 0.5) * 20.0
    bed = -slope * x
    grid = grid_of(bed[None], cell=(20.0, 20.0))
    sides = Sides(
        west=discharge_side(inflow), east=level_side(float(bed[-1] - slope * 10.0 + normal))
    )
    found = run(
        Inputs(grid, 4 * 3600.0, level=(bed + 0.9 * normal)[None], manning=manning, sides=sides)
    )
    middle = slice(10, 80)
    assert found.state.h[0, middle] == pytest.approx(normal, rel=1e-3)
    assert found.state.hu[0, middle] == pytest.approx(inflow, rel=1e-3)


@pytest.mark.parametrize("side", ["west", "east", "south", "north"])
def test_as_much_water_comes_in_as_is_let_in(side: str) -> None:
    grid = grid_of(np.full((20, 30), 0.0), cell=(10.0, 10.0))
    sides = Sides(**{side: discharge_side(0.2)})
    found = run(Inputs(grid, 300.0, level=0.1, sides=sides))
    cells = 20 if side in ("west", "east") else 30
    gained = found.water[1] - found.water[0]
    assert gained == pytest.approx(0.2 * cells * 10.0 * 300.0, rel=1e-10)


def test_water_comes_onto_dry_ground_and_no_more_can_be_taken_than_there_is() -> None:
    grid = grid_of(np.full((1, 40), 0.0), cell=(5.0, 5.0))
    found = run(Inputs(grid, 60.0, level=0.0, sides=Sides(west=discharge_side(0.5))))
    assert found.water[1] == pytest.approx(0.5 * 60.0 * 5.0, rel=1e-10)
    emptied = run(
        Inputs(grid, 600.0, level=0.2, sides=Sides(west=discharge_side(-5.0)), manning=0.02)
    )
    assert emptied.stopped == ""
    assert emptied.state.h.min() >= 0.0
    assert emptied.water[1] < 0.5 * emptied.water[0]


def test_flow_over_a_hump_keeps_its_discharge_and_its_head() -> None:
    # SWASHES 3.1.1: 4.42 m2/s, 2 m at the far end.
    x = (np.arange(200) + 0.5) * 0.125
    bed = np.where(np.abs(x - 10) < 2, 0.2 - 0.05 * (x - 10) ** 2, 0.0)
    grid = grid_of(bed[None], cell=(0.125, 0.125))
    sides = Sides(west=discharge_side(4.42), east=level_side(2.0))
    found = run(
        Inputs(
            grid, 400.0, level=2.0, manning=0.0, sides=sides, settings=Settings(dry=1e-5, thin=1e-4)
        )
    )
    h, q = found.state.h[0], found.state.hu[0]
    assert q == pytest.approx(4.42, rel=1e-3)
    head = q**2 / (2 * G * h**2) + h + bed
    assert head == pytest.approx(2.0 + 4.42**2 / (2 * G * 4.0), rel=5e-4)


def test_a_jump_stands_behind_a_hump_where_it_must() -> None:
    # SWASHES 3.1.3: 0.18 m2/s, 0.33 m at the far end; the head before and behind the jump differ.
    x = (np.arange(200) + 0.5) * 0.125
    bed = np.where(np.abs(x - 10) < 2, 0.2 - 0.05 * (x - 10) ** 2, 0.0)
    grid = grid_of(bed[None], cell=(0.125, 0.125))
    sides = Sides(west=discharge_side(0.18), east=level_side(0.33))
    found = run(
        Inputs(
            grid,
            400.0,
            level=0.33,
            manning=0.0,
            sides=sides,
            settings=Settings(dry=1e-5, thin=1e-4),
        )
    )
    h, q = found.state.h[0], found.state.hu[0]
    critical = 1.5 * (0.18**2 / G) ** (1 / 3) + 0.2
    head = q**2 / (2 * G * h**2) + h + bed
    assert head[(x > 1) & (x < 11)] == pytest.approx(critical, rel=2e-3)
    assert q[(x < 11) | (x > 12.5)] == pytest.approx(0.18, rel=5e-3)
    assert h[(x > 15)] == pytest.approx(0.33, rel=2e-3)
    fast = (q / h > np.sqrt(G * h)) & (x > 10)
    assert 11.4 < x[fast].max() < 11.9


def test_the_sea_at_a_tidal_side_is_that_of_the_constants() -> None:
    row = next(row for row in lookup.table("tide-stations").rows)
    table = {
        one.extra["constituent"]: (one.extra["amplitude"], one.extra["lag"])
        for one in lookup.table("tide-constants").rows
        if one.extra["station"] == row.code
    }
    constants, _ = Constants.of(table)
    start = 1_565_395_200_000
    grid = grid_of(np.full((1, 20), -30.0), cell=(500.0, 500.0))
    side = tide_side(constants, start, 6 * 3600.0)
    sides = Sides(west=side)
    begun = predict(constants, np.array([start]))[0]
    found = run(
        Inputs(grid, 6 * 3600.0, level=float(begun), sides=sides, gauges={"mouth": (250.0, 250.0)})
    )
    gauge = found.gauges["mouth"]
    expected = predict(constants, start + (gauge.times * 1000).astype(np.int64))
    later = gauge.times > 3600.0
    assert np.abs(gauge.level - expected)[later].max() < 0.02
    assert np.ptp(expected) > 1.0


def test_a_series_holds_its_ends_and_goes_straight_between() -> None:
    level = Series(np.array([0.0, 10.0]), np.array([[0.0, 1.0], [2.0, 3.0]]))
    assert np.asarray(level(-5.0)).tolist() == [0.0, 1.0]
    assert np.asarray(level(5.0)).tolist() == [1.0, 2.0]
    assert np.asarray(level(50.0)).tolist() == [2.0, 3.0]


def test_a_river_whose_depth_was_laid_down_beforehand_has_it() -> None:
    # MacDonald et al. 1997, J. Hydraul. Eng. 123, 1041: choose the depth, derive the bed.
    inflow, manning, length = 2.0, 0.033, 1000.0
    fine = np.linspace(0.0, length, 20_001)

    def depth(x: np.ndarray) -> np.ndarray:
        return np.asarray((4 / G) ** (1 / 3) * (1 + 0.5 * np.exp(-16 * (x / length - 0.5) ** 2)))

    h = depth(fine)
    slope = (inflow**2 / (G * h**3) - 1) * np.gradient(h, fine)
    slope -= manning**2 * inflow**2 / h ** (10 / 3)
    laid = np.concatenate([[0.0], np.cumsum((slope[1:] + slope[:-1]) / 2 * np.diff(fine))])
    x = (np.arange(100) + 0.5) * 10.0
    bed = np.interp(x, fine, laid - laid[-1])
    sides = Sides(west=discharge_side(inflow), east=level_side(float(h[-1])))
    found = run(
        Inputs(
            grid_of(bed[None], cell=(10.0, 10.0)),
            6000.0,
            level=(bed + 1.0)[None],
            manning=manning,
            sides=sides,
        )
    )
    inside = slice(2, -2)
    assert found.state.h[0, inside] == pytest.approx(depth(x)[inside], rel=0.015)
    assert found.state.hu[0, inside] == pytest.approx(inflow, rel=0.01)
