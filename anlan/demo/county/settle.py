"""Where people live: how fit the land is, the 210 village seats, the 14 township seats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.geo import terrain as flowing

from . import frame, paths
from .catchments import Drainage
from .frame import Floats
from .reservoirs import Site
from .terrain import Ground

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

VILLAGES: Final = 210
ISLAND_VILLAGES: Final = 19
URBAN_KM: Final = 4.6


@dataclass(frozen=True, slots=True)
class Lie:
    """The county on the block grid; every array is flat over blocks.

    ``height`` m, ``slope`` degrees, ``sea_km`` and ``stream_km`` distances, ``fit`` 0..1 how
    well people live there, ``crosses`` True where a stream of order 3 or more runs, ``brook`` the
    label of the brook catchment, ``lake`` True under water, ``on_island`` True off the mainland.
    """

    net: paths.Mesh
    land: Mask
    height: Floats
    slope: Floats
    sea_km: Floats
    stream_km: Floats
    fit: Floats
    crosses: Mask
    lake: Mask
    on_island: Mask
    u: Floats
    v: Floats


@dataclass(frozen=True, slots=True)
class Seats:
    """Blocks of the village seats, mainland first; rows of the township seats among them.

    ``towns`` are twelve rows into ``villages`` on the mainland and two on islands, in the order
    of ``regions.TOWNSHIPS``; ``towns[0]`` is the county seat.
    """

    villages: Ints
    towns: list[int]


def survey(ground: Ground, water: Drainage, sites: tuple[Site, ...]) -> Lie:
    """Look at the county block by block."""
    shape = paths.block_shape()
    land = paths.blocks(water.county).any(axis=2)
    elevation = ground.elevation.astype(float)
    height = np.maximum(paths.blocks(np.where(water.county, elevation, 0)).mean(axis=2), 0.3)
    rise = [np.gradient(np.maximum(elevation, 0), frame.CELL_M[k], axis=k) for k in (0, 1)]
    slope = paths.blocks(np.degrees(np.arctan(np.hypot(*rise)))).mean(axis=2)
    cell = (frame.CELL_M[0] * paths.BLOCK / 1000, frame.CELL_M[1] * paths.BLOCK / 1000)
    lake = np.zeros(water.county.size, dtype=bool)
    for site in sites:
        lake[np.append(site.lake, site.dam)] = True
    under = paths.blocks(lake.reshape(water.county.shape)).any(axis=2)
    order = paths.blocks(water.order.reshape(water.county.shape)).max(axis=2)
    stream = flowing.distance(order >= 1, cell=cell)
    sea = flowing.distance(np.asarray(paths.blocks(~ground.land).any(axis=2)), cell=cell)
    island = paths.blocks(water.county & ~water.mainland).any(axis=2)
    floor = paths.blocks(np.degrees(np.arctan(np.hypot(*rise)))).min(axis=2)
    easy = np.exp(-((floor / 9.0) ** 1.3)) * np.exp(-height / 420)
    fit = easy * (0.35 + 0.65 * np.exp(-np.where(island, sea / 0.8, stream / 0.7)))
    fit = np.where(land & ~under, fit, 0.0)
    u, v = frame.grid_uv(paths.BLOCK)
    return Lie(
        net=paths.mesh(land.reshape(shape)),
        land=land.ravel(),
        height=height.ravel(),
        slope=slope.ravel(),
        sea_km=sea.ravel(),
        stream_km=stream.ravel(),
        fit=fit.ravel(),
        crosses=(order >= 3).ravel(),
        lake=under.ravel(),
        on_island=island.ravel(),
        u=u.ravel(),
        v=v.ravel(),
    )


def seats(lie: Lie, seed: int) -> Seats:
    """Choose village seats by dart throwing, then township seats among them."""
    rng = frame.stream(seed, "seats")
    capital = _capital(lie)
    near = np.hypot(lie.u - lie.u[capital], lie.v - lie.v[capital])
    apart = 1.35 + 1.3 * np.clip(lie.height / 180, 0, 1) + 0.9 * np.clip(lie.slope / 22, 0, 1)
    apart = np.where((near < URBAN_KM) & (lie.height < 30), 0.80, apart)
    urban = np.where(near < URBAN_KM, 3.0, 1.0)
    mainland = np.where(lie.on_island, 0.0, lie.fit**0.7 * urban)
    first = _darts(lie, mainland, apart, (VILLAGES - ISLAND_VILLAGES, [capital]), rng)
    second = _darts(lie, np.where(lie.on_island, lie.fit, 0.0), apart, (ISLAND_VILLAGES, []), rng)
    chosen = np.array(first + second, dtype=np.int64)
    return Seats(chosen, _towns(lie, chosen))


def _capital(lie: Lie) -> int:
    """Pick the block with the most fit land around it on the lower course of a large stream."""
    shape = paths.block_shape()
    fit = lie.fit.reshape(shape)
    nearby = around(np.where(lie.height.reshape(shape) < 25, fit, 0), 16).ravel()
    score = nearby * (lie.sea_km > 2.5) * (lie.sea_km < 11) * lie.crosses * ~lie.on_island
    score = score * np.exp(-(((lie.v - 49) / 9) ** 2))
    return int(np.argmax(np.where(lie.fit > 0, score, 0)))


def around(values: Floats, reach: int) -> Floats:
    """Mean over a square window, by running sums."""
    for axis in (0, 1):
        total = np.cumsum(
            np.pad(
                values, [(reach + 1, reach) if a == axis else (0, 0) for a in (0, 1)], mode="edge"
            ),
            axis=axis,
        )
        size = values.shape[axis]
        low = np.take(total, np.arange(size), axis)
        high = np.take(total, np.arange(size) + 2 * reach + 1, axis)
        values = (high - low) / (2 * reach + 1)
    return values


def _darts(
    lie: Lie,
    weight: Floats,
    apart: Floats,
    wanted: tuple[int, list[int]],
    rng: np.random.Generator,
) -> list[int]:
    """Exactly as many blocks as wanted, apart by their own spacing times one factor."""
    count, given = wanted
    candidates = np.flatnonzero(weight > 0.002)
    share = weight[candidates] / weight[candidates].sum()
    size = min(9000, candidates.size)
    throw = rng.choice(candidates, size, replace=False, p=share)
    factor = 1.7
    while True:
        chosen = list(given)
        for block in throw.tolist():
            if len(chosen) == count:
                return chosen
            gap = np.hypot(lie.u[chosen] - lie.u[block], lie.v[chosen] - lie.v[block])
            if not chosen or gap.min() > apart[block] * factor:
                chosen.append(block)
        if len(chosen) == count:
            return chosen
        factor *= 0.95


def _towns(lie: Lie, chosen: Ints) -> list[int]:
    """Rows of township seats: capital, two urban, seven towns, island town, two hill, one isle."""
    u, v = lie.u[chosen], lie.v[chosen]
    shape = paths.block_shape()
    nearby = around(lie.fit.reshape(shape), 14).ravel()[chosen]
    isle = lie.on_island[chosen]
    solid = around(lie.land.astype(float).reshape(shape), 1).ravel()[chosen] > 0.85
    nearby = nearby * np.where(solid, 1.0, 0.3)
    towns = [0]
    for _ in range(2):
        gap = np.min([np.hypot(u - u[t], v - v[t]) for t in towns], axis=0)
        far = np.hypot(u - u[0], v - v[0])
        score = nearby * np.exp(-(((far - 3.2) / 0.8) ** 2)) * (gap > 2.4) * ~isle
        towns.append(int(np.argmax(score)))
    high = around(lie.height.reshape(shape), 14).ravel()[chosen] > 130
    hills = _farthest(towns, (u, v), np.where(high & ~isle, 0.05 + nearby, 0), 2)
    plain = _farthest([*towns, *hills], (u, v), np.where(high | isle, 0, 0.12 + nearby), 7)
    mass = around((lie.land & lie.on_island).astype(float).reshape(shape), 20).ravel()[chosen]
    first = int(np.argmax(np.where(isle & solid, mass + 0.1 * nearby, -1)))
    second = _farthest([first], (u, v), np.where(isle, 0.05 + nearby, 0), 1)
    return [*towns, *plain, first, *hills, *second]


def _farthest(taken: list[int], at: tuple[Floats, Floats], weight: Floats, count: int) -> list[int]:
    """Rows that lie far from those taken and from each other, weighted."""
    chosen: list[int] = []
    for _ in range(count):
        others = [*taken, *chosen]
        gap = np.min([np.hypot(at[0] - at[0][t], at[1] - at[1][t]) for t in others], axis=0)
        chosen.append(int(np.argmax(np.minimum(gap, 15) * weight)))
    return chosen
