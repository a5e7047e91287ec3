"""Tiles as they go out: compressed, tagged, and kept in memory while their source stands still."""

import gzip
import threading
from collections import OrderedDict
from dataclasses import dataclass

from anlan.base.basemap.layers import LAYERS, Layer, View
from anlan.base.permissions import Actor, permit
from anlan.engines.geo.tiles import Tile
from anlan.kernel.errors import Missing

#: Bytes of compressed tiles one process keeps; a county's whole base map is a few million.
BUDGET = 48 * 1024 * 1024
#: What a tile costs besides its bytes.
OVERHEAD = 400

#: Level 1 takes a third of the time of level 6 and makes tiles a tenth larger.
COMPRESSION = 1

Key = tuple[str, Tile, View, str]


@dataclass(frozen=True)
class Drawn:
    """A tile: its gzipped bytes (b"" when empty) and the state of its source."""

    body: bytes
    stamp: str


class Shelf:
    """The tiles asked for last, up to a number of bytes."""

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._lock = threading.Lock()
        self._tiles: OrderedDict[Key, bytes] = OrderedDict()
        self._size = 0

    def get(self, key: Key) -> bytes | None:
        """Find a tile."""
        with self._lock:
            body = self._tiles.get(key)
            if body is not None:
                self._tiles.move_to_end(key)
            return body

    def put(self, key: Key, body: bytes) -> None:
        """Keep a tile, letting go of those not asked for the longest."""
        with self._lock:
            before = self._tiles.pop(key, None)
            if before is not None:
                self._size -= len(before) + OVERHEAD
            self._tiles[key] = body
            self._size += len(body) + OVERHEAD
            while self._size > self._budget:
                _, old = self._tiles.popitem(last=False)
                self._size -= len(old) + OVERHEAD

    def clear(self) -> None:
        """Let go of all tiles."""
        with self._lock:
            self._tiles.clear()
            self._size = 0

    def __len__(self) -> int:
        return len(self._tiles)


_shelf = Shelf()


def forget() -> None:
    """Let go of all tiles this process keeps."""
    _shelf.clear()


def layer_for(actor: Actor, key: str) -> Layer:
    """Find a layer that an actor may see; `Missing` or `Forbidden` otherwise."""
    layer = LAYERS[key]
    permit(actor, layer.action)
    return layer


def tile(layer: Layer, where: Tile, view: View) -> Drawn:
    """Draw a tile, or take it off the shelf; `Missing` beyond the world or the layer's zooms."""
    if not where.exists() or not layer.minzoom <= where.z <= layer.maxzoom:
        raise Missing("没有这张瓦片")
    stamp = layer.source.stamp()
    key = (layer.key, where, view, stamp)
    body = _shelf.get(key) if stamp else None
    if body is None:
        drawn = layer.source.draw(where, view)
        body = gzip.compress(drawn, COMPRESSION, mtime=0) if drawn else b""
        _shelf.put(key, body)
    return Drawn(body, stamp)
