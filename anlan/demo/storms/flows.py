"""Streams, rivers and reservoirs under a storm, by the basin engine.

Loss by the curve number the demo county's register has, class II moved to the wetness of an
ordinary August; Nash's cascade of three stores for each small basin's own ground, Muskingum and
Cunge down the basins; stage by the same rating the register holds. Rivers beyond the small basins
take what reaches them at the speed of their flood wave and a rating of their own, as on the demo
day. Reservoirs by modified Puls: gates let out what comes in as long as they can, and a spillway at
the normal level takes the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from anlan.demo.county import County
from anlan.demo.county.model import Basin, Reservoir, Station
from anlan.demo.county.sensing.water import stage_m
from anlan.demo.days.water import WAVE_KMH, Waters, later
from anlan.demo.sheets import AT_MOUTH, BASIN_CURVE_NUMBER, BASIN_LAG, BASIN_ROUGHNESS
from anlan.demo.storms.air import STEP_H, Blown
from anlan.demo.storms.reading import Storm
from anlan.engines import basin as engine

Floats = NDArray[np.float64]

STEP_S: Final = STEP_H * 3600
STORES: Final = 3.0
#: Rain of the days before, as the engine's index has it, mm: the ordinary state of the ground.
WETNESS: Final = 35.0
#: Flow of dry days, m3/s per km2.
DRY: Final = 0.03
#: Gates let out so much at most, m3/s per km2 of catchment; a spillway is so wide, m per its root.
GATES: Final = 1.2
SPILLWAY: Final = 6.0
#: Broad crests, m^0.5/s.
WEIR: Final = 1.7


@dataclass(frozen=True)
class StormWaters(Waters):
    """Everything the storm's rain makes flow; answers are (t,) at the minutes of ``hours``."""

    storm: Storm
    blown: Blown
    #: Column of each station and reservoir in ``blown``, and those of each small basin's sample.
    places: dict[str, int]
    samples: dict[str, list[int]]

    def _minutes(self, values: Floats) -> Floats:
        return np.interp(self.hours, self.blown.hours, values)

    def rain(self, station: Station) -> Floats:
        """Rain in mm/h at a station."""
        return self._minutes(self.blown.rain[:, self.places[station.code]])

    @cached_property
    def _number(self) -> float:
        return float(engine.curve_number(BASIN_CURVE_NUMBER, WETNESS))

    def _fallen(self, columns: list[int]) -> Floats:
        """Mean rain of a step over some points, mm; the first step has none before it."""
        mean = self.blown.rain[:, columns].mean(axis=1)
        return np.concatenate([[0.0], (mean[1:] + mean[:-1]) / 2]) * STEP_H

    @cached_property
    def _flows(self) -> dict[str, Floats]:
        """Flow at the mouth of every small basin by minute, m3/s, without the burst dam's."""
        basins = self.county.basins
        rain = np.stack([self._fallen(self.samples[one.code]) for one in basins])
        run = engine.runoff(rain, np.full(len(basins), self._number))
        flow = engine.flood(_network(basins, rain.shape[1]), run, STEP_S)
        return {one.code: self._minutes(row) for one, row in zip(basins, flow, strict=True)}

    def _at_outlet(self, basin: Basin) -> Floats:
        """Flow at a basin's mouth, with what the slide keeps back and gives at once."""
        return self._flows[basin.code] + self._burst.get(basin.code, 0.0)

    @cached_property
    def _burst(self) -> dict[str, Floats]:
        """What the slide changes, from the dammed basin down."""
        slide, below = self.storm.slide, {one.code: one for one in self.county.basins}
        dammed, bursts = (self.storm.hour(at) for at in (slide.dammed, slide.bursts))
        during = (self.hours >= dammed) & (self.hours < bursts)
        own = self._flows[slide.basin]
        change = np.where(during, -slide.held * own, 0.0)
        change = change + wave(self.hours - bursts, slide.volume_m3, slide.height_m)
        found: dict[str, Floats] = {}
        at: Basin | None = below[slide.basin]
        while at is not None:
            found[at.code] = change
            nearer = below.get(at.downstream or "")
            if nearer is not None:
                km = max(nearer.channel_km - at.channel_km, 1.0)
                change = later(change, km / WAVE_KMH)
            at = nearer
        return found

    def stage(self, station: Station, bed_m: float) -> Floats:
        """Stage in m over the datum: by the register's rating at a basin's mouth."""
        basins = {basin.code: basin for basin in self.county.basins}
        basin = basins.get(str(station.subject))
        if basin is None:
            return super().stage(station, bed_m)
        width = round(basin.catchment_km2**0.5 * 4, 1)
        curve = engine.channel_rating(
            bed_m, 3.0 * stage_m(basin.catchment_km2), width=width,
            slope=basin.channel_slope * AT_MOUTH, roughness=BASIN_ROUGHNESS,
        )  # fmt: skip
        return engine.stage_of(curve, np.maximum(self._at_outlet(basin), 0.0))

    def reservoir(self, dam: Reservoir) -> Floats:
        """Level of a reservoir in m over the datum."""
        rain = self._fallen([self.places[dam.code]])
        run = engine.runoff(rain[None], np.array([self._number]))
        km = 1.4 * dam.catchment_km2**0.6
        response = _response(lag_h(km, 0.04), rain.size)[None]
        inflow = engine.convolved(run, response, [dam.catchment_km2 * 1e6], STEP_S)[0]
        inflow = inflow + DRY * dam.catchment_km2
        first = dam.typhoon_limit_m - self.margins.get(dam.code, 1.6)
        through = min(GATES * dam.catchment_km2, float(inflow.max()))
        release = np.minimum(inflow, through)
        found = engine.course(_tables(dam), first, inflow, release, STEP_S)
        return self._minutes(np.minimum(found.level, dam.dam_crest_m))


