"""The whole run of the surge model: inputs read, tide and storm reckoned twice, products written.

Each run is what the platform starts for one: a process of its own on a folder of inputs, with the
settings the model is shipped with. Once on the cells as shipped (7 km and 500 m), once on those of
a county's product (500 m over 200 km, in it 100 m over 30 km), for 72 hours ahead of Lekima (2019).
The county's is run in fewer rounds: it takes minutes.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from anlan.demo.storm import TRACK
from anlan.engines.grids import Raster, write_geotiff
from anlan.engines.typhoon.reading import read_ibtracs
from anlan.forecast.adapters import Asked, Folder, Request
from anlan.forecast.adapters.shapes import Path as Way
from anlan.forecast.adapters.shapes import ShorePlace, SideTide, TidePoint, plain
from anlan.forecast.declaration import shelf
from bench import _coast

ROUNDS = int(os.environ.get("ANLAN_BENCH_ROUNDS", "3"))
HOUR_MS: Final = 3_600_000
#: Lekima went ashore on the 9th at 17:45.
BASED_AT: Final = 1_565_222_400_000
AHEAD_H: Final = 72
_DEGREE_KM: Final = 111.195
#: km: width of the sea and of the shore, how much of each lies inland, and their cells in degrees.
SHIPPED: Final = ((600.0, 150.0, None), (60.0, 25.0, None))
COUNTY: Final = ((200.0, 60.0, 0.0045), (30.0, 10.0, 0.0009))
VILLAGES: Final = 200


def run() -> dict[str, Any]:
    """Run each product in rounds; the first of all, with the compiler in it, does not count."""
    shipped = [timed(SHIPPED) for _ in range(ROUNDS + 1)][1:]
    county = [timed(COUNTY) for _ in range(min(ROUNDS, 3))]
    return {
        "figures": {
            "shipped_run_s": median(shipped), "county_run_s": median(county),
        },
        "settings": {
            "hours_ahead": AHEAD_H, "villages": VILLAGES,
            "shipped": shipped[-1], "county": county[-1],
            "by_round": [[one["seconds"] for one in rows] for rows in (shipped, county)],
        },
    }  # fmt: skip


def median(rounds: list[dict[str, Any]]) -> float:
    """Tell the middle of the seconds of all rounds."""
    return round(statistics.median(one["seconds"] for one in rounds), 1)


def timed(extent: tuple[tuple[float, float, float | None], ...]) -> dict[str, Any]:
    """Lay a folder out and let the platform's own command compute it."""
    with tempfile.TemporaryDirectory(prefix="anlan-forecast-") as home:
        folder = Folder(Path(home))
        lay_out(folder, extent)
        command = [sys.executable, "-m", "anlan.forecast.adapters", home]
        begun = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        took = time.perf_counter() - begun
        if done.returncode:
            raise RuntimeError(folder.refusal() or done.stderr)
        result = folder.result()
        notes = [note for note in result.notes if "格距" in note or "失控" in note]
        return {
            "seconds": round(took, 1),
            "flooded_villages": sum(1 for one in result.villages if one.depth),
            "peak_m": [one.peak for one in result.stations],
            "products": len(result.grids),
            "notes": notes,
        }


def lay_out(folder: Folder, extent: tuple[tuple[float, float, float | None], ...]) -> None:
    """Write request and inputs of a run."""
    folder.begin()
    model = shelf().models()["surge"]
    settings = dict(model.settings)
    asked: list[Asked] = []

    def put(name: str, content: object, file: str = "") -> None:
        body = content if isinstance(content, bytes) else msgspec.json.encode(content)
        file = file or f"{name}.json"
        digest, size = folder.put(f"inputs/{file}", body)
        asked.append(
            Asked(name=name, kind=name, state="used", file=file, sha256=digest, bytes=size)
        )

    for (width, west, cell), name, key in zip(
        extent, ("bathymetry", "shore"), ("cell_deg", "near_deg"), strict=True
    ):
        settings[key] = cell if cell is not None else settings[key]
        put(name, write_geotiff(ground(width, west, settings[key])), f"{name}.tif")
    outer = ground(extent[0][0], extent[0][1], settings["cell_deg"])
    put("track", way())
    put("side-tide", tuple(around(outer)))
    put("tide-points", (harbour(str(settings["datum"])),))
    put("places", tuple(villages()))
    folder.ask(
        Request(
            run="R", model="surge", engine="surge", based_at=BASED_AT, start=BASED_AT,
            end=BASED_AT + AHEAD_H * HOUR_MS, step_s=600, seed=1, inputs=tuple(asked),
            settings=settings,
        )
    )  # fmt: skip


def ground(width: float, west: float, cell: float) -> Raster:
    """Lay the made coast over a square of `width` km, `west` km of it inland, cells in degrees."""
    lon, lat = _coast.SHORE
    narrow = float(np.cos(np.radians(lat)))
    across = cell / narrow
    count = round(width / (cell * _DEGREE_KM))
    x, y = np.meshgrid(*[(np.arange(count) + 0.5) * cell * _DEGREE_KM] * 2)
    bed = _coast.ground(x - west, y - width / 2)
    corner = (lon - west / _DEGREE_KM / narrow, lat - width / 2 / _DEGREE_KM)
    return Raster(bed, corner[0], corner[1], across, cell)


def way() -> Way:
    """Take Lekima's best track from the hour of the run on."""
    (track,) = read_ibtracs(TRACK.read_text(encoding="utf-8")).values()
    late = track.times >= BASED_AT
    return Way(
        number="1909", name="Lekima", agency="NOAA", times=tuple(track.times[late].tolist()),
        lon=tuple(track.lon[late].tolist()), lat=tuple(track.lat[late].tolist()),
        wind=plain(track.wind[late], 2), pressure=plain(track.pressure[late], 2),
    )  # fmt: skip


def waves() -> tuple[tuple[str, float, float], ...]:
    """Give the constants of Kanmen."""
    told = _coast.constants()
    columns = (told.names, told.amplitude.tolist(), told.lag.tolist())
    return tuple(zip(*columns, strict=True))


def around(outer: Raster) -> list[SideTide]:
    """Tell the tide at every half degree of the sides of the sea."""
    ny, nx = outer.values.shape
    east, north = outer.west + nx * outer.dx, outer.south + ny * outer.dy
    lons = np.arange(outer.west, east + 0.25, 0.5)
    lats = np.arange(outer.south, north + 0.25, 0.5)
    places = [(lon, lat) for lon in lons for lat in (outer.south, north)]
    places += [(lon, lat) for lat in lats for lon in (outer.west, east)]
    return [SideTide(lon=float(lon), lat=float(lat), waves=waves()) for lon, lat in places]


def harbour(datum: str) -> TidePoint:
    """Put a tide station off the shore."""
    lon, lat = _coast.SHORE
    return TidePoint(
        station="harbour", lon=lon + 0.03, lat=lat, waves=waves(), mean=0.2, datum=datum,
        levels={"tide-blue": 2.0, "tide-red": 3.5},
    )  # fmt: skip


def villages() -> list[ShorePlace]:
    """Settle villages on the first kilometres behind the shore."""
    lon, lat = _coast.SHORE
    scattered = np.random.default_rng(7).uniform((-0.08, -0.12), (-0.005, 0.12), (VILLAGES, 2))
    return [
        ShorePlace(region=f"{n:012d}", lon=float(lon + off[0]), lat=float(lat + off[1]))
        for n, off in enumerate(scattered)
    ]
