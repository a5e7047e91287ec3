"""Runs against exact solutions, with the error that halving the cells leaves."""

import numpy as np
import pytest

from anlan.engines.surge import Inputs, Outputs, Settings, grid_of, run
from anlan.engines.surge.layout import Floats
from anlan.engines.surge.tests.exact import bowl, parabola, ritter, stoker

LABORATORY = Settings(dry=1e-7, thin=1e-6, single=False)


def middles(count: int, length: float) -> Floats:
    return np.asarray((np.arange(count) + 0.5) * length / count - length / 2)


def dam_break(count: int, low: float, *, along_y: bool = False) -> tuple[Floats, Outputs]:
    x = middles(count, 10.0)
    level = np.where(x < 0, 0.005, low)
    shape = (count, 2) if along_y else (1, count)
    level = np.broadcast_to(level[:, None] if along_y else level, shape).copy()
    grid = grid_of(np.zeros(shape), cell=(10.0 / count, 10.0 / count))
    return x, run(Inputs(grid, 6.0, level=level, manning=0.0, settings=LABORATORY))


def apart(found: Floats, exact: Floats) -> float:
    return float(np.abs(found - exact).sum() / np.abs(exact).sum())


@pytest.mark.parametrize("along_y", [False, True])
def test_a_dam_breaks_over_water(along_y: bool) -> None:
    errors = []
    for count in (200, 400, 800):
        x, found = dam_break(count, 0.001, along_y=along_y)
        depth, speed = stoker(x, 6.0, 0.005, 0.001)
        h = found.state.h[:, 0] if along_y else found.state.h[0]
        moved = found.state.hv[:, 0] if along_y else found.state.hu[0]
        errors.append(apart(h, depth))
        assert abs(found.water[1] / found.water[0] - 1) < 1e-12
        # Between the fan and the bore: SWASHES 0.00253936 m and 0.12727972 m/s.
        plateau = (x > 0.5) & (x < 1.1)
        assert h[plateau].mean() == pytest.approx(0.00253936, rel=1e-3)
        assert (moved / h)[plateau].mean() == pytest.approx(0.12727972, rel=1e-3)
        assert np.abs(moved / h - speed).mean() < 1.2e-3
    assert errors[0] < 3.7e-3
    assert errors[2] < 9.1e-4
    assert errors[0] / errors[2] > 3.4


def test_a_dam_breaks_over_dry_ground() -> None:
    errors = []
    for count in (200, 400, 800):
        x, found = dam_break(count, 0.0)
        errors.append(apart(found.state.h[0], ritter(x, 6.0, 0.005)))
        assert abs(found.water[1] / found.water[0] - 1) < 1e-12
        assert found.state.h.min() >= 0.0
    assert errors[0] < 5e-3
    assert errors[0] / errors[2] > 3.4


def test_a_plane_rocks_in_a_parabola_and_comes_back() -> None:
    errors = []
    for count in (200, 400, 800):
        x = middles(count, 4.0)
        bed, depth = parabola(x, 0.0)
        grid = grid_of(bed[None], cell=(4.0 / count, 4.0 / count))
        settings = Settings(dry=1e-4, thin=1e-4)
        found = run(
            Inputs(grid, 3 * 2.006067, level=(bed + depth)[None], manning=0.0, settings=settings)
        )
        errors.append(apart(found.state.h[0], depth))
        assert abs(found.water[1] / found.water[0] - 1) < 1e-12
    assert errors[0] < 6.8e-3
    assert errors[1] < 2.65e-3
    assert errors[2] < 1.2e-3


def circled(count: int, *, single: bool = False) -> tuple[float, Outputs]:
    middle = middles(count, 4.0)
    x, y = np.meshgrid(middle, middle)
    bed, depth = bowl(x, y, 0.0)
    grid = grid_of(bed, corner=(-2.0, -2.0), cell=(4.0 / count, 4.0 / count))
    settings = Settings(dry=1e-4, thin=1e-4, single=single)
    speed = 0.5 * np.sqrt(2 * 9.81 * 0.1)
    found = run(
        Inputs(grid, 4.4857014655, level=bed + depth, north=speed, manning=0.0, settings=settings)
    )
    return apart(found.state.h, depth), found


def test_a_plane_circles_in_a_bowl_and_comes_back() -> None:
    errors = []
    for count in (63, 125, 250):
        error, found = circled(count)
        errors.append(error)
        assert abs(found.water[1] / found.water[0] - 1) < 1e-12
    assert errors[1] < 2.02e-2
    assert errors[2] < 9.5e-3
    assert errors[0] / errors[2] > 4.0


def test_single_precision_is_as_near_to_the_exact_bowl_as_double() -> None:
    double, _ = circled(125)
    single, found = circled(125, single=True)
    assert single == pytest.approx(double, rel=0.02)
    assert abs(found.water[1] / found.water[0] - 1) < 1e-6
