"""A made coast for tests of the surge: depths, a shore with a plain, a wall, a tide outside."""

import json
from pathlib import Path

import numpy as np

from anlan.base.regions.models import Region
from anlan.engines.grids import Raster, write_geotiff
from anlan.forecast.tests.conftest import HARBOUR, LOWER, UPPER, World

#: The shore runs along this longitude.
EDGE = 121.5
DATUM = "1985 国家高程基准"
#: Village before the wall and low, village behind the wall and as low, both a little inland.
OPEN_PLAIN, BEHIND = (121.46, 28.10), (121.46, 28.50)
#: On a hill, and west of the map of the shore.
HILL, FAR_INLAND = (121.05, 28.30), (120.60, 28.48)


def grids_of(home: Path) -> Path:
    """Give the folder that grids lie in."""
    folder = home / "forecast" / "grids"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def lay_sea(home: Path) -> None:
    """Lay a shelf of forty metres east of a straight coast."""
    ground = np.full((50, 70), -40.0)
    ground[:, :15] = 20.0
    (grids_of(home) / "sea.tif").write_bytes(write_geotiff(Raster(ground, 120.0, 25.5, 0.1, 0.1)))


def lay_shore(home: Path) -> None:
    """Lay a plain of two metres behind the same coast, hills behind it, shoals before it."""
    step = 0.02
    x = 121.0 + (np.arange(60) + 0.5) * step
    row = np.where(x < EDGE, np.where(x < 121.3, 40.0, 2.0), -10.0)
    ground = np.repeat(row[None, :], 50, axis=0)
    (grids_of(home) / "shore.tif").write_bytes(
        write_geotiff(Raster(ground, 121.0, 27.8, step, step))
    )


def lay_wall(home: Path) -> None:
    """Wall the northern half of the plain off, from the shore round to the hills."""
    line = [[EDGE + 0.01, 28.79], [EDGE + 0.01, 28.3], [121.29, 28.3]]
    wall = {
        "type": "Feature", "properties": {"crest_m": 9.0},
        "geometry": {"type": "LineString", "coordinates": line},
    }  # fmt: skip
    whole = {"type": "FeatureCollection", "features": [wall]}
    (grids_of(home) / "walls.geojson").write_text(json.dumps(whole), encoding="utf-8")


def lay_tide(home: Path, *, south: float = 25.5) -> None:
    """Tell one wave along the open sides, from `south` on."""
    rows = ["lon,lat,constituent,amplitude,lag"]
    places = [(lon, lat) for lon in np.arange(121.0, 127.1, 1.0) for lat in (25.5, 30.5)]
    places += [(127.0, lat) for lat in np.arange(26.5, 30.0, 1.0)]
    rows += [f"{lon:g},{lat:g},M2,0.5,202" for lon, lat in places if lat >= south]
    (grids_of(home) / "side-tide.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def settle(world: World) -> None:
    """Put the villages where the coast has them, and the gauge onto the map's datum."""
    type(world.tide).objects.filter(pk=world.tide.pk).update(datum=DATUM)
    for code, (lon, lat) in ((HARBOUR, OPEN_PLAIN), (LOWER, HILL), (UPPER, FAR_INLAND)):
        Region.objects.filter(code=code).update(lon=lon, lat=lat)
    lon, lat = BEHIND
    Region.objects.create(
        code="339901101202", name="塘后村", level=5, parent_id="339901101000", lon=lon, lat=lat
    )
