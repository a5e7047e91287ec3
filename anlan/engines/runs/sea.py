"""A sea as a document tells it: ground, sides, air, gauges and settings of one grid or of two."""

from dataclasses import replace
from typing import Final

import numpy as np

from anlan.engines import surge
from anlan.engines.grids import Raster, raster_of, read_grid, sampled, within
from anlan.engines.registry.given import Floats, Given
from anlan.engines.runs.harmonics import constants_in
from anlan.engines.runs.storms import track_in
from anlan.engines.surge import Grid, Inputs, Settings, Side, State
from anlan.engines.typhoon import vortex_of
from anlan.kernel.errors import Invalid

#: Degrees between the points at which a storm's air is reckoned; hundredths in a square of metres.
_AIR: Final = 0.05


def sea_in(given: Given, notes: list[str]) -> Inputs:
    """Lay out what is reckoned; `notes` gains what was put right or assumed."""
    grid = _grid(given, notes)
    until = given.number("duration")
    return Inputs(
        grid,
        until,
        level=_still(given, grid),
        start=_state(given, "state"),
        sides=_sides(given, until, notes),
        manning=_manning(given, grid),
        air=_air(given, grid, until, notes),
        gauges=_gauges(given),
        settings=_settings(given, grid),
    )


def inner_in(given: Given, outer: Inputs, notes: list[str]) -> Inputs | None:
    """Lay out the finer grid within `outer`, all its sides open to it; None when none is asked.

    It takes the gauges that lie in it, and leaves the others to the coarse one.
    """
    if "inner_terrain" not in given.files:
        if "inner_window" in given.numbers or "inner_state" in given.files:
            raise Invalid("要算内层，就要有 inner_terrain")
        return None
    raster = _read(given, "inner_terrain", "inner_window")
    grid = _sound(given, raster, notes)
    return replace(
        outer,
        grid=grid,
        level=_finer(outer, grid),
        start=_state(given, "inner_state"),
        sides=surge.Sides(*[surge.open_side()] * 4),
        manning=_manning(given, grid, inner=True),
        air=_air(given, grid, outer.until, []),
        gauges={name: place for name, place in outer.gauges.items() if _within(grid, *place)},
        settings=_settings(given, grid),
    )


def _within(grid: Grid, x: float, y: float) -> bool:
    ny, nx = grid.bed.shape
    return bool(0 <= x - grid.west < nx * grid.dx and 0 <= y - grid.south < ny * grid.dy)


def _finer(outer: Inputs, grid: Grid) -> float | Floats:
    """Tell the level of the coarse grid's start on the finer one."""
    if not isinstance(outer.level, np.ndarray):
        return outer.level
    coarse = outer.grid
    told = Raster(outer.level, coarse.west, coarse.south, coarse.dx, coarse.dy, coarse.geographic)
    return _on(told, grid)


def _on(raster: Raster, grid: Grid) -> Floats:
    x, y = np.meshgrid(grid.x, grid.y)
    return sampled(raster, x.ravel(), y.ravel()).reshape(grid.bed.shape)


def _state(given: Given, key: str) -> State | None:
    return State.unpacked(given.files[key]) if key in given.files else None


def _manning(given: Given, grid: Grid, *, inner: bool = False) -> float | Floats:
    """Take the roughness: of a map, of each cell, or one for all."""
    if "roughness" in given.files:
        found = _on(read_grid(given.files["roughness"]), grid)
        if np.isnan(found).any():
            j, i = np.argwhere(np.isnan(found))[0]
            raise Invalid(f"糙率图没有盖住网格，例如第 {j + 1} 行第 {i + 1} 列没有糙率")
        return found
    if "manning_field" not in given.numbers:
        return given.number("manning", 0.025)
    if inner:
        raise Invalid("有内层时，各格糙率请用糙率图 roughness 给，两层都从它取")
    return given.numbers["manning_field"]


def _grid(given: Given, notes: list[str]) -> Grid:
    if "terrain" in given.files:
        raster = _read(given, "terrain", "window")
    else:
        raster = _cut(_written(given), given, "window")
    return _sound(given, raster, notes)


def _read(given: Given, terrain: str, window: str) -> Raster:
    raster = read_grid(given.files[terrain], variable=given.text("terrain_variable"))
    return _cut(raster, given, window)


def _cut(raster: Raster, given: Given, window: str) -> Raster:
    if raster.values.ndim != 2:
        raise Invalid("地形要是一张图，不是随时间变化的")
    if window in given.numbers:
        return within(raster, *(float(side) for side in given.numbers[window]))
    return raster


def _sound(given: Given, raster: Raster, notes: list[str]) -> Grid:
    notes.extend(raster.mended)
    grid = surge.grid_of(
        raster.values,
        corner=(raster.west, raster.south),
        cell=(raster.dx, raster.dy),
        geographic=raster.geographic,
        downwards=given.text("terrain_means", "heights") == "depths",
    )
    return surge.against_marks(grid, _marks(given))


