"""Water on a grid: a storm, a tide, a wave or a river over ground from any map."""

from dataclasses import replace

import numpy as np

from anlan.engines import surge
from anlan.engines.grids import Raster, raster_of, read_grid, within
from anlan.engines.registry.declaration import ENGINES, Engine, Item
from anlan.engines.registry.given import Floats, Given
from anlan.engines.registry.result import Result, Value
from anlan.engines.runs.harmonics import CONSTANTS, constants_in
from anlan.engines.runs.storms import TRACK, track_in
from anlan.engines.surge import Grid, Inputs, Outputs, Settings, Side
from anlan.engines.typhoon import vortex_of
from anlan.kernel.errors import Invalid

_SIDES = ("wall", "open", "tide", "level", "discharge")
_HOUR_MS = 3_600_000
#: Degrees between the points at which a storm's air is reckoned; hundredths in a square of metres.
_AIR = 0.05


def run(given: Given) -> Result:
    """Lay out the grid, the sides and the air, and let the water go."""
    notes: list[str] = []
    grid = _grid(given, notes)
    until = given.number("duration")
    gauges = _gauges(given)
    inputs = Inputs(
        grid,
        until,
        level=_still(given, grid),
        sides=_sides(given, until, notes),
        manning=given.number("manning", 0.025),
        air=_air(given, grid, until, notes),
        gauges=gauges,
        settings=_settings(given, grid),
    )
    found = surge.run(inputs)
    return Result(_values(grid, found), (*notes, *found.notes), found.stopped)


def _grid(given: Given, notes: list[str]) -> Grid:
    if "terrain" in given.files:
        raster = read_grid(given.files["terrain"], variable=given.text("terrain_variable"))
    else:
        raster = _written(given)
    if raster.values.ndim != 2:
        raise Invalid("地形要是一张图，不是随时间变化的")
    if "window" in given.numbers:
        raster = within(raster, *(float(side) for side in given.numbers["window"]))
    notes.extend(raster.mended)
    grid = surge.grid_of(
        raster.values,
        corner=(raster.west, raster.south),
        cell=(raster.dx, raster.dy),
        geographic=raster.geographic,
        downwards=given.text("terrain_means", "heights") == "depths",
    )
    notes.extend(grid.mended)
    return grid


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


def _values(grid: Grid, found: Outputs) -> dict[str, Value]:
    values: dict[str, Value] = {
        "x": grid.x,
        "y": grid.y,
        "bed": grid.bed,
        "level_max": found.level_max,
        "depth_max": np.asarray(found.depth_max, dtype=np.float64),
        "speed_max": np.asarray(found.speed_max, dtype=np.float64),
        "arrival": np.asarray(found.arrival, dtype=np.float64),
        "water_begin": found.water[0],
        "water_end": found.water[1],
        "reached": found.state.time,
        "steps": float(found.steps),
    }
    if found.gauges:
        told = list(found.gauges.values())
        values["gauges"] = list(found.gauges)
        values["gauge_time"] = told[0].times
        for key in ("level", "east", "north"):
            values[f"gauge_{key}"] = np.stack([getattr(one, key) for one in told])
    if len(found.frame_times):
        values["frame_time"] = found.frame_times
        values["frames"] = np.asarray(found.frames, dtype=np.float64)
    return values


_RC, _G, _GT, _S = ("row", "column"), ("gauge",), ("gauge", "gauge_time"), ("side", "side_time")

