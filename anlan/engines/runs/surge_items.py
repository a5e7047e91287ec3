"""What the surge engine takes and gives, item by item."""

from dataclasses import replace
from typing import Final

from anlan.engines.registry.declaration import Item
from anlan.engines.runs.harmonics import CONSTANTS
from anlan.engines.runs.reckoning import SETTINGS
from anlan.engines.runs.shores import SIDES
from anlan.engines.runs.storms import TRACK
from anlan.engines.runs.winds import AIR

_RC, _G, _GT = ("row", "column"), ("gauge",), ("gauge", "gauge_time")
_INNER_RC: Final = ("inner_row", "inner_column")

INPUTS: Final = (
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
    Item("window", "只算这个范围：西、南、东、北", "Window", axes=("edge",), required=False),
    Item("bed", "地面高程，自南向北", "Bed", unit="m", axes=_RC, required=False),
    Item("x", "列的中心，度或米", "Columns", axes=("column",), required=False),
    Item("y", "行的中心，度或米", "Rows", axes=("row",), required=False),
    Item(
        "cell", "格的东西向、南北向大小，度或米，代替 x、y", "Cell", axes=("pair",), required=False
    ),
    Item("corner", "最西南一格的西、南边，不写为 0、0", "Corner", axes=("pair",), required=False),
    Item(
        "coordinates",
        "坐标是度还是米，不写为米",
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
    Item(
        "start_east",
        "起始向东流速",
        "Speed to the east at the start",
        unit="m/s",
        axes=_RC,
        required=False,
        also=((),),
    ),
    Item(
        "start_north",
        "起始向北流速",
        "Speed to the north at the start",
        unit="m/s",
        axes=_RC,
        required=False,
        also=((),),
    ),
    Item("manning", "糙率，秒/米^(1/3)", "Manning's n", "number", required=False, low=0.0),
    Item(
        "roughness",
        "糙率图（GeoTIFF、NetCDF，秒/米^(1/3)）",
        "Map of Manning's n",
        "file",
        required=False,
    ),
    Item(
        "manning_field",
        "各格糙率，秒/米^(1/3)",
        "Manning's n of each cell",
        axes=_RC,
        required=False,
        low=0.0,
    ),
    Item("mark_x", "已知高程点横坐标，度或米", "x of marks", axes=("mark",), required=False),
    Item("mark_y", "已知高程点纵坐标，度或米", "y of marks", axes=("mark",), required=False),
    Item(
        "mark_height",
        "已知高程点的高程，用来核对地形的基准",
        "Height of marks",
        unit="m",
        axes=("mark",),
        required=False,
    ),
    Item(
        "inner_terrain",
        "内层地形文件，网格更细，写法与外层相同",
        "Finer terrain",
        "file",
        required=False,
    ),
    Item(
        "inner_window",
        "内层只算这个范围：西、南、东、北",
        "Window of the finer grid",
        axes=("edge",),
        required=False,
    ),
    Item(
        "inner_bed",
        "内层地面高程",
        "Bed of the finer grid",
        unit="m",
        axes=_INNER_RC,
        required=False,
    ),
    Item(
        "inner_x", "内层列的中心", "Columns of the finer grid", axes=_INNER_RC[1:], required=False
    ),
    Item("inner_y", "内层行的中心", "Rows of the finer grid", axes=_INNER_RC[:1], required=False),
    Item("inner_cell", "内层格的大小", "Cell of the finer grid", axes=("pair",), required=False),
    Item("inner_corner", "内层西南角", "Corner of the finer grid", axes=("pair",), required=False),
    Item(
        "inner_start_level",
        "内层起始水位场，不写则取外层的",
        "Level of the finer grid at the start",
        unit="m",
        axes=_INNER_RC,
        required=False,
    ),
    Item(
        "inner_manning_field",
        "内层各格糙率",
        "Manning's n of the finer grid",
        axes=_INNER_RC,
        required=False,
        low=0.0,
    ),
    Item("state", "从哪个状态续算（state.npz）", "State to go on from", "file", required=False),
    Item("inner_state", "内层从哪个状态续算", "State of the finer grid", "file", required=False),
    *SIDES,
    *CONSTANTS,
    *AIR,
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
    *SETTINGS,
)

_TOLD: Final = (
    Item("x", "列的中心", "Columns", axes=("column",)),
    Item("y", "行的中心", "Rows", axes=("row",)),
    Item("bed", "地面高程", "Bed", unit="m", axes=_RC),
    Item("level_max", "最高水位", "Greatest level", unit="m", axes=_RC),
    Item("depth_max", "最大水深", "Greatest depth", unit="m", axes=_RC),
    Item("speed_max", "最大流速", "Greatest speed", unit="m/s", axes=_RC),
    Item("arrival", "到达时间", "Arrival", unit="s", axes=_RC),
    Item("level_end", "最后的水位，干处不明", "Level at the end", unit="m", axes=_RC),
    Item("depth_end", "最后的水深", "Depth at the end", unit="m", axes=_RC),
    Item("east_end", "最后向东的流速", "Speed to the east at the end", unit="m/s", axes=_RC),
    Item("north_end", "最后向北的流速", "Speed to the north at the end", unit="m/s", axes=_RC),
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
)


def _inner(item: Item) -> Item:
    """Turn what is told of a grid into the same of the finer grid within it."""
    return replace(
        item,
        key=f"inner_{item.key}",
        title=f"内层：{item.title}",
        title_en=f"Finer grid: {item.title_en}",
        axes=tuple(f"inner_{axis}" for axis in item.axes),
        required=False,
    )


OUTPUTS: Final = (*_TOLD, *map(_inner, _TOLD))
