"""Layers and features as bytes (sections 4.1, 4.2 and 4.4)."""

import struct
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.protocols import varints
from anlan.protocols.mvt.geometry import Geometry, Integers

EXTENT: Final = 4096

Value = str | float | int | bool


def layer(
    name: str,
    geometry: Geometry,
    properties: Mapping[str, Sequence[Value | None]],
    *,
    ids: ArrayLike | None = None,
    extent: int = EXTENT,
) -> bytes:
    """Write one layer of a tile; b"" when it has no feature.

    Parameters
    ----------
    properties : column name to (n,) values, one for each *input* of the geometry; None is left out
    ids : (n,) unsigned integers, optional
    """
    if not len(geometry):
        return b""
    keys = list(properties)
    table = _ValueTable()
    tags = np.column_stack(
        [table.numbers(properties[key], geometry.source) for key in keys]
        or [np.zeros((len(geometry), 0), np.int64)]
    )
    body = b"".join(
        (
            _text(1, name),
            _features(geometry, tags, None if ids is None else np.asarray(ids)[geometry.source]),
            *(_text(3, key) for key in keys),
            *table.messages,
            b"\x28" + varints.encode([extent]),
            b"\x78\x02",
        )
    )
    return b"\x1a" + varints.encode([len(body)]) + body


def _features(geometry: Geometry, tags: Integers, ids: NDArray[Any] | None) -> bytes:
    """Lay out all features as one array of integers and write it.

    Each is: 0x12 size, [0x08 id], 0x12 size (key value)*, 0x18 type, 0x22 size command*. A tag of
    -1 is a value that is not there.
    """
    count = len(geometry)
    present = tags >= 0
    keyed = np.empty((count, tags.shape[1], 2), dtype=np.uint64)
    keyed[:, :, 0] = np.arange(tags.shape[1])
    keyed[:, :, 1] = np.where(present, tags, 0)
    tag_bytes = (varints.lengths(keyed) * present[:, :, None]).sum(axis=(1, 2))

    command_bytes = np.concatenate(([0], np.cumsum(varints.lengths(geometry.commands))))
    shape_bytes = command_bytes[geometry.starts[1:]] - command_bytes[geometry.starts[:-1]]

    head = [np.full(count, 0x12), np.zeros(count, np.int64)]
    if ids is not None:
        head += [np.full(count, 0x08), ids.astype(np.int64)]
    head += [np.full(count, 0x12), tag_bytes]
    tail = np.column_stack(
        (np.full(count, 0x18), geometry.types, np.full(count, 0x22), shape_bytes)
    ).astype(np.uint64)
    start = np.column_stack(head).astype(np.uint64)
    start[:, 1] = (
        varints.lengths(start[:, 2:]).sum(axis=1)
        + tag_bytes
        + varints.lengths(tail).sum(axis=1)
        + shape_bytes
    ).astype(np.uint64)

    tag_counts = present.sum(axis=1) * 2
    shape_counts = np.diff(geometry.starts)
    parts = (start.shape[1], tag_counts, tail.shape[1], shape_counts)
    begins = np.concatenate(([0], np.cumsum(sum(parts)))).astype(np.int64)
    flat = np.empty(int(begins[-1]), dtype=np.uint64)
    at = begins[:-1]
    flat[at[:, None] + np.arange(start.shape[1])] = start
    at = at + start.shape[1]
    flat[_spread(at, tag_counts)] = keyed[np.repeat(present, 2, axis=1).reshape(keyed.shape)]
    at = at + tag_counts
    flat[at[:, None] + np.arange(tail.shape[1])] = tail
    flat[_spread(at + tail.shape[1], shape_counts)] = geometry.commands
    return varints.encode(flat)


def _spread(begins: Integers, counts: Integers) -> Integers:
    """List begin, begin + 1 ... for each of (n,) stretches."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.asarray(np.arange(total) + np.repeat(begins - (ends - counts), counts))


class _ValueTable:
    """The distinct values of a layer (section 4.1: each is written once)."""

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}
        self.messages: list[bytes] = []

    def numbers(self, column: Sequence[Value | None], source: Integers) -> Integers:
        """Give the numbers of some inputs' values; -1 where there is none."""
        known, messages = self._numbers, self.messages
        found = []
        for place in source.tolist():
            value = column[place]
            if value is None:
                found.append(-1)
                continue
            # 1, 1.0 and True are three values; texts, the many, need no such care.
            key = value if isinstance(value, str) else (type(value), value)
            number = known.get(key)
            if number is None:
                number = known[key] = len(messages)
                messages.append(_value(value))
            found.append(number)
        return np.array(found, dtype=np.int64)


def _value(value: Value) -> bytes:
    if isinstance(value, str):
        raw = value.encode()
        size = len(raw)
        if size < 0x7E:  # both sizes take one byte
            return bytes((0x22, size + 2, 0x0A, size)) + raw
        inner = _text(1, value)
    elif isinstance(value, bool):
        inner = b"\x38" + bytes((value,))
    elif isinstance(value, int):
        inner = b"\x30" + _varint(value << 1 ^ value >> 63)
    else:
        inner = b"\x19" + struct.pack("<d", value)
    return b"\x22" + _varint(len(inner)) + inner


def _text(number: int, text: str) -> bytes:
    raw = text.encode()
    return bytes((number << 3 | 2,)) + _varint(len(raw)) + raw


def _varint(number: int) -> bytes:
    """Write one integer; for single ones faster than an array."""
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)
