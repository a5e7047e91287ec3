"""A typhoon as many storms: winds at stations, chances by region and on a grid, and its rain.

Winds are those over open sea; hills and towns weaken them. Rain is that of storms like it, without
what mountains add.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import shapely

from anlan.engines.geo.distance import destination
from anlan.engines.grids import Raster, read_grid
from anlan.engines.typhoon import (
    Ensemble,
    Errors,
    Track,
    Vortex,
    ensemble_of,
    exceedance,
    field,
    members_rain,
    vortex_of,
)
from anlan.forecast.adapters import grids
from anlan.forecast.adapters.contract import (
    GridFile,
    Request,
    Result,
    Series,
    StationOutlook,
)
from anlan.forecast.adapters.folder import Folder
from anlan.forecast.adapters.pictures import strip
from anlan.forecast.adapters.registry import engine
from anlan.forecast.adapters.shapes import Floats, PastErrors, Path, Place, Times, plain
from anlan.forecast.adapters.storm import is_wide, over_land, track_from
from anlan.kernel.errors import Invalid

VERSION: Final = "2"
HOUR_MS: Final = 3_600_000
#: Force 8, 10 and 12: lower ends by GB/T 28591, m/s.
FORCES: Final = ((8, 17.2), (10, 24.5), (12, 32.7))
CHANCES: Final = (0.1, 0.3, 0.5, 0.7, 0.9)
#: What the greys of the frames stand for: m/s, and mm an hour.
WIND_SPAN: Final = (0.0, 63.5)
RAIN_SPAN: Final = (0.0, 101.6)
#: Share of the members that the cone holds at each moment.
CONE: Final = 0.7
OPEN_SEA: Final = "风速按开阔海面算，陆上和山谷里会小一些"
NO_HILLS: Final = "雨量只是这类台风的平均降雨，不含地形增幅，山区可能多一倍"
DECAYS: Final = "各成员登陆有早有晚，陆上的减弱按 Kaplan 和 DeMaria 1995 相对预报本身算"
NO_ERRORS: Final = "没有历史误差表，不能算集合"


@engine(
    "typhoon-ensemble",
    title="台风风雨集合",
    title_en="Winds and rain of a typhoon ensemble",
    source="Holland 1980；Holland 等 2010；Vickery and Wadhera 2008；Tuleya 等 2007；"
    "Kaplan and DeMaria 1995；GB/T 28591-2012",
    version=VERSION,
)
def forecast_typhoon(folder: Folder) -> Result:
    """Draw the storms that may come and say what they bring."""
    request = folder.request()
    path = folder.read("track", Path)
    errors = folder.read("errors", PastErrors)
    places: tuple[Place, ...] = folder.read("places", tuple[Place, ...]) or ()
    if path is None:
        raise Invalid("没有台风路径")
    if errors is None:
        raise Invalid(NO_ERRORS)
    track = track_from(path)
    times = _times(request, track, errors)
    members = int(request.settings.get("members", 200))
    wide = is_wide(track)
    middle = vortex_of(track, times, wide=wide)
    drawn = ensemble_of(
        track, times, _errors(errors), members=members, seed=request.seed, wide=wide
    )
    land = _land(folder)
    drawn = drawn if land is None else over_land(drawn, middle, land)
    folder.progress(0.3)
    storm = _Storm(track, times, drawn, middle)
    series, outlooks = _stations(storm, [one for one in places if one.of == "station"])
    series += _regions(storm, [one for one in places if one.of == "region"])
    folder.progress(0.6)
    return Result(
        series=tuple(series),
        stations=tuple(outlooks),
        grids=tuple(_grids(folder, request, storm)),
        notes=(
            OPEN_SEA,
            NO_HILLS,
            *((DECAYS,) if land else ()),
            *middle.assumed,
            *track.mended,
        ),
        versions={"typhoon": VERSION},
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Storm:
    """The storm as it is forecast, and as it may come."""

    track: Track
    times: Times
    ensemble: Ensemble
    middle: Vortex


def _land(folder: Folder) -> Raster | None:
    """Read where land is; None without a map, or with one that whoever computes on it refuses."""
    asked = folder.request().asked("land")
    if asked is None or asked.state == "missing":
        return None
    try:
        found = read_grid((folder.inputs / asked.file).read_bytes())
    except Invalid:
        return None
    return found if found.geographic and found.values.ndim == 2 else None


def _errors(errors: PastErrors) -> Errors:
    return Errors(*(np.array(part) for part in (errors.hours, errors.distance, errors.wind)))


def _times(request: Request, track: Track, errors: PastErrors) -> Times:
    """Take the hours that the forecast, its errors and the run all reach."""
    begin = int(track.times[0])
    end = min(int(track.times[-1]), request.end, begin + round(errors.hours[-1] * HOUR_MS))
    if end - begin < HOUR_MS:
        raise Invalid("台风路径预报不到一小时，无法计算")
    return np.arange(begin, end + 1, HOUR_MS, dtype=np.int64)


def _stations(storm: _Storm, places: list[Place]) -> tuple[list[Series], list[StationOutlook]]:
    """Tell wind and rain hour by hour at stations, by the forecast itself."""
    if not places:
        return [], []
    lon, lat = (np.array([getattr(one, name) for one in places]) for name in ("lon", "lat"))
    vortex = storm.middle
    winds = np.stack(
        [np.hypot(*field(vortex, n, lon, lat)[:2]) for n in range(len(storm.times))], axis=1
    )
    rain = _rain(storm, lon, lat)
    series: list[Series] = []
    outlooks = []
    for place, one in enumerate(places):
        if not one.wants or "rain" in one.wants:
            series.append(_hourly(one, "rain", "mm", storm.times, rain[place]))
        if not one.wants or "wind" in one.wants:
            series.append(_hourly(one, "wind", "m/s", storm.times, winds[place]))
            peak = int(np.argmax(winds[place]))
            outlooks.append(
                StationOutlook(
                    station=one.code, quantity="wind", unit="m/s",
                    peak=round(float(winds[place, peak]), 1), peak_at=int(storm.times[peak]),
                )
            )  # fmt: skip
    return series, outlooks


def _rain(storm: _Storm, lon: Floats, lat: Floats) -> Floats:
    """Tell the rain of each hour at places, (c, t), mm; unknown where no wind is told."""
    at = storm.track.at((storm.times[1:] + storm.times[:-1]) // 2)
    told = np.isfinite(at.wind)
    wind = np.where(told, at.wind, 0.0)
    rain = members_rain(at.lon[None], at.lat[None], wind[None], storm.times, lon, lat)[:, 0]
    return np.where(told, rain, np.nan)


def _hourly(place: Place, quantity: str, unit: str, times: Times, values: Floats) -> Series:
    return Series(
        of="station", code=place.code, quantity=quantity, unit=unit, start=int(times[0]),
        step_s=3600, values=plain(values, 2),
    )  # fmt: skip


def _regions(storm: _Storm, places: list[Place]) -> list[Series]:
    """Tell each region's chance of each force within the whole time, at any place of it."""
    if not places:
        return []
    codes = sorted({one.within or one.code for one in places})
    belongs = np.array([codes.index(one.within or one.code) for one in places], dtype=np.int64)
    lon, lat = (np.array([getattr(one, name) for one in places]) for name in ("lon", "lat"))
    winds = np.array([least for _, least in FORCES])
    chance = exceedance(storm.ensemble, lon, lat, winds, regions=belongs).anywhere
    span = int(storm.times[-1] - storm.times[0]) // 1000
    return [
        Series(
            of="region", code=code, quantity=f"wind-{force}", unit="1",
            start=int(storm.times[0]), step_s=span, values=(round(float(chance[n, place]), 3),),
        )
        for place, code in enumerate(codes)
        for n, (force, _) in enumerate(FORCES)
    ]  # fmt: skip


