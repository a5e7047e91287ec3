"""Undo the packing of rasters that need a step for every byte."""

import numpy as np
from numpy.typing import NDArray

from anlan.engines.compiled import compiled

Bytes = NDArray[np.uint8]

_CLEAR, _END, _FIRST, _MOST = 256, 257, 258, 4096


@compiled
def unlzw(packed: Bytes, out: Bytes) -> int:
    """Unpack one piece into `out` and tell how many bytes it held; -1 when it is broken.

    Codes have 9 to 12 bits, the first bit of a byte first, and grow one code early. What does not
    fit into `out` is left off. Source: TIFF 6.0 (1992), section 13.
    """
    before = np.zeros(_MOST, np.int64)
    last = np.zeros(_MOST, np.uint8)
    first = np.zeros(_MOST, np.uint8)
    long = np.zeros(_MOST, np.int64)
    for code in range(256):
        last[code] = first[code] = code
        long[code] = 1
    width, following, previous = 9, _FIRST, -1
    bits, held, written = 0, 0, 0
    for byte in packed:
        held = ((held << 8) | int(byte)) & 0xFFFFFFFF
        bits += 8
        if bits < width:
            continue
        bits -= width
        code = (held >> bits) & ((1 << width) - 1)
        if code == _END:
            return written
        if code == _CLEAR:
            width, following, previous = 9, _FIRST, -1
            continue
        if (previous < 0 and code >= _CLEAR) or code > following or code >= _MOST:
            return -1
        if previous >= 0 and following < _MOST:
            before[following] = previous
            first[following] = first[previous]
            last[following] = first[code] if code < following else first[previous]
            long[following] = long[previous] + 1
            following += 1
            if following >= (1 << width) - 1 and width < 12:
                width += 1
        at, walk = written + long[code] - 1, code
        while at >= written:
            if at < len(out):
                out[at] = last[walk]
            walk = before[walk]
            at -= 1
        written = min(written + long[code], len(out))
        previous = code
    return written
