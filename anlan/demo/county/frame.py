"""Where the county lies: its raster, its kilometre frame, its random streams."""

from __future__ import annotations

import hashlib
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CODE: Final = "339901"
NAME: Final = "云屿县"
POPULATION: Final = 620_000
ROWS: Final = 900
COLS: Final = 1000
STEP: Final = 1 / 1200
WEST: Final = 121.20
NORTH: Final = 28.70
KM_PER_LAT: Final = 110.85
#: One degree of longitude at 28.43 N, the middle of the raster.
KM_PER_LON: Final = 97.92
CELL_M: Final = (STEP * KM_PER_LAT * 1000, STEP * KM_PER_LON * 1000)
CELL_KM2: Final = CELL_M[0] * CELL_M[1] / 1e6


def stream(seed: int, *keys: object) -> np.random.Generator:
    """Open a random stream of its own for each part: one part cannot shift another."""
    text = "/".join(str(key) for key in (seed, *keys))
    digest = np.frombuffer(hashlib.sha256(text.encode()).digest(), np.uint8)
    # As whole words it is the same seed as a list of the bytes, in a quarter of the time.
    return np.random.default_rng(digest.astype(np.uint32))


def lonlat(u: Any, v: Any) -> tuple[Any, Any]:
    """Degrees of a point ``u`` km east and ``v`` km north of the raster's south-west corner."""
    south = NORTH - ROWS * STEP
    return WEST + u / KM_PER_LON, south + v / KM_PER_LAT


def uv(lon: Any, lat: Any) -> tuple[Any, Any]:
    """Kilometres east and north of the raster's south-west corner."""
    south = NORTH - ROWS * STEP
    return (lon - WEST) * KM_PER_LON, (lat - south) * KM_PER_LAT


def grid_uv(every: int = 1) -> tuple[Floats, Floats]:
    """Kilometre frame of the cell centres of the raster, or of ``every`` x ``every`` blocks."""
    rows, cols = ROWS // every, COLS // every
    u = (np.arange(cols) + 0.5) * every * CELL_M[1] / 1000
    v = (ROWS / every - np.arange(rows) - 0.5) * every * CELL_M[0] / 1000
    return np.meshgrid(u, v)


def noise(u: Floats, v: Floats, *, size_km: float, rng: np.random.Generator) -> Floats:
    """Smooth value noise in -1..1 with features of about ``size_km``.

    ``u`` and ``v`` are a grid from :func:`grid_uv`: the noise is interpolated along its two axes.
    """
    lattice = rng.uniform(-1, 1, (int(120 / size_km) + 4, int(120 / size_km) + 4))
    rows, across = _ease(v[:, 0] / size_km + 1)
    lines = lattice[rows] * (1 - across)[:, None] + lattice[rows + 1] * across[:, None]
    cols, along = _ease(u[0] / size_km + 1)
    return np.asarray(lines[:, cols] * (1 - along) + lines[:, cols + 1] * along)


def _ease(at: Floats) -> tuple[NDArray[np.int64], Floats]:
    low = at.astype(np.int64)
    part = at - low
    return low, part * part * (3 - 2 * part)


def rough(u: Floats, v: Floats, *, sizes: tuple[float, ...], rng: np.random.Generator) -> Floats:
    """Sum of noises, the smaller the weaker (a rocky coast has about this exponent)."""
    total = np.zeros_like(u)
    for size in sizes:
        total += noise(u, v, size_km=size, rng=rng) * (size / sizes[0]) ** 0.8
    return total


def rounded(lon: Any, lat: Any) -> tuple[Any, Any]:
    """Six decimals, a tenth of a metre: what the county's coordinates are kept to."""
    return np.round(lon, 6), np.round(lat, 6)


def cell_lonlat(cell: Any) -> tuple[Any, Any]:
    """Centre of raster cells given by flat index."""
    row, col = np.divmod(cell, COLS)
    return rounded(WEST + (col + 0.5) * STEP, NORTH - (row + 0.5) * STEP)


def length_m(line: Any) -> float:
    """Length of a line on the county's kilometre frame (within 0.2 % over the county)."""
    points = shapely.get_coordinates(line)
    u, v = uv(points[:, 0], points[:, 1])
    return float(np.hypot(np.diff(u), np.diff(v)).sum() * 1000)


def area_km2(shape: Any) -> float:
    """Area of a polygon on the county's kilometre frame."""
    return float(shape.area * KM_PER_LON * KM_PER_LAT)


def apportion(share: Floats, total: int) -> NDArray[np.int64]:
    """Whole numbers in proportion to ``share`` that add up to ``total`` (largest remainder)."""
    exact = np.asarray(share, dtype=float) / np.sum(share) * total
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole


def cell_at(lon: Any, lat: Any) -> Any:
    """Flat index of the raster cell under a point; points outside take the edge."""
    row = np.clip(((NORTH - np.asarray(lat)) / STEP).astype(np.int64), 0, ROWS - 1)
    col = np.clip(((np.asarray(lon) - WEST) / STEP).astype(np.int64), 0, COLS - 1)
    return row * COLS + col


def apart_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance of two points (lon, lat) on the county's kilometre frame."""
    return float(np.hypot((a[0] - b[0]) * KM_PER_LON, (a[1] - b[1]) * KM_PER_LAT))
