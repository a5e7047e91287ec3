"""A drawn picture for what a telephone would have taken: a slope, and what slid onto the road."""

import struct
import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.demo.days import noise
from anlan.forecast.adapters.pictures import SIGNATURE

WIDTH, HEIGHT = 640, 420
SEED: Final = 415
#: Colours, red green blue: sky, wooded slope, earth, road, its line.
SKY, WOOD, EARTH = (196, 206, 214), (74, 104, 72), (128, 92, 62)
ROAD, LINE = (98, 100, 104), (214, 206, 170)

Pixels = NDArray[np.uint8]


def slide() -> bytes:
    """Draw a slide across a road; plainly a drawing, the same every time. PNG."""
    x, y = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
    ridge = 70 + 120 * (x / WIDTH) + 14 * np.sin(x / 37.0)
    road = 318 + 0.04 * x
    tongue = np.abs(x - 350 - 0.18 * (y - 200)) < 26 + 0.55 * np.clip(y - 110, 0, None)
    picture = np.empty((HEIGHT, WIDTH, 3), dtype=np.float64)
    picture[:] = SKY
    picture[y > ridge] = WOOD
    on_road = (y > road) & (y < road + 62)
    picture[y >= road + 62] = (112, 118, 96)
    picture[on_road] = ROAD
    picture[on_road & (np.abs(y - road - 31) < 2) & (x % 60 < 34)] = LINE
    picture[tongue & (y > ridge + 24) & (y < road + 40)] = EARTH
    picture += noise.jitter(SEED, "photo", HEIGHT * WIDTH, 7.0).reshape(HEIGHT, WIDTH, 1)
    return _png(np.clip(picture, 0, 255).astype(np.uint8))


def _png(pixels: Pixels) -> bytes:
    """Write a picture of three colours (ISO/IEC 15948)."""
    height, width, _ = pixels.shape
    lines = np.hstack([np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)])
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(lines.tobytes(), 9)
    return SIGNATURE + b"".join(
        _chunk(kind, part) for kind, part in ((b"IHDR", head), (b"IDAT", body), (b"IEND", b""))
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)
