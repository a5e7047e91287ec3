"""Roads as a graph, and ferries."""

from __future__ import annotations

from dataclasses import dataclass

from shapely.geometry import LineString


@dataclass(frozen=True, slots=True)
class RoadNode:
    """A junction or an end; ``id`` counts from 0, so node ``i`` is ``roads_nodes[i]``."""

    id: int
    lon: float
    lat: float
    region: str | None


@dataclass(frozen=True, slots=True)
class RoadEdge:
    """A stretch between two nodes, passable both ways.

    ``road_class`` is national (国道), provincial (省道), county (县道), township (乡道) or village
    (村道). ``line`` runs from node ``start`` to node ``end``; ``speed_kmh`` is the usual speed.
    """

    id: int
    start: int
    end: int
    name: str
    road_class: str
    line: LineString
    length_m: float
    speed_kmh: float
    bridge: bool
    tunnel: bool


@dataclass(frozen=True, slots=True)
class LowSpot:
    """A point where a road floods first; ``height_m`` is the ground height there."""

    edge: int
    name: str
    lon: float
    lat: float
    height_m: float
    region: str | None


@dataclass(frozen=True, slots=True)
class Ferry:
    """A line between two piers; the start is reached by road, the end may be an island."""

    code: str
    name: str
    line: LineString
    length_m: float
    minutes: int
    start_node: int
    end_node: int
    wind_limit: int
