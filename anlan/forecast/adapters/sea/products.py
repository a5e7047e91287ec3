"""What a surge run leaves on grids: the surge far out, the flood at the shore, frames to play."""

from typing import Final

import numpy as np

from anlan.engines.grids import Raster, contours_geojson, write_geotiff
from anlan.engines.surge import Grid, Outputs
from anlan.forecast.adapters import grids
from anlan.forecast.adapters.contract import GridFile
from anlan.forecast.adapters.folder import Folder
from anlan.forecast.adapters.pictures import strip
from anlan.forecast.adapters.sea.driving import FRAMES_S, HOUR_S, Ran
from anlan.forecast.adapters.sea.ground import Shore
from anlan.forecast.adapters.shapes import Floats

#: What the greys of the frames stand for, m.
SPAN: Final = (-2.0, 6.0)
#: Surge is drawn from these on, m.
BOUNDS: Final = (0.5, 1.0, 1.5, 2.0, 3.0)
#: Depth on land is drawn from these on, m: wet, to the knee, to the breast, over the head.
DEPTHS: Final = (0.1, 0.5, 1.2, 2.0)


def surge_products(
    folder: Folder, grid: Grid, calm: Outputs | None, stormy: Outputs, source: str
) -> list[GridFile]:
    """Write the greatest surge and its areas; `calm` None: the storm ran over still water."""
    raster = raster_of(grid)
    frames = surge_frames(grid, calm, stormy)
    highest = np.max(np.nan_to_num(frames, nan=-np.inf), axis=0, initial=-np.inf)
    most = np.where(np.isfinite(highest), highest, np.nan)
    fields = {
        "surge_max": grids.named(raster, most, "greatest surge, half-hourly", "m"),
        "level_max": grids.named(
            raster, np.where(grid.bed < 0, stormy.level_max, np.nan), "greatest level", "m"
        ),
        "speed_max": grids.named(
            raster, stormy.speed_max.astype(np.float64), "greatest speed", "m s-1"
        ),
    }
    folder.put("outputs/surge.nc", grids.netcdf(fields, title="storm surge", source=source))
    folder.put("outputs/surge.tif", write_geotiff(fields["surge_max"]))
    drawn = grids.areas(fields["surge_max"], BOUNDS, "surge")
    folder.put("outputs/surge-areas.geojson", grids.geojson(drawn))
    box = grids.box_of(raster)
    return [
        GridFile(name="surge", title="最大增水", title_en="Greatest surge", quantity="surge",
                 unit="m", form="netcdf", file="surge.nc", box=box),
        GridFile(name="surge-map", title="最大增水", title_en="Greatest surge", quantity="surge",
                 unit="m", form="geotiff", file="surge.tif", box=box),
        GridFile(name="surge-areas", title="最大增水范围", title_en="Areas by greatest surge",
                 quantity="surge", unit="m", form="geojson", file="surge-areas.geojson", box=box),
    ]  # fmt: skip


def surge_frames(grid: Grid, calm: Outputs | None, stormy: Outputs) -> Floats:
    """Give what the storm adds to the level at every frame, (t, ny, nx); land is not known."""
    levels = stormy.frames.astype(np.float64)
    if calm is not None:
        count = min(len(levels), len(calm.frames))
        levels = levels[:count] - calm.frames[:count]
    return np.where(grid.bed < 0, levels, np.nan)


def played(
    folder: Folder, grid: Grid, parts: tuple[Outputs | None, Outputs], start: int, begun: int
) -> list[GridFile]:
    """Draw the surge of every hour from `begun` on, for the map to play."""
    calm, stormy = parts
    frames = surge_frames(grid, calm, stormy)
    every = round(HOUR_S / FRAMES_S)
    moments = start + np.rint(stormy.frame_times[: len(frames)] * 1000.0).astype(np.int64)
    wanted = np.flatnonzero(moments >= begun)[::every]
    if not len(wanted):
        return []
    folder.put("outputs/surge-frames.png", strip(frames[wanted], SPAN))
    return [
        GridFile(name="surge-frames", title="逐时增水", title_en="Surge hour by hour",
                 quantity="surge", unit="m", form="png", file="surge-frames.png",
                 box=grids.box_of(raster_of(grid)),
                 times=tuple(int(one) for one in moments[wanted]), span=SPAN),
    ]  # fmt: skip


def flood_products(
    folder: Folder, shore: Shore, parts: tuple[Ran, Ran], sea: float, source: str
) -> list[GridFile]:
    """Write what the sea covers beyond the tide: depth, arrival, areas and lines of equal depth."""
    calm, stormy = parts
    if calm.inner is None or stormy.inner is None:
        return []
    grid = shore.grid
    raster = raster_of(grid)
    covered = calm.inner.depth_max >= DEPTHS[0]
    land = (grid.bed > sea) & ~covered & ~shore.walls
    depth = np.where(land, stormy.inner.depth_max.astype(np.float64), np.nan)
    arrival = np.where(land, stormy.inner.arrival.astype(np.float64) / HOUR_S, np.nan)
    fields = {
        "depth_max": grids.named(raster, depth, "greatest depth on land", "m"),
        "level_max": grids.named(raster, stormy.inner.level_max, "greatest level", "m"),
        "arrival": grids.named(raster, arrival, "hours until the water comes", "h"),
    }
    folder.put("outputs/flood.nc", grids.netcdf(fields, title="flood at the shore", source=source))
    folder.put("outputs/flood.tif", write_geotiff(fields["depth_max"]))
    areas = grids.areas(fields["depth_max"], DEPTHS, "depth")
    folder.put("outputs/flood-areas.geojson", grids.geojson(areas))
    # Where it is dry the depth is nought, so that lines close around what is wet.
    smooth = grids.named(raster, np.nan_to_num(depth), "greatest depth on land", "m")
    lines = contours_geojson(smooth, DEPTHS, digits=5)["features"]
    folder.put("outputs/flood-lines.geojson", grids.geojson(lines))
    box = grids.box_of(raster)
    return [
        GridFile(name="flood", title="岸上最大水深和到达时间", title_en="Greatest depth on land",
                 quantity="depth", unit="m", form="netcdf", file="flood.nc", box=box),
        GridFile(name="flood-map", title="岸上最大水深", title_en="Greatest depth on land",
                 quantity="depth", unit="m", form="geotiff", file="flood.tif", box=box),
        GridFile(name="flood-areas", title="岸上淹没范围", title_en="Areas by depth on land",
                 quantity="depth", unit="m", form="geojson", file="flood-areas.geojson", box=box),
        GridFile(name="flood-lines", title="岸上等深线", title_en="Lines of equal depth on land",
                 quantity="depth", unit="m", form="geojson", file="flood-lines.geojson", box=box),
    ]  # fmt: skip


def raster_of(grid: Grid) -> Raster:
    """Give the cells of a grid as a raster of its heights."""
    return Raster(grid.bed, grid.west, grid.south, grid.dx, grid.dy)
