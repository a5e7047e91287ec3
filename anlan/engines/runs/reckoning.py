"""How a sea is reckoned: steps, shallows, constants of nature, and what is kept."""

from dataclasses import replace
from typing import Final

import numpy as np

from anlan.engines.registry.declaration import Item
from anlan.engines.registry.given import Given
from anlan.engines.runs.winds import around_in
from anlan.engines.surge import Grid, Settings
from anlan.kernel.errors import Invalid

#: Levels that are kept, at most: a gigabyte and a half.
_MOST: Final = 4e8


def _one(key: str, title: str, title_en: str, unit: str = "") -> Item:
    return Item(key, title, title_en, "number", unit, required=False, low=0.0)


#: Told by the engine's own names; what is left out is as `surge.Settings` has it.
_NAMED: Final = (
    _one("cfl", "步长占稳定步长的份额", "Share of stable step"),
    _one("longest", "最长的一步", "Longest step", "s"),
    _one("gravity", "重力加速度，米/秒²", "Gravity, m/s2"),
    _one("density", "水的密度，千克/立方米", "Density of water, kg/m3"),
    _one("around", "周围气压：边界水位是这个气压下的；不写则取气压场四角起始的中位数",
         "Pressure under which levels are told", "Pa"),
    _one("dry", "浅于它算干", "Shallower is dry", "m"),
    _one("thin", "浅于它按一阶算", "Shallower is first order", "m"),
    _one("steep", "限制器系数，1 最平滑、2 最陡", "Steepness of the limiter"),
    _one("hold", "风应力全部起作用的水深", "Depth from which the wind takes hold", "m"),
    _one("sheltered", "起始是干地处风应力的份额", "Share of the wind on ground dry at the start"),
    _one("rise", "比起始高出多少算水到", "Rise that counts as arrival", "m"),
    _one("fastest", "快于它算失控", "Faster is out of hand", "m/s"),
    _one("air_every", "风、气压、雨每隔多久换一次，0 为每步", "Air every", "s"),
    _one("maxima_every", "最高水位每隔多久记一次，0 为每步", "Maxima every", "s"),
)  # fmt: skip
SETTINGS: Final = (
    Item("coriolis", "科氏参数，1/秒；各处相同，不写则经纬度网格按纬度算",
         "Coriolis parameter, 1/s", "number", required=False),
    Item("latitude", "按这个纬度取科氏参数，各处相同", "Latitude of the Coriolis parameter",
         "number", "deg", required=False),
    *_NAMED,
    _one("gauges_every", "测点每隔，0 为每步，不写为 60 秒", "Gauges every", "s"),
    _one("frames_every", "水位场每隔", "Frames every", "s"),
    Item("frames_at", "水位场在这些时间各存一次", "Frames at", unit="s", axes=("frame_asked",),
         required=False, low=0.0),
    _one("inner_every", "外层每隔多久告诉内层一次，不写为 60 秒", "Finer grid told every", "s"),
    Item("precision", "精度，不写则一百万格以上用单精度", "Precision", "text", required=False,
         choices=("double", "single")),
)  # fmt: skip


def settings_in(given: Given, grid: Grid, notes: list[str]) -> Settings:
    """Take the settings; `Invalid` when more fields shall be kept than fit."""
    frames = given.number("frames_every", 0.0)
    asked = given.numbers.get("frames_at", np.zeros(0))
    kept = len(asked) + (given.number("duration") / max(frames, 1.0) if frames else 0.0)
    if grid.bed.size * kept > _MOST:
        raise Invalid("frames_every、frames_at 要存的水位太多，请隔得远些")
    found = replace(
        Settings(),
        gauges_every=given.number("gauges_every", 60.0),
        frames_every=frames or None,
        frames_at=tuple(float(one) for one in asked),
        single={"double": False, "single": True}.get(given.text("precision")),
    )
    named = {one.key: given.number(one.key) for one in _NAMED if one.key in given.numbers}
    around = around_in(given, notes)
    if around is not None:
        named["around"] = around
    return replace(found, **named)  # type: ignore[arg-type]
