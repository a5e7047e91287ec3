"""What is watched while the water moves: where it is, whether it is sound, the greatest of it."""

from math import isfinite, sqrt

from anlan.engines.compiled import lean
from anlan.engines.surge.layout import LANES, SPANS, WALL, Field, Floats, Row, Whole


@lean
def find_spans(h: Field, kinds: Whole, reach: int, scratch: Whole, spans: Whole) -> None:
    """Write `spans`: which columns of each row can hold water for the next `reach` steps.

    Water goes at most one cell a step along x and one along y. Cells at sides that are no walls
    always count as wet. A few dry cells more fill up the last of a row's instructions: that costs
    less than to move three or four cells one by one. scratch: (2, ny + 4).
    """
    rows, count = h.shape
    for j in range(rows):
        scratch[0, j], scratch[1, j] = count, 0
        if j < 2 or j >= rows - 2:
            continue
        low, high = 2, count - 3
        edge = (j == 2 and kinds[2] != WALL) or (j == rows - 3 and kinds[3] != WALL)
        if kinds[0] == WALL and not edge:
            while low < count - 2 and h[j, low] <= 0.0:
                low += 1
        if kinds[1] == WALL and not edge:
            while high > 1 and h[j, high] <= 0.0:
                high -= 1
        if high >= low:
            scratch[0, j] = max(low - reach, 2)
            scratch[1, j] = min(high + 1 + reach, count - 2)
        elif kinds[1] != WALL:
            scratch[0, j], scratch[1, j] = max(count - 3 - reach, 2), count - 2
        elif kinds[0] != WALL:
            scratch[0, j], scratch[1, j] = 2, min(3 + reach, count - 2)
    for m in range(SPANS):
        for j in range(rows):
            more = reach if m == 0 else 0
            low, high = count, 0
            # Ghost rows hold no water of their own, but see that of their neighbours.
            if m > 0 or 2 <= j < rows - 2:
                for k in range(max(j - more - m, 0), min(j + more + m + 1, rows)):
                    if m == 0:
                        low, high = min(low, scratch[0, k]), max(high, scratch[1, k])
                    else:
                        low, high = min(low, spans[0, 0, k]), max(high, spans[0, 1, k])
            if m == 0 and high > low:
                high = min(low + (high - low + LANES - 1) // LANES * LANES, count - 2)
            spans[m, 0, j], spans[m, 1, j] = low, high


@lean
def unsound(h: Field, hu: Field, hv: Field, dry: float, fastest: float) -> tuple[int, int, int]:
    """Tell whether something is wrong (0 no, 1 not a number, 2 too fast), and in which cell."""
    rows, count = h.shape
    for j in range(2, rows - 2):
        total = 0.0
        for i in range(2, count - 2):
            depth = max(float(h[j, i]), dry)
            total += abs(hu[j, i] / depth) + abs(hv[j, i] / depth)
        if total < fastest:
            continue
        for i in range(2, count - 2):
            depth, u, v = float(h[j, i]), float(hu[j, i]), float(hv[j, i])
            if not (isfinite(depth) and isfinite(u) and isfinite(v)):
                return 1, j - 2, i - 2
            if u * u + v * v > (fastest * max(depth, dry)) ** 2:
                return 2, j - 2, i - 2
    return 0, 0, 0


@lean
def note_extremes(
    h: Field, hu: Field, hv: Field, begun: Field, spans: Whole, least: float, rise: float,
    time: float, depth: Field, speed: Field, arrival: Field,
) -> None:  # fmt: skip
    """Keep the greatest depth (m) and speed (m/s) of each cell, and when it first rose by `rise`.

    begun: depth at the start. least: shallower water has no speed worth noting. depth, speed,
    arrival: (ny, nx) without ghost cells; arrival is NaN until then.
    """
    rows = h.shape[0]
    for j in range(2, rows - 2):
        for i in range(spans[0, 0, j], spans[0, 1, j]):
            now = h[j, i]
            if now > depth[j - 2, i - 2]:
                depth[j - 2, i - 2] = now
            if now > begun[j, i] + rise and not isfinite(arrival[j - 2, i - 2]):
                arrival[j - 2, i - 2] = time
            if now > least:
                u, v = float(hu[j, i]), float(hv[j, i])
                known = float(speed[j - 2, i - 2])
                square = u * u + v * v
                if square > (known * now) ** 2:
                    speed[j - 2, i - 2] = sqrt(square) / now


@lean
def look(
    h: Field, hu: Field, hv: Field, z: Field, rows: Whole, columns: Whole, weights: Floats,
    dry: float, found: Floats,
) -> None:  # fmt: skip
    """Write level of the head (m), velocities (m/s) and share of wet cells at points, (4, n).

    rows, columns: of the cell south-west of each point, ghost cells counted, (n,). weights: (n, 4)
    of that cell, its eastern, its northern and its north-eastern neighbour. Dry cells do not
    count; where all are dry the level is that of the ground and nothing moves.
    """
    for k in range(rows.size):
        total, level, u, v = 0.0, 0.0, 0.0, 0.0
        ground = 1e30
        for corner in range(4):
            j, i = rows[k] + corner // 2, columns[k] + corner % 2
            weight, depth = weights[k, corner], float(h[j, i])
            if weight <= 0.0:
                continue
            ground = min(ground, float(z[j, i]))
            if depth > dry:
                total += weight
                level += weight * (depth + float(z[j, i]))
                u += weight * float(hu[j, i]) / depth
                v += weight * float(hv[j, i]) / depth
        found[0, k] = level / total if total > 0.0 else ground
        found[1, k] = u / total if total > 0.0 else 0.0
        found[2, k] = v / total if total > 0.0 else 0.0
        found[3, k] = total


@lean
def spread(
    coarse: Floats, row: Whole, row_part: Floats, column: Whole, column_part: Floats,
    bed: Field, exposed: Field, push_x: Field, push_y: Field, head: Field,
) -> None:  # fmt: skip
    """Spread what the air does from its own mesh to the cells, linearly.

    coarse: (3, my, mx): wind stress over density to the east and north (m2/s2), head of the air's
    pressure (m). row, row_part: mesh row south of each cell row and the share of the next, (ny,).
    column, column_part: likewise, (nx,). exposed: share of the stress that a cell
    feels. head: bed (m) plus that of the air.
    """
    for j in range(row.size):
        a, up = row[j], row_part[j]
        for i in range(column.size):
            b, right = column[i], column_part[i]
            sw, se = (1.0 - up) * (1.0 - right), (1.0 - up) * right
            nw, ne = up * (1.0 - right), up * right
            open_to = exposed[j + 2, i + 2]
            push_x[j + 2, i + 2] = open_to * (
                sw * coarse[0, a, b] + se * coarse[0, a, b + 1]
                + nw * coarse[0, a + 1, b] + ne * coarse[0, a + 1, b + 1]
            )  # fmt: skip
            push_y[j + 2, i + 2] = open_to * (
                sw * coarse[1, a, b] + se * coarse[1, a, b + 1]
                + nw * coarse[1, a + 1, b] + ne * coarse[1, a + 1, b + 1]
            )  # fmt: skip
            head[j + 2, i + 2] = bed[j + 2, i + 2] + (
                sw * coarse[2, a, b] + se * coarse[2, a, b + 1]
                + nw * coarse[2, a + 1, b] + ne * coarse[2, a + 1, b + 1]
            )  # fmt: skip


@lean
def rained(h: Field, fallen: Row) -> None:
    """Add rain (m) to every cell; `fallen` is (ny, nx), without ghost cells."""
    for j in range(fallen.shape[0]):
        for i in range(fallen.shape[1]):
            h[j + 2, i + 2] += fallen[j, i]
