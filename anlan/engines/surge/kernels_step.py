"""One step of time: a sweep along x and a sweep along y in one walk over the memory.

Directional (Strang) splitting: the order of the sweeps changes from step to step. The walk goes
north; a row is swept along x just before it enters the sweep along y, or just after it leaves it,
while it is still in the nearest cache. A row whose sweep to the north is under way waits for the
fluxes of the two faces beyond it, because what leaves a cell depends on all its faces.
"""

from anlan.engines.compiled import swift
from anlan.engines.surge.kernels_rows import (
    face_values,
    fluxes,
    moved,
    overdrawn,
    paid,
    shares,
    slowed,
    speeds,
)
from anlan.engines.surge.kernels_sides import fill_row, fill_side
from anlan.engines.surge.layout import (
    DISCHARGE,
    EAST,
    LEVEL,
    NORTH,
    OPEN,
    PER_X,
    SOUTH,
    SPIN,
    WALL,
    WEST,
    WIDE_HIGH,
    WIDE_LOW,
    Field,
    Row,
    Whole,
)


@swift
def sweep_row(
    h: Row, p: Row, q: Row, z: Row, push: Row, keep: Row, rough: Row,
    first: int, last: int, at: int, kinds: Whole, out: Field, lines: Field, law: Row,
    work: Field, fastest: Row, dt: float, slows: bool,
) -> None:  # fmt: skip
    """Sweep cells `first` to `last` of one row along x."""
    pace, values, flux, share = work[0:3], work[3:12], work[12:16], work[16]
    fill_row(h, p, q, z, push, at, kinds, out, lines, law)
    none = h.dtype.type(0.0)
    one = h.dtype.type(1.0)
    ratio, spin = dt * lines[PER_X, at], lines[SPIN, at]
    a, b = first - 2, last + 2
    speeds(h[a:b], p[a:b], q[a:b], pace[0, a:b], pace[1, a:b], pace[2, a:b], law)
    a, b = first - 1, last + 1
    face_values(
        h[a - 1 : b - 1], pace[0, a - 1 : b - 1], pace[1, a - 1 : b - 1], z[a - 1 : b - 1],
        h[a:b], pace[0, a:b], pace[1, a:b], z[a:b], pace[2, a:b],
        h[a + 1 : b + 1], pace[0, a + 1 : b + 1], pace[1, a + 1 : b + 1], z[a + 1 : b + 1],
        push[a:b], keep[a:b],
        values[0, a:b], values[1, a:b], values[2, a:b], values[3, a:b], values[4, a:b],
        values[5, a:b], values[6, a:b], values[7, a:b], values[8, a:b],
        ratio, dt, spin, law,
    )  # fmt: skip
    # Face i lies between cells i - 1 and i.
    a, b = first, last + 1
    fluxes(
        values[1, a - 1 : b - 1], values[3, a - 1 : b - 1],
        values[5, a - 1 : b - 1], values[7, a - 1 : b - 1],
        values[0, a:b], values[2, a:b], values[4, a:b], values[6, a:b],
        flux[0, a:b], flux[1, a:b], flux[2, a:b], flux[3, a:b], fastest[a:b],
        lines[PER_X, at], law,
    )  # fmt: skip
    if first == 2 and kinds[WEST] != OPEN and kinds[WEST] != LEVEL:
        flux[0, first] = p[1] if kinds[WEST] == DISCHARGE else none
        flux[3, first] = none
    if last == h.size - 2 and kinds[EAST] != OPEN and kinds[EAST] != LEVEL:
        flux[0, last] = p[last] if kinds[EAST] == DISCHARGE else none
        flux[3, last] = none
    c, d, e, f = first, last, first + 1, last + 1
    if overdrawn(h[c:d], flux[0, c:d], flux[0, e:f], ratio, one, one):
        shares(h[c:d], flux[0, c:d], flux[0, e:f], ratio, one, one, share[c:d])
        share[first - 1] = one
        share[last] = one
        paid(flux[0, a:b], flux[3, a:b], share[a - 1 : b - 1], share[a:b])
    moved(
        h[c:d], p[c:d], q[c:d], push[c:d],
        flux[0, c:d], flux[2, c:d], flux[3, c:d], flux[0, e:f], flux[1, e:f], flux[3, e:f],
        values[8, c:d], ratio, one, one, dt, spin, law,
    )  # fmt: skip
    if slows:
        slowed(h[c:d], p[c:d], q[c:d], rough[c:d], keep[c:d], dt, law)


