"""The air over a sea in a document: a storm's path, or wind, pressure and rain as they are told."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from anlan.engines import surge
from anlan.engines.registry.declaration import Item
from anlan.engines.registry.given import Floats, Given
from anlan.engines.runs.storms import track_in
from anlan.engines.surge import Air, Grid, GriddedAir, Moment, StormAir
from anlan.engines.surge.air import footing, sound
from anlan.engines.typhoon import vortex_of
from anlan.kernel.errors import Invalid

#: Degrees between the points at which a storm's air is reckoned; hundredths in a square of metres.
_AIR: Final = 0.05
_WIND: Final = ("wind_east", "wind_north")
_STRESS: Final = ("stress_east", "stress_north")
_MMH: Final = 3.6e6
FIELDS: Final = (*_WIND, *_STRESS, "pressure", "rain")
_F: Final = ("air_time", "air_y", "air_x")
#: The same everywhere and always; the same everywhere; always the same.
_ALSO: Final = ((), ("air_time",), ("air_y", "air_x"))


def _field(key: str, title: str, title_en: str, unit: str, low: float | None = None) -> Item:
    return Item(key, title, title_en, unit=unit, axes=_F, required=False, low=low, also=_ALSO)


AIR: Final = (
    Item("air_time", "风、气压、雨的时间", "Times of the air", unit="s", axes=_F[:1],
         required=False, low=0.0),
    Item("air_x", "风压网格横坐标，度或米", "x of the air", axes=_F[2:], required=False),
    Item("air_y", "风压网格纵坐标，度或米", "y of the air", axes=_F[1:2], required=False),
    _field("wind_east", "向东的风，10 米高", "Wind to the east", "m/s"),
    _field("wind_north", "向北的风，10 米高", "Wind to the north", "m/s"),
    _field("stress_east", "向东的风应力，代替风", "Wind stress to the east", "Pa"),
    _field("stress_north", "向北的风应力，代替风", "Wind stress to the north", "Pa"),
    _field("pressure", "海平面气压", "Pressure at sea level", "Pa", 0.0),
    _field("rain", "雨强", "Rain", "mm/h", 0.0),
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Rained:
    """A storm's air with rain that is told beside it."""

    storm: StormAir
    rain: GriddedAir

    @property
    def x(self) -> Floats:
        """Give the columns of the mesh."""
        return self.storm.x

    @property
    def y(self) -> Floats:
        """Give the rows of the mesh."""
        return self.storm.y

    def at(self, time: float) -> Moment:
        """Tell wind and pressure of the storm, and the rain spread to its mesh."""
        fallen = self.rain.at(time).rain
        if fallen is None:
            return self.storm.at(time)
        (row, up), (column, right) = footing(self.rain.y, self.y), footing(self.rain.x, self.x)
        low = fallen[row] * (1 - up)[:, None] + fallen[row + 1] * up[:, None]
        spread = low[:, column] * (1 - right) + low[:, column + 1] * right
        return replace(self.storm.at(time), rain=np.asarray(spread))


def air_in(given: Given, grid: Grid, around: float, notes: list[str]) -> Air | None:
    """Lay out the air: of a storm, of figures, or of a storm and figures of rain; None without.

    around: Pa, what the pressure is where a document does not tell it.
    """
    told = [key for key in FIELDS if key in given.numbers]
    if "track" not in given.files and "track_times" not in given.times:
        return _gridded(given, grid, around, notes) if told else None
    both = [key for key in told if key != "rain"]
    if both:
        raise Invalid(f"已有台风路径，风和气压由它推算，不能再写「{both[0]}」")
    storm = _storm(given, grid, notes)
    return Rained(storm, _gridded(given, grid, around, notes)) if told else storm


def around_in(given: Given, notes: list[str]) -> float | None:
    """Take the pressure under which levels at sides are told; None: as `surge.Settings` has it.

    Whoever tells a field of pressure and not this means the air that is not disturbed: it is looked
    for in the corners of the field at its first moment.
    """
    if "around" in given.numbers:
        return given.number("around")
    if "pressure" not in given.numbers:
        return None
    figures = given.numbers["pressure"]
    first = figures[0] if figures.ndim in (1, 3) else figures
    corners = first[[0, -1]][:, [0, -1]] if first.ndim else first
    found = float(np.median(corners))
    notes.append(f"没有写 around：边界水位按起始时四角气压的中位数 {found:g} 帕算")
    return found


