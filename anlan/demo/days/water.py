"""Rain at gauges, stages of streams, levels of reservoirs, depth of water on low roads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from anlan.demo.county import County
from anlan.demo.county.model import Basin, Reservoir, River, Station
from anlan.demo.county.sensing.water import catchment_at, stage_m

from . import runoff
from .rain import Field

Floats = NDArray[np.float64]

STEP_H = 1 / 60
#: Points of a basin at which its rain is taken, degrees apart.
SAMPLE_DEG = 0.006
#: Speed of a flood wave down a river, km/h.
WAVE_KMH = 6.5
#: Share of the rain that runs to a road's lowest point, and how deep a millimetre stands there.
POND_M_PER_MM = 0.021
#: What the drains carry off, mm/h.
DRAINED_MMH = 14.0
#: Below the flood limit of the season at first.
MARGIN_M = 1.6


@dataclass(frozen=True)
class Waters:
    """Everything the rain of a day makes flow, minute by minute; ``hours`` are (t,)."""

    county: County
    field: Field
    hours: Floats
    margins: dict[str, float]

    @cached_property
    def _basin_rain(self) -> dict[str, Floats]:
        return {basin.code: self._mean_rain(basin) for basin in self.county.basins}

    @cached_property
    def _stations(self) -> dict[str, Station]:
        return {station.code: station for station in self.county.stations}

    @cached_property
    def _rivers(self) -> dict[str, River]:
        return {river.code: river for river in self.county.rivers}

    def _mean_rain(self, basin: Basin) -> Floats:
        west, south, east, north = basin.area.bounds
        x, y = np.meshgrid(
            np.arange(west + SAMPLE_DEG / 2, east, SAMPLE_DEG),
            np.arange(south + SAMPLE_DEG / 2, north, SAMPLE_DEG),
        )
        held = shapely.contains_xy(basin.area, x, y)
        if not held.any():
            x, y, held = np.array([basin.outlet[0]]), np.array([basin.outlet[1]]), np.array([True])
        return np.asarray(self.field.at_points(self.hours, x[held], y[held]).mean(axis=1))

    def rain(self, station: Station) -> Floats:
        """Rain in mm/h at a station."""
        at = np.array([station.lon]), np.array([station.lat])
        return np.asarray(self.field.at_points(self.hours, *at)[:, 0])

    def stage(self, station: Station, bed_m: float) -> Floats:
        """Stage in m over the datum at a gauge of a basin or of a river."""
        basins = {basin.code: basin for basin in self.county.basins}
        if station.subject in basins:
            basin = basins[str(station.subject)]
            catchment, discharge = basin.catchment_km2, self._at_outlet(basin)
        else:
            river = self._rivers[str(station.subject)]
            share = river.line.project(shapely.Point(station.lon, station.lat), normalized=True)
            catchment = catchment_at(river, share)
            discharge = self._on_river(river, share, catchment)
        return bed_m + runoff.depth(discharge, catchment, stage_m(catchment))

    def _own_flow(self, basin: Basin) -> Floats:
        """Flow of a basin's own area at its outlet."""
        lag = 0.6 * runoff.time_of_concentration(basin.channel_km, basin.channel_slope)
        running = runoff.excess(self._basin_rain[basin.code], STEP_H)
        return runoff.flow(running, basin.area_km2, lag, STEP_H)

    def _at_outlet(self, basin: Basin) -> Floats:
        """Own flow and that of the basins above, later by the way."""
        total = self._own_flow(basin)
        for above in self.county.basins:
            if above.downstream == basin.code:
                km = max(basin.channel_km - above.channel_km, 1.0)
                total = total + later(self._at_outlet(above), km / WAVE_KMH)
        return np.asarray(total)

    def _on_river(self, river: River, share: float, catchment: float) -> Floats:
        """Flow of all basins that reach a river above a point, and the dry flow of the rest."""
        total = np.zeros(self.hours.size)
        known = 0.0
        for basin in self.county.basins:
            if basin.downstream is not None or basin.river is None:
                continue
            joins = self._joins(self._rivers[basin.river], basin.outlet, river)
            if joins is None or joins > share:
                continue
            km = (share - joins) * river.length_km
            total = total + later(self._at_outlet(basin), km / WAVE_KMH)
            known += basin.catchment_km2
        return np.asarray(total + runoff.DRY_FLOW * max(catchment - known, 0.0))

    def _joins(self, own: River, outlet: tuple[float, float], river: River) -> float | None:
        """Share of ``river``'s length at which water from an outlet joins it; None if never."""
        at = shapely.Point(outlet)
        while own.code != river.code:
            if own.flows_into is None:
                return None
            at = shapely.Point(own.line.coords[-1])
            own = self._rivers[own.flows_into]
        return float(river.line.project(at, normalized=True))

    def reservoir(self, dam: Reservoir) -> Floats:
        """Level of a reservoir in m over the datum."""
        at = np.array([dam.lon]), np.array([dam.lat])
        rain = self.field.at_points(self.hours, *at)[:, 0]
        running = runoff.excess(rain, STEP_H)
        km = 1.4 * dam.catchment_km2**0.6
        lag = 0.6 * runoff.time_of_concentration(km, 0.04)
        inflow = runoff.flow(running, dam.catchment_km2, lag, STEP_H)
        first = dam.typhoon_limit_m - self.margins.get(dam.code, MARGIN_M)
        return runoff.store(inflow, dam.curve, first, STEP_H)

    def ponding(self, station: Station) -> Floats:
        """Depth of water in m on the lowest point of a road."""
        standing, depth = 0.0, np.empty(self.hours.size)
        for step, rate in enumerate(self.rain(station).tolist()):
            standing = max(0.0, standing + (rate - DRAINED_MMH) * STEP_H)
            depth[step] = standing * POND_M_PER_MM
        return depth


def later(series: Floats, hours: float) -> Floats:
    """Give a series by minute again, so many hours later."""
    steps = round(hours / STEP_H)
    return np.concatenate([np.full(steps, series[0]), series])[: series.size]
