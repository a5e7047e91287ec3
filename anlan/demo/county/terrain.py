"""Terrain and sea bed: a sketch of the coast, eroded by its own rivers.

The sketch (``landness`` in km, ``uplift``) says where land, mountains, valleys, bays and islands
lie; stream-power erosion on three grids of growing fineness carves valleys into it; plains,
polders and the sea bed are laid on by distance from the shore.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.geo import terrain as flowing

from . import frame, outline
from .frame import CELL_M, Floats

Mask = NDArray[np.bool_]

Point = tuple[float, float]
#: From, to, half width, in km of the frame.
Reach = tuple[Point, Point, float]

SMALLEST_ISLAND: Final = 25
#: Spine and spurs of the mountains: (u, v) km from, to, half width km, strength.
RIDGES: Final[tuple[tuple[Point, Point, float, float], ...]] = (
    ((16, -5), (19, 88), 9.0, 1.0),
    ((19, 57), (41, 53), 4.2, 0.62),
    ((19, 32), (40, 30), 4.2, 0.60),
    ((19, 78), (44, 74), 5.0, 0.62),
    ((19, 8), (43, 7), 5.0, 0.62),
    ((45, 66), (60, 59), 3.6, 0.44),
    ((43, 45), (54, 38), 3.2, 0.40),
    ((42, 14), (58, 19), 3.4, 0.42),
    ((58, 19), (61, 25), 2.4, 0.30),
)
#: Peninsulas reach out of the general coast: from, to, half width km.
HEADLANDS: Final[tuple[Reach, ...]] = (
    ((45, 66), (59, 60), 4.6),
    ((44, 45), (54, 39), 4.2),
    ((43, 14), (57, 18), 4.4),
    ((57, 18), (60.5, 25), 2.6),
)
#: Bays and estuaries cut in: from, to, half width km.
BAYS: Final[tuple[Reach, ...]] = (
    ((60, 53), (44, 54), 2.6),
    ((60, 29), (41, 25), 3.6),
    ((52, 73), (45, 71), 1.8),
)
#: Valleys of the three rivers: low uplift along them.
VALLEYS: Final[tuple[Reach, ...]] = (
    ((22, 66), (45, 63), 3.6),
    ((22, 44), (44, 49), 3.6),
    ((24, 34), (44, 38.5), 2.6),
    ((22, 20), (42, 22), 3.8),
)
#: Coastal plains the rivers have built: centre and radius km.
PLAINS: Final[tuple[tuple[Point, float], ...]] = (
    ((45.0, 62.5), 3.8),
    ((46.0, 48.5), 4.6),
    ((44.5, 38.0), 4.2),
    ((47.5, 30.5), 2.8),
    ((50.0, 56.0), 2.2),
    ((56.0, 41.0), 1.6),
)


@dataclass(frozen=True, slots=True)
class Ground:
    """Heights before and after the sea is laid on, with the flow over the land."""

    elevation: NDArray[np.float32]
    land: Mask
    plain: Mask
    flow: flowing.Flow
    upstream_km2: Floats


def build(seed: int) -> Ground:
    """Terrain of the whole raster, 900 rows by 1000 columns, north row first."""
    height = _eroded(seed)
    u, v = frame.grid_uv()
    land_km = landness(u, v, seed)
    land = _tidy(land_km > 0)
    shore = _reach(~land)
    height = _with_plains(height, shore, u, v, seed)
    outlets = ~land
    outlets[[0, -1], :] = True
    outlets[:, [0, -1]] = True
    flow = flowing.route(np.where(land, height, 0.0), outlets, cell=CELL_M)
    height = flowing.breach(np.where(land, height, 0.0), flow)
    elevation = np.where(land, np.maximum(height, 0.3), _sea_bed(land, u, v, seed))
    upstream = flowing.accumulate(flow, np.where(land, frame.CELL_KM2, 0.0))
    plain = land & (elevation < 12)
    return Ground(elevation.astype(np.float32), land, plain, flow, upstream.reshape(land.shape))


def landness(u: Floats, v: Floats, seed: int) -> Floats:
    """Rough signed distance to the shore in km, positive on land, islands included."""
    rng = frame.stream(seed, "coast")
    u0, v0 = u, v
    u = u0 + 1.1 * frame.rough(u0, v0, sizes=(3.2, 1.5, 0.7, 0.35), rng=rng)
    v = v0 + 1.1 * frame.rough(u0, v0, sizes=(3.2, 1.5, 0.7, 0.35), rng=rng)
    coast = 46.5 + 1.5 * np.sin(v / 9.0) - u
    for start, end, half in HEADLANDS:
        coast = _smooth_max(coast, half - _to_segment(u, v, start, end))
    for start, end, half in BAYS:
        coast = np.minimum(coast, _to_segment(u, v, start, end) - half)
    coast = coast + 1.6 * frame.rough(u0, v0, sizes=(4.6, 2.2, 1.0, 0.5), rng=rng)
    for cu, cv, radius, stretch, turn in island_sketch(seed):
        part = _window(u0, v0, cu, cv, radius * stretch + 2.5)
        blob = _blob(u[part], v[part], (cu, cv), (radius, stretch, turn))
        coast[part] = np.maximum(coast[part], blob)
    return np.asarray(coast)


def island_sketch(seed: int) -> list[tuple[float, float, float, float, float]]:
    """Islands as (u, v, radius km, stretch, turn rad), the large ones first."""
    rng = frame.stream(seed, "islands")
    sketch = [
        (69.5, 45.5, 3.3, 1.7, 0.9),
        (65.2, 35.5, 1.7, 1.5, 0.3),
        (73.5, 34.0, 1.5, 1.6, 1.9),
        (74.5, 55.5, 1.6, 1.4, 0.6),
        (63.0, 51.0, 1.3, 1.3, 2.2),
    ]
    tries = 0
    while len(sketch) < 34 and tries < 6000:
        tries += 1
        cluster = sketch[int(rng.integers(0, 5))]
        u = cluster[0] + rng.normal(0, 5.0)
        v = cluster[1] + rng.normal(0, 6.0)
        radius = float(np.clip(rng.lognormal(-0.75, 0.45), 0.24, 1.2))
        if not (55 < u < 80 and 29 < v < 72):
            continue
        near_shore = 62.5 if v > 30 and v < 56 else 65
        if u < near_shore - 4 * (30 < v < 56):
            continue
        if all(np.hypot(u - s[0], v - s[1]) > 1.25 * (radius + s[2] * s[3]) + 0.5 for s in sketch):
            sketch.append((u, v, radius, float(rng.uniform(1, 1.8)), float(rng.uniform(0, 3.14))))
    return sketch


def _uplift(u: Floats, v: Floats, seed: int) -> Floats:
    rng = frame.stream(seed, "uplift")
    total = np.zeros_like(u)
    bend = 2.2 * frame.rough(u, v, sizes=(9.0, 4.0, 2.0), rng=rng)
    for start, end, half, strength in RIDGES:
        across = np.maximum(0.0, _to_segment(u + bend, v + bend, start, end))
        total = np.maximum(total, strength * np.exp(-((across / half) ** 2) / 1.6))
    west = np.clip((33 - u) / 26, 0, 1) * 0.55
    total = np.maximum(total, west)
    for start, end, half in VALLEYS:
        across = _to_segment(u + bend, v + bend, start, end)
        total = total * (1 - 0.93 * np.exp(-((across / half) ** 2)))
    for centre, radius in PLAINS:
        across = np.hypot(u + bend - centre[0], v + bend - centre[1]) / radius
        total = total * (1 - 0.985 * np.exp(-(across**4)))
    for cu, cv, radius, stretch, turn in island_sketch(seed):
        part = _window(u, v, cu, cv, radius * stretch + 0.2)
        inside = np.clip(_blob(u[part], v[part], (cu, cv), (radius, stretch, turn)) / radius, 0, 1)
        dome = 0.72 * min(1.0, 0.4 + radius / 4.0) * inside**0.6
        total[part] = np.maximum(total[part], dome)
    hills = frame.rough(u, v, sizes=(4.5, 2.2, 1.1), rng=rng)
    total = total * (1 + 0.35 * hills) + 0.34 * np.clip(hills - 0.78, 0, None)
    return np.asarray(np.clip(total - 0.035, 0, None))


def _eroded(seed: int) -> Floats:
    """Heights of the hills in metres above their plain, 0 on plains."""
    height: Floats | None = None
    for every, rounds in ((4, 30), (2, 6), (1, 2)):
        u, v = frame.grid_uv(every)
        rng = frame.stream(seed, "erosion", every)
        land = landness(u, v, seed) > 0
        uplift = np.where(land, _uplift(u, v, seed), 0.0)
        if height is None:
            height = uplift * 60 + rng.uniform(0, 4, u.shape)
        else:
            height = _finer(height) * (1 + 0.05 * frame.noise(u, v, size_km=0.3 * every, rng=rng))
            height = height + np.where(uplift > 0, rng.uniform(0, 1.0 * every, u.shape), 0)
        height = np.where(land, height, 0.0)
        for _ in range(rounds):
            height = _erosion_round(height, uplift, land, every)
    if height is None:
        raise AssertionError
    return height


def _erosion_round(height: Floats, uplift: Floats, land: Mask, every: int) -> Floats:
    cell = (CELL_M[0] * every, CELL_M[1] * every)
    outlets = ~land
    outlets[[0, -1], :] = True
    outlets[:, [0, -1]] = True
    flow = flowing.route(height, outlets, cell=cell)
    area = flowing.accumulate(flow, np.full(height.shape, cell[0] * cell[1]))
    # K dt = 0.16 and 40 m of uplift a round give ridges of 900 m over valleys of 10 km.
    return flowing.erode(height, flow, 40 * uplift, 0.16 * np.sqrt(area) / cell[0])


def _with_plains(height: Floats, shore: Floats, u: Floats, v: Floats, seed: int) -> Floats:
    rng = frame.stream(seed, "plain")
    top = float(height.max())
    hills = height * (905 / top)
    sag = 0.35 * frame.rough(u, v, sizes=(1.8, 0.7, 0.3), rng=rng)
    plain = 2.1 + 0.33 * shore**0.95 + sag
    return np.asarray(plain + hills)


def _sea_bed(land: Mask, u: Floats, v: Floats, seed: int) -> Floats:
    """Muddy shelf: flats along the mainland, 30 to 40 m in the east, scour between islands."""
    rng = frame.stream(seed, "sea")
    away = _reach(land)
    offshore = np.clip(u - 46, 0, None)
    shelf = 0.4 + 34 * (1 - np.exp(-((offshore / 26) ** 1.35)))
    near = 1 - np.exp(-away / 2.2)
    scour = 9 * np.exp(-(((away - 0.9) / 0.8) ** 2)) * np.clip((offshore - 12) / 14, 0, 1)
    bumps = 1 + 0.12 * frame.rough(u, v, sizes=(6.0, 2.5, 1.0), rng=rng)
    return np.asarray(-(0.3 + (shelf * near + scour + 0.9 * np.minimum(away, 3)) * bumps))


def _tidy(land: Mask) -> Mask:
    """Fill ponds, cut one-cell spikes, sink what is too small to draw."""
    for _ in range(3):
        padded = np.pad(land, 1, mode="edge").astype(int)
        near = padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]
        land = np.where(land, near >= 2, near >= 3)
    # Water without a way to the ocean would be a sea nobody can sail to: make it land.
    land |= outline.patches(~land) > 0
    patch = outline.patches(land)
    size = np.bincount(patch[patch >= 0])
    return np.asarray((patch >= 0) & (size[patch] >= SMALLEST_ISLAND))


def _finer(height: Floats) -> Floats:
    """Twice as many cells each way, bilinear."""
    for axis in (0, 1):
        size = height.shape[axis]
        at = (np.arange(2 * size) - 0.5) / 2
        low = np.clip(np.floor(at).astype(int), 0, size - 1)
        high = np.minimum(low + 1, size - 1)
        part = np.clip(at - low, 0, 1)
        part = part[:, None] if axis == 0 else part[None, :]
        height = np.take(height, low, axis) * (1 - part) + np.take(height, high, axis) * part
    return height


def _to_segment(
    u: Floats, v: Floats, start: tuple[float, float], end: tuple[float, float]
) -> Floats:
    """Distance in km to a straight segment."""
    du, dv = end[0] - start[0], end[1] - start[1]
    along = ((u - start[0]) * du + (v - start[1]) * dv) / (du * du + dv * dv)
    along = np.clip(along, 0, 1)
    return np.hypot(u - start[0] - along * du, v - start[1] - along * dv)


def _blob(
    u: Floats, v: Floats, centre: tuple[float, float], form: tuple[float, float, float]
) -> Floats:
    """Signed distance-like field of a turned ellipse, positive inside, km."""
    radius, stretch, turn = form
    du, dv = u - centre[0], v - centre[1]
    x = (du * np.cos(turn) + dv * np.sin(turn)) / stretch
    y = -du * np.sin(turn) + dv * np.cos(turn)
    return np.asarray(radius - np.hypot(x, y))


def _window(u: Floats, v: Floats, cu: float, cv: float, reach: float) -> tuple[slice, slice]:
    """Rows and columns of a grid within ``reach`` km of a point."""
    cols = np.searchsorted(u[0], (cu - reach, cu + reach))
    rows = np.searchsorted(-v[:, 0], (-cv - reach, -cv + reach))
    return slice(*rows.tolist()), slice(*cols.tolist())


def _reach(targets: Mask) -> Floats:
    """Distance in km to the nearest target, reckoned on half the grid."""
    half = targets.reshape(targets.shape[0] // 2, 2, targets.shape[1] // 2, 2).any(axis=(1, 3))
    near = flowing.distance(np.asarray(half), cell=(CELL_M[0] / 500, CELL_M[1] / 500))
    return np.where(targets, 0.0, np.maximum(_finer(near), 0.05))


def _smooth_max(a: Floats, b: Floats) -> Floats:
    """Maximum of two fields with the crease rounded over about a kilometre."""
    return np.asarray(np.logaddexp(a * 2.2, b * 2.2) / 2.2)
