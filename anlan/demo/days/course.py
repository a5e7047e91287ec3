"""What happens on a day, stream by stream, as it truly was: no instrument has failed yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from anlan.demo.county import County
from anlan.demo.county.model import Station, Stream

from . import noise, quiet
from .air import Air, tide, waves
from .plan import Event, Plan
from .rain import Field, tips
from .water import STEP_H, Waters

Floats = NDArray[np.float64]

#: Decimals an instrument shows, by quantity.
DECIMALS: Final = {
    "rain": 1, "water-level": 2, "reservoir-level": 2, "tide-level": 2, "ponding-depth": 3,
    "wave-height": 2, "wave-period": 1, "sea-temperature": 2, "wind-speed": 1, "wind-gust": 1,
    "wind-direction": 0, "air-temperature": 1, "humidity": 0, "air-pressure": 1,
    "visibility": 0, "crack": 2, "tilt": 3, "displacement": 1, "soil-moisture": 1, "seepage": 2,
    "combustible-gas": 1, "toxic-gas": 2, "tank-level": 2, "tank-temperature": 1,
    "tank-pressure": 4, "phreatic-depth": 3, "dry-beach": 1, "freeboard": 3, "pore-pressure": 1,
    "gas-pressure": 4, "water-pressure": 4, "vehicle-speed": 2,
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """True values of one stream, in the quantity's unit; ``hours`` (n,) after the first hour."""

    stream: Stream
    hours: Floats
    value: Floats

    def after(self, first: float) -> Course:
        """Leave out what was measured before an hour; what is measured then is sent afterwards."""
        later = self.hours >= first
        return Course(self.stream, self.hours[later], self.value[later])


class Sea(Protocol):
    """The sea at the county's shore."""

    def tide(self, station: Station, place: int, hours: Floats) -> Floats:
        """Tide level in m over the 1985 datum at the ``place``-th tide station."""

    def waves(self, station: Station, hours: Floats) -> tuple[Floats, Floats, Floats]:
        """Significant height in m, period in s, temperature of the water in degrees Celsius."""


@dataclass(frozen=True, slots=True)
class SummerSea:
    """The sea of a day without a storm."""

    seed: int

    def tide(self, station: Station, place: int, hours: Floats) -> Floats:  # noqa: ARG002 - one shore
        """Tide level in m."""
        return tide(hours, self.seed, place)

    def waves(self, station: Station, hours: Floats) -> tuple[Floats, Floats, Floats]:
        """Height, period and temperature."""
        return waves(hours, self.seed, station.code)


@dataclass(frozen=True)
class World:
    """The county on one day."""

    county: County
    plan: Plan
    minutes: Floats
    waters: Waters
    air: Air
    sea: Sea

    def at(self, series: Floats, hours: Floats) -> Floats:
        """Take a minute series at some hours."""
        return np.interp(hours, self.minutes, series)


def world(county: County, plan: Plan) -> World:
    """Let it rain."""
    field = Field(plan.cells)
    minutes = minutes_of(plan)
    waters = Waters(county, field, minutes, dict(plan.margins))
    air = Air(county, field, plan.seed, minutes)
    return World(county, plan, minutes, waters, air, SummerSea(plan.seed))


def minutes_of(plan: Plan) -> Floats:
    """List the minutes of a day, hours after its first hour."""
    return np.arange(round(plan.hours / STEP_H) + 1, dtype=np.float64) * STEP_H


