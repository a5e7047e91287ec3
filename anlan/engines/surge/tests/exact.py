"""Exact solutions of the shallow-water equations that runs are held against.

Sources: Delestre et al. 2013, Int. J. Numer. Meth. Fluids 72, 269 (SWASHES: Stoker sec. 4.1.1,
Ritter 4.1.2, Thacker 4.2.1 and 4.2.2); Thacker 1981, J. Fluid Mech. 107, 499.
"""

import numpy as np

from anlan.engines.surge.layout import Floats

G = 9.81
#: kg/m3.
SEA_WATER = 1025.0


def bisected(low: float, high: float, rising: object) -> float:
    """Find where `rising`, negative at `low` and positive at `high`, is zero."""
    assert callable(rising)
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
    return (low + high) / 2


def stoker(x: Floats, time: float, high: float, low: float) -> tuple[Floats, Floats]:
    """Give depth and velocity after a dam at x = 0 between `high` and `low` water broke."""

    def balance(c: float) -> float:
        left = 8 * G * low * c**2 * (np.sqrt(G * high) - c) ** 2
        return float(left - (c**2 - G * low) ** 2 * (c**2 + G * low))

    least, most = np.sqrt(G * low), np.sqrt(G * high)
    c = bisected(least * 1.0001, most * 0.9999, lambda value: -balance(value))
    middle, speed = c**2 / G, 2 * (most - c)
    shock = 2 * c**2 * (most - c) / (c**2 - G * low)
    ray = x / time
    fan = (2 * most - ray) ** 2 / (9 * G)
    depth = np.select([ray < -most, ray < speed - c, ray < shock], [high, fan, middle], low)
    moving = np.select(
        [ray < -most, ray < speed - c, ray < shock], [0.0, 2 / 3 * (ray + most), speed], 0.0
    )
    return depth, moving


def ritter(x: Floats, time: float, high: float) -> Floats:
    """Give the depth after a dam at x = 0 before dry ground broke."""
    ray, c = x / time, np.sqrt(G * high)
    fan = (2 * c - ray) ** 2 / (9 * G)
    return np.select([ray < -c, ray < 2 * c], [np.full_like(ray, high), fan], 0.0)


def parabola(x: Floats, time: float) -> tuple[Floats, Floats]:
    """Give ground and depth of a plane surface that rocks in a parabola, period 2.006067 s."""
    bed = 0.5 * (x**2 - 1)
    rate = np.sqrt(2 * G * 0.5) / 2
    return bed, np.maximum(-0.5 * ((x + 0.5 * np.cos(2 * rate * time)) ** 2 - 1), 0.0)


def bowl(x: Floats, y: Floats, time: float) -> tuple[Floats, Floats]:
    """Give ground and depth of a plane surface that circles in a bowl, period 4.485701 s."""
    bed = -0.1 * (1 - x**2 - y**2)
    turn = np.sqrt(2 * G * 0.1) * time
    level = 0.05 * (2 * x * np.cos(turn) + 2 * y * np.sin(turn) - 0.5)
    return bed, np.maximum(level - bed, 0.0)


def set_up(x: Floats) -> Floats:
    """Give the depth of 10 m of water in 50 km under 1 Pa at rest: d(h^2)/dx = 2 tau / (rho g)."""
    slope = 2 / (SEA_WATER * G)
    wide = np.linspace(0, 50e3, 20_001)

    def beyond(start: float) -> float:
        return float(np.trapezoid(np.sqrt(start + slope * wide), wide)) - 10 * 50e3

    return np.asarray(np.sqrt(bisected(50.0, 150.0, beyond) + slope * x))
