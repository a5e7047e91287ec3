"""A field as coloured tiles that a web map lays over its ground.

Source: W3C Portable Network Graphics, second edition (palette and transparency); tiles as in
`engines.geo.tiles`.
"""

import struct
import zlib
from dataclasses import dataclass
from typing import Final

import numpy as np

from anlan.engines.geo.tiles import unproject
from anlan.engines.grids.raster import Floats, Raster, sampled
from anlan.kernel.errors import Invalid

_SIDE: Final = 256
_MOST: Final = 255


@dataclass(frozen=True, slots=True)
class Shade:
    """From `least` on a field is drawn in `color`, ``#RRGGBB``, as dense as `alpha` (0 to 1)."""

    least: float
    color: str
    alpha: float = 0.75


def tile_png(raster: Raster, shades: tuple[Shade, ...], zoom: int, x: int, y: int) -> bytes:
    """Draw one tile of a field in degrees, 256 by 256 pixels; b"" where nothing is to be seen.

    shades: rising. Below the first and where nothing is known the tile is clear.
    """
    if raster.values.ndim != 2 or not raster.geographic:
        raise Invalid("瓦片只画经纬度上的一个场")
    count = 1 << zoom
    if not (0 <= x < count and 0 <= y < count):
        raise Invalid(f"没有第 {zoom} 级的瓦片 {x}/{y}")
    middles = (np.arange(_SIDE) + 0.5) / _SIDE
    lon, lat = unproject((x + middles) / count, (y + middles) / count)
    # North is at the top of a tile.
    across, down = np.meshgrid(lon, lat)
    seen = sampled(raster, across.ravel(), down.ravel()).reshape(_SIDE, _SIDE)
    index = shaded(seen, shades)
    return png(index, shades) if index.any() else b""


def shaded(values: Floats, shades: tuple[Shade, ...]) -> np.ndarray:
    """Tell which shade each value has, counted from one; nought for none."""
    least = np.array([shade.least for shade in shades])
    if not 1 <= len(least) <= _MOST or (np.diff(least) <= 0).any():
        raise Invalid("色阶要有一级以上，下限逐级增大")
    found = np.searchsorted(least, np.nan_to_num(values, nan=-np.inf), side="right")
    return np.asarray(found, dtype=np.uint8)


def png(index: np.ndarray, shades: tuple[Shade, ...]) -> bytes:
    """Write shades (h, w) counted from one as a picture with a palette; nought is clear."""
    palette, dense = bytearray(3), bytearray(1)
    for shade in shades:
        palette += bytes.fromhex(shade.color.removeprefix("#"))
        dense.append(round(255 * min(max(shade.alpha, 0.0), 1.0)))
    height, width = index.shape
    # Every line begins with the filter it has: none.
    lines = np.concatenate((np.zeros((height, 1), dtype=np.uint8), index), axis=1)
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", bytes(palette)),
        (b"tRNS", bytes(dense)),
        (b"IDAT", zlib.compress(lines.tobytes(), 6)),
        (b"IEND", b""),
    )
    chunks = (
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
