"""Water: rivers, small basins, reservoirs, islands and sea walls."""

from __future__ import annotations

from dataclasses import dataclass

from shapely.geometry import LineString, MultiPolygon, Polygon


@dataclass(frozen=True, slots=True)
class River:
    """A stream from its head to its mouth, drawn downstream.

    ``bed_m`` holds the bed height at every vertex of ``line`` and never rises downstream.
    ``order`` is Strahler's at the mouth; ``flows_into`` is the code of the receiving river or
    None where it reaches the sea. ``main`` marks the three rivers of the county.
    """

    code: str
    name: str
    order: int
    main: bool
    line: LineString
    bed_m: tuple[float, ...]
    length_km: float
    catchment_km2: float
    flows_into: str | None


@dataclass(frozen=True, slots=True)
class Basin:
    """A small basin (小流域) of the uplands; basins do not overlap.

    ``catchment_km2`` counts everything that drains through ``outlet`` (own ``area_km2`` plus the
    basins above it); ``channel_slope`` is the mean slope of the main channel in m/m;
    ``downstream`` is the basin it drains into, None when that is the plain or the sea.
    """

    code: str
    name: str
    area: MultiPolygon
    area_km2: float
    catchment_km2: float
    outlet: tuple[float, float]
    channel_km: float
    channel_slope: float
    mean_height_m: float
    river: str | None
    downstream: str | None
    township: str


@dataclass(frozen=True, slots=True)
class Reservoir:
    """A dam and the lake behind it.

    Tables: ``size`` reservoir-sizes (by ``capacity_m3``, the total capacity at the check flood
    level), ``dam`` dam-types, ``safety`` reservoir-safety. ``meiyu_limit_m`` and
    ``typhoon_limit_m`` are the flood limit levels 梅汛限 (15 Apr - 15 Jul) and 台汛限
    (16 Jul - 15 Oct). ``curve`` pairs level and volume (m, m3), rising, from the terrain behind
    the dam. ``lon, lat`` is the dam, ``villages_below`` are the codes on the way of a flood wave,
    nearest first. ``administrative``, ``technical`` and ``patrol`` are post codes.
    """

    code: str
    name: str
    size: str
    lon: float
    lat: float
    lake: MultiPolygon
    village: str
    river: str | None
    catchment_km2: float
    capacity_m3: float
    dead_level_m: float
    normal_level_m: float
    meiyu_limit_m: float
    typhoon_limit_m: float
    design_level_m: float
    check_level_m: float
    dam_crest_m: float
    dam_height_m: float
    dam: str
    safety: str
    built: int
    curve: tuple[tuple[float, float], ...]
    villages_below: tuple[str, ...]
    administrative: str | None
    technical: str | None
    patrol: str | None


@dataclass(frozen=True, slots=True)
class Island:
    """An island; ``inhabited`` when a village seat stands on it."""

    code: str
    name: str
    area: Polygon
    area_km2: float
    top_m: float
    township: str
    inhabited: bool


@dataclass(frozen=True, slots=True)
class Seawall:
    """A sea wall (海塘) along the shore of a polder; ``standard_years`` is its return period."""

    code: str
    name: str
    line: LineString
    length_m: float
    crest_m: float
    standard_years: int
    grade: int
    villages: tuple[str, ...]
