"""Tiles back to features; slow and plain, for tests and for looking into tiles."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from anlan.protocols import varints
from anlan.protocols.mvt.encoding import EXTENT
from anlan.protocols.mvt.geometry import CLOSE_PATH, MOVE_TO


@dataclass(frozen=True)
class Feature:
    """A decoded feature; `paths` holds its points, lines or rings (unclosed) in tile units."""

    id: int | None
    type: int
    properties: dict[str, Any]
    paths: list[list[tuple[int, int]]]


@dataclass(frozen=True)
class Layer:
    """A decoded layer."""

    name: str
    version: int
    extent: int
    features: list[Feature]


def decode(tile: bytes) -> dict[str, Layer]:
    """Read a tile's layers by name; ValueError when it is broken."""
    layers = (_layer(message) for number, message in _fields(tile) if number == 3)
    return {found.name: found for found in layers}


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    place = 0
    while place < len(data):
        key, place = varints.decode(data, place)
        kind = key & 7
        value: Any
        if kind == 0:
            value, place = varints.decode(data, place)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
            value, place = data[place : place + size], place + size
        elif kind == 2:
            size, place = varints.decode(data, place)
            value, place = data[place : place + size], place + size
            if len(value) != size:
                raise ValueError("message breaks off")
        else:
            raise ValueError(f"wire type {kind}")
        yield key >> 3, value


def _layer(data: bytes) -> Layer:
    keys: list[str] = []
    values: list[Any] = []
    raw: list[bytes] = []
    name, version, extent = "", 1, EXTENT
    for number, value in _fields(data):
        if number == 1:
            name = value.decode()
        elif number == 2:
            raw.append(value)
        elif number == 3:
            keys.append(value.decode())
        elif number == 4:
            values.append(_read_value(value))
        elif number == 5:
            extent = value
        elif number == 15:
            version = value
    return Layer(name, version, extent, [_feature(one, keys, values) for one in raw])


def _read_value(data: bytes) -> Any:
    ((number, value),) = _fields(data)
    if number == 1:
        return value.decode()
    if number in (2, 3):
        return struct.unpack("<f" if number == 2 else "<d", value)[0]
    if number == 6:
        return varints.unzigzag(value)
    return bool(value) if number == 7 else value


def _feature(data: bytes, keys: list[str], values: list[Any]) -> Feature:
    found = dict(_fields(data))
    tags = varints.decode_all(found.get(2, b""))
    properties = {keys[key]: values[at] for key, at in zip(tags[::2], tags[1::2], strict=True)}
    return Feature(found.get(1), found.get(3, 0), properties, _paths(found.get(4, b"")))


def _paths(data: bytes) -> list[list[tuple[int, int]]]:
    paths: list[list[tuple[int, int]]] = []
    commands = iter(varints.decode_all(data))
    x = y = 0
    for command in commands:
        verb, count = command & 7, command >> 3
        if verb == CLOSE_PATH:
            continue
        for _ in range(count):
            x += varints.unzigzag(next(commands))
            y += varints.unzigzag(next(commands))
            if verb == MOVE_TO:
                paths.append([])
            paths[-1].append((x, y))
    return paths
