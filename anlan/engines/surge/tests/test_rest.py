import numpy as np
import pytest

from anlan.engines.surge import Inputs, Settings, Sides, grid_of, level_side, open_side, run


def islands(seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(np.linspace(-1, 1, 70), np.linspace(-1, 1, 60))
    hill = 16 * np.exp(-((x - 0.2) ** 2 + y**2) / 0.2)
    return np.asarray(
        -10 + hill + 3 * np.sin(9 * x) * np.cos(7 * y) + rng.uniform(-0.5, 0.5, x.shape)
    )


SIDES = [Sides(), Sides(open_side(), open_side(), open_side(), open_side()),
         Sides(level_side(0.7), level_side(0.7), level_side(0.7), level_side(0.7))]  # fmt: skip


@pytest.mark.parametrize("sides", SIDES, ids=["walls", "open", "level"])
def test_a_lake_with_islands_stays_at_rest(sides: Sides) -> None:
    bed = islands()
    found = run(Inputs(grid_of(bed, cell=(50.0, 40.0)), 900.0, level=0.7, sides=sides))
    wet = found.state.h > 0.0
    assert 0.05 < 1 - wet.mean() < 0.5
    assert np.abs((found.state.h + bed)[wet] - 0.7).max() < 1e-11
    assert np.abs(found.state.hu).max() < 1e-11
    assert np.abs(found.state.hv).max() < 1e-11
    assert found.steps > 200
    assert found.stopped == ""


def test_a_lake_on_the_sphere_stays_at_rest() -> None:
    bed = islands(2)
    grid = grid_of(bed, corner=(121.0, 27.5), cell=(0.002, 0.002), geographic=True)
    found = run(Inputs(grid, 3600.0, level=0.7))
    wet = found.state.h > 0.0
    assert np.abs((found.state.h + bed)[wet] - 0.7).max() < 1e-11
    assert np.hypot(found.state.hu, found.state.hv).max() < 1e-11


def test_a_lake_in_single_precision_stays_at_rest_to_its_digits() -> None:
    bed = islands()
    settings = Settings(single=True)
    grid = grid_of(bed, cell=(50.0, 40.0))
    found = run(Inputs(grid, 900.0, level=0.7, settings=settings))
    wet = found.state.h > 0.0
    assert found.state.h.dtype == np.float32
    assert np.abs((found.state.h + bed)[wet] - 0.7).max() < 1e-5


def test_water_that_sloshes_between_walls_over_islands_is_neither_made_nor_lost() -> None:
    bed = islands()
    level = 0.7 + 1.5 * np.exp(-(np.linspace(-1, 0.2, 70) ** 2) / 0.02)[None, :] * np.ones((60, 1))
    found = run(Inputs(grid_of(bed, cell=(50.0, 40.0)), 1800.0, level=level))
    before, after = found.water
    assert abs(after / before - 1) < 1e-12
    assert found.state.h.min() >= 0.0
    assert found.depth_max.max() > found.state.h.max()
    assert ((found.depth_max > 0.05) & (bed > 1.0)).sum() > 10


def test_what_lies_the_other_way_round_does_the_same() -> None:
    bed = islands()
    level = 0.7 + np.exp(-(np.linspace(-1, 1, 70) ** 2) / 0.02)[None, :] * np.ones((60, 1))
    straight = run(Inputs(grid_of(bed, cell=(50.0, 40.0)), 300.0, level=level)).state
    turned = run(
        Inputs(grid_of(bed[:, ::-1], cell=(50.0, 40.0)), 300.0, level=level[:, ::-1])
    ).state
    assert np.abs(turned.h[:, ::-1] - straight.h).max() < 1e-10
    assert np.abs(turned.hu[:, ::-1] + straight.hu).max() < 1e-10
    upside = run(Inputs(grid_of(bed[::-1], cell=(50.0, 40.0)), 300.0, level=level[::-1])).state
    assert np.abs(upside.h[::-1] - straight.h).max() < 1e-10


def test_a_flood_over_cliffs_makes_and_loses_no_water_and_stays_in_hand() -> None:
    random = np.random.default_rng(3)
    bed = -20.0 + random.uniform(-60.0, 60.0, (60, 60))
    level = np.broadcast_to(np.where(np.arange(60) < 15, 30.0, 0.0), bed.shape)
    for manning in (0.0, 0.03):
        found = run(Inputs(grid_of(bed, cell=(30.0, 30.0)), 600.0, level=level, manning=manning))
        assert found.stopped == ""
        assert abs(found.water[1] / found.water[0] - 1) < 1e-12
        assert found.state.h.min() >= 0.0
