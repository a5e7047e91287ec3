"""Which land is the county's, its channels and its small basins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.geo import terrain as flowing

from . import frame, outline
from .frame import Floats
from .terrain import Ground

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: The county takes every mainland catchment whose mouth lies between these (km north).
MOUTHS: Final = (25.6, 71.0)
CHANNEL_KM2: Final = 0.9
BASIN_KM2: Final = 25.0
#: A valley that opens on the plain or the sea counts from this size.
LEAST_KM2: Final = 4.4


@dataclass(frozen=True, slots=True)
class Drainage:
    """Flat arrays over the raster.

    ``county`` and ``mainland`` are masks; ``channel`` cells drain 0.9 km2 or more; ``main`` is
    the donor with the largest catchment (-1 at a head); ``order`` is Strahler's.
    """

    county: Mask
    mainland: Mask
    patch: Ints
    channel: Mask
    main: Ints
    order: Ints


@dataclass(frozen=True, slots=True)
class BasinCells:
    """Small basins as a label raster (flat, -1 outside) with the cell each drains through."""

    label: Ints
    outlet: Ints
    downstream: Ints


def drain(ground: Ground) -> Drainage:
    """Find the county's land, its channels and their order."""
    patch = outline.patches(ground.land)
    mainland = patch == 0
    county = _county(ground, patch, mainland)
    upstream = ground.upstream_km2.ravel()
    channel = (upstream >= CHANNEL_KM2) & county.ravel()
    donors = np.flatnonzero(channel)
    donors = donors[np.argsort(upstream[donors], kind="stable")]
    main = np.full(channel.size, -1, dtype=np.int64)
    main[ground.flow.receiver[donors]] = donors
    order = flowing.strahler(ground.flow, channel.reshape(ground.land.shape))
    return Drainage(county, mainland & county, patch, channel, main, order)


def _county(ground: Ground, patch: Ints, mainland: Mask) -> Mask:
    size = ground.land.size
    _, v = frame.grid_uv()
    outlets = ground.flow.order[: ground.flow.starts[1]]
    label = np.full(size, -1, dtype=np.int64)
    north = v.ravel()[outlets]
    ours = (north > MOUTHS[0]) & (north < MOUTHS[1]) & ~ground.land.ravel()[outlets]
    label[outlets] = ours
    drained = (flowing.spread_down(ground.flow, label) == 1).reshape(ground.land.shape)
    islands = (patch > 0) & (v > MOUTHS[0] + 1.5) & (v < MOUTHS[1] + 4)
    islands &= ~np.isin(patch, np.unique(np.concatenate([patch[0], patch[-1], patch[:, -1]])))
    body = outline.patches(drained & mainland) == 0
    holes = outline.patches(~body & mainland)
    return np.asarray(body | (mainland & (holes > 0) & _small(holes)) | islands)


def _small(patch: Ints) -> Mask:
    size = np.bincount(patch[patch >= 0])
    return np.asarray((patch >= 0) & (size[patch] < 2000))


def basins(ground: Ground, water: Drainage) -> BasinCells:
    """Cut the channel tree of the uplands into basins of about ``BASIN_KM2``.

    Walks every channel link from the heads down; a basin ends where enough land has gathered,
    or where the stream leaves the hills.
    """
    receiver = ground.flow.receiver
    links, lower = _links(ground, water)
    local = np.bincount(links[links >= 0], minlength=lower.size) * frame.CELL_KM2
    height = ground.elevation.ravel()
    inside = links >= 0
    mean = np.bincount(links[inside], weights=height[inside], minlength=lower.size)
    upland = mean / np.maximum(1, np.bincount(links[inside], minlength=lower.size)) > 28
    onto = np.where(water.channel[receiver[lower]], links[receiver[lower]], -1)
    cut = _cuts(np.asarray(local, dtype=float), upland, onto, water.order[lower])
    label = np.full(links.size, -1, dtype=np.int64)
    label[lower[cut]] = np.arange(cut.size)
    stop = lower[~upland]
    label[stop] = cut.size
    spread = flowing.spread_down(ground.flow, label)
    spread[(spread == cut.size) | ~water.county.ravel()] = -1
    label = spread
    below = label[receiver[lower[cut]]]
    return BasinCells(label, lower[cut], np.where(below == np.arange(cut.size), -1, below))


def _links(ground: Ground, water: Drainage) -> tuple[Ints, Ints]:
    """Label every county cell with the channel link it drains to; lower end of each link."""
    cells = np.flatnonzero(water.channel)
    receiver = ground.flow.receiver
    donors = np.bincount(receiver[cells], minlength=water.channel.size)
    ends = cells[~water.channel[receiver[cells]] | (donors[receiver[cells]] > 1)]
    depth = np.empty(receiver.size, dtype=np.int64)
    depth[ground.flow.order] = np.arange(receiver.size)
    ends = ends[np.argsort(-depth[ends])]
    label = np.full(receiver.size, -1, dtype=np.int64)
    label[ends] = np.arange(ends.size)
    return flowing.spread_down(ground.flow, label), ends


def _cuts(local: Floats, upland: Mask, onto: Ints, order: Ints) -> Ints:
    """Links that end a basin; links come heads first."""
    gathered = np.where(upland, local, 0.0)
    cut = []
    for link, below in enumerate(onto.tolist()):
        if not upland[link]:
            continue
        area = gathered[link]
        leaves = below < 0 or not upland[below]
        if area >= BASIN_KM2 or (leaves and area >= LEAST_KM2):
            cut.append(link)
        elif not leaves:
            gathered[below] += area
        elif order[link] > 2:
            cut.append(link)
    return np.array(cut, dtype=np.int64)
