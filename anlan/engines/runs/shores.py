"""The sides of a sea in a document: walls, open water, tides, levels and rivers."""

from dataclasses import replace
from typing import Final

import numpy as np

from anlan.engines import surge
from anlan.engines.registry.declaration import Item
from anlan.engines.registry.given import Floats, Given
from anlan.engines.runs.harmonics import constants_in
from anlan.engines.runs.winds import start_of
from anlan.engines.surge import Side
from anlan.engines.surge.sides import Told
from anlan.kernel.errors import Invalid

NAMES: Final = ("west", "east", "south", "north")
TOLD: Final = ("level", "east", "north", "inflow")
_TIDES: Final = {"tide": False, "tide_open": True}
KINDS: Final = ("wall", "open", "tide", "tide_open", "level", "discharge")
#: What is told of a side: Chinese, English, unit.
_WHAT: Final = {
    "level": ("水位", "Level", "m"),
    "east": ("向东流速", "Speed to the east", "m/s"),
    "north": ("向北流速", "Speed to the north", "m/s"),
    "inflow": ("单宽入流，平方米/秒", "Inflow, m2/s", ""),
}
_WHERE: Final = {
    "west": ("西", "row"), "east": ("东", "row"), "south": ("南", "column"),
    "north": ("北", "column"),
}  # fmt: skip


def _of_all(what: str) -> Item:
    title, title_en, unit = _WHAT[what]
    return Item(
        f"side_{what}", f"四边界外的{title}", f"{title_en} beyond the sides", unit=unit,
        axes=("side", "side_time"), required=False, also=(("side",),),
    )  # fmt: skip


def _of_cells(name: str, what: str) -> Item:
    (side, axis), (title, title_en, unit) = _WHERE[name], _WHAT[what]
    return Item(
        f"{name}_{what}", f"{side}边界外各格的{title}", f"{title_en} beyond the {name} side",
        unit=unit, axes=("side_time", axis), required=False, also=((axis,),),
    )  # fmt: skip


SIDES: Final = (
    Item("sides", "西、东、南、北边界", "Sides", "texts", axes=("side",), required=False,
         choices=KINDS),
    Item("side_time", "边界过程的时间", "Times of sides", unit="s", axes=("side_time",),
         required=False, low=0.0),
    *(_of_all(what) for what in TOLD),
    *(_of_cells(name, what) for name in NAMES for what in TOLD),
    Item("inner_sides", "内层的西、东、南、北边界，不写就都向外层开", "Sides of the finer grid",
         "texts", axes=("inner_side",), required=False, choices=("open", "wall")),
)  # fmt: skip


def sides_in(given: Given, until: float, notes: list[str]) -> surge.Sides:
    """Lay out the four sides."""
    kinds = given.texts.get("sides", ["wall"] * 4)
    if len(kinds) != 4:
        raise Invalid("「sides」要写四个：西、东、南、北")
    _ask_used(given, kinds)
    return surge.Sides(*(_side(given, kinds[at], at, until, notes) for at in range(4)))


def inner_sides_in(given: Given) -> surge.Sides:
    """Lay out the sides of the grid within: open to the coarse one unless they are walls."""
    kinds = given.texts.get("inner_sides", ["open"] * 4)
    if len(kinds) != 4:
        raise Invalid("「inner_sides」要写四个：西、东、南、北")
    return surge.Sides(*(surge.wall() if kind == "wall" else surge.open_side() for kind in kinds))


def _ask_used(given: Given, kinds: list[str]) -> None:
    """Refuse figures that no side takes: a forgotten kind would pass for still water."""
    takes = {"open": ("level", "east", "north"), "level": ("level",), "discharge": ("inflow",)}
    for name, kind in zip(NAMES, kinds, strict=True):
        idle = [what for what in TOLD if what not in takes.get(kind, ())]
        found = [f"{name}_{what}" for what in idle if f"{name}_{what}" in given.numbers]
        if found:
            raise Invalid(f"写了「{found[0]}」，但 sides 里 {name} 是 {kind}，用不上")
    for what in TOLD:
        if f"side_{what}" in given.numbers and not any(what in takes.get(k, ()) for k in kinds):
            raise Invalid(f"写了「side_{what}」，但 sides 里没有哪一边用它")


def _side(given: Given, kind: str, at: int, until: float, notes: list[str]) -> Side:
    if kind == "wall":
        return surge.wall()
    if kind in _TIDES:
        return _tidal(given, until, notes, lets_out=_TIDES[kind])
    key = "inflow" if kind == "discharge" else "level"
    told = _told(given, key, at)
    if told is None and kind != "open":
        raise Invalid(f"边界 {kind} 要有 side_time 和 side_{key}，或 {NAMES[at]}_{key}")
    if kind == "discharge":
        return surge.discharge_side(told if told is not None else 0.0)
    if kind == "level":
        return surge.level_side(told if told is not None else 0.0)
    flows = [_told(given, what, at) for what in ("east", "north")]
    return surge.open_side(told, *(0.0 if flow is None else flow for flow in flows))


def _tidal(given: Given, until: float, notes: list[str], *, lets_out: bool) -> Side:
    constants, strange = constants_in(given)
    if "mean" not in given.numbers:
        notes.append("潮位以平均海面为零，假定与地形的基准一致；不一致时请写明 mean")
        constants = replace(constants, mean=0.0)
    if strange:
        notes.append(f"不认识分潮 {'、'.join(strange)}，没有计入")
    held = surge.tide_side(constants, start_of(given), until)
    return surge.open_side(held.level) if lets_out else held


def _told(given: Given, what: str, at: int) -> Told | None:
    """Take what is told of one side: of each of its cells, or of all; None where nothing is."""
    own, shared = f"{NAMES[at]}_{what}", f"side_{what}"
    if own in given.numbers:
        figures = given.numbers[own]
        return _over_time(given, own, figures, moving=figures.ndim == 2)
    if shared not in given.numbers:
        return None
    figures = given.numbers[shared]
    if figures.shape[0] != 4:
        raise Invalid(f"「{shared}」要有四行：西、东、南、北")
    if np.isnan(figures[at]).all():
        return None
    return _over_time(given, shared, figures[at], moving=figures.ndim == 2)


def _over_time(given: Given, key: str, figures: Floats, *, moving: bool) -> Told:
    if not moving:
        if np.isnan(figures).any():
            raise Invalid(f"「{key}」第 {int(np.argmax(np.isnan(figures))) + 1} 个没有数值")
        return figures if figures.ndim else float(figures)
    if "side_time" not in given.numbers:
        raise Invalid(f"「{key}」随时间变化，要写明 side_time")
    try:
        return surge.Series(given.numbers["side_time"], figures)
    except Invalid as error:
        raise Invalid(f"「{key}」：{error.detail}") from error
