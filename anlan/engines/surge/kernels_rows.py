"""One row of cells, four passes: values at faces, fluxes, limit of outflow, new state.

Every pass is a loop without a branch over arrays that fit the nearest cache, so that the compiler
makes vector code of it. A row may lie along x or y: `p` is momentum along the sweep, `q` across.
Constants take the precision of the arrays; a bare ``0.5`` would turn float32 into float64.

Scheme: MUSCL-Hancock (van Leer 1984; Toro 2001, ch. 9), hydrostatic reconstruction (Audusse et al.
2004, SIAM J. Sci. Comput. 25, 2050), HLLC (Toro, Spruce and Speares 1994, Shock Waves 4, 25).
"""

import numpy as np

from anlan.engines.compiled import swift
from anlan.engines.surge.kernels_roots import rooted
from anlan.engines.surge.layout import DRY, GRAVITY, HOLD, STEEP, THIN, Row


@swift
def leaned(back: float, ahead: float, steep: float, quarter: float, zero: float) -> float:
    """Give half the slope of the generalised minmod limiter, zero at an extreme.

    Half the mean slope, held between the bounds that the steepness sets: one of the two is zero,
    both are at an extreme. steep: half the steepness.
    """
    most = max(steep * min(back, ahead), zero)
    least = min(steep * max(back, ahead), zero)
    return min(max(quarter * (back + ahead), least), most)


@swift
def speeds(h: Row, p: Row, q: Row, u: Row, v: Row, over: Row, law: Row) -> None:
    """Write velocities and one over the depth; a dry cell has momentum zero."""
    one, dry = h.dtype.type(1.0), law[DRY]
    for i in range(h.size):
        inverse = one / max(h[i], dry)
        over[i] = inverse
        u[i] = p[i] * inverse
        v[i] = q[i] * inverse


@swift
def face_values(
    h_back: Row, u_back: Row, v_back: Row, z_back: Row,
    h: Row, u: Row, v: Row, z: Row, over: Row,
    h_ahead: Row, u_ahead: Row, v_ahead: Row, z_ahead: Row,
    push: Row, keep: Row,
    h_low: Row, h_high: Row, u_low: Row, u_high: Row,
    v_low: Row, v_high: Row, z_low: Row, z_high: Row, bed: Row,
    ratio: float, dt: float, spin: float, law: Row,
) -> None:  # fmt: skip
    """Write depth, velocity and head at both faces of each cell, half a step ahead.

    push: wind stress over density along the sweep, m2/s2. keep: what bed friction left of the
    velocity over half of the last step. bed: force of the bed inside the cell times its width,
    m3/s2. spin: Coriolis parameter, 1/s, its sign that of the sweep. ratio: dt/dx.
    Predictor: Toro 2001, eq. 9.35, in primitive variables, with forces.
    """
    kind = h.dtype.type
    zero, quarter, half, one = kind(0.0), kind(0.25), kind(0.5), kind(1.0)
    gravity, thin, steep, hold = law[GRAVITY], law[THIN], half * law[STEEP], law[HOLD]
    later, weight = half * dt, half * gravity
    for i in range(h.size):
        a, b, c = h[i], h_back[i], h_ahead[i]
        lean = steep if min(a, min(b, c)) > thin else zero
        u_a, v_a = u[i], v[i]
        level = a + z[i]
        dh = leaned(a - b, c - a, lean, quarter, zero)
        de = leaned(level - b - z_back[i], c + z_ahead[i] - level, lean, quarter, zero)
        du = leaned(u_a - u_back[i], u_ahead[i] - u_a, lean, quarter, zero)
        dv = leaned(v_a - v_back[i], v_ahead[i] - v_a, lean, quarter, zero)
        force = spin * v_a + push[i] * over[i] * min(one, a * hold)
        h_mid = a - ratio * (a * du + u_a * dh)
        u_mid = (u_a - ratio * (u_a * du + gravity * de) + later * force) * keep[i]
        v_mid = (v_a - ratio * u_a * dv) * keep[i]
        low, high = max(h_mid - dh, zero), max(h_mid + dh, zero)
        tilt = de - dh
        h_low[i] = low
        h_high[i] = high
        u_low[i] = u_mid - du
        u_high[i] = u_mid + du
        v_low[i] = v_mid - dv
        v_high[i] = v_mid + dv
        z_low[i] = z[i] - tilt
        z_high[i] = z[i] + tilt
        bed[i] = weight * (low + high) * ((high - low) + (tilt + tilt))


