"""From what instruments show to what devices send: units, constants, times, faults of the way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anlan.codes.quantities import quantity
from anlan.demo.county import County
from anlan.demo.county.model import Gateway, Stream
from anlan.kernel.units import convert

from . import faults as wrong
from . import noise
from .course import Course
from .plan import Plan

Floats = NDArray[np.float64]

#: A device needs 2 to 12 seconds from measuring to sending.
QUICK_S, SLOW_S = 2.0, 12.0


def spoken(course: Course, plan: Plan, gateway: Gateway) -> wrong.Rows:
    """Give what the doors see of one stream, its faults included; hours after the first hour."""
    mine = wrong.of_stream(plan.faults, course.stream, gateway.code)
    shown = wrong.shown(mine, course.hours, course.value)
    wait = QUICK_S + (SLOW_S - QUICK_S) * noise.share(plan.seed, gateway.code)
    rows = wrong.Rows(
        measured=course.hours,
        sent=course.hours + wait / 3600,
        value=in_device_unit(course.stream, shown),
        again=np.zeros(course.hours.size, bool),
    )
    return wrong.sent(mine, rows)


def in_device_unit(stream: Stream, value: Floats) -> Floats:
    """Take the constant off and turn the quantity's unit into what the device sends."""
    unit = quantity(stream.quantity).unit
    less = value - (stream.added or 0.0)
    if not stream.unit or stream.unit == unit:
        return np.round(less, 6)
    zero = convert(0.0, unit, stream.unit)
    return np.round(less * (convert(1.0, unit, stream.unit) - zero) + zero, 6)


def gateways_of(county: County) -> dict[str, Gateway]:
    """Find each stream's gateway."""
    gateways = {gateway.code: gateway for gateway in county.gateways}
    stations = {station.code: gateways[station.gateway] for station in county.stations}
    return {stream.code: stations[stream.station] for stream in county.streams}
