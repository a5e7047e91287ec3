"""The sea around the demo county, far beyond its raster: a shelf that nobody measured.

The county is invented and so is its sea: it falls off from a line drawn along the coast of eastern
China as that shelf does, runs through the county's own shore at both ends of its raster, and fades
into the county's own heights there.
"""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from anlan import codes
from anlan.demo.county import County
from anlan.demo.county.geotiff import write
from anlan.demo.county.model.land import Terrain

Floats = NDArray[np.float64]
Line = tuple[tuple[float, float], ...]

#: Where the model ``surge`` looks for them in a workspace.
FOLDER: Final = Path("forecast") / "grids"
SEA: Final = FOLDER / "sea.tif"
SHORE: Final = FOLDER / "shore.tif"
WALLS: Final = FOLDER / "walls.geojson"
SIDE_TIDE: Final = FOLDER / "side-tide.csv"
WEST, SOUTH, EAST, NORTH = 118.0, 24.0, 127.0, 33.0
STEP: Final = 1 / 30
#: The line, from south to north, without what the county itself has; the sea is to its east.
COAST: Final[Line] = (
    (117.5, 23.6), (118.7, 24.6), (119.7, 25.9), (120.6, 27.0), (121.35, 27.7), (121.95, 29.0),
    (122.15, 30.2), (121.95, 31.5), (121.0, 32.9), (120.5, 34.0),
)  # fmt: skip
#: km off the line and the height of the ground there, m: land behind it, the shelf, the trough.
FALL: Final = (
    (-200.0, 600.0), (-20.0, 60.0), (-1.0, 3.0), (1.0, -4.0), (20.0, -12.0), (60.0, -35.0),
    (150.0, -62.0), (300.0, -105.0), (420.0, -180.0), (480.0, -1100.0), (700.0, -2200.0),
)  # fmt: skip
#: From here on eastwards the county's own heights are the map of the shore.
SHORE_WEST: Final = 121.5
#: Beyond the county land is at least so high and the sea so deep, m.
LEAST: Final = 1.0
#: Crest of the walls that the neighbours surely have, m.
NEIGHBOUR_CREST_M: Final = 7.4
#: Degrees over which the county's own heights fade into the region's.
FADE: Final = 0.15
KM_PER_DEG: Final = 111.2
MIDDLE: Final = 28.5
#: The tide at the sides is that of Kanmen, smaller and earlier: waves of one and of two turns a day
#: with what their amplitude is multiplied by and what their lag gains, degrees. Fitted so that the
#: model's tide at the county's harbours is that of their constants (see `tests.test_lekima_surge`).
AT_SIDES: Final = (
    (("M2", "S2", "N2", "K2", "NU2", "MU2", "L2", "T2", "2N2"), 0.275, -88.0),
    (("K1", "O1", "P1", "Q1"), 0.81, -29.0),
)
COLUMNS: Final = (
    "lon", "lat", "constituent", "amplitude", "lag", "east", "east_lag", "north", "north_lag",
)  # fmt: skip
#: Degrees between places on the sides.
APART: Final = 1.0
#: Where the tide of the sides is told: Kanmen's, by the table.
LIKE: Final = "kanmen"


def write_sea(county: County, directory: Path) -> None:
    """Write what the surge model wants of the ground, the walls and the tide at the sides."""
    (directory / FOLDER).mkdir(parents=True, exist_ok=True)
    ground = heights(county.terrain).astype(np.float32)
    write(directory / SEA, ground, west=WEST, north=NORTH, step=STEP)
    _shore_of(county.terrain).write_geotiff(directory / SHORE)
    (directory / WALLS).write_text(_walls(county), encoding="utf-8")
    _write_tide(directory / SIDE_TIDE)


def _shore_of(terrain: Terrain) -> Terrain:
    """Cut the coast out of the county: the hills in its west are no matter of the sea's."""
    first = round((SHORE_WEST - terrain.west) / terrain.step)
    return replace(terrain, elevation=terrain.elevation[:, first:], west=SHORE_WEST)


def coast(terrain: Terrain) -> Line:
    """Give the line from south to north, led through the county's shore where its raster ends."""
    _, south, _, north = terrain.bounds
    below = [one for one in COAST if one[1] < south - FADE]
    above = [one for one in COAST if one[1] > north + FADE]
    here = [(_shore(terrain, -1), south), (_shore(terrain, 0), north)]
    return (*below, *here, *above)


def mainland(terrain: Terrain) -> shapely.Polygon:
    """Draw the land west of the line, as far as the map of depths goes."""
    line = coast(terrain)
    return shapely.Polygon([*line, (WEST - 1, line[-1][1]), (WEST - 1, line[0][1])])


