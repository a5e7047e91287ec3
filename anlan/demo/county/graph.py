"""Roads as a graph: junctions, smoothed stretches, bridges, tunnels, low spots."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString

from . import frame
from .frame import Floats
from .model import LowSpot, RoadEdge, RoadNode
from .roads import CLASSES, Tracks
from .settle import Lie

Ints = NDArray[np.int64]

SPEEDS: Final = {
    "national": 80.0,
    "provincial": 70.0,
    "county": 55.0,
    "township": 40.0,
    "village": 25.0,
}
_PREFIX: Final = {
    "national": "G",
    "provincial": "S",
    "county": "X",
    "township": "Y",
    "village": "C",
}
LOW_SPOTS: Final = 48


@dataclass(frozen=True, slots=True)
class RoadMap:
    """The graph; ``node_of`` gives the road node of a mesh node that became a junction."""

    nodes: tuple[RoadNode, ...]
    edges: tuple[RoadEdge, ...]
    node_of: dict[int, int]


def build(tracks: Tracks, lie: Lie, village_at: Ints, codes: list[str]) -> RoadMap:
    """Cut the tracks into edges at junctions and wherever class, bridge or tunnel changes.

    ``village_at`` is the village label of every block, ``codes`` the villages' codes.
    """
    net = lie.net
    links = np.flatnonzero(tracks.rank >= 0)
    kind = _kinds(tracks, links, net.ends)
    at: dict[int, list[int]] = defaultdict(list)
    for link in links.tolist():
        for end in net.ends[:, link].tolist():
            at[end].append(link)
    stops = set(tracks.stops.tolist())
    joints = sorted(n for n, ls in at.items() if n in stops or len(ls) != 2 or _change(kind, ls))
    x, y = _smoothed(lie, links, joints)
    node_of = {n: k for k, n in enumerate(joints)}
    nodes = []
    for k, n in enumerate(joints):
        label = int(village_at[net.block[n]])
        lon, lat = frame.rounded(x[n], y[n])
        nodes.append(RoadNode(k, float(lon), float(lat), codes[label] if label >= 0 else None))
    edges: list[RoadEdge] = []
    seen: set[int] = set()
    for joint in joints:
        for link in at[joint]:
            if link not in seen:
                chain, last = _follow(joint, link, (at, net.ends, node_of))
                seen.update(chain[1])
                edges.append(
                    _edge(len(edges), (node_of[joint], node_of[last]), chain, kind, (x, y))
                )
    return RoadMap(tuple(nodes), tuple(edges), node_of)


def low_spots(roads: RoadMap, raster: NDArray[np.float32]) -> tuple[LowSpot, ...]:
    """Lowest points of the plain's roads, at least 900 m apart."""
    found = []
    for edge in roads.edges:
        if edge.bridge or edge.tunnel or edge.length_m < 150:
            continue
        points = shapely.get_coordinates(edge.line.segmentize(0.0008))
        height = _height(raster, points[:, 0], points[:, 1])
        k = int(np.argmin(height))
        if 0.4 < height[k] < 4.5:
            found.append((CLASSES.index(edge.road_class), float(height[k]), edge, points[k]))
    found.sort(key=lambda f: (f[1] + 0.25 * f[0], f[2].id))
    spots: list[LowSpot] = []
    for _, level, edge, point in found:
        lon, lat = (float(c) for c in frame.rounded(*point))
        gap = [np.hypot((lon - s.lon) * 97.9, (lat - s.lat) * 110.9) for s in spots]
        if len(spots) < LOW_SPOTS and (not gap or min(gap) > 0.9):
            name = f"{edge.name}{len(spots) + 1:02d}号低洼点"
            region = roads.nodes[edge.start].region
            spots.append(LowSpot(edge.id, name, lon, lat, round(level, 2), region))
    return tuple(spots)


def _height(raster: NDArray[np.float32], lon: Floats, lat: Floats) -> Floats:
    row = np.clip(((frame.NORTH - lat) / frame.STEP).astype(int), 0, frame.ROWS - 1)
    col = np.clip(((lon - frame.WEST) / frame.STEP).astype(int), 0, frame.COLS - 1)
    return np.asarray(raster[row, col], dtype=float)


def _kinds(tracks: Tracks, links: Ints, ends: Ints) -> dict[int, tuple[int, int, bool, bool]]:
    """Class, road number, bridge and tunnel of every road link."""
    steep = tracks.steep & (tracks.rank >= 0) & (tracks.rank <= 2) & ~tracks.bridge
    count = np.bincount(ends[:, steep].ravel(), minlength=int(ends.max()) + 1)
    kinds = {}
    for link in links.tolist():
        a, b = ends[:, link]
        tunnel = bool(steep[link] and (count[a] > 1 or count[b] > 1))
        kinds[link] = (
            int(tracks.rank[link]),
            int(tracks.number[link]),
            bool(tracks.bridge[link]),
            tunnel,
        )
    return kinds


def _change(kind: dict[int, tuple[int, int, bool, bool]], links: list[int]) -> bool:
    return kind[links[0]] != kind[links[1]]


def _smoothed(lie: Lie, links: Ints, joints: list[int]) -> tuple[Floats, Floats]:
    """Coordinates of mesh nodes, those between junctions slid along their road."""
    size = lie.net.block.size
    x, y = frame.lonlat(lie.u[lie.net.block], lie.v[lie.net.block])
    a, b = lie.net.ends[:, links]
    free = np.bincount(np.concatenate([a, b]), minlength=size) == 2
    free[joints] = False
    for _ in range(4):
        for value in (x, y):
            near = np.bincount(a, value[b], size) + np.bincount(b, value[a], size)
            value[free] = 0.4 * value[free] + 0.3 * near[free]
    return x, y


def _follow(
    joint: int, link: int, tables: tuple[dict[int, list[int]], Ints, dict[int, int]]
) -> tuple[tuple[list[int], list[int]], int]:
    """Nodes and links from a junction along a link to the next junction."""
    at, ends, node_of = tables
    way, used = [joint], [link]
    here = joint
    while True:
        a, b = ends[:, link].tolist()
        here = b if here == a else a
        way.append(here)
        if here in node_of:
            return (way, used), here
        link = at[here][0] if at[here][1] == link else at[here][1]
        used.append(link)


def _edge(
    number: int,
    ends: tuple[int, int],
    chain: tuple[list[int], list[int]],
    kind: dict[int, tuple[int, int, bool, bool]],
    at: tuple[Floats, Floats],
) -> RoadEdge:
    rank, road, bridge, tunnel = kind[chain[1][0]]
    points = np.column_stack(frame.rounded(at[0][chain[0]], at[1][chain[0]]))
    line = LineString(points)
    if not tunnel and len(points) > 2:
        line = line.simplify(0.0001)
    road_class = CLASSES[rank]
    return RoadEdge(
        id=number,
        start=ends[0],
        end=ends[1],
        name=f"{_PREFIX[road_class]}{901 + road:03d}",
        road_class=road_class,
        line=line,
        length_m=round(frame.length_m(line), 1),
        speed_kmh=SPEEDS[road_class],
        bridge=bridge,
        tunnel=tunnel,
    )
