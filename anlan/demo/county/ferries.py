"""Ferry lines: a tree of shortest sea ways from two mainland piers to every inhabited island."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import LineString, Point

from . import frame, paths
from .graph import RoadMap
from .model import Ferry, Island, RoadNode
from .regions import RegionMap
from .settle import Lie
from .terrain import Ground

Ints = NDArray[np.int64]

_EVERY: Final = 5
_KMH: Final = 24.0


def lines(
    ground: Ground, lie: Lie, roads: RoadMap, regions: RegionMap, islands: tuple[Island, ...]
) -> tuple[Ferry, ...]:
    """Connect every island with roads to the mainland's; starts are nearer to the mainland."""
    group = _groups(roads)
    piers = _piers(lie, roads, group)
    net, sea = _sea_mesh(ground)
    docks = [_dock(sea, net, roads.nodes[p]) for p in piers]
    titles = [_pier_name(roads.nodes[p], regions, islands) for p in piers]
    ways = _ways(net, docks)
    rows: list[Ferry] = []
    reached = {k for k, p in enumerate(piers) if group[p] == group[piers[0]]}
    while True:
        open_ways = [w for w in ways if (w[1] in reached) != (w[2] in reached)]
        if not open_ways:
            return tuple(rows)
        _, a, b, way = min(open_ways, key=lambda w: w[:3])
        if b in reached:
            a, b, way = b, a, way[::-1]
        reached.add(b)
        ends = (roads.nodes[piers[a]], roads.nodes[piers[b]])
        rows.append(_ferry(len(rows), ends, net.block[way], f"{titles[a]}—{titles[b]}航线"))


def _groups(roads: RoadMap) -> list[int]:
    """Give the connected group of every node; the mainland's is the largest."""
    parent = list(range(len(roads.nodes)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for edge in roads.edges:
        a, b = root(edge.start), root(edge.end)
        parent[max(a, b)] = min(a, b)
    return [root(i) for i in range(len(parent))]


def _piers(lie: Lie, roads: RoadMap, group: list[int]) -> list[int]:
    """Two piers on the mainland's eastern ends, and the node nearest the sea of each island."""
    mesh_node = np.array(list(roads.node_of))
    block = lie.net.block[mesh_node]
    sea, u, v = lie.sea_km[block], lie.u[block], lie.v[block]
    label = np.array(group)
    sizes = np.bincount(label)
    mainland = int(np.argmax(sizes))
    ours = (label == mainland) & (sea < 0.7)
    middle = float(np.median(v[ours]))
    piers = [
        int(np.argmax(np.where(ours & (v > middle), u, -1))),
        int(np.argmax(np.where(ours & (v <= middle), u, -1))),
    ]
    for number in np.flatnonzero(sizes).tolist():
        if number != mainland:
            mine = np.flatnonzero(label == number)
            piers.append(int(mine[np.argmin(sea[mine])]))
    return piers


def _sea_mesh(ground: Ground) -> tuple[paths.Mesh, NDArray[np.bool_]]:
    rows, cols = frame.ROWS // _EVERY, frame.COLS // _EVERY
    wet = ~ground.land.reshape(rows, _EVERY, cols, _EVERY)
    sea = wet.mean(axis=(1, 3)) > 0.5
    return paths.mesh(sea), sea


def _dock(sea: NDArray[np.bool_], net: paths.Mesh, node: RoadNode) -> int:
    """Mesh node of the sea block nearest to a road node."""
    cols = sea.shape[1]
    row, col = np.divmod(net.block, cols)
    y = (frame.NORTH - node.lat) / (frame.STEP * _EVERY)
    x = (node.lon - frame.WEST) / (frame.STEP * _EVERY)
    return int(np.argmin((row + 0.5 - y) ** 2 + (col + 0.5 - x) ** 2))


def _ways(net: paths.Mesh, docks: list[int]) -> list[tuple[float, int, int, list[int]]]:
    """Sea ways between docks whose waters touch: length, dock, dock, mesh nodes."""
    unique = sorted(set(docks))
    far, owner, before = paths.spread(net, net.km, unique)
    a, b = net.ends
    meet = np.flatnonzero((owner[a] != owner[b]) & (owner[a] >= 0) & (owner[b] >= 0))
    total = far[a[meet]] + net.km[meet] + far[b[meet]]
    best: dict[tuple[int, int], int] = {}
    for k in np.lexsort((meet, total)).tolist():
        link = int(meet[k])
        pair = sorted((int(owner[a[link]]), int(owner[b[link]])))
        best.setdefault((pair[0], pair[1]), k)
    ways = []
    first = {dock: docks.index(dock) for dock in unique}
    for k in best.values():
        link = int(meet[k])
        head = paths.walk_back(before, int(a[link]))
        tail = paths.walk_back(before, int(b[link]))
        ways.append((float(total[k]), first[head[0]], first[tail[0]], head + tail[::-1]))
    twins = [(0.0, first[d], k, [d]) for k, d in enumerate(docks) if first[d] != k]
    return ways + twins


def _pier_name(node: RoadNode, regions: RegionMap, islands: tuple[Island, ...]) -> str:
    """Name of the island, or of the mainland village, a pier stands on."""
    for island in islands:
        if island.area.distance(Point(node.lon, node.lat)) < 0.002:
            return island.name
    names = {v.code: v.name.removesuffix("村").removesuffix("社区") for v in regions.villages}
    return names.get(node.region or "", "码头")


def _ferry(number: int, ends: tuple[RoadNode, RoadNode], blocks: Ints, name: str) -> Ferry:
    row, col = np.divmod(blocks, frame.COLS // _EVERY)
    x = frame.WEST + (col + 0.5) * _EVERY * frame.STEP
    y = frame.NORTH - (row + 0.5) * _EVERY * frame.STEP
    for _ in range(3):
        x[1:-1] = 0.4 * x[1:-1] + 0.3 * (x[:-2] + x[2:])
        y[1:-1] = 0.4 * y[1:-1] + 0.3 * (y[:-2] + y[2:])
    x = np.concatenate([[ends[0].lon], x, [ends[1].lon]])
    y = np.concatenate([[ends[0].lat], y, [ends[1].lat]])
    line = LineString(np.column_stack(frame.rounded(x, y))).simplify(0.0008)
    length = frame.length_m(line)
    return Ferry(
        code=f"{frame.CODE}-F{number + 1:02d}",
        name=name,
        line=line,
        length_m=round(length, 1),
        minutes=int(np.ceil(length / 1000 / _KMH * 60 / 5) * 5 + 5),
        start_node=ends[0].id,
        end_node=ends[1].id,
        wind_limit=7 if length < 15000 else 6,
    )