@swift
def sweep(
    j: int, h: Field, hu: Field, hv: Field, z: Field, push: Field, keep: Field, rough: Field,
    spans: Whole, kinds: Whole, out: Field, lines: Field, law: Row,
    work: Field, fastest: Field, dt: float, slows: bool,
) -> None:  # fmt: skip
    """Sweep row `j` along x, if it may hold water."""
    if spans[0, 1, j] > spans[0, 0, j]:
        sweep_row(
            h[j], hu[j], hv[j], z[j], push[j if push.shape[0] > 1 else 0],
            keep[j if keep.shape[0] > 1 else 0], rough[j if rough.shape[0] > 1 else 0],
            spans[0, 0, j], spans[0, 1, j], j, kinds, out, lines, law,
            work, fastest[0], dt, slows,
        )  # fmt: skip


@swift
def make_values(
    row: int, h: Field, hv: Field, hu: Field, z: Field, push: Field, keep: Field,
    spans: Whole, lines: Field, law: Row, values: Field, pace: Field, ratio: float, dt: float,
) -> None:  # fmt: skip
    """Write the values at the southern and northern faces of one row."""
    for line in range(row - 1 if row == 1 else row + 1, row + 2):
        a, b = spans[2, 0, line], spans[2, 1, line]
        new = pace[line % 3]
        if b > a:
            speeds(h[line, a:b], hv[line, a:b], hu[line, a:b],
                   new[0, a:b], new[1, a:b], new[2, a:b], law)  # fmt: skip
    a, b = spans[1, 0, row], spans[1, 1, row]
    w = row if push.shape[0] > 1 else 0
    s = row if keep.shape[0] > 1 else 0
    back, here, ahead, new = (
        pace[(row - 1) % 3],
        pace[row % 3],
        pace[(row + 1) % 3],
        values[row % 3],
    )
    if b > a:
        face_values(
            h[row - 1, a:b], back[0, a:b], back[1, a:b], z[row - 1, a:b],
            h[row, a:b], here[0, a:b], here[1, a:b], z[row, a:b], here[2, a:b],
            h[row + 1, a:b], ahead[0, a:b], ahead[1, a:b], z[row + 1, a:b],
            push[w, a:b], keep[s, a:b],
            new[0, a:b], new[1, a:b], new[2, a:b], new[3, a:b], new[4, a:b],
            new[5, a:b], new[6, a:b], new[7, a:b], new[8, a:b],
            ratio, dt, -lines[SPIN, row], law,
        )  # fmt: skip


@swift
def make_fluxes(
    face: int, kind: int, beyond: Row, spans: Whole, law: Row, values: Field, flux: Field,
    fastest: Row, per_y: float,
) -> None:  # fmt: skip
    """Write the fluxes between rows `face` and `face + 1`.

    kind: of the side that the face lies at, `OPEN` inside. beyond: momentum along y outside a side.
    """
    a = min(spans[0, 0, face], spans[0, 0, face + 1])
    b = max(spans[0, 1, face], spans[0, 1, face + 1])
    old, new, now = values[face % 3], values[(face + 1) % 3], flux[face % 3]
    if b > a:
        fluxes(
            old[1, a:b], old[3, a:b], old[5, a:b], old[7, a:b],
            new[0, a:b], new[2, a:b], new[4, a:b], new[6, a:b],
            now[0, a:b], now[1, a:b], now[2, a:b], now[3, a:b], fastest[a:b], per_y, law,
        )  # fmt: skip
        # What passes a wall or is let in is known; the solver knows it to its own precision only.
        if kind == WALL:
            now[0, a:b] = 0.0
            now[3, a:b] = 0.0
        elif kind == DISCHARGE:
            for i in range(a, b):
                now[0, i] = beyond[i]
                now[3, i] = 0.0


@swift
def settle(
    face: int, h: Field, spans: Whole, lines: Field, flux: Field, share: Field, ratio: float,
    north: int,
) -> None:  # fmt: skip
    """Cut the fluxes between rows `face` and `face + 1` to what the row they leave can pay.

    All faces of both rows are known. share[k, -1] is not zero where row k (mod 3) is overdrawn.
    """
    one, none = h.dtype.type(1.0), h.dtype.type(0.0)
    row = face + 1
    short = share[row % 3]
    now, ahead = flux[face % 3], flux[row % 3]
    last = short.size - 1
    if short[last] != none:
        short[:] = one
        short[last] = none
    a, b = spans[0, 0, row], spans[0, 1, row]
    if row < north and b > a:
        low, high = lines[WIDE_LOW, row], lines[WIDE_HIGH, row]
        if overdrawn(h[row, a:b], now[0, a:b], ahead[0, a:b], ratio, low, high):
            shares(h[row, a:b], now[0, a:b], ahead[0, a:b], ratio, low, high, short[a:b])
            short[last] = one
    before = share[face % 3]
    if short[last] != none or before[last] != none:
        a, b = min(spans[0, 0, face], a), max(spans[0, 1, face], b)
        paid(now[0, a:b], now[3, a:b], before[a:b], short[a:b])