def _grids(folder: Folder, request: Request, storm: _Storm) -> list[GridFile]:
    box = request.settings.get("box") or _around(storm)
    step = float(request.settings.get("grid_step", 0.1))
    raster = grids.blank((float(box[0]), float(box[1]), float(box[2]), float(box[3])), step)
    winds = np.array([least for _, least in FORCES])
    chance = exceedance(storm.ensemble, *grids.points_of(raster), winds).probability
    fields = {
        f"wind_{force}": grids.named(raster, chance[n], f"chance of force {force} or more", "1")
        for n, (force, _) in enumerate(FORCES)
    }
    source = f"{storm.track.agency} {storm.track.number}; anlan typhoon-ensemble {VERSION}"
    folder.put("outputs/wind-chance.nc",
               grids.netcdf(fields, title="chance of wind", source=source))  # fmt: skip
    drawn: list[dict[str, Any]] = []
    for force, _ in FORCES:
        drawn += [
            {**one, "properties": {**one["properties"], "force": force}}
            for one in grids.areas(fields[f"wind_{force}"], CHANCES, "chance")
        ]
    folder.put("outputs/wind-areas.geojson", grids.geojson(drawn))
    folder.put("outputs/track.geojson", grids.geojson(_cone(storm)))
    spans = (int(storm.times[0]), int(storm.times[-1]))
    return [
        GridFile(name="wind-chance", title="大风概率", title_en="Chance of strong wind",
                 quantity="wind", unit="1", form="netcdf", file="wind-chance.nc",
                 box=grids.box_of(raster), times=spans),
        GridFile(name="wind-areas", title="大风概率范围", title_en="Areas by chance of wind",
                 quantity="wind", unit="1", form="geojson", file="wind-areas.geojson",
                 box=grids.box_of(raster), times=spans),
        GridFile(name="track", title="路径和可能范围", title_en="Track and cone", form="geojson",
                 file="track.geojson", times=tuple(int(one) for one in storm.times)),
        *_played(folder, storm, raster),
    ]  # fmt: skip