def courses(county: County, plan: Plan, around: World | None = None) -> list[Course]:
    """Give every stream of the county its day; ``around`` is a world other than the plan's own."""
    around = around or world(county, plan)
    stations = {station.code: station for station in county.stations}
    ports = [station.code for station in county.stations if station.kind == "tide"]
    found = []
    for stream in county.streams:
        station = stations[stream.station]
        hours = np.arange(1, plan.hours * 3600 // stream.interval_s + 1) * stream.interval_s / 3600
        place = ports.index(station.code) if station.code in ports else 0
        value = _value(around, station, stream, (hours, place))
        for event in plan.events:
            if event.station == station.code:
                value = _led(event, stream, hours, value)
        shown = np.round(value, DECIMALS[stream.quantity])
        found.append(Course(stream, hours, shown))
    return found


def _led(event: Event, stream: Stream, hours: Floats, value: Floats) -> Floats:
    """Lead a stream through an event's points where it is one of the event's."""
    short = stream.code.removeprefix(f"{event.station}-")
    if short not in event.streams:
        return value
    later = event.apart * event.streams.index(short)
    at = np.array([hour + later for hour, _ in event.course])
    to = np.array([height for _, height in event.course])
    during = (hours >= at[0]) & (hours <= at[-1])
    led = value.copy()
    led[during] = np.interp(hours[during], at, to) + 0.15 * (
        value[during] - value[during].mean() if during.any() else 0.0
    )
    return led


def _value(around: World, station: Station, stream: Stream, when: tuple[Floats, int]) -> Floats:
    hours, place = when
    if stream.quantity == "rain":
        return _rain(around, station, stream, hours)
    if stream.quantity in _FLOWING:
        return _FLOWING[stream.quantity](around, station, stream, hours)
    if stream.quantity in _AIR:
        return around.at(_AIR[stream.quantity](around.air, station), hours)
    if stream.quantity == "tide-level":
        own = noise.jitter(around.plan.seed, stream.code, hours.size, 0.008)
        return around.sea.tide(station, place, hours) + own
    if stream.quantity in _WAVES:
        return around.sea.waves(station, hours)[_WAVES[stream.quantity]]
    return quiet.QUIET[stream.quantity](quiet.Quiet(stream, around.plan.seed, hours))


def _rain(around: World, station: Station, stream: Stream, hours: Floats) -> Floats:
    fallen = np.concatenate([[0.0], np.cumsum(around.waters.rain(station)) * STEP_H])
    edges = np.concatenate([[0.0], hours])
    total = np.interp(edges, np.append(around.minutes, around.minutes[-1] + STEP_H), fallen)
    return tips(np.diff(total), noise.share(around.plan.seed, stream.code))


def _stage(around: World, station: Station, stream: Stream, hours: Floats) -> Floats:
    bed = (station.zero_m or 0.0) + 0.5
    own = noise.jitter(around.plan.seed, stream.code, hours.size, 0.006)
    slow = noise.wander(around.plan.seed, stream.code, hours, 0.012)
    return around.at(around.waters.stage(station, bed), hours) + own + slow


def _reservoir(around: World, station: Station, stream: Stream, hours: Floats) -> Floats:
    dams = {dam.code: dam for dam in around.county.reservoirs}
    own = noise.jitter(around.plan.seed, stream.code, hours.size, 0.008)
    return around.at(around.waters.reservoir(dams[str(station.subject)]), hours) + own


def _ponding(around: World, station: Station, stream: Stream, hours: Floats) -> Floats:
    own = np.abs(noise.jitter(around.plan.seed, stream.code, hours.size, 0.0015))
    return around.at(around.waters.ponding(station), hours) + own


_FLOWING: Final[dict[str, Callable[[World, Station, Stream, Floats], Floats]]] = {
    "water-level": _stage,
    "reservoir-level": _reservoir,
    "ponding-depth": _ponding,
}
#: Asked of the air that is there: a storm's answers differently.
_AIR: Final[dict[str, Callable[[Air, Station], Floats]]] = {
    "wind-speed": lambda air, station: air.wind(station),
    "wind-gust": lambda air, station: air.gust(station),
    "wind-direction": lambda air, station: air.direction(station),
    "air-temperature": lambda air, station: air.temperature(station),
    "humidity": lambda air, station: air.humidity(station),
    "air-pressure": lambda air, station: air.pressure(station),
    "visibility": lambda air, station: air.visibility(station),
}
_WAVES: Final = {"wave-height": 0, "wave-period": 1, "sea-temperature": 2}