def start_of(given: Given) -> int:
    """Take the moment at which the run begins, ms."""
    if "start" not in given.times:
        raise Invalid('有潮汐或台风时要写明 start，例如 ["2019-08-09T08:00:00+08:00"]')
    return int(given.times["start"][0])


def _storm(given: Given, grid: Grid, notes: list[str]) -> StormAir:
    if not grid.geographic:
        raise Invalid("台风风场只能算在经纬度网格上")
    track, start, until = track_in(given), start_of(given), given.number("duration")
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
    return StormAir(x, y, times[kept], vortex)


def _gridded(given: Given, grid: Grid, around: float, notes: list[str]) -> GriddedAir:
    """Lay the figures of a document on one mesh and one set of moments; each is looked at."""
    wind, stress = _any(given, _WIND), _any(given, _STRESS)
    if wind and stress:
        raise Invalid("风（wind_east、wind_north）和风应力（stress_east、stress_north）只能写一种")
    x, y = _mesh(given, grid, notes)
    times = _moments(given, notes)
    shape = (len(times), len(y), len(x))

    def laid(key: str, otherwise: float = 0.0) -> Floats:
        return _laid(given, key, shape, otherwise)

    air = GriddedAir(
        x, y, times, laid("wind_east"), laid("wind_north"), laid("pressure", around),
        laid("rain") / _MMH if "rain" in given.numbers else None,
        (laid("stress_east"), laid("stress_north")) if stress else None,
    )  # fmt: skip
    for number, time in enumerate(times):
        sound(_moment(air, number), float(time))
    return air


def _moment(air: GriddedAir, number: int) -> Moment:
    """Give one of the moments as it was told, nothing of its neighbours in it."""
    rain, stress = air.rain, air.stress
    return Moment(
        air.east[number],
        air.north[number],
        air.pressure[number],
        None if rain is None else rain[number],
        None if stress is None else (stress[0][number], stress[1][number]),
    )


def _any(given: Given, keys: tuple[str, ...]) -> bool:
    return any(key in given.numbers for key in keys)


def _mesh(given: Given, grid: Grid, notes: list[str]) -> tuple[Floats, Floats]:
    """Take the mesh of the figures; for what is the same everywhere the grid's own corners do."""
    spread = [key for key in FIELDS if np.ndim(given.numbers.get(key, 0.0)) >= 2]
    if not spread:
        wide = (float(np.ptp(grid.x)) + grid.dx, float(np.ptp(grid.y)) + grid.dy)
        return surge.mesh_over((grid.x, grid.y), wide)
    if not _any(given, ("air_x",)) or not _any(given, ("air_y",)):
        raise Invalid(f"「{spread[0]}」各处不同，要写明 air_x、air_y")
    x, y = given.numbers["air_x"], given.numbers["air_y"]
    for key, axis, middles in (("air_x", x, grid.x), ("air_y", y, grid.y)):
        if len(axis) < 2 or not (np.diff(axis) > 0).all():
            raise Invalid(f"「{key}」要逐个增大，至少两个")
        if axis[0] > middles[0] or axis[-1] < middles[-1]:
            notes.append(f"风压网格没有盖住计算范围（{key}），外面取最近的值")
    return x, y


def _moments(given: Given, notes: list[str]) -> Floats:
    moving = [key for key in FIELDS if np.ndim(given.numbers.get(key, 0.0)) in (1, 3)]
    if not moving:
        return np.zeros(1)
    if "air_time" not in given.numbers:
        raise Invalid(f"「{moving[0]}」随时间变化，要写明 air_time")
    times = given.numbers["air_time"]
    wrong = np.flatnonzero(~(np.diff(times) > 0))
    if len(wrong) or not np.isfinite(times).all():
        raise Invalid(f"「air_time」要逐个增大，第 {wrong[0] + 2 if len(wrong) else 1} 个不是")
    if times[-1] < given.number("duration"):
        notes.append(f"风、气压、雨只给到第 {times[-1]:g} 秒，其后不变")
    return times


def _laid(given: Given, key: str, shape: tuple[int, int, int], otherwise: float) -> Floats:
    figures = np.asarray(given.numbers.get(key, otherwise), dtype=np.float64)
    if figures.ndim == 1:
        figures = figures[:, None, None]
    return np.broadcast_to(figures, shape)