def _played(folder: Folder, storm: _Storm, raster: Raster) -> list[GridFile]:
    """Draw wind and rain of every hour by the forecast itself, for the map to play."""
    shape = raster.values.shape
    lon, lat = grids.points_of(raster)
    wind = np.stack(
        [np.hypot(*field(storm.middle, n, lon, lat)[:2]) for n in range(len(storm.times))]
    )
    # Place by place and hour by hour at once would take more memory than it saves time.
    parts = np.array_split(np.arange(lon.size), max(1, lon.size // 4_000))
    rain = np.concatenate([_rain(storm, lon[part], lat[part]) for part in parts]).T
    folder.put("outputs/wind-frames.png", strip(wind.reshape(-1, *shape), WIND_SPAN))
    folder.put("outputs/rain-frames.png", strip(rain.reshape(-1, *shape), RAIN_SPAN))
    box = grids.box_of(raster)
    middles = (storm.times[1:] + storm.times[:-1]) // 2
    return [
        GridFile(name="wind-frames", title="逐时风速", title_en="Wind hour by hour",
                 quantity="wind", unit="m/s", form="png", file="wind-frames.png", box=box,
                 times=tuple(int(one) for one in storm.times), span=WIND_SPAN),
        GridFile(name="rain-frames", title="逐时雨量", title_en="Rain hour by hour",
                 quantity="rain", unit="mm", form="png", file="rain-frames.png", box=box,
                 times=tuple(int(one) for one in middles), span=RAIN_SPAN),
    ]  # fmt: skip


def _around(storm: _Storm) -> tuple[float, float, float, float]:
    """Take four degrees around the forecast, where nobody says which box is wanted."""
    at = storm.track.at(storm.times)
    return (
        float(np.floor(at.lon.min() - 4)), float(np.floor(at.lat.min() - 4)),
        float(np.ceil(at.lon.max() + 4)), float(np.ceil(at.lat.max() + 4)),
    )  # fmt: skip


def _cone(storm: _Storm) -> list[dict[str, Any]]:
    """Draw the forecast's line, its positions, and where most of the members pass."""
    at = storm.track.at(storm.times)
    circles = []
    for n in range(0, len(storm.times), 6):
        off = np.hypot(
            (storm.ensemble.lon[:, n] - at.lon[n]) * np.cos(np.radians(at.lat[n])),
            storm.ensemble.lat[:, n] - at.lat[n],
        )
        metres = float(np.quantile(off, CONE)) * 111_195.0
        ring = np.linspace(0.0, 360.0, 48, endpoint=False)
        circles.append(shapely.Polygon(np.column_stack(
            destination(at.lon[n], at.lat[n], ring, max(metres, 1000.0))
        )))  # fmt: skip
    hulls = [shapely.union(one, other).convex_hull for one, other in pairwise(circles)]
    cone = shapely.set_precision(shapely.union_all(hulls or circles), 1e-4)
    line = shapely.LineString(np.column_stack((at.lon, at.lat)))
    found = [
        grids.feature(cone, {"kind": "cone", "share": CONE}),
        grids.feature(line, {"kind": "track", "agency": storm.track.agency}),
    ]
    for n in range(0, len(storm.times), 6):
        wind, pressure = float(at.wind[n]), float(at.pressure[n])
        found.append(
            grids.feature(
                shapely.Point(at.lon[n], at.lat[n]),
                {
                    "kind": "position", "time": int(storm.times[n]),
                    "wind": None if np.isnan(wind) else round(wind, 1),
                    "pressure": None if np.isnan(pressure) else round(pressure, 1),
                },
            )
        )  # fmt: skip
    return found
