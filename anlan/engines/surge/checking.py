"""Whether inputs can be used: refused with what is wrong and where, or noted."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.surge import layout
from anlan.engines.surge.sides import NAMES
from anlan.engines.surge.state import Inputs, Settings
from anlan.kernel.errors import Invalid

#: m; below, powers of the depth leave the range of float32.
_DRIEST_SINGLE: Final = 1e-6


def checked(inputs: Inputs) -> tuple[str, ...]:
    """Refuse inputs that cannot be used; what a reader should know of the others comes back."""
    wrong = [*_settings(inputs.settings), *_fields(inputs), *_start(inputs)]
    if wrong:
        raise Invalid("；".join(wrong))
    return tuple(_notes(inputs))


def _settings(settings: Settings) -> list[str]:
    limits = (
        (0.0 < settings.cfl <= 1.0, f"库朗数 {settings.cfl:g} 不稳定，应大于 0、不超过 1"),
        (settings.dry > 0.0, "干湿水深应大于零"),
        (
            settings.dry >= _DRIEST_SINGLE or settings.single is False,
            f"干湿水深小于 {_DRIEST_SINGLE:g} 米时不能用单精度，请写明 single=False",
        ),
        (settings.thin >= settings.dry, "薄层水深不应小于干湿水深"),
        (1.0 <= settings.steep <= 2.0, f"限制器系数 {settings.steep:g} 不稳定，应在 1 到 2 之间"),
        (0.0 <= settings.sheltered <= 1.0, "陆上风应力的折减应在 0 到 1 之间"),
        (settings.gravity > 0.0, "重力加速度应大于零"),
        (settings.density > 0.0, "水的密度应大于零"),
        (80_000.0 < settings.around < 110_000.0, "周围气压应在 800 到 1100 百帕之间，请检查单位"),
        (settings.longest > 0.0, "最长步长应大于零"),
        (settings.frames_every is None or settings.frames_every > 0.0, "输出间隔应大于零"),
    )
    return [sentence for right, sentence in limits if not right]


def _fields(inputs: Inputs) -> list[str]:
    shape = inputs.grid.bed.shape
    wrong = []
    if not (np.isfinite(inputs.until) and inputs.until > 0):
        wrong.append("计算时长应大于零")
    late = [at for at in inputs.settings.frames_at if not 0.0 <= at <= inputs.until * (1 + 1e-9)]
    if late:
        wrong.append(f"要存水位场的时间 {late[0]:g} 秒不在 0 到计算时长之间")
    named = (
        ("起算水位", inputs.level, -1e5, 1e5),
        ("起算东向流速", inputs.east, -50.0, 50.0),
        ("起算北向流速", inputs.north, -50.0, 50.0),
        ("糙率", inputs.manning, 0.0, 1.0),
    )
    for name, values, least, most in named:
        array = np.asarray(values, dtype=np.float64)
        if array.ndim and array.shape != shape:
            wrong.append(f"{name}的形状是 {array.shape}，网格是 {shape}")
            continue
        bad = np.argwhere(~((array >= least) & (array <= most)))
        if len(bad):
            place = f"第 {bad[0][0] + 1} 行第 {bad[0][1] + 1} 列" if array.ndim else ""
            wrong.append(f"{place}{name}应在 {least:g} 到 {most:g} 之间")
    if not np.isfinite(inputs.grid.bed).all():
        j, i = np.argwhere(~np.isfinite(inputs.grid.bed))[0]
        wrong.append(f"第 {j + 1} 行第 {i + 1} 列没有高程，请先用 grid_of 补上")
    return wrong


def _start(inputs: Inputs) -> list[str]:
    start, shape = inputs.start, inputs.grid.bed.shape
    if start is not None and start.h.shape != shape:
        return [f"续算状态的形状是 {start.h.shape}，网格是 {shape}"]
    if start is not None:
        return [] if start.time < inputs.until else ["续算状态已经晚于计算时长"]
    level = np.asarray(inputs.level, dtype=np.float64)
    if level.ndim and level.shape != shape:
        return []
    return _dry(inputs, np.broadcast_to(level, shape) > inputs.grid.bed)


def _dry(inputs: Inputs, wet: NDArray[np.bool_]) -> list[str]:
    edges = (wet[:, 0], wet[:, -1], wet[0], wet[-1])
    for name, side, edge in zip(NAMES, inputs.sides.each(), edges, strict=True):
        if side.kind == layout.OPEN and side.level is None and wet.any() and not edge.any():
            return [
                f"{name}是开边界，却没有一格低于水位；地形的正负号可能反了"
                "（给的若是水深，请用 downwards=True）"
            ]
    enters = any(
        side.kind in (layout.LEVEL, layout.DISCHARGE) or side.level is not None
        for side in inputs.sides.each()
    )
    if wet.any() or enters or inputs.air is not None:
        return []
    return ["没有一格低于起算水位，也没有水进来；若地形给的是水深，请用 downwards=True"]


def _notes(inputs: Inputs) -> list[str]:
    notes = []
    bed, level = inputs.grid.bed, np.broadcast_to(np.asarray(inputs.level), inputs.grid.bed.shape)
    depth = level - bed
    edges = (depth[:, 0], depth[:, -1], depth[0], depth[-1])
    for name, side, edge in zip(NAMES, inputs.sides.each(), edges, strict=True):
        if side.kind == layout.WALL and (edge > 50.0).any():
            notes.append(f"{name}有深过 50 米的水却是固壁，波会从那里反射回来")
    return notes