@swift
def fluxes(
    h_left: Row, u_left: Row, v_left: Row, z_left: Row,
    h_right: Row, u_right: Row, v_right: Row, z_right: Row,
    mass: Row, low: Row, high: Row, across: Row, fastest: Row, per_metre: float, law: Row,
) -> None:  # fmt: skip
    """Write what passes each face: water, momentum as either side feels it, momentum across.

    The momentum flux is told without the hydrostatic part of the side that feels it: at rest it is
    zero to the last bit. fastest: the greatest rate, 1/s, at which a wave crosses a cell.
    Wave speeds: Toro 2001, sec. 10.6, with Einfeldt's for dry ground on one side.
    """
    kind = h_left.dtype.type
    zero, half, one, two, quarter = kind(0.0), kind(0.5), kind(1.0), kind(2.0), kind(0.25)
    tiny = kind(1e-12)
    gravity, dry = law[GRAVITY], law[DRY]
    for i in range(mass.size):
        step = max(z_left[i], z_right[i])
        left = max(zero, h_left[i] + z_left[i] - step)
        right = max(zero, h_right[i] + z_right[i] - step)
        u_a, u_b, v_a, v_b = u_left[i], u_right[i], v_left[i], v_right[i]
        c_a, c_b = np.sqrt(gravity * left), np.sqrt(gravity * right)
        u_star = half * (u_a + u_b) + c_a - c_b
        c_star = abs(half * (c_a + c_b) + quarter * (u_a - u_b))
        slow = min(u_a - c_a, u_star - c_star)
        fast = max(u_b + c_b, u_star + c_star)
        dry_a, dry_b = left <= dry, right <= dry
        slow = u_b - two * c_b if dry_a else (u_a - c_a if dry_b else slow)
        fast = u_a + two * c_a if dry_b else (u_b + c_b if dry_a else fast)
        slow, fast = min(slow, zero), max(fast, zero)
        p_a, p_b = left * u_a, right * u_b
        over = one / (fast - slow + tiny)
        water = (fast * p_a - slow * p_b + slow * fast * (right - left)) * over
        rise = half * gravity * (right - left) * (right + left)
        pull = fast * p_a * u_a - slow * (p_b * u_b + rise) + slow * fast * (p_b - p_a)
        pull = pull * over
        mass[i] = water
        low[i] = pull
        high[i] = pull - rise
        across[i] = max(water, zero) * v_a + min(water, zero) * v_b
        fastest[i] = max(fastest[i], max(fast, -slow) * per_metre)


@swift
def overdrawn(
    h: Row, mass_low: Row, mass_high: Row, ratio: float, wide_low: float, wide_high: float
) -> bool:
    """Tell whether more would leave any cell of the row than it holds.

    wide_low, wide_high: the width of a row's faces by that of its cells; not one on a sphere. What
    is owed is summed, because the compiler makes vector code of a sum and not of a least value.
    """
    zero = h.dtype.type(0.0)
    owed = zero
    for i in range(h.size):
        out = max(mass_high[i], zero) * wide_high - min(mass_low[i], zero) * wide_low
        owed += max(ratio * out - h[i], zero)
    short: bool = owed > zero
    return short


@swift
def shares(
    h: Row, mass_low: Row, mass_high: Row, ratio: float, wide_low: float, wide_high: float,
    share: Row,
) -> None:  # fmt: skip
    """Write which share of its outflow each cell can pay from the water it has."""
    kind = h.dtype.type
    zero, one, tiny = kind(0.0), kind(1.0), kind(1e-30)
    for i in range(h.size):
        out = max(mass_high[i], zero) * wide_high - min(mass_low[i], zero) * wide_low
        share[i] = min(one, h[i] / (ratio * out + tiny))


@swift
def paid(mass: Row, across: Row, share_left: Row, share_right: Row) -> None:
    """Cut the flux of each face to what the cell it leaves can pay."""
    zero = mass.dtype.type(0.0)
    for i in range(mass.size):
        share = share_left[i] if mass[i] > zero else share_right[i]
        mass[i] *= share
        across[i] *= share


@swift
def moved(
    h: Row, p: Row, q: Row, push: Row,
    mass_low: Row, high_low: Row, across_low: Row,
    mass_high: Row, low_high: Row, across_high: Row,
    bed: Row,
    ratio: float, wide_low: float, wide_high: float, dt: float, spin: float, law: Row,
) -> None:  # fmt: skip
    """Move each cell by one step of one sweep: fluxes, bed, wind and the turn of the earth."""
    kind = h.dtype.type
    zero, half, one = kind(0.0), kind(0.5), kind(1.0)
    dry, hold = law[DRY], law[HOLD]
    for i in range(h.size):
        depth = max(h[i] - ratio * (wide_high * mass_high[i] - wide_low * mass_low[i]), zero)
        along = p[i] - ratio * (wide_high * low_high[i] - wide_low * high_low[i] + bed[i])
        over = q[i] - ratio * (wide_high * across_high[i] - wide_low * across_low[i])
        along += dt * (half * spin * (q[i] + over) + push[i] * min(one, h[i] * hold))
        wet = one if depth > dry else zero
        h[i] = depth
        p[i] = along * wet
        q[i] = over * wet


@swift
def slowed(h: Row, p: Row, q: Row, rough: Row, keep: Row, dt: float, law: Row) -> None:
    """Slow each cell by bed friction, implicit, and write what half a step of it leaves.

    Manning: d(hu)/dt = -g n^2 |u| u / h^(1/3). rough: g n^2. The new momentum m solves
    m (1 + dt c m) = m0 with c = g n^2 / h^(7/3), so that a steady flow stays what it is:
    m = 2 m0 / (1 + r), r^2 = 1 + 4 dt c m0. The cube root is one step of Halley's iteration,
    root (root^3 + 2 h) / (2 root^3 + h), good to 2.3e-5. c = g n^2 above / below, r = rise / below:
    all is kept over one denominator, because a division costs more than ten products.
    """
    kind = h.dtype.type
    two, three, four = kind(2.0), kind(3.0), kind(4.0)
    dry, times = law[DRY], four * dt
    for i in range(h.size):
        depth = max(h[i], dry)
        root = rooted(depth)
        cube = root * root * root
        above = two * cube + depth
        below = depth * depth * root * (cube + two * depth)
        speed = np.sqrt(p[i] * p[i] + q[i] * q[i])
        rise = np.sqrt(below * (below + times * speed * rough[i] * above))
        near, far = below + rise, three * below + rise
        share = two * below / (near * far)
        left = share * far
        p[i] *= left
        q[i] *= left
        keep[i] = two * share * near
