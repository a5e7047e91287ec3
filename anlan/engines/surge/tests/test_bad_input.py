"""What cannot be used is refused, or mended, with a sentence that says what and where."""

from dataclasses import replace

import numpy as np
import pytest

from anlan.engines.surge import (
    GriddedAir,
    Inputs,
    Series,
    Settings,
    Sides,
    against_marks,
    grid_of,
    level_side,
    open_side,
    run,
)
from anlan.kernel.errors import Invalid

BED = np.tile(np.linspace(-20.0, 5.0, 30), (20, 1))


def sea() -> Inputs:
    return Inputs(grid_of(BED, cell=(100.0, 100.0)), 60.0, sides=Sides(west=open_side()))


@pytest.mark.parametrize("blank", [np.nan, -9999.0, -32768.0, np.inf])
def test_one_cell_without_a_height_is_filled_and_the_run_says_so(blank: float) -> None:
    bed = BED.copy()
    bed[4, 7] = blank
    found = run(replace(sea(), grid=grid_of(bed, cell=(100.0, 100.0))))
    assert found.notes[0] == "地形有 1 格没有高程，例如第 5 行第 8 列，已按周围各格补上"
    assert found.stopped == ""
    mended = grid_of(bed, cell=(100.0, 100.0)).bed[4, 7]
    assert mended == pytest.approx(BED[4, 7], abs=1e-9)


def test_a_grid_full_of_holes_is_refused() -> None:
    bed = BED.copy()
    bed[:, 3:9] = np.nan
    with pytest.raises(Invalid, match="120 格没有高程（共 600 格），例如第 1 行第 4 列"):
        grid_of(bed, cell=(100.0, 100.0))


def test_a_height_no_ground_has_is_refused_by_its_place() -> None:
    bed = BED.copy()
    bed[2, 3] = -40_000.0
    with pytest.raises(Invalid, match="第 3 行第 4 列的高程 -40000 米"):
        grid_of(bed, cell=(100.0, 100.0))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"cell": (0.0, 1.0)}, "格距应大于零"),
        ({"cell": (1.0, 1.0), "corner": (120.0, 80.0), "geographic": True}, "南北纬 85 度"),
        ({"cell": (100.0, np.nan)}, "格距应大于零"),
    ],
)
def test_a_grid_that_lies_nowhere_is_refused(changed: dict[str, object], sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        grid_of(BED, **changed)  # type: ignore[arg-type]


def test_depths_taken_for_heights_are_found_at_the_open_side() -> None:
    upside = grid_of(-BED, cell=(100.0, 100.0))
    with pytest.raises(Invalid, match=r"西边界是开边界.*正负号可能反了"):
        run(replace(sea(), grid=upside))
    assert grid_of(-BED, cell=(100.0, 100.0), downwards=True).bed == pytest.approx(BED)


def test_dry_ground_that_nothing_enters_is_refused() -> None:
    with pytest.raises(Invalid, match="没有一格低于起算水位"):
        run(Inputs(grid_of(BED + 50.0, cell=(100.0, 100.0)), 60.0))


def test_another_datum_is_found_by_marks_on_the_ground() -> None:
    grid = grid_of(BED, cell=(100.0, 100.0))
    right = [(x, 950.0, float(grid.bed[9, int(x // 100)])) for x in (50.0, 1050.0, 2050.0)]
    assert against_marks(grid, right) is grid
    lifted = [(x, y, height - 1.8) for x, y, height in right]
    with pytest.raises(Invalid, match=r"相差 \+1.80 米"):
        against_marks(grid, [*lifted, (1e6, 1e6, 0.0)])


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (Settings(cfl=1.5), "库朗数 1.5 不稳定"),
        (Settings(cfl=0.0), "库朗数 0 不稳定"),
        (Settings(steep=3.0), "限制器系数 3 不稳定"),
        (Settings(dry=0.0), "干湿水深应大于零"),
        (Settings(thin=1e-9), "薄层水深"),
        (Settings(frames_every=0.0), "输出间隔"),
    ],
)
def test_settings_that_are_not_stable_are_refused(settings: Settings, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        run(replace(sea(), settings=settings))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"until": -1.0}, "计算时长"),
        ({"manning": -0.02}, "糙率应在 0 到 1 之间"),
        ({"manning": np.where(BED > 4.9, 40.0, 0.03)}, "第 1 行第 30 列糙率"),
        ({"level": np.zeros((3, 3))}, "起算水位的形状"),
        ({"level": np.full(BED.shape, np.nan)}, "第 1 行第 1 列起算水位"),
        ({"east": 300.0}, "起算东向流速"),
        ({"gauges": {"far": (1e6, 0.0)}}, "在网格之外"),
        ({"sides": Sides(west=level_side(np.zeros(7)))}, "西边界有 20 格，给了 7 个值"),
    ],
)
def test_inputs_that_cannot_be_are_refused(changed: dict[str, object], sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        run(replace(sea(), **changed))  # type: ignore[arg-type]


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(Invalid, match=r"库朗数.*；.*计算时长.*；.*糙率"):
        run(replace(sea(), settings=Settings(cfl=2.0), until=0.0, manning=9.0))


def test_a_boundary_series_with_a_gap_is_refused_by_its_time() -> None:
    with pytest.raises(Invalid, match=r"第 1\.00 小时没有数值"):
        Series(np.array([0.0, 3600.0]), np.array([0.0, np.nan]))
    with pytest.raises(Invalid, match="递增"):
        Series(np.array([3600.0, 0.0]), np.array([0.0, 1.0]))


@pytest.mark.parametrize(
    ("wind", "pressure", "sentence"),
    [(400.0, 101_000.0, "风速不可用"), (10.0, 1010.0, "气压不可用")],
)
def test_wind_in_other_units_is_refused(wind: float, pressure: float, sentence: str) -> None:
    axis = np.array([0.0, 3000.0])
    field = np.ones((1, 2, 2))
    air = GriddedAir(axis, axis, np.zeros(1), wind * field, 0 * field, pressure * field)
    assert sentence in run(replace(sea(), air=air)).stopped


def test_a_mesh_that_does_not_rise_is_refused() -> None:
    axis = np.array([3000.0, 0.0])
    field = np.ones((1, 2, 2))
    air = GriddedAir(axis, axis, np.zeros(1), field, field, 101_000.0 * field)
    with pytest.raises(Invalid, match="坐标应递增"):
        run(replace(sea(), air=air))


def test_a_wall_in_the_open_sea_is_noted() -> None:
    deep = grid_of(np.full((5, 5), -200.0), cell=(1e3, 1e3))
    found = run(Inputs(deep, 60.0))
    assert any(note.startswith("西边界有深过 50 米的水却是固壁") for note in found.notes)