def heights(terrain: Terrain) -> Floats:
    """Tell the ground of the region, m, north row first."""
    lon = np.asarray(WEST + (np.arange(round((EAST - WEST) / STEP)) + 0.5) * STEP, np.float64)
    lat = np.asarray(NORTH - (np.arange(round((NORTH - SOUTH) / STEP)) + 0.5) * STEP, np.float64)
    narrow = np.cos(np.radians(MIDDLE))
    x, y = np.meshgrid(lon * narrow, lat)
    drawn = coast(terrain)
    line = shapely.LineString([(one * narrow, other) for one, other in drawn])
    away = shapely.distance(line, shapely.points(x, y)) * KM_PER_DEG
    at = np.interp(lat, [one[1] for one in drawn], [one[0] for one in drawn])
    off = np.where(lon[None, :] >= at[:, None], away, -away)
    away_km, height = np.array(FALL).T
    ground = _with_county(np.interp(off, away_km, height), terrain, lon, lat)
    # A hill at the county's edge fades on land alone, a channel there at sea alone.
    west, south, east, north = terrain.bounds
    own = ((lon > west) & (lon < east))[None, :] & ((lat > south) & (lat < north))[:, None]
    drawn_so = np.where(off > 0, np.minimum(ground, -LEAST), np.maximum(ground, LEAST))
    return np.where(own, ground, drawn_so)


def _shore(terrain: Terrain, row: int) -> float:
    """Tell where land ends in the east in one row of the county's raster."""
    land = np.flatnonzero(terrain.elevation[row] > 0)
    return round(terrain.west + (int(land.max()) + 1) * terrain.step, 4)


def _with_county(ground: Floats, terrain: Terrain, lon: Floats, lat: Floats) -> Floats:
    """Lay the county's own heights over the region's, mean by mean, and let them fade around."""
    many = round(STEP / terrain.step)
    rows, columns = (length // many for length in terrain.elevation.shape)
    cut = terrain.elevation[: rows * many, : columns * many].astype(np.float64)
    mean = cut.reshape(rows, many, columns, many).mean(axis=(1, 3))
    row, column = round((NORTH - terrain.north) / STEP), round((terrain.west - WEST) / STEP)
    # What the county's edge lies over the region's is taken along outwards, less and less.
    near_row = np.clip(np.arange(len(lat)), row, row + rows - 1)
    near_column = np.clip(np.arange(len(lon)), column, column + columns - 1)
    off = np.hypot(
        (lon - lon[near_column])[None, :] * np.cos(np.radians(MIDDLE)),
        (lat - lat[near_row])[:, None],
    )
    edge = np.ix_(near_row, near_column)
    over = mean[np.ix_(near_row - row, near_column - column)] - ground[edge]
    return np.asarray(ground + over * np.exp(-off / FADE))


def _walls(county: County) -> str:
    """Write the sea walls as lines with their crests, the neighbours' along all their shore.

    Without those every storm would drown the neighbours' plains, and ours from behind.
    """
    own = next(one.area for one in county.regions if one.level == "county")
    beside = shapely.difference(county.land, own).buffer(county.terrain.step)
    shore = shapely.intersection(shapely.union_all(list(county.coastline)), beside)
    lines = [(one.code, one.name, one.crest_m, one.line) for one in county.seawalls]
    lines.append(("", "邻县海塘", NEIGHBOUR_CREST_M, shore))
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": name, "crest_m": crest},
            "geometry": json.loads(shapely.to_geojson(line)),
        }
        for code, name, crest, line in lines
        if not line.is_empty
    ]
    whole = {"type": "FeatureCollection", "features": features}
    return json.dumps(whole, ensure_ascii=False)


def _write_tide(path: Path) -> None:
    """Write constants every degree or so along the sides that have sea."""
    table = {
        str(row.text("constituent")): (row.number("amplitude") or 0.0, row.number("lag") or 0.0)
        for row in codes.table("tide-constants")
        if row.text("station") == LIKE
    }
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file, lineterminator="\n")
        sheet.writerow(COLUMNS)
        for lon, lat in _around():
            for names, share, later in AT_SIDES:
                for name in names:
                    height, lag = table[name]
                    told = (round(height * share, 4), round((lag + later) % 360, 2))
                    # No speed beside the level: the wave enters together with its reflection.
                    sheet.writerow((lon, lat, name, *told, 0, 0, 0, 0))


def _around() -> list[tuple[float, float]]:
    """List places along the four sides; those on land speak for no water."""
    across = np.arange(WEST, EAST + APART / 2, APART)
    up = np.arange(SOUTH, NORTH + APART / 2, APART)
    found = [(float(lon), lat) for lat in (SOUTH, NORTH) for lon in across]
    return found + [(lon, float(lat)) for lon in (WEST, EAST) for lat in up[1:-1]]
