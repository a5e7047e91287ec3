"""Where roads run: cheapest ways over the block grid, high classes first, low ones join them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from . import frame, paths
from .allot import Allotment
from .frame import Floats
from .rivers import RiverMap
from .settle import Lie, Seats

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: Classes from high to low; a link keeps the highest class that uses it.
CLASSES: Final = ("national", "provincial", "county", "township", "village")
#: Price of a used link against open land, so that later roads join earlier ones.
_REUSE: Final = 0.25
_BRIDGE_KM: Final = 0.9
_STEEPEST: Final = 10.0
#: Trunk roads go through a ridge rather than round it.
_TUNNELLED: Final = 2.6


@dataclass(frozen=True, slots=True)
class Tracks:
    """Which links of the mesh are roads.

    ``rank`` is the index into CLASSES per link, -1 without a road; ``number`` groups links into
    named roads; ``bridge`` and ``steep`` are per link. ``stops`` are mesh nodes that must become
    junctions (seats, gates).
    """

    rank: Ints
    number: Ints
    bridge: Mask
    steep: Mask
    stops: Ints


class _Builder:
    """Lays roads one after the other on one mesh."""

    def __init__(self, lie: Lie, rivers: RiverMap, seed: int) -> None:
        self.lie = lie
        self.net = lie.net
        a, b = (lie.net.block[end] for end in lie.net.ends)
        self.bridge = _crossings(lie, rivers)
        slope = np.maximum(lie.slope[a], lie.slope[b])
        self.steep = (np.minimum(lie.slope[a], lie.slope[b]) > 10.5) & (
            np.minimum(lie.height[a], lie.height[b]) > 45
        )
        # Ownership, houses and soil bend a road that the slope alone would leave straight.
        bend = frame.stream(seed, "roads").uniform(0.8, 1.35, lie.land.size)
        rough = np.minimum(1 + (slope / 6.5) ** 1.7, _STEEPEST)
        flat = lie.net.km * (bend[a] + bend[b]) / 2
        self.price = flat * rough + _BRIDGE_KM * self.bridge
        self.trunk = flat * np.minimum(rough, _TUNNELLED) + _BRIDGE_KM * self.bridge
        wet = lie.lake[a] | lie.lake[b]
        self.price[wet] = self.trunk[wet] = np.inf
        self.rank = np.full(lie.net.km.size, -1, dtype=np.int64)
        self.number = np.full(lie.net.km.size, -1, dtype=np.int64)
        self.roads = 0
        self.stops: list[int] = []
        self._link = _link_table(lie.net)

    def cost(self) -> Floats:
        """Price of each link now."""
        return np.asarray(np.where(self.rank >= 0, self.price * _REUSE, self.price))

    def used(self) -> list[int]:
        """Mesh nodes that lie on a road."""
        return [int(n) for n in np.unique(self.net.ends[:, self.rank >= 0])]

    def lay(self, way: list[int], rank: int) -> None:
        """Make a road of a chain of nodes; links that are a road already keep theirs."""
        size = self.net.block.size
        fresh = False
        for a, b in pairwise(way):
            link = self._link[min(a, b) * size + max(a, b)]
            if self.rank[link] < 0:
                self.rank[link], self.number[link] = rank, self.roads
                fresh = True
        self.roads += fresh


def lay_out(lie: Lie, seats: Seats, allotment: Allotment, rivers: RiverMap, seed: int) -> Tracks:
    """Lay national, provincial, county, township and village roads, in this order."""
    build = _Builder(lie, rivers, seed)
    node = lie.net.node
    villages = node[seats.villages]
    towns = villages[seats.towns]
    gates = [int(node[block]) for block in _gates(lie)]
    _trunk(build, int(towns[0]), gates, towns)
    _between_towns(build, [int(t) for t in towns if not lie.on_island[lie.net.block[t]]])
    _join(build, _island_starts(build, villages), villages.tolist(), 3)
    _loops(build, villages)
    centres = np.unique(node[_blocks_of(allotment.grid_seat)])
    _join(build, _island_starts(build, centres), centres.tolist(), 4)
    stops = np.unique(np.concatenate([villages, gates]))
    return Tracks(build.rank, build.number, build.bridge, build.steep, stops)


def _blocks_of(cells: Ints) -> Ints:
    row, col = np.divmod(cells, frame.COLS)
    return np.asarray(row // paths.BLOCK * paths.block_shape()[1] + col // paths.BLOCK)


def _link_table(net: paths.Mesh) -> dict[int, int]:
    low, high = net.ends.min(axis=0), net.ends.max(axis=0)
    key = (low * net.block.size + high).tolist()
    return dict(zip(key, range(len(key)), strict=True))


def _crossings(lie: Lie, rivers: RiverMap) -> Mask:
    """Links that cross a river of order 3 or more."""
    lon, lat = frame.lonlat(lie.u[lie.net.block], lie.v[lie.net.block])
    ends = lie.net.ends
    points = np.stack([lon[ends], lat[ends]], axis=-1).transpose(1, 0, 2)
    lines = shapely.linestrings(points)
    wide = [river.line for river in rivers.rivers if river.order >= 3]
    pieces = [
        part
        for line in wide
        for part in shapely.linestrings(
            np.stack([shapely.get_coordinates(line)[:-1], shapely.get_coordinates(line)[1:]], 1)
        )
    ]
    hit = shapely.STRtree(lines).query(pieces, predicate="intersects")[1]
    crossed = np.zeros(ends.shape[1], dtype=bool)
    crossed[hit] = True
    return crossed


def _gates(lie: Lie) -> list[int]:
    """Blocks where roads leave the county: north, south and west over the lowest pass."""
    shape = paths.block_shape()
    land = lie.land.reshape(shape)
    inner = land.copy()
    inner[1:-1, 1:-1] &= land[:-2, 1:-1] & land[2:, 1:-1] & land[1:-1, :-2] & land[1:-1, 2:]
    edge = (land & ~inner).ravel() & ~lie.on_island & (lie.sea_km > 1.0)
    low = np.where(edge, lie.height, np.inf)
    south, north = np.quantile(lie.v[edge], [0.25, 0.75])
    west = np.quantile(lie.u[edge], 0.3)
    return [
        int(np.argmin(low - 8 * lie.v + np.where(lie.v < north, 1e9, 0))),
        int(np.argmin(low + 8 * lie.v + np.where(lie.v > south, 1e9, 0))),
        int(np.argmin(low + np.where((lie.u > west) | (lie.v > north) | (lie.v < south), 1e9, 0))),
    ]


def _trunk(build: _Builder, capital: int, gates: list[int], towns: Ints) -> None:
    """National road north to south through the capital, provincial roads west and east."""
    _, _, before = paths.spread(build.net, build.trunk, [capital])
    for gate in gates[:2]:
        build.lay(paths.walk_back(before, gate), 0)
    block = build.net.block[towns]
    mainland = np.flatnonzero(~build.lie.on_island[block])
    east = mainland[np.argsort(-build.lie.u[block[mainland]], kind="stable")[:2]]
    trunk = np.where(build.rank >= 0, build.trunk * _REUSE, build.trunk)
    _, _, before = paths.spread(build.net, trunk, [capital])
    for end in (gates[2], *towns[east].tolist()):
        build.lay(paths.walk_back(before, end), 1)


def _between_towns(build: _Builder, towns: list[int]) -> None:
    """County roads: every town joins the network, and neighbours get a direct way."""
    _join(build, [], towns, 2)
    for way in _meetings(build, towns)[: len(towns) + 4]:
        build.lay(way, 2)


def _meetings(build: _Builder, sources: list[int]) -> list[list[int]]:
    """Cheapest way between each two sources whose surroundings touch, cheapest first."""
    cost = build.cost()
    far, owner, before = paths.spread(build.net, cost, sources)
    a, b = build.net.ends
    meets = (owner[a] != owner[b]) & np.isfinite(cost) & (owner[a] >= 0) & (owner[b] >= 0)
    link = np.flatnonzero(meets)
    total = far[a[link]] + cost[link] + far[b[link]]
    low = np.minimum(owner[a[link]], owner[b[link]])
    high = np.maximum(owner[a[link]], owner[b[link]])
    order = np.lexsort((link, total))
    _, first = np.unique((low * len(sources) + high)[order], return_index=True)
    ways = []
    for k in order[np.sort(first)].tolist():
        head = paths.walk_back(before, int(a[link[k]]))
        tail = paths.walk_back(before, int(b[link[k]]))
        ways.append(head + tail[::-1])
    return ways


def _join(build: _Builder, starts: list[int], ends: list[int], rank: int) -> None:
    """Bring every end to the network (or to a start) by its cheapest way."""
    _, owner, before = paths.spread(build.net, build.cost(), build.used() + starts)
    for end in ends:
        if owner[end] >= 0:
            build.lay(paths.walk_back(before, end), rank)


def _island_starts(build: _Builder, nodes: Ints) -> list[int]:
    """First node of every island that has nodes but no road yet."""
    part = paths.components(build.net, np.isfinite(build.price))
    served = {int(p) for p in np.unique(part[build.used()])}
    starts: list[int] = []
    for node in nodes.tolist():
        if int(part[node]) not in served:
            served.add(int(part[node]))
            starts.append(node)
    return starts


def _loops(build: _Builder, villages: Ints) -> None:
    """Short ways between neighbouring villages, so that one slide does not cut off a valley."""
    used = set(build.used())
    taken = 0
    for way in _meetings(build, villages.tolist()):
        if 0.6 < _fresh_km(build, way, used) < 3.6 and taken < 70:
            build.lay(way, 3)
            used.update(way)
            taken += 1


def _fresh_km(build: _Builder, way: list[int], used: set[int]) -> float:
    block = build.net.block[way]
    u, v = build.lie.u[block], build.lie.v[block]
    steps = np.hypot(np.diff(u), np.diff(v))
    new = np.array([a not in used or b not in used for a, b in pairwise(way)])
    return float(steps[new].sum()) if new.size else 0.0
