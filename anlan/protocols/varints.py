"""Protocol Buffers' variable-length integers on whole arrays.

Source: Protocol Buffers encoding guide, "Base 128 varints" and "Signed integers" (zigzag).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Unsigned = NDArray[np.uint64]


def zigzag(values: ArrayLike) -> Unsigned:
    """Fold (n,) signed integers so that small ones of either sign stay small."""
    signed = np.asarray(values, dtype=np.int64)
    return ((signed << 1) ^ (signed >> 63)).astype(np.uint64)


def unzigzag(value: int) -> int:
    """Undo `zigzag` for one value."""
    return (value >> 1) ^ -(value & 1)


def lengths(values: ArrayLike) -> NDArray[np.int64]:
    """Tell how many bytes each of (n,) unsigned integers takes."""
    unsigned = np.asarray(values, dtype=np.uint64)
    taken = np.ones(unsigned.shape, dtype=np.int64)
    limit = 7
    while limit < 64 and bool((unsigned >> np.uint64(limit)).any()):
        taken += (unsigned >> np.uint64(limit)) > 0
        limit += 7
    return taken


def encode(values: ArrayLike) -> bytes:
    """Write (n,) unsigned integers one after the other.

    >>> encode([1, 300]).hex()
    '01ac02'
    """
    unsigned = np.asarray(values, dtype=np.uint64).ravel()
    taken = lengths(unsigned)
    width = int(taken.max(initial=1))
    shifts = np.arange(width, dtype=np.uint64) * np.uint64(7)
    digits = (unsigned[:, None] >> shifts & np.uint64(0x7F)).astype(np.uint8)
    place = np.arange(width)
    digits[place < (taken - 1)[:, None]] |= 0x80
    return digits[place < taken[:, None]].tobytes()


def decode(data: bytes | memoryview, start: int = 0) -> tuple[int, int]:
    """Read one integer; tell it and where the next thing begins. ValueError when it breaks off."""
    value = shift = 0
    for place in range(start, min(start + 10, len(data))):
        value |= (data[place] & 0x7F) << shift
        if data[place] < 0x80:
            return value, place + 1
        shift += 7
    raise ValueError("varint breaks off")


def decode_all(data: bytes | memoryview) -> list[int]:
    """Read integers to the end of the bytes."""
    values, place = [], 0
    while place < len(data):
        value, place = decode(data, place)
        values.append(value)
    return values
