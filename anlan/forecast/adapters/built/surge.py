"""A storm's surge: the sea driven by its wind and pressure, and levels at stations with the tide.

Tide and surge are reckoned apart and added. Where shoals are wide and the tide is large they are
not quite the sum of each other, by a tenth or two; no result says more than that.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.geo.distance import haversine
from anlan.engines.grids import Raster, read_geotiff, write_geotiff
from anlan.engines.surge import (
    Grid,
    Inputs,
    Outputs,
    Settings,
    Sides,
    StormAir,
    grid_of,
    mesh_over,
    open_side,
    run,
    wall,
)
from anlan.engines.typhoon import Track, vortex_of
from anlan.forecast.adapters import grids
from anlan.forecast.adapters.built.tide import composed
from anlan.forecast.adapters.built.typhoon import track_from
from anlan.forecast.adapters.contract import GridFile, Request, Result
from anlan.forecast.adapters.folder import Folder
from anlan.forecast.adapters.pictures import strip
from anlan.forecast.adapters.registry import engine
from anlan.forecast.adapters.shapes import Measured, Path, Stepped, TidePoint, Times, plain
from anlan.kernel.errors import Invalid

VERSION: Final = "1"
HOUR_S: Final = 3600.0
#: A station lies where the water is at least so deep, m, and not farther away, m.
DEEP: Final = 1.0
FAR: Final = 30_000.0
#: What the greys of the frames stand for, m.
SPAN: Final = (-2.0, 6.0)
#: Surge is drawn from these on, m.
BOUNDS: Final = (0.5, 1.0, 1.5, 2.0, 3.0)
MESH_DEG: Final = 0.1
GAUGES_S: Final = 300.0
FROM_REST: Final = "增水从静止的海面起算，开头几小时偏小"
NO_TIDE_IN_IT: Final = "潮和增水分开算再相加，浅滩上会有一两成出入"


@engine(
    "surge",
    title="风暴潮",
    title_en="Storm surge",
    source="Audusse 等 2004（静水重构）；Garratt 1977（风应力）；Holland 1980；GB/T 19721.1-2017",
    version=VERSION,
)
def forecast_surge(folder: Folder) -> Result:
    """Drive the sea by the storm and judge the tide points by what comes."""
    request = folder.request()
    path = folder.read("track", Path)
    points: tuple[TidePoint, ...] = folder.read("tide-points", tuple[TidePoint, ...]) or ()
    asked = request.asked("bathymetry")
    if path is None or asked is None or asked.state == "missing":
        raise Invalid("风暴潮要有台风路径和水深")
    track = track_from(path)
    grid = _grid(request, (folder.inputs / asked.file).read_bytes())
    times = _times(request, track)
    placed, lost = _placed(grid, points)
    outputs = _driven(folder, request, grid, (track, times), placed)
    surges = _surges(request, outputs, times, placed)
    seen = folder.read("measured", tuple[Measured, ...]) or ()
    told = composed(request, points, {one.station: one for one in seen}, surges)
    notes = [FROM_REST, NO_TIDE_IN_IT, *outputs.notes, *told.notes, *track.mended]
    if lost:
        notes.append(f"{len(lost)} 个潮位站附近没有水深格，未算增水：{'、'.join(lost[:3])}")
    if outputs.stopped:
        notes.insert(0, outputs.stopped)
    return Result(
        series=told.series,
        stations=told.stations,
        grids=(*_grids(folder, grid, outputs, track), _frames(folder, grid, outputs, times)),
        notes=tuple(dict.fromkeys(notes)),
        lower_bound=told.lower_bound or bool(outputs.stopped),
        versions={"surge": VERSION, "tide": told.versions["tide"]},
    )


def _grid(request: Request, raw: bytes) -> Grid:
    """Read the ground and make its cells as wide as the settings want."""
    ground = read_geotiff(raw)
    if not ground.geographic:
        raise Invalid("水深图不是经纬度坐标，请先转换为 EPSG:4326 或 EPSG:4490")
    wanted = float(request.settings.get("cell_deg", 0.033))
    many = max(1, round(wanted / ground.dx))
    rows, columns = (length // many for length in ground.values.shape)
    if min(rows, columns) < 4:
        raise Invalid("水深图太小，不够算风暴潮")
    blocks = ground.values[: rows * many, : columns * many].reshape(rows, many, columns, many)
    known = np.isfinite(blocks).sum(axis=(1, 3))
    bed = np.where(known > 0, np.nansum(blocks, axis=(1, 3)) / np.maximum(known, 1), np.nan)
    return grid_of(
        bed, corner=(ground.west, ground.south), cell=(ground.dx * many, ground.dy * many),
        geographic=True,
    )  # fmt: skip


def _times(request: Request, track: Track) -> Times:
    """Take the hours that both the storm and the run know."""
    begin = max(int(track.times[0]), request.start)
    end = min(int(track.times[-1]), request.end)
    if end - begin < 3 * HOUR_S * 1000:
        raise Invalid("台风路径和预报时段重合不到三小时，无法计算增水")
    step = round(HOUR_S * 1000)
    return np.append(np.arange(begin, end, step, dtype=np.int64), end)


def _placed(
    grid: Grid, points: tuple[TidePoint, ...]
) -> tuple[dict[str, tuple[float, float]], list[str]]:
    """Move each station to the nearest water; name those that have none near."""
    lon, lat = np.meshgrid(grid.x, grid.y)
    wet: NDArray[np.bool_] = grid.bed < -DEEP
    found: dict[str, tuple[float, float]] = {}
    lost = []
    for one in points:
        if one.lon is None or one.lat is None or not wet.any():
            lost.append(one.station)
            continue
        away = np.where(wet, haversine(lon, lat, one.lon, one.lat), np.inf)
        j, i = np.unravel_index(int(np.argmin(away)), away.shape)
        if away[j, i] > FAR:
            lost.append(one.station)
        else:
            found[one.station] = (float(grid.x[i]), float(grid.y[j]))
    return found, lost


def _driven(
    folder: Folder,
    request: Request,
    grid: Grid,
    storm: tuple[Track, Times],
    gauges: dict[str, tuple[float, float]],
) -> Outputs:
    track, times = storm
    seconds = (times - times[0]) / 1000.0
    mesh = mesh_over((grid.x, grid.y), (MESH_DEG, MESH_DEG))
    air = StormAir(*mesh, seconds, vortex_of(track, times))
    sides = _sides(grid)
    settings = Settings(gauges_every=GAUGES_S, maxima_every=600.0, frames_every=HOUR_S)
    told = [0.0]

    def progress(time: float, _: object) -> None:
        if time - told[0] > HOUR_S:
            told[0] = time
            folder.progress(time / float(seconds[-1]))

    manning = float(request.settings.get("manning", 0.022))
    inputs = Inputs(
        grid, float(seconds[-1]), sides=sides, manning=manning, air=air, gauges=gauges,
        settings=settings,
    )  # fmt: skip
    return run(inputs, watch=progress)


def _sides(grid: Grid) -> Sides:
    """Let the sea out where a side has any; a side of land alone is a wall."""
    west, east, south, north = (
        open_side() if (cells < 0).any() else wall()
        for cells in (grid.bed[:, 0], grid.bed[:, -1], grid.bed[0], grid.bed[-1])
    )
    return Sides(west, east, south, north)


def _surges(
    request: Request, outputs: Outputs, times: Times, placed: dict[str, tuple[float, float]]
) -> dict[str, Stepped]:
    """Sample what the gauges saw on the steps of the run; beyond it nothing is known."""
    steps = np.arange(request.start, request.end + 1, request.step_s * 1000, dtype=np.int64)
    found = {}
    for station in placed:
        gauge = outputs.gauges[station]
        at = times[0] + gauge.times * 1000.0
        inside = (steps >= at[0]) & (steps <= at[-1] + GAUGES_S * 2000.0)
        level = np.where(inside, np.interp(steps, at, gauge.level), np.nan)
        found[station] = Stepped(
            code=station, start=request.start, step_s=request.step_s, values=plain(level)
        )
    return found


def _grids(folder: Folder, grid: Grid, outputs: Outputs, track: Track) -> list[GridFile]:
    raster = Raster(grid.bed, grid.west, grid.south, grid.dx, grid.dy)
    sea = grid.bed < 0
    fields = {
        "surge_max": grids.named(
            raster, np.where(sea, outputs.level_max, np.nan), "greatest surge", "m"
        ),
        "depth_max": grids.named(
            raster, np.where(sea, np.nan, outputs.depth_max), "depth on land", "m"
        ),
        "speed_max": grids.named(
            raster, outputs.speed_max.astype(np.float64), "greatest speed", "m s-1"
        ),
    }
    source = f"{track.agency} {track.number}; anlan surge {VERSION}"
    folder.put("outputs/surge.nc",
               grids.netcdf(fields, title="storm surge", source=source))  # fmt: skip
    folder.put("outputs/surge.tif", write_geotiff(fields["surge_max"]))
    drawn = grids.areas(fields["surge_max"], BOUNDS, "surge")
    folder.put("outputs/surge-areas.geojson", grids.geojson(drawn))
    return [
        GridFile(name="surge", title="最大增水", title_en="Greatest surge", quantity="surge",
                 unit="m", form="netcdf", file="surge.nc", box=grids.box_of(raster)),
        GridFile(name="surge-map", title="最大增水", title_en="Greatest surge", quantity="surge",
                 unit="m", form="geotiff", file="surge.tif", box=grids.box_of(raster)),
        GridFile(name="surge-areas", title="最大增水范围", title_en="Areas by greatest surge",
                 quantity="surge", unit="m", form="geojson", file="surge-areas.geojson",
                 box=grids.box_of(raster)),
    ]  # fmt: skip


def _frames(folder: Folder, grid: Grid, outputs: Outputs, times: Times) -> GridFile:
    """Draw the surge of every hour, for the map to play; land is not known."""
    levels = np.where(grid.bed < 0, outputs.frames.astype(np.float64), np.nan)
    folder.put("outputs/surge-frames.png", strip(levels, SPAN))
    raster = Raster(grid.bed, grid.west, grid.south, grid.dx, grid.dy)
    moments = times[0] + np.rint(outputs.frame_times * 1000.0).astype(np.int64)
    return GridFile(
        name="surge-frames", title="逐时增水", title_en="Surge hour by hour", quantity="surge",
        unit="m", form="png", file="surge-frames.png", box=grids.box_of(raster),
        times=tuple(int(one) for one in moments), span=SPAN,
    )  # fmt: skip
