"""Fields as grey pictures, frame below frame, that a page colours and plays: PNG by hand.

A page cannot read NetCDF; a picture of eight bits a cell it can. Nought is not known; 1 to 255 run
straight over the span that goes with the picture.
"""

import struct
import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.forecast.adapters.shapes import Floats

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
#: Bits a pixel; grey without colours.
DEPTH, GREY = 8, 0


def strip(frames: Floats, span: tuple[float, float]) -> bytes:
    """Draw frames (t, ny, nx), rows from south to north, below each other with north up.

    What lies outside of the span takes its end.
    """
    low, high = span
    part = np.clip((frames - low) / (high - low), 0.0, 1.0)
    grey = np.where(np.isfinite(frames), 1 + np.rint(254 * np.nan_to_num(part)), 0)
    rows = grey[:, ::-1].reshape(-1, frames.shape[-1]).astype(np.uint8)
    return png(rows)


def png(rows: NDArray[np.uint8]) -> bytes:
    """Write a grey picture (height, width) as PNG (ISO/IEC 15948)."""
    height, width = rows.shape
    # Each row is its difference to the one above: smooth fields pack several times better.
    above = np.vstack([np.zeros((1, width), np.uint8), rows[:-1]])
    lines = np.hstack([np.full((height, 1), 2, np.uint8), rows - above])
    head = struct.pack(">IIBBBBB", width, height, DEPTH, GREY, 0, 0, 0)
    body = zlib.compress(lines.tobytes(), 9)
    return SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)