@swift
def move_row(
    row: int, h: Field, hv: Field, hu: Field, push: Field, spans: Whole, lines: Field, law: Row,
    values: Field, flux: Field, ratio: float, dt: float,
) -> None:  # fmt: skip
    """Move one row by the fluxes to its south and north."""
    a, b = spans[0, 0, row], spans[0, 1, row]
    back, ahead, own = flux[(row - 1) % 3], flux[row % 3], values[row % 3]
    w = row if push.shape[0] > 1 else 0
    moved(
        h[row, a:b], hv[row, a:b], hu[row, a:b], push[w, a:b],
        back[0, a:b], back[2, a:b], back[3, a:b],
        ahead[0, a:b], ahead[1, a:b], ahead[3, a:b], own[8, a:b],
        ratio, lines[WIDE_LOW, row], lines[WIDE_HIGH, row], dt, -lines[SPIN, row], law,
    )  # fmt: skip


@swift
def advance(
    h: Field, hu: Field, hv: Field, z: Field,
    push_x: Field, push_y: Field, keep: Field, rough: Field,
    spans: Whole, kinds: Whole, out: Field, lines: Field, law: Row,
    work: Field, values: Field, flux: Field, pace: Field, share: Field, fastest: Field,
    dt: float, per_y: float, x_leads: bool, slows: bool,
) -> None:  # fmt: skip
    """Take one step of `dt` seconds in place.

    push_x, push_y, rough, keep: as the fields, or of one row when they are the same everywhere.
    spans: (3, 2, ny + 4). kinds: (4,). out: (4, 3, longest side + 4). lines: (4, ny + 4).
    fastest: (2, nx + 4), of the sweeps along x and y; it grows. work: (17, nx + 4), values:
    (3, 9, nx + 4), flux: (3, 4, nx + 4), pace: (3, 3, nx + 4), share: (3, nx + 5) of ones whose
    last entry is zero.
    """
    rows = h.shape[0]
    north = rows - 2
    ratio = dt * per_y
    if rows == 5:
        sweep(2, h, hu, hv, z, push_x, keep, rough, spans, kinds, out, lines, law,
              work, fastest, dt, slows)  # fmt: skip
        return
    if not x_leads:
        fill_side(h, hv, hu, z, push_y, SOUTH, kinds, out, lines, per_y, law)
        fill_side(h, hv, hu, z, push_y, NORTH, kinds, out, lines, per_y, law)
    for row in range(1, north + 2):
        if row <= north:
            if x_leads:
                for ahead in range(2 if row == 1 else max(row + 1, 4), min(max(row + 2, 4), north)):
                    sweep(ahead, h, hu, hv, z, push_x, keep, rough, spans, kinds, out, lines, law,
                          work, fastest, dt, False)  # fmt: skip
                if row == 1:
                    fill_side(h, hv, hu, z, push_y, SOUTH, kinds, out, lines, per_y, law)
                if row == north - 1:
                    fill_side(h, hv, hu, z, push_y, NORTH, kinds, out, lines, per_y, law)
            make_values(row, h, hv, hu, z, push_y, keep, spans, lines, law, values, pace, ratio, dt)
            if row > 1:
                kind = kinds[SOUTH] if row == 2 else kinds[NORTH] if row == north else OPEN
                make_fluxes(row - 1, kind, hv[1 if row == 2 else north], spans, law, values, flux,
                            fastest[1], per_y)  # fmt: skip
        if row > 2:
            settle(row - 2, h, spans, lines, flux, share, ratio, north)
        if row > 3:
            done = row - 2
            move_row(done, h, hv, hu, push_y, spans, lines, law, values, flux, ratio, dt)
            if not x_leads:
                sweep(done, h, hu, hv, z, push_x, keep, rough, spans, kinds, out, lines, law,
                      work, fastest, dt, slows)  # fmt: skip
            elif slows:
                a, b = spans[0, 0, done], spans[0, 1, done]
                slowed(h[done, a:b], hu[done, a:b], hv[done, a:b],
                       rough[done if rough.shape[0] > 1 else 0, a:b],
                       keep[done if keep.shape[0] > 1 else 0, a:b], dt, law)  # fmt: skip