def _marks(given: Given) -> list[tuple[float, float, float]]:
    """Read the heights that somebody knows: by them a map of another datum is found out."""
    keys = ("mark_x", "mark_y", "mark_height")
    told = [given.numbers[key] for key in keys if key in given.numbers]
    if told and len(told) < len(keys):
        raise Invalid("已知高程点要写明 mark_x、mark_y、mark_height")
    return [(float(x), float(y), float(height)) for x, y, height in zip(*told, strict=True)]


def _written(given: Given) -> Raster:
    needed = {"bed", "x", "y"}
    if not needed <= set(given.numbers):
        raise Invalid("要有地形文件 terrain，或 bed、x、y")
    geographic = given.text("coordinates", "metres") == "degrees"
    figures = given.numbers
    return raster_of(figures["bed"], figures["x"], figures["y"], geographic=geographic)


def _still(given: Given, grid: Grid) -> float | Floats:
    if "start_level" not in given.numbers:
        return given.number("level", 0.0)
    level = given.numbers["start_level"]
    if level.shape != grid.bed.shape:
        raise Invalid("「start_level」要与地形的行列一样多，自南向北、自西向东")
    return level


def _sides(given: Given, until: float, notes: list[str]) -> surge.Sides:
    kinds = given.texts.get("sides", ["wall"] * 4)
    if len(kinds) != 4:
        raise Invalid("「sides」要写四个：西、东、南、北")
    return surge.Sides(*(_side(given, kinds[at], at, until, notes) for at in range(4)))


def _side(given: Given, kind: str, at: int, until: float, notes: list[str]) -> Side:
    if kind == "wall":
        return surge.wall()
    if kind == "tide":
        constants, strange = constants_in(given)
        if "mean" not in given.numbers:
            notes.append("潮位以平均海面为零，假定与地形的基准一致；不一致时请写明 mean")
            constants = replace(constants, mean=0.0)
        if strange:
            notes.append(f"不认识分潮 {'、'.join(strange)}，没有计入")
        return surge.tide_side(constants, _start(given), until)
    if kind == "open" and "side_level" not in given.numbers:
        return surge.open_side()
    key = "side_inflow" if kind == "discharge" else "side_level"
    if "side_time" not in given.numbers or key not in given.numbers:
        raise Invalid(f"边界 {kind} 要有 side_time 和 {key}")
    if given.numbers[key].shape[0] != 4:
        raise Invalid(f"「{key}」要有四行：西、东、南、北")
    told = surge.Series(given.numbers["side_time"], given.numbers[key][at])
    made = {
        "open": surge.open_side, "level": surge.level_side, "discharge": surge.discharge_side,
    }  # fmt: skip
    return made[kind](told)


def _start(given: Given) -> int:
    if "start" not in given.times:
        raise Invalid('有潮汐或台风时要写明 start，例如 ["2019-08-09T08:00:00+08:00"]')
    return int(given.times["start"][0])


def _air(given: Given, grid: Grid, until: float, notes: list[str]) -> surge.Air | None:
    if "track" not in given.files and "track_times" not in given.times:
        return None
    if not grid.geographic:
        raise Invalid("台风风场只能算在经纬度网格上")
    track, start = track_in(given), _start(given)
    times = np.arange(0.0, until + 3600.0, 3600.0)
    inside = np.minimum(start + (times * 1000).astype(np.int64), track.times[-1])
    if inside[-1] < start + round(until * 1000):
        notes.append("路径在计算结束之前就没有了，其后台风停在最后的位置")
    inside, kept = np.unique(inside, return_index=True)
    radius = given.number("radius", np.nan) / 1000.0
    wide = given.text("profile", "1980") == "2010"
    vortex = vortex_of(track, inside, radius_km=None if np.isnan(radius) else radius, wide=wide)
    notes.extend((*track.mended, *vortex.assumed))
    x, y = surge.mesh_over((grid.x, grid.y), (_AIR, _AIR))
    return surge.StormAir(x, y, times[kept], vortex)


def _gauges(given: Given) -> dict[str, tuple[float, float]]:
    names = given.texts.get("gauges", [])
    if not names:
        return {}
    if not {"gauge_x", "gauge_y"} <= set(given.numbers):
        raise Invalid("有 gauges 就要有 gauge_x、gauge_y")
    if len(set(names)) < len(names):
        raise Invalid("「gauges」里有两个同名")
    places = zip(given.numbers["gauge_x"], given.numbers["gauge_y"], strict=True)
    return {name: (float(x), float(y)) for name, (x, y) in zip(names, places, strict=True)}


def _settings(given: Given, grid: Grid) -> Settings:
    usual = Settings()
    frames = given.number("frames_every", 0.0)
    single = {"double": False, "single": True}.get(given.text("precision"))
    cells = grid.bed.size * given.number("duration") / max(frames, 1.0)
    if frames and cells > 4e8:
        raise Invalid("frames_every 太短，要存的水位太多")
    return replace(
        usual,
        cfl=given.number("cfl", usual.cfl),
        gauges_every=given.number("gauges_every", 60.0),
        frames_every=frames or None,
        single=single,
    )
