"""A sea as a document tells it: ground, water, gauges and settings of one grid or of two."""

from dataclasses import replace
from typing import Final

import numpy as np

from anlan.engines import surge
from anlan.engines.grids import Raster, raster_of, read_grid, sampled, within
from anlan.engines.registry.given import Floats, Given
from anlan.engines.runs.reckoning import settings_in
from anlan.engines.runs.shores import inner_sides_in, sides_in
from anlan.engines.runs.winds import air_in
from anlan.engines.surge import Grid, Inputs, State
from anlan.engines.surge.grid import OMEGA
from anlan.kernel.errors import Invalid

_INNER: Final = "inner_"


def sea_in(given: Given, notes: list[str]) -> Inputs:
    """Lay out what is reckoned; `notes` gains what was put right or assumed."""
    grid = _grid(given, notes)
    until, settings = given.number("duration"), settings_in(given, grid, notes)
    return Inputs(
        grid,
        until,
        level=_of_cells(given, "start_level", grid, given.number("level", 0.0)),
        east=_of_cells(given, "start_east", grid, 0.0),
        north=_of_cells(given, "start_north", grid, 0.0),
        start=_state(given, "state"),
        sides=sides_in(given, until, notes),
        manning=_manning(given, grid),
        air=air_in(given, grid, settings.around, notes),
        coriolis=_turn(given),
        gauges=_gauges(given),
        settings=settings,
    )


def inner_in(given: Given, outer: Inputs, notes: list[str]) -> Inputs | None:
    """Lay out the finer grid within `outer`, its sides open to it; None when none is asked.

    It takes the gauges that lie in it, and leaves the others to the coarse one.
    """
    if "inner_terrain" not in given.files and "inner_bed" not in given.numbers:
        told = [key for key in (*given.numbers, *given.texts, *given.files) if key in _NEEDS_INNER]
        if told:
            raise Invalid(f"写了「{told[0]}」：要算内层，就要有 inner_terrain 或 inner_bed")
        return None
    grid = _grid(given, notes, _INNER)
    return replace(
        outer,
        grid=grid,
        level=_of_cells(given, "inner_start_level", grid, _finer(outer, outer.level, grid)),
        east=_finer(outer, outer.east, grid),
        north=_finer(outer, outer.north, grid),
        start=_state(given, "inner_state"),
        sides=inner_sides_in(given),
        manning=_manning(given, grid, _INNER),
        air=air_in(given, grid, outer.settings.around, []),
        gauges={name: place for name, place in outer.gauges.items() if _within(grid, *place)},
        settings=settings_in(given, grid, []),
    )


_NEEDS_INNER: Final = (
    "inner_window", "inner_state", "inner_sides", "inner_start_level", "inner_manning_field",
    "inner_every",
)  # fmt: skip


def _within(grid: Grid, x: float, y: float) -> bool:
    ny, nx = grid.bed.shape
    return bool(0 <= x - grid.west < nx * grid.dx and 0 <= y - grid.south < ny * grid.dy)


def _finer(outer: Inputs, values: float | Floats, grid: Grid) -> float | Floats:
    """Tell a field of the coarse grid's start on the finer one."""
    if not isinstance(values, np.ndarray):
        return values
    coarse = outer.grid
    told = Raster(values, coarse.west, coarse.south, coarse.dx, coarse.dy, coarse.geographic)
    return _on(told, grid)


def _on(raster: Raster, grid: Grid) -> Floats:
    x, y = np.meshgrid(grid.x, grid.y)
    return sampled(raster, x.ravel(), y.ravel()).reshape(grid.bed.shape)


def _state(given: Given, key: str) -> State | None:
    return State.unpacked(given.files[key]) if key in given.files else None


def _manning(given: Given, grid: Grid, prefix: str = "") -> float | Floats:
    """Take the roughness: of a map, of each cell, or one for all."""
    if "roughness" in given.files:
        found = _on(read_grid(given.files["roughness"]), grid)
        if np.isnan(found).any():
            j, i = np.argwhere(np.isnan(found))[0]
            raise Invalid(f"糙率图没有盖住网格，例如第 {j + 1} 行第 {i + 1} 列没有糙率")
        return found
    field = f"{prefix}manning_field"
    if field in given.numbers:
        return given.numbers[field]
    if "manning_field" in given.numbers:
        raise Invalid(
            "外层各格糙率由 manning_field 给，内层也要给 inner_manning_field，或都用糙率图"
        )
    return given.number("manning", 0.025)


def _grid(given: Given, notes: list[str], prefix: str = "") -> Grid:
    if f"{prefix}terrain" in given.files:
        variable = given.text("terrain_variable")
        raster = read_grid(given.files[f"{prefix}terrain"], variable=variable)
    else:
        raster = _written(given, prefix)
    if raster.values.ndim != 2:
        raise Invalid("地形要是一张图，不是随时间变化的")
    window = given.numbers.get(f"{prefix}window")
    if window is not None:
        if len(window) != 4:
            raise Invalid(f"「{prefix}window」要写四个：西、南、东、北")
        raster = within(raster, *(float(side) for side in window))
    return _sound(given, raster, notes)


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


def _written(given: Given, prefix: str) -> Raster:
    """Take ground written out: by the middles of its cells, or by their size and its corner."""
    figures = given.numbers
    bed, x, y, cell = (figures.get(f"{prefix}{key}") for key in ("bed", "x", "y", "cell"))
    geographic = given.text("coordinates", "metres") == "degrees"
    if bed is None or (cell is None and (x is None or y is None)):
        raise Invalid("要有地形文件 terrain，或 bed、x、y，或 bed、cell")
    if cell is None:
        return raster_of(bed, x, y, geographic=geographic)  # type: ignore[arg-type]
    if x is not None or y is not None:
        raise Invalid(f"「{prefix}x」「{prefix}y」和「{prefix}cell」只写一种")
    corner = figures.get(f"{prefix}corner", np.zeros(2))
    for name, pair in (("cell", cell), ("corner", corner)):
        if len(pair) != 2:
            raise Invalid(f"「{prefix}{name}」要写两个：先东西向，后南北向")
    return Raster(
        bed, float(corner[0]), float(corner[1]), float(cell[0]), float(cell[1]), geographic
    )


def _of_cells(given: Given, key: str, grid: Grid, otherwise: float | Floats) -> float | Floats:
    """Take one figure for all cells or one for each; `otherwise` where a document has none."""
    figures = given.numbers.get(key)
    if figures is None:
        return otherwise
    if not figures.ndim:
        return float(figures)
    if figures.shape != grid.bed.shape:
        raise Invalid(f"「{key}」要与地形的行列一样多，自南向北、自西向东")
    return figures


def _turn(given: Given) -> float | None:
    """Take the turn of the earth, 1/s; None: of each latitude, and none on a plane."""
    if "coriolis" in given.numbers and "latitude" in given.numbers:
        raise Invalid("「coriolis」和「latitude」只写一个")
    if "latitude" in given.numbers:
        latitude = given.number("latitude")
        if not -90.0 <= latitude <= 90.0:
            raise Invalid(f"「latitude」是 {latitude:g}，应在 -90 到 90 度之间")
        return float(2 * OMEGA * np.sin(np.radians(latitude)))
    return given.number("coriolis") if "coriolis" in given.numbers else None


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
