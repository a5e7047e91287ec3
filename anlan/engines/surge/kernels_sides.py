"""What lies outside the sides: two ghost cells by Riemann invariants.

A velocity `inward` is positive when it enters. At a wall the level leans as wind and the turn of
the earth ask, so that water they press against a coast can rest. Source: Blayo and Debreu 2005,
Ocean Modelling 9, 231 (boundaries by incoming characteristics); the invariants are u + 2c and
u - 2c with c = sqrt(g h) (Toro 2001, sec. 3.2).
"""

from math import sqrt

from anlan.engines.compiled import lean
from anlan.engines.surge.layout import (
    DISCHARGE,
    DRY,
    EAST,
    GRAVITY,
    HOLD,
    LEVEL,
    NORTH,
    OUT_EAST,
    OUT_LEVEL,
    OUT_NORTH,
    PER_X,
    SPIN,
    THIN,
    WALL,
    WEST,
    Field,
    Row,
    Whole,
)


@lean
def inflow_speed(leaving: float, inflow: float, gravity: float) -> tuple[float, float]:
    """Give the wave speed c at which `inflow` (m2/s) passes: 2 c^3 + leaving c^2 = g inflow.

    leaving: the invariant u - 2c that comes from inside. More outflow than the water can give is
    cut to the critical; the second figure is the inflow that is left. Newton's iteration from
    above, where the cubic is convex.
    """
    wanted = gravity * inflow
    if wanted < 0.0:
        wanted = max(wanted, 0.999 * min(leaving, 0.0) ** 3 / 27.0)
    c = max(-0.5 * leaving, 0.0) + max(0.5 * wanted, 0.0) ** (1.0 / 3.0)
    for _ in range(12):
        slope = 6.0 * c * c + 2.0 * leaving * c
        if slope <= 0.0:
            break
        c -= (2.0 * c * c * c + leaving * c * c - wanted) / slope
    return max(c, 0.0), wanted / gravity


@lean
def beyond(
    kind: int, depth: float, inward: float, along: float,
    head: float, level: float, speed: float, drift: float, law: Row,
) -> tuple[float, float, float]:  # fmt: skip
    """Give depth, velocity inward and velocity along the side outside an open side.

    depth, inward, along: inside. level, speed, drift: what is told of the outside; for a discharge
    `speed` is the inflow, m2/s.
    """
    gravity, dry = float(law[GRAVITY]), float(law[DRY])
    c_in = sqrt(gravity * depth)
    leaving = inward - 2.0 * c_in
    if kind == DISCHARGE:
        c, through = inflow_speed(leaving, speed, gravity)
        depth_out = c * c / gravity
        return depth_out, through / depth_out if depth_out > 0.0 else 0.0, 0.0
    depth_out = max(level - head, 0.0)
    c = sqrt(gravity * depth_out)
    if kind == LEVEL:
        fall = min(max(leaving + 2.0 * c, -c), c)
        return depth_out, fall, along if fall < 0.0 else drift
    if depth > dry and inward <= -c_in:
        return depth, inward, along
    if depth_out > dry and speed >= c:
        return depth_out, speed, drift
    entering = speed + 2.0 * c
    c = max(0.25 * (entering - leaving), 0.0)
    through = 0.5 * (entering + leaving)
    return c * c / gravity, through, drift if through > 0.0 else along


@lean
def tilt(
    depth: float, across: float, push: float, spin: float, per_metre: float, law: Row
) -> float:
    """Give how much the level rises from cell to cell where no water may go: g de/dx = force.

    across: momentum across, m2/s; push: wind stress over density, m2/s2; spin: 1/s.
    """
    if depth <= law[THIN]:
        return 0.0
    force = (spin * across + push * min(1.0, depth * law[HOLD])) / depth
    rise: float = force / (law[GRAVITY] * per_metre)
    return min(max(rise, -0.1 * depth), 0.1 * depth)


