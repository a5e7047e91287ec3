"""Water on a grid: a storm, a tide, a wave or a river over ground from any map."""

from collections.abc import Callable

import numpy as np

from anlan.engines import surge
from anlan.engines.grids import Raster, write_netcdf
from anlan.engines.registry.declaration import ENGINES, Engine
from anlan.engines.registry.given import Floats, Given
from anlan.engines.registry.result import Result, Value
from anlan.engines.runs.sea import inner_in, sea_in
from anlan.engines.runs.surge_items import INPUTS, OUTPUTS
from anlan.engines.surge import Grid, Inputs, Outputs
from anlan.engines.surge.nesting import EVERY

VERSION = "2"
#: Fields of the NetCDF: output, name, unit.
_FIELDS = (
    ("level_max", "greatest level", "m"), ("depth_max", "greatest depth", "m"),
    ("speed_max", "greatest speed", "m s-1"), ("arrival", "arrival after the start", "s"),
)  # fmt: skip


def run(given: Given) -> Result:
    """Lay out the grid, the sides and the air, and let the water go; nested when a finer is told.

    The files that come along are states to go on from and the fields as NetCDF.
    """
    notes: list[str] = []
    outer = sea_in(given, notes)
    inner = inner_in(given, outer, notes)
    if inner is None:
        told = [("", outer, surge.run(outer))]
    else:
        every = given.number("inner_every", EVERY)
        told = [
            (prefix, asked, found)
            for prefix, asked, found in zip(
                ("", "inner_"),
                (outer, inner),
                surge.run_nested(outer, inner, every=every),
                strict=True,
            )
        ]
    values: dict[str, Value] = {}
    files: dict[str, Callable[[], bytes]] = {}
    for prefix, asked, found in told:
        values |= {f"{prefix}{key}": value for key, value in _values(asked, found).items()}
        files |= _files(prefix.replace("_", "-"), asked, found)
        notes.extend(found.notes)
    stopped = "；".join(dict.fromkeys(found.stopped for *_, found in told if found.stopped))
    return Result(values, tuple(dict.fromkeys(notes)), stopped, files)


def _files(prefix: str, asked: Inputs, found: Outputs) -> dict[str, Callable[[], bytes]]:
    """Name what lies beside the result, each made when it is written."""
    return {
        f"{prefix}state.npz": found.state.packed,
        f"{prefix}fields.nc": lambda: _netcdf(asked.grid, found),
    }


def _netcdf(grid: Grid, found: Outputs) -> bytes:
    def laid(values: Floats, name: str, unit: str) -> Raster:
        return Raster(
            np.asarray(values, dtype=np.float64), grid.west, grid.south, grid.dx, grid.dy,
            grid.geographic, name, unit,
        )  # fmt: skip

    fields = {"bed": laid(grid.bed, "height of the ground", "m")}
    for key, name, unit in _FIELDS:
        fields[key] = laid(getattr(found, key), name, unit)
    return write_netcdf(
        fields, title="shallow water", attributes={"source": f"anlan surge {VERSION}"}
    )


def _ended(grid: Grid, found: Outputs, dry: float) -> dict[str, Value]:
    """Tell what the water is at the end, or where a run out of hand was last sound."""
    h, hu, hv = (
        np.asarray(one, dtype=np.float64) for one in (found.state.h, found.state.hu, found.state.hv)
    )
    wet = h > dry
    over = 1.0 / np.where(wet, h, 1.0)
    return {
        "level_end": np.where(wet, h + grid.bed, np.nan),
        "depth_end": h,
        "east_end": np.where(wet, hu * over, 0.0),
        "north_end": np.where(wet, hv * over, 0.0),
    }


def _values(asked: Inputs, found: Outputs) -> dict[str, Value]:
    grid, dry = asked.grid, asked.settings.dry
    values: dict[str, Value] = {
        "x": grid.x,
        "y": grid.y,
        "bed": grid.bed,
        "level_max": found.level_max,
        "depth_max": np.asarray(found.depth_max, dtype=np.float64),
        "speed_max": np.asarray(found.speed_max, dtype=np.float64),
        "arrival": np.asarray(found.arrival, dtype=np.float64),
        **_ended(grid, found, dry),
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


ENGINES.add(
    "surge",
    Engine(
        key="surge",
        title="风暴潮、海啸、溃坝和漫滩",
        title_en="Storm surge, tsunami, dam break and flooding",
        version=VERSION,
        source="浅水方程：MUSCL-Hancock、静水重构（Audusse 等 2004）、HLLC；Garratt 1977 风应力",
        valid="水平尺度远大于水深的流动；不含波浪、层结和泥沙",
        verified=(
            "静水含岛、Stoker、Ritter、Thacker 一维二维：收敛与水量守恒见 engines/surge/tests",
            "风增水、气压增水、Proudman 放大、Kelvin 波、共振潮与解析解一致；"
            "这几项和转动的水碗、NTHMP 第 1 题也都用本命令、只写输入文件算过",
            "NTHMP 第 1、2 题（解析）5 % 以内",
            "NTHMP 第 4 题（实验室爬高）未破碎波中位偏差 6 % 以内，都在两成以内",
            "破碎的孤立波与 GeoClaw 5.14 浅水解相差 3 % 以内（NTHMP 第 5 题的水槽）",
        ),
        open=(
            "没有用实测风暴潮率定；波浪增水不在内",
            "没有频散：又高又短的波在浅水里提前成涌，水槽里更高的波峰和撞墙的水舌算不出来",
        ),
        inputs=INPUTS,
        outputs=OUTPUTS,
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
