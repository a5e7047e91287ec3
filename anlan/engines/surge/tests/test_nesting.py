"""Fine grids inside coarse ones, and many runs side by side."""

from dataclasses import replace

import numpy as np
import pytest

from anlan.engines.surge import (
    GriddedAir,
    Inputs,
    Outputs,
    Settings,
    Sides,
    grid_of,
    level_side,
    open_side,
    run,
    run_members,
    run_nested,
)
from anlan.kernel.errors import Invalid

OPEN = Sides(open_side(), open_side(), open_side(), open_side())


def shelf(cells: int, size: float, corner: tuple[float, float]) -> Inputs:
    """A bay whose bed is the same plane whatever the cells."""
    middle = (np.arange(cells) + 0.5) * size
    bed = np.broadcast_to(-30.0 + 0.001 * (corner[0] + middle), (cells, cells))
    return Inputs(grid_of(bed, corner=corner, cell=(size, size)), 2400.0, sides=OPEN)


def hump(inputs: Inputs) -> np.ndarray:
    x, y = np.meshgrid(inputs.grid.x, inputs.grid.y)
    return np.asarray(np.exp(-(((x - 5e3) / 4e3) ** 2) - ((y - 15e3) / 8e3) ** 2))


def test_a_wave_goes_into_a_fine_grid_and_out_of_it() -> None:
    gauges = {"a": (15_000.0, 15_000.0), "b": (17e3, 12e3)}
    outer, inner = (
        replace(one, level=hump(one), gauges=gauges)
        for one in (shelf(60, 500.0, (0.0, 0.0)), shelf(80, 100.0, (11e3, 11e3)))
    )
    coarse, fine = run_nested(outer, inner, every=10.0)
    for name in ("a", "b"):
        times = np.arange(0.0, 2400.0, 20.0)
        told = np.interp(times, coarse.gauges[name].times, coarse.gauges[name].level)
        found = np.interp(times, fine.gauges[name].times, fine.gauges[name].level)
        assert told.max() > 0.15
        assert np.abs(found - told).max() < 0.05 * told.max()
    left = (fine.state.h + inner.grid.bed).reshape(16, 5, 16, 5).mean(axis=(1, 3))
    assert np.abs(left - (coarse.state.h + outer.grid.bed)[22:38, 22:38]).max() < 0.005
    assert fine.steps > 3 * coarse.steps


def test_still_water_stays_still_in_both_grids_under_a_low() -> None:
    axis = np.linspace(-1e3, 31e3, 30)
    low = 100_800.0 - 3000.0 * np.exp(-(((axis - 15e3) / 8e3) ** 2))[None, None, :]
    low = np.broadcast_to(low, (1, 30, 30))
    air = GriddedAir(axis, axis, np.zeros(1), 0 * low, 0 * low, low)
    sea = Sides(*[open_side(0.0)] * 4)
    outer = replace(shelf(60, 500.0, (0.0, 0.0)), air=air, sides=sea)
    inner = replace(shelf(80, 100.0, (11e3, 11e3)), air=air)

    def hill(inputs: Inputs) -> np.ndarray:
        under = np.interp(inputs.grid.x, axis, low[0, 0])
        level = (100_800.0 - under) / (1025.0 * 9.81)
        return np.asarray(np.broadcast_to(level, inputs.grid.bed.shape))

    coarse, fine = run_nested(
        replace(outer, level=hill(outer)), replace(inner, level=hill(inner)), every=10.0
    )
    assert np.abs(coarse.state.hu).max() < 1e-9
    # The coarse cells are joined by straight lines, the hill is not one.
    assert np.abs(fine.state.hu / fine.state.h).max() < 2e-3


def test_a_fine_grid_whose_coarse_one_stops_says_so() -> None:
    outer = shelf(20, 1500.0, (0.0, 0.0))
    bad = level_side(lambda time: 0.1 if time < 300.0 else float("nan"))
    coarse, fine = run_nested(replace(outer, sides=replace(OPEN, west=bad)),
                              shelf(40, 100.0, (11e3, 11e3)))  # fmt: skip
    assert "西边界" in coarse.stopped
    assert coarse.state.time < 2400.0
    assert "没有数值" in fine.stopped
    assert coarse.state.time - 30.0 < fine.state.time < coarse.state.time + 120.0


def test_a_fine_grid_that_sticks_out_is_refused() -> None:
    outer = shelf(20, 1000.0, (0.0, 0.0))
    with pytest.raises(Invalid, match="整个落在外层网格之内"):
        run_nested(outer, shelf(80, 100.0, (15e3, 11e3)))
    with pytest.raises(Invalid, match="四边都是固壁"):
        run_nested(outer, replace(shelf(40, 100.0, (11e3, 11e3)), sides=Sides()))


def highest(found: Outputs) -> float:
    return float(np.nanmax(found.level_max))


@pytest.mark.slow
def test_members_run_side_by_side_as_they_do_alone() -> None:
    settings = Settings(maxima_every=60.0)
    runs = [
        replace(
            shelf(30, 1000.0, (0.0, 0.0)),
            level=0.1 * number,
            settings=settings,
            sides=replace(OPEN, west=level_side(1.0)),
        )
        for number in range(3)
    ]
    alone = [highest(run(one)) for one in runs]
    assert list(run_members(runs, highest, workers=1)) == list(enumerate(alone))
    assert list(run_members(runs, highest, workers=2)) == list(enumerate(alone))
    assert len(set(alone)) == 3


def test_whoever_looks_on_sees_each_run_step_by_step() -> None:
    outer, inner = shelf(30, 500.0, (0.0, 0.0)), shelf(20, 100.0, (6e3, 6e3))
    seen: dict[str, list[float]] = {"outer": [], "inner": []}
    coarse, fine = run_nested(
        outer,
        inner,
        every=10.0,
        watch=lambda time, _: seen["inner"].append(time),
        watch_outer=lambda time, _: seen["outer"].append(time),
    )
    assert len(seen["outer"]) == coarse.steps + 1
    assert len(seen["inner"]) == fine.steps + 1
    for times in seen.values():
        assert times == sorted(times)
        assert times[-1] == pytest.approx(2400.0)