@lean
def fill_row(
    h: Row, p: Row, q: Row, z: Row, push: Row, at: int, kinds: Whole, out: Field, lines: Field,
    law: Row,
) -> None:  # fmt: skip
    """Fill the ghost cells west and east of one row; `at` is the row's number in `out`."""
    count = h.size
    dry = float(law[DRY])
    for side in (WEST, EAST):
        sign = 1.0 if side == WEST else -1.0
        first = 2 if side == WEST else count - 3
        step = 1 if side == WEST else -1
        if kinds[side] == WALL:
            for layer in range(2):
                ghost, inside = first - step * (1 + layer), first + step * layer
                rise = tilt(
                    h[inside], q[inside], push[inside], lines[SPIN, at], lines[PER_X, at], law
                )
                h[ghost] = h[inside] - step * (2 * layer + 1) * rise
                p[ghost], q[ghost] = -p[inside], q[inside]
            continue
        depth = float(h[first])
        over = 1.0 / max(depth, dry)
        speed = out[side, OUT_EAST, at]
        if kinds[side] != DISCHARGE:
            speed = speed * sign
        found, inward, along = beyond(
            kinds[side], depth, sign * p[first] * over, q[first] * over, z[first - step],
            out[side, OUT_LEVEL, at], speed, out[side, OUT_NORTH, at], law,
        )  # fmt: skip
        for layer in range(1, 3):
            ghost = first - step * layer
            h[ghost], p[ghost], q[ghost] = found, sign * found * inward, found * along


@lean
def fill_side(
    h: Field, p: Field, q: Field, z: Field, push: Field, side: int, kinds: Whole, out: Field,
    lines: Field, per_y: float, law: Row,
) -> None:  # fmt: skip
    """Fill the ghost rows of the south or the north; p is momentum to the north, q to the east."""
    rows, count = h.shape
    dry = float(law[DRY])
    sign = -1.0 if side == NORTH else 1.0
    first = rows - 3 if side == NORTH else 2
    step = -1 if side == NORTH else 1
    if kinds[side] == WALL:
        for layer in range(2):
            ghost, inside = first - step * (1 + layer), first + step * layer
            blown = inside if push.shape[0] > 1 else 0
            for i in range(2, count - 2):
                rise = tilt(h[inside, i], q[inside, i], push[blown, i], -lines[SPIN, inside], per_y,
                            law)  # fmt: skip
                h[ghost, i] = h[inside, i] - step * (2 * layer + 1) * rise
                p[ghost, i], q[ghost, i] = -p[inside, i], q[inside, i]
        return
    for i in range(2, count - 2):
        depth = float(h[first, i])
        over = 1.0 / max(depth, dry)
        # Of a discharge the inflow stands where others have the velocity to the east.
        drift, speed = out[side, OUT_EAST, i], sign * out[side, OUT_NORTH, i]
        if kinds[side] == DISCHARGE:
            drift, speed = 0.0, out[side, OUT_EAST, i]
        found, inward, along = beyond(
            kinds[side], depth, sign * p[first, i] * over, q[first, i] * over, z[first - step, i],
            out[side, OUT_LEVEL, i], speed, drift, law,
        )  # fmt: skip
        for layer in range(1, 3):
            ghost = first - step * layer
            h[ghost, i], p[ghost, i] = found, sign * found * inward
            q[ghost, i] = found * along


@lean
def fringe(z: Field, kinds: Whole) -> None:
    """Fill the ghost cells of the head or of the wind: mirrored at walls, else as at the side."""
    rows, count = z.shape
    for j in range(2, rows - 2):
        z[j, 1] = z[j, 2]
        z[j, 0] = z[j, 3] if kinds[WEST] == WALL else z[j, 2]
        z[j, count - 2] = z[j, count - 3]
        z[j, count - 1] = z[j, count - 4] if kinds[EAST] == WALL else z[j, count - 3]
    for i in range(2, count - 2):
        z[1, i] = z[2, i]
        z[0, i] = z[3, i] if kinds[2] == WALL else z[2, i]
        z[rows - 2, i] = z[rows - 3, i]
        z[rows - 1, i] = z[rows - 4, i] if kinds[NORTH] == WALL else z[rows - 3, i]