ENGINES.add(
    "surge",
    Engine(
        key="surge",
        title="风暴潮、海啸、溃坝和漫滩",
        title_en="Storm surge, tsunami, dam break and flooding",
        version="1",
        source="浅水方程：MUSCL-Hancock、静水重构（Audusse 等 2004）、HLLC；Garratt 1977 风应力",
        valid="水平尺度远大于水深的流动；不含波浪、层结和泥沙",
        verified=(
            "静水含岛、Stoker、Ritter、Thacker 一维二维：收敛与水量守恒见 engines/surge/tests",
            "风增水、气压增水、Proudman 放大、Kelvin 波、共振潮与解析解一致",
        ),
        open=("没有用实测风暴潮率定；波浪增水不在内",),
        inputs=(
            Item("terrain", "地形文件（GeoTIFF、NetCDF）", "Terrain file", "file", required=False),
            Item("terrain_variable", "地形文件里的变量", "Variable of it", "text", required=False),
            Item(
                "terrain_means",
                "地形写的是高程还是水深",
                "Heights or depths",
                "text",
                required=False,
                choices=("heights", "depths"),
            ),
            Item(
                "window", "只算这个范围：西、南、东、北", "Window", axes=("edge",), required=False
            ),
            Item("bed", "地面高程，自南向北", "Bed", unit="m", axes=_RC, required=False),
            Item("x", "列的中心，度或米", "Columns", axes=("column",), required=False),
            Item("y", "行的中心，度或米", "Rows", axes=("row",), required=False),
            Item(
                "coordinates",
                "x、y 是度还是米",
                "Degrees or metres",
                "text",
                required=False,
                choices=("degrees", "metres"),
            ),
            Item("duration", "算多久", "Duration", "number", "s", low=0.0),
            Item("start", "开始的时刻", "Start", "times", axes=("one",), required=False),
            Item("level", "起始静水位", "Still level", "number", "m", required=False),
            Item(
                "start_level",
                "起始水位场",
                "Level at the start",
                unit="m",
                axes=_RC,
                required=False,
            ),
            Item("manning", "糙率，秒/米^(1/3)", "Manning's n", "number", required=False, low=0.0),
            Item(
                "sides",
                "西、东、南、北边界",
                "Sides",
                "texts",
                axes=("side",),
                required=False,
                choices=_SIDES,
            ),
            Item(
                "side_time",
                "边界过程的时间",
                "Times of sides",
                unit="s",
                axes=("side_time",),
                required=False,
                low=0.0,
            ),
            Item("side_level", "边界水位", "Level of sides", unit="m", axes=_S, required=False),
            Item(
                "side_inflow", "边界单宽入流，平方米/秒", "Inflow of sides", axes=_S, required=False
            ),
            *CONSTANTS,
            *TRACK,
            Item(
                "radius",
                "最大风速半径",
                "Radius of greatest wind",
                "number",
                "m",
                required=False,
                low=0.0,
            ),
            Item(
                "profile",
                "风速剖面",
                "Profile",
                "text",
                required=False,
                choices=("1980", "2010"),
            ),
            Item("gauges", "测点名", "Gauges", "texts", axes=_G, required=False),
            Item("gauge_x", "测点横坐标，度或米", "x of gauges", axes=_G, required=False),
            Item("gauge_y", "测点纵坐标，度或米", "y of gauges", axes=_G, required=False),
            Item(
                "gauges_every", "测点每隔", "Gauges every", "number", "s", required=False, low=0.0
            ),
            Item(
                "frames_every", "水位场每隔", "Frames every", "number", "s", required=False, low=0.0
            ),
            Item(
                "cfl",
                "步长占稳定步长的份额",
                "Share of stable step",
                "number",
                required=False,
                low=0.0,
            ),
            Item(
                "precision",
                "精度",
                "Precision",
                "text",
                required=False,
                choices=("double", "single"),
            ),
        ),
        outputs=(
            Item("x", "列的中心", "Columns", axes=("column",)),
            Item("y", "行的中心", "Rows", axes=("row",)),
            Item("bed", "地面高程", "Bed", unit="m", axes=_RC),
            Item("level_max", "最高水位", "Greatest level", unit="m", axes=_RC),
            Item("depth_max", "最大水深", "Greatest depth", unit="m", axes=_RC),
            Item("speed_max", "最大流速", "Greatest speed", unit="m/s", axes=_RC),
            Item("arrival", "到达时间", "Arrival", unit="s", axes=_RC),
            Item("water_begin", "起始水量", "Water at the start", "number", "m3"),
            Item("water_end", "结束水量", "Water at the end", "number", "m3"),
            Item("reached", "算到", "Reached", "number", "s"),
            Item("steps", "步数", "Steps", "number"),
            Item("gauges", "测点名", "Gauges", "texts", axes=_G, required=False),
            Item(
                "gauge_time",
                "测点时间",
                "Time of gauges",
                unit="s",
                axes=("gauge_time",),
                required=False,
            ),
            Item("gauge_level", "测点水位", "Level at gauges", unit="m", axes=_GT, required=False),
            Item(
                "gauge_east",
                "测点向东流速",
                "Speed to the east",
                unit="m/s",
                axes=_GT,
                required=False,
            ),
            Item(
                "gauge_north",
                "测点向北流速",
                "Speed to the north",
                unit="m/s",
                axes=_GT,
                required=False,
            ),
            Item(
                "frame_time",
                "水位场时间",
                "Time of frames",
                unit="s",
                axes=("frame",),
                required=False,
            ),
            Item(
                "frames",
                "水位场",
                "Frames of level",
                unit="m",
                axes=("frame", *_RC),
                required=False,
            ),
        ),
        run=run,
        example={
            "bed": {"unit": "m", "values": [[-10.0] * 20] * 2},
            "x": [5.0 + 10.0 * n for n in range(20)],
            "y": [5.0, 15.0],
            "coordinates": "metres",
            "start_level": {"unit": "m", "values": [[1.0] * 10 + [0.0] * 10] * 2},
            "duration": {"unit": "s", "value": 20},
            "gauges": ["中间"],
            "gauge_x": [105.0],
            "gauge_y": [5.0],
            "gauges_every": {"unit": "s", "value": 1},
        },
    ),
)