def wave(since_h: Floats, volume: float, height: float) -> Floats:
    """Give the flood of a burst dam, m3/s, by the hours since it burst.

    The peak is Costa and Schuster's of landslide dams; water rises to it in a fifth of the time a
    triangle of the held volume takes.
    """
    peak = float(engine.landslide_dam_peak(volume, height))
    takes = 2 * volume / peak / 3600
    return np.interp(since_h, [0.0, takes / 5, takes], [0.0, peak, 0.0])


def lag_h(channel_km: float, slope: float) -> float:
    """Tell the lag of a basin, hours, as the register has it."""
    return float(max(BASIN_LAG * channel_km**0.77 / slope**0.385, 0.2))


def _response(lag: float, steps: int) -> Floats:
    return engine.cascade(STORES, lag * 3600 / STORES, STEP_S, steps)


def _network(basins: tuple[Basin, ...], steps: int) -> engine.Network:
    row = {one.code: place for place, one in enumerate(basins)}
    catchment = np.array([one.catchment_km2 for one in basins])
    length = np.array([max(one.channel_km, 0.5) * 1000 for one in basins])
    slope = np.array([max(one.channel_slope, 1e-4) for one in basins])
    often = 4.0 * catchment**0.75
    channel = engine.reach_of(
        length, slope, catchment**0.5 * 4, np.full(len(basins), BASIN_ROUGHNESS), often
    )
    return engine.Network(
        area=np.array([one.area_km2 for one in basins]) * 1e6,
        response=np.stack([_response(lag_h(one.channel_km, one.channel_slope), steps)
                           for one in basins]),
        base=DRY * np.array([one.area_km2 for one in basins]),
        down=np.array([row.get(one.downstream or "", -1) for one in basins], dtype=np.int64),
        channel=channel,
    )  # fmt: skip


def _tables(dam: Reservoir) -> engine.Reservoir:
    level, held = (np.array(side) for side in zip(*dam.curve, strict=True))
    # Curves begin with rows that hold nothing yet.
    rising = np.append(np.diff(held) > 0, True)
    level, held = level[rising], held[rising]
    over = np.maximum(level - dam.normal_level_m, 0.0)
    spill = WEIR * SPILLWAY * dam.catchment_km2**0.5 * over**1.5
    gates = np.where(level > dam.dead_level_m, GATES * dam.catchment_km2, 0.0)
    return engine.reservoir_of(level, held, spill=spill, outlet=gates)


def sample(basin: Basin, step: float = 0.012) -> list[tuple[float, float]]:
    """Pick the points of a basin at which its rain is taken."""
    west, south, east, north = basin.area.bounds
    x, y = np.meshgrid(
        np.arange(west + step / 2, east, step), np.arange(south + step / 2, north, step)
    )
    held = shapely.contains_xy(basin.area, x, y)
    points = [(float(a), float(b)) for a, b in zip(x[held], y[held], strict=True)]
    return points or [basin.outlet]


def county_points(county: County) -> list[tuple[str, float, float]]:
    """Name the places of a county that have rain of their own: stations and reservoirs."""
    stations = [(one.code, one.lon, one.lat) for one in county.stations]
    return stations + [(one.code, one.lon, one.lat) for one in county.reservoirs]
