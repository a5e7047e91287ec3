"""Lekima over the demo county's sea: the tide fits, low shores are wet, the hills are not known.

Cells are wider than those of the demonstration, so that it takes seconds.
"""

import csv
import re
from pathlib import Path

import msgspec
import pytest

from anlan import codes
from anlan.demo import sea
from anlan.demo.county import County
from anlan.demo.sheets import DATUM, tide_points
from anlan.demo.storm import BASED_AT, TRACK
from anlan.engines.typhoon.reading import read_ibtracs
from anlan.forecast.adapters import Asked, Folder, Request, Result
from anlan.forecast.adapters.built.surge import forecast_surge
from anlan.forecast.adapters.shapes import Path as Way
from anlan.forecast.adapters.shapes import ShorePlace, SideTide, TidePoint, plain

pytestmark = pytest.mark.slow

HOUR = 3_600_000
BASE = round(BASED_AT.timestamp() * 1000)


class Inputs:
    """Lays inputs into a run's folder."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.asked: list[Asked] = []
        folder.begin()

    def put(self, name: str, content: object, file: str = "") -> None:
        body = content if isinstance(content, bytes) else msgspec.json.encode(content)
        file = file or f"{name}.json"
        digest, size = self.folder.put(f"inputs/{file}", body)
        self.asked.append(
            Asked(name=name, kind=name, state="used", file=file, sha256=digest, bytes=size)
        )


@pytest.fixture(scope="module")
def result(grown: County, tmp_path_factory: pytest.TempPathFactory) -> Result:
    county, home = grown, tmp_path_factory.mktemp("lekima")
    sea.write_sea(county, home)
    inputs = Inputs(Folder(home / "run"))
    inputs.put("track", _way())
    for name, path in (("bathymetry", sea.SEA), ("shore", sea.SHORE), ("walls", sea.WALLS)):
        inputs.put(name, (home / path).read_bytes(), path.name)
    inputs.put("side-tide", _tide(home / sea.SIDE_TIDE))
    inputs.put("places", _places(county))
    inputs.put("tide-points", _points(county))
    inputs.folder.ask(
        Request(
            run="R", model="surge", engine="surge", based_at=BASE, start=BASE - 24 * HOUR,
            end=BASE + 36 * HOUR, step_s=600, seed=1, inputs=tuple(inputs.asked),
            settings={"cell_deg": 0.1, "near_deg": 0.01, "datum": DATUM},
        )
    )  # fmt: skip
    return forecast_surge(inputs.folder)


def _way() -> Way:
    (track,) = read_ibtracs(TRACK.read_text(encoding="utf-8")).values()
    late = track.times >= BASE - 24 * HOUR
    return Way(
        number="1909", name="Lekima", agency="NOAA", times=tuple(track.times[late].tolist()),
        lon=tuple(track.lon[late].tolist()), lat=tuple(track.lat[late].tolist()),
        wind=plain(track.wind[late], 2), pressure=plain(track.pressure[late], 2),
    )  # fmt: skip


def _tide(path: Path) -> tuple[SideTide, ...]:
    told: dict[tuple[float, float], list[tuple[str, float, float]]] = {}
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            wave = (row["constituent"], float(row["amplitude"]), float(row["lag"]))
            told.setdefault((float(row["lon"]), float(row["lat"])), []).append(wave)
    return tuple(
        SideTide(
            lon=lon, lat=lat, waves=tuple(waves),
            flows=tuple((name, 0.0, 0.0, 0.0, 0.0) for name, _, _ in waves),
        )
        for (lon, lat), waves in told.items()
    )  # fmt: skip


def _places(county: County) -> tuple[ShorePlace, ...]:
    seats = [
        ShorePlace(region=one.code, lon=one.lon, lat=one.lat)
        for one in county.regions
        if one.level == "village"
    ]
    zones = [
        ShorePlace(region=one.village, zone=one.code, lon=one.lon, lat=one.lat, outside=True)
        for one in county.danger_zones
        if one.kind == "outside-seawall"
    ]
    return (*seats, *zones)


def _points(county: County) -> tuple[TidePoint, ...]:
    waves = tuple(
        (str(row.text("constituent")), row.number("amplitude") or 0.0, row.number("lag") or 0.0)
        for row in codes.table("tide-constants")
        if row.text("station") == sea.LIKE
    )
    where = {one.code: one for one in county.stations}
    return tuple(
        TidePoint(
            station=row["station"], lon=where[row["station"]].lon, lat=where[row["station"]].lat,
            waves=waves, mean=row["mean"], ratio=row["ratio"], later_min=row["later"], datum=DATUM,
        )
        for row in tide_points(county)
    )  # fmt: skip


def test_the_tide_at_the_harbours_is_that_of_their_constants(result: Result) -> None:
    (said,) = (note for note in result.notes if note.startswith("模式里的潮与"))
    (off,) = re.findall(r"相差 ([\d.]+) 米", said)
    # The tide itself spreads by 1.1 m, the harmonic one leaves nothing out.
    assert float(off) < 0.55
    assert not any("只供参考" in note for note in result.notes)


def test_low_shores_are_wet_and_hills_are_dry_or_not_known(result: Result) -> None:
    wet = [one for one in result.villages if one.depth]
    dry = [one for one in result.villages if one.depth == 0.0]
    unknown = [one for one in result.villages if one.depth is None]
    assert 5 <= len(wet) <= 60
    assert len(dry) > 60
    assert len(unknown) > 20
    assert all(one.arrives_at is not None and one.arrives_at >= BASE for one in wet)
    assert all(one.ground is not None and one.ground < 8.0 for one in wet)
    assert all(one.why and one.stage is None for one in unknown)
    assert max(one.depth or 0.0 for one in wet) < 4.0


def test_the_storm_lifts_every_harbour(result: Result) -> None:
    surges = [one for one in result.series if one.quantity == "surge"]
    assert len(surges) == 5
    for one in surges:
        assert 0.8 < max(value for value in one.values if value is not None) < 4.5
    assert not result.notes[0].startswith("计算在第")
