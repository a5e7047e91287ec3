"""NetCDF classic (CDF-1 and CDF-2) as bytes: what centres exchange grids in, and we write.

Source: Unidata, NetCDF classic format specification. NetCDF-4 is another format (HDF5) and is
refused with what to do about it. Arrays come big-endian in the file and native outside.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from anlan.kernel.errors import Invalid

Attributes = Mapping[str, str | float | int]

#: Number of a type in the file -> numpy's.
_TYPES: Final = {1: ">i1", 2: "S1", 3: ">i2", 4: ">i4", 5: ">f4", 6: ">f8"}
_DIMENSION, _VARIABLE, _ATTRIBUTE = 10, 11, 12
_ABSENT: Final = struct.pack(">ii", 0, 0)
#: More of either in one file is no grid but damage.
_MOST: Final = 4096


@dataclass(frozen=True, eq=False)
class Variable:
    """One variable: the dimensions it lies on, its values, what is said of it."""

    dimensions: tuple[str, ...]
    values: NDArray[Any]
    attributes: Attributes = field(default_factory=dict)

    def floats(self) -> NDArray[np.float64]:
        """Give the values unpacked, fill values as NaN (CF: scale_factor, add_offset)."""
        raw = self.values.astype(np.float64)
        for name in ("_FillValue", "missing_value"):
            blank = self.attributes.get(name)
            if isinstance(blank, int | float):
                raw[np.isclose(raw, float(blank), rtol=1e-6)] = np.nan
        scale, offset = (
            float(self.attributes.get(name, usual))
            for name, usual in (("scale_factor", 1.0), ("add_offset", 0.0))
        )
        return raw * scale + offset


@dataclass(frozen=True, eq=False)
class Dataset:
    """A file: dimensions by length, variables by name, what is said of the whole."""

    dimensions: Mapping[str, int]
    variables: Mapping[str, Variable]
    attributes: Attributes = field(default_factory=dict)


def write(dataset: Dataset) -> bytes:
    """Write a file of the CDF-2 form; dimensions have a fixed length."""
    names = list(dataset.dimensions)
    head = b"CDF\x02" + struct.pack(">i", 0)
    head += _listed(_DIMENSION, [
        _name(one) + struct.pack(">i", length) for one, length in dataset.dimensions.items()
    ])  # fmt: skip
    head += _attributes(dataset.attributes)
    bodies = [_values(one.values) for one in dataset.variables.values()]
    entries = []
    for (name, one), (kind, body) in zip(dataset.variables.items(), bodies, strict=True):
        of = [names.index(dimension) for dimension in one.dimensions]
        entry = _name(name) + struct.pack(f">i{len(of)}i", len(of), *of)
        entry += _attributes(one.attributes) + struct.pack(">ii", kind, len(body))
        entries.append(entry)
    # Each entry ends with where its values begin: eight bytes, known once the head's length is.
    begin = len(head) + 8 + sum(len(entry) + 8 for entry in entries)
    placed = []
    for entry, (_, body) in zip(entries, bodies, strict=True):
        placed.append(entry + struct.pack(">q", begin))
        begin += len(body)
    return head + _listed(_VARIABLE, placed) + b"".join(body for _, body in bodies)


def _listed(tag: int, entries: list[bytes]) -> bytes:
    return struct.pack(">ii", tag, len(entries)) + b"".join(entries) if entries else _ABSENT


def _padded(raw: bytes) -> bytes:
    return raw + b"\0" * (-len(raw) % 4)


def _name(text: str) -> bytes:
    raw = text.encode()
    return struct.pack(">i", len(raw)) + _padded(raw)


def _attributes(attributes: Attributes) -> bytes:
    found = []
    for name, value in attributes.items():
        if isinstance(value, str):
            raw = value.encode()
            found.append(_name(name) + struct.pack(">ii", 2, len(raw)) + _padded(raw))
        else:
            found.append(_name(name) + struct.pack(">iid", 6, 1, float(value)))
    return _listed(_ATTRIBUTE, found)


def _values(values: NDArray[Any]) -> tuple[int, bytes]:
    form = {"i1": 1, "i2": 3, "i4": 4, "f4": 5, "f8": 6}.get(values.dtype.str[1:])
    if form is None:
        raise Invalid(f"NetCDF 不能写 {values.dtype} 类型的值")
    return form, _padded(np.ascontiguousarray(values, dtype=_TYPES[form]).tobytes())


def read(raw: bytes) -> Dataset:
    """Read a classic file; `Invalid` says what it is instead, or where it breaks off."""
    if raw[:4] == b"\x89HDF":
        raise Invalid("这是 NetCDF-4（HDF5）文件，请先转换：nccopy -k classic 原文件 新文件")
    if raw[:3] != b"CDF" or raw[3:4] not in (b"\x01", b"\x02"):
        raise Invalid("这不是 NetCDF 经典格式的文件")
    try:
        return _Reader(raw).dataset()
    except (struct.error, ValueError, UnicodeDecodeError, KeyError, IndexError) as error:
        raise Invalid(f"NetCDF 文件不完整或已损坏：{error}") from error


class _Reader:
    """Walks a file's head once."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._at = 4
        self._wide = raw[3:4] == b"\x02"

    def dataset(self) -> Dataset:
        (records,) = self._take(">i")
        dimensions = [(self._name(), self._take(">i")[0]) for _ in range(self._count(_DIMENSION))]
        attributes = self._attributes()
        heads = [self._variable() for _ in range(self._count(_VARIABLE))]
        lengths = {name: length or max(records, 0) for name, length in dimensions}
        names = [name for name, _ in dimensions]
        endless = {name for name, length in dimensions if length == 0}
        recorded = [head for head in heads if head[1] and names[head[1][0]] in endless]
        stride = sum(head[4] for head in recorded)
        if len(recorded) == 1:  # one alone is not padded
            stride = self._size(recorded[0], names, lengths, skip=1)
        found = {}
        for head in heads:
            of = tuple(names[n] for n in head[1])
            each = stride if head in recorded else 0
            values = self._values(head, [lengths[name] for name in of], each)
            found[head[0]] = Variable(of, values, head[2])
        return Dataset(lengths, found, attributes)

    def _size(
        self, head: tuple[Any, ...], names: list[str], lengths: Mapping[str, int], *, skip: int
    ) -> int:
        shape = [lengths[names[n]] for n in head[1][skip:]]
        return int(np.prod(shape, dtype=np.int64)) * np.dtype(_TYPES[head[3]]).itemsize

    def _values(self, head: tuple[Any, ...], shape: list[int], stride: int) -> NDArray[Any]:
        kind = np.dtype(_TYPES[head[3]])
        begin = head[5]
        if not stride:
            count = int(np.prod(shape, dtype=np.int64))
            flat = np.frombuffer(self._raw, kind, count, begin)
            return flat.reshape(shape).astype(kind.newbyteorder("="))
        count = int(np.prod(shape[1:], dtype=np.int64))
        rows = [np.frombuffer(self._raw, kind, count, begin + stride * n) for n in range(shape[0])]
        whole = np.array(rows).reshape(shape)
        return np.asarray(whole.astype(kind.newbyteorder("=")))

    def _variable(self) -> tuple[str, tuple[int, ...], Attributes, int, int, int]:
        name = self._name()
        (many,) = self._take(">i")
        of = self._take(f">{many}i")
        attributes = self._attributes()
        kind, size = self._take(">ii")
        (begin,) = self._take(">q" if self._wide else ">i")
        return name, of, attributes, kind, size, begin

    def _attributes(self) -> Attributes:
        found: dict[str, str | float | int] = {}
        for _ in range(self._count(_ATTRIBUTE)):
            name = self._name()
            kind, many = self._take(">ii")
            raw = self._bytes(many * np.dtype(_TYPES[kind]).itemsize)
            if kind == 2:
                found[name] = raw.decode("utf-8", errors="replace").rstrip("\0")
            elif many:
                found[name] = np.frombuffer(raw, _TYPES[kind])[0].item()
        return found

    def _count(self, tag: int) -> int:
        told, many = self._take(">ii")
        if (told != tag and (told or many)) or not 0 <= many <= _MOST:
            raise ValueError(f"第 {self._at} 字节处应为一张表")
        return int(many)

    def _name(self) -> str:
        (length,) = self._take(">i")
        return self._bytes(length).decode()

    def _bytes(self, length: int) -> bytes:
        raw = self._raw[self._at : self._at + length]
        if length < 0 or len(raw) < length:
            raise ValueError(f"第 {self._at} 字节处中断")
        self._at += length + -length % 4
        return raw

    def _take(self, form: str) -> tuple[Any, ...]:
        size = struct.calcsize(form)
        told = struct.unpack_from(form, self._raw, self._at)
        self._at += size
        return told
