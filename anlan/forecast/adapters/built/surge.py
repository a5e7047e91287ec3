"""A storm's surge: the sea driven by its wind and pressure, on top of the tide that runs in it.

Two levels: coarse cells far out, finer ones at the shore. Tide and storm run in the same water, so
that they act on each other; what the storm adds is the difference to a run of the tide alone. A
station's curve is its own harmonic tide and that difference: what the model's tide misses does not
come into it. Without constants at the open sides the storm runs over still water and is added.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.geo.distance import haversine
from anlan.engines.surge import Air, Gauge, Grid, Outputs
from anlan.engines.typhoon import Track
from anlan.forecast.adapters import water
from anlan.forecast.adapters.air import Wind, air_over, covered, read_wind
from anlan.forecast.adapters.built.tide import composed
from anlan.forecast.adapters.contract import GridFile, Request, Result, Series, VillageOutlook
from anlan.forecast.adapters.folder import Folder
from anlan.forecast.adapters.registry import engine
from anlan.forecast.adapters.sea import driving, ground, products, tides, villages
from anlan.forecast.adapters.sea.driving import HOUR_S, Places, Ran, Setting, setting_of
from anlan.forecast.adapters.shapes import (
    Floats,
    Measured,
    Path,
    ShorePlace,
    SideTide,
    Stepped,
    TidePoint,
    Times,
    plain,
)
from anlan.forecast.adapters.storm import track_from
from anlan.kernel.errors import Invalid

VERSION: Final = "3"
#: A station lies where the water is at least so deep, m, and not farther away, m.
DEEP: Final = 4.0
FAR: Final = 30_000.0
#: A model's tide that is farther off than this share of the tide's own spread says little.
LOOSE: Final = 0.5
FROM_REST: Final = "海面从静止起算，预热 {hours:g} 小时，台风逐渐加上"
CELLS: Final = "外层格距约 {far:.1f} 公里；县级产品应为外层 0.5 公里、近岸 0.1 公里"
NESTED: Final = "外层格距约 {far:.1f} 公里，近岸约 {near:.2f} 公里；县级产品应为 0.5 和 0.1 公里"
TOGETHER: Final = "潮和增水一起算；增水是它与单独算的潮之差，测站潮位用本站调和预报加这个差"
NO_WAVES: Final = "水深不含波浪爬高和越浪，也没有用实测订正"
OFF: Final = "模式里的潮与{station}调和预报相差 {rms:.2f} 米（均方根，各站最大）"
FAR_OFF: Final = "模式里的潮与调和预报差得多，潮与增水的相互影响和村的水深只供参考"
NO_AIR: Final = "风和气压改用台风路径的参数模型算"
CALM_BROKE: Final = "潮单独算时失控，改为潮和增水分开算再相加；没有算村的水深"


@engine(
    "surge",
    title="风暴潮",
    title_en="Storm surge",
    source="Audusse 等 2004（静水重构）；Garratt 1977（风应力）；Holland 1980；Schureman 1940；"
    "GB/T 19721.1-2017",
    version=VERSION,
)
def forecast_surge(folder: Folder) -> Result:
    """Drive the sea by storm and tide; judge tide points and villages by what comes."""
    request = folder.request()
    path = folder.read("track", Path)
    asked = request.asked("bathymetry")
    if path is None or asked is None or asked.state == "missing":
        raise Invalid("风暴潮要有台风路径和水深")
    track = track_from(path)
    sea = _Sea(folder, (folder.inputs / asked.file).read_bytes(), track)
    sea.drive()
    return sea.result(track)


class _Sea:
    """One run from its inputs to its result, with what was missing on the way."""

    def __init__(self, folder: Folder, depths: bytes, track: Track) -> None:
        self.folder, self.request = folder, folder.request()
        request = self.request
        self.notes: list[str] = []
        self.points: tuple[TidePoint, ...] = folder.read("tide-points", tuple[TidePoint, ...]) or ()
        self.nodes: tuple[SideTide, ...] = folder.read("side-tide", tuple[SideTide, ...]) or ()
        self.places: tuple[ShorePlace, ...] = folder.read("places", tuple[ShorePlace, ...]) or ()
        outer, mended = ground.far_out(request, depths, self.places)
        shore, said = ground.near_shore(folder, outer, self.places) if self.nodes else (None, ())
        self.notes += [*mended, *said]
        level, assumed = tides.mean_sea(request, self.points) if self.nodes else (0.0, "")
        self.notes += [assumed] if assumed else []
        self.wind, self.times = self._blown(outer, _times(request, track))
        spin = setting_of(request, "spin_h", driving.SPIN_H) * HOUR_S
        far, lost = placed(outer, self.points)
        near = placed(shore.grid, self.points)[0] if shore else {}
        self.told = Setting(
            outer=outer, shore=shore, begun=int(self.times[0]), spin_s=spin,
            until=spin + float(self.times[-1] - self.times[0]) / 1000.0, sea=level,
            gauges=far, near=near, manning=setting_of(request, "manning", 0.022),
            fastest=setting_of(request, "fastest", driving.FASTEST),
        )  # fmt: skip
        self.track = track
        if lost:
            named = "、".join(lost[:3])
            self.notes.append(f"{len(lost)} 个潮位站附近没有水深格，未算增水：{named}")
        self.calm: Ran | None = None
        self.stormy: Ran | None = None
        self.reached: villages.Placed | None = None
        #: Why no village has a depth; "" where they have.
        self.blind = "" if shore else (said[-1] if said else tides.NO_TIDE)

    def drive(self) -> None:
        """Run the tide and the storm together, or the storm alone where that cannot be."""
        told = self.told
        air = self._air_over(told.outer)
        if self.nodes and self._together((air, self._air_near())):
            return
        self.calm = None
        self.stormy = driving.alone(self.folder, told, air)

    def _air_near(self) -> Air | None:
        shore = self.told.shore
        return None if shore is None else self._air_over(shore.grid)

    def _air_over(self, grid: Grid) -> Air:
        """Lay the air of a model over a grid where one is given, else the storm's."""
        spin = self.told.spin_s
        if self.wind is None:
            return driving.storm_over(grid, self.track, self.times, spin)
        return driving.Grown(air_over(self.wind, int(self.times[0]), spin), spin)

    def _blown(self, outer: Grid, times: Times) -> tuple[Wind | None, Times]:
        """Read the air of a model, and the times that it knows of; None where none can be used."""
        asked = self.request.asked("air")
        if asked is None or asked.state == "missing":
            return None, times
        try:
            wind = read_wind((self.folder.inputs / asked.file).read_bytes())
            return wind, covered(wind, outer, times)
        except Invalid as error:
            self.notes += [error.detail, NO_AIR]
            return None, times

    def _together(self, air: tuple[Air, Air | None]) -> bool:
        told = self.told
        cells = driving.NOWHERE
        if told.shore is not None and self.places:
            self.reached = villages.placed(told.shore, self.places, told.sea)
            cells = self.reached.cells
        try:
            calm, stormy = driving.together(self.folder, told, self.nodes, air, cells)
        except Invalid as error:
            self.blind = error.detail
            return False
        if calm.stopped:
            self.notes.append(calm.stopped)
            self.blind = CALM_BROKE
            return False
        self.calm, self.stormy = calm, stormy
        return True

    def result(self, track: Track) -> Result:
        """Put the products together."""
        stormy = self.stormy
        if stormy is None:
            raise Invalid("没有算")
        seen = self.folder.read("measured", tuple[Measured, ...]) or ()
        told = composed(
            self.request, self.points, {one.station: one for one in seen}, self._surges(stormy)
        )
        found, curves = self._villages()
        notes = [*self._said(stormy), *told.notes, *track.mended]
        broke = [stormy.stopped] if stormy.stopped else []
        return Result(
            series=(*told.series, *curves),
            stations=told.stations,
            villages=tuple(found),
            grids=tuple(self._grids(stormy)),
            notes=tuple(dict.fromkeys([*broke, *notes])),
            lower_bound=told.lower_bound or bool(broke),
            versions={"surge": VERSION, "tide": told.versions["tide"]},
        )

    def _said(self, stormy: Ran) -> list[str]:
        told = self.told
        far = ground.width_km(told.outer)
        near = ground.width_km(told.shore.grid) if told.shore and self.calm else None
        cells = CELLS.format(far=far) if near is None else NESTED.format(far=far, near=near)
        notes = [FROM_REST.format(hours=told.spin_s / HOUR_S), cells]
        if self.calm is None:
            notes.append(self.blind or tides.NO_TIDE)
        else:
            notes += [TOGETHER, *self._off(self.calm)]
        if not self.blind:
            notes.append(NO_WAVES)
        inner = stormy.inner.notes if stormy.inner is not None else ()
        return [*notes, *self.notes, *stormy.outer.notes, *inner]

    def _off(self, calm: Ran) -> list[str]:
        """Say how far the model's tide is from that of the stations' own constants."""
        worst = (-1.0, "", 0.0)
        for point in self.points:
            gauge = self._gauge(calm, point.station)
            if gauge is None:
                continue
            late = gauge.times >= self.told.spin_s
            moments = self._moments(gauge.times[late])
            expected = water.astronomical(point, moments) - point.mean
            error = gauge.level[late] - self.told.sea - expected
            rms = float(np.sqrt(np.mean(error**2)))
            worst = max(worst, (rms, point.station, rms / max(float(expected.std()), 1e-6)))
        if worst[0] < 0:
            return []
        said = [OFF.format(station=worst[1], rms=worst[0])]
        return [*said, FAR_OFF] if worst[2] > LOOSE else said

    def _gauge(self, ran: Ran, station: str) -> Gauge | None:
        """Give what a station saw, in the nest where it lies in it."""
        if ran.inner is not None and station in ran.inner.gauges:
            return ran.inner.gauges[station]
        return ran.outer.gauges.get(station)

    def _moments(self, seconds: Floats) -> Times:
        return self.told.start + np.round(seconds * 1000.0).astype(np.int64)

    def _surges(self, stormy: Ran) -> dict[str, Stepped]:
        """Sample what the storm adds on the steps of the run; beyond it nothing is known."""
        request = self.request
        steps = np.arange(request.start, request.end + 1, request.step_s * 1000, dtype=np.int64)
        found = {}
        for point in self.points:
            gauge = self._gauge(stormy, point.station)
            if gauge is None or not len(gauge.times):
                continue
            level = gauge.level
            if self.calm is not None:
                plain_tide = self._gauge(self.calm, point.station)
                if plain_tide is None:
                    continue
                level = level - np.interp(gauge.times, plain_tide.times, plain_tide.level)
            at = self._moments(gauge.times)
            last = at[-1] + driving.GAUGES_S * 2000.0
            inside = (steps >= self.told.begun) & (steps <= last)
            values = np.where(inside, np.interp(steps, at, level), np.nan)
            found[point.station] = Stepped(
                code=point.station, start=request.start, step_s=request.step_s,
                values=plain(values),
            )  # fmt: skip
        return found

    def _villages(self) -> tuple[list[VillageOutlook], list[Series]]:
        if self.calm is None or self.stormy is None or self.reached is None:
            return villages.unknown(self.places, self.blind), []
        return villages.outlooks(
            self.request, self.reached, self.calm, self.stormy, self.told.start
        )

    def _grids(self, stormy: Ran) -> list[GridFile]:
        told = self.told
        source = f"{self.track.agency} {self.track.number}; anlan surge {VERSION}"
        calm: Outputs | None = self.calm.outer if self.calm is not None else None
        found = products.surge_products(self.folder, told.outer, calm, stormy.outer, source)
        if told.shore is not None and self.calm is not None:
            found += products.flood_products(
                self.folder, told.shore, (self.calm, stormy), told.sea, source
            )
        parts = (calm, stormy.outer)
        frames = products.played(self.folder, told.outer, parts, told.start, told.begun)
        return [*found, *frames]


def _times(request: Request, track: Track) -> Times:
    """Take the hours that both the storm and the run know."""
    begin = max(int(track.times[0]), request.start)
    end = min(int(track.times[-1]), request.end)
    if end - begin < 3 * HOUR_S * 1000:
        raise Invalid("台风路径和预报时段重合不到三小时，无法计算增水")
    step = round(HOUR_S * 1000)
    return np.append(np.arange(begin, end, step, dtype=np.int64), end)


def placed(grid: Grid, points: Sequence[TidePoint]) -> tuple[Places, list[str]]:
    """Move each station to the nearest deep water; name those that have none near."""
    lon, lat = np.meshgrid(grid.x, grid.y)
    wet: NDArray[np.bool_] = grid.bed < -DEEP
    found: dict[str, tuple[float, float]] = {}
    lost = []
    for one in points:
        if one.lon is None or one.lat is None or not wet.any():
            lost.append(one.station)
            continue
        away = np.where(wet, haversine(lon, lat, one.lon, one.lat), np.inf)
        j, i = np.unravel_index(int(np.argmin(away)), away.shape)
        if away[j, i] > FAR:
            lost.append(one.station)
        else:
            found[one.station] = (float(grid.x[i]), float(grid.y[j]))
    return found, lost
