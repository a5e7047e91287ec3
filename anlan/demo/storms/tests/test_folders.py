"""Every storm's folder is sound: a real track, a landfall laid on the coast, a village unlisted."""

import csv
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import shapely

from anlan.demo import storms
from anlan.demo.county import County, frame
from anlan.demo.days.recording import in_ms
from anlan.demo.storms import HERE
from anlan.demo.storms.mishaps import silenced
from anlan.demo.storms.reading import read_storm
from anlan.engines.geo.distance import haversine
from anlan.kernel.errors import Invalid, Missing

pytestmark = pytest.mark.slow

GUIDE = Path(__file__).parents[4] / "docs" / "howto" / "replay.md"


@pytest.mark.parametrize("name", storms.names())
def test_the_track_is_real_and_credited_and_goes_over_its_landfall(name: str) -> None:
    storm = storms.storm(name)
    assert "IBTrACS" in storm.credit
    assert "CC BY" in storm.credit
    at = storm.track.at(np.array([in_ms(storm.landfall.at)], dtype=np.int64))
    away = haversine(at.lon, at.lat, storm.landfall.lon, storm.landfall.lat)
    assert float(away[0]) < 60_000
    assert float(at.wind[0]) > 25


@pytest.mark.parametrize("name", storms.names())
def test_the_landfall_is_laid_on_the_countys_coast_and_the_clock_is_left(
    name: str, county: County
) -> None:
    storm = storms.storm(name)
    shore = shapely.MultiLineString(list(county.coastline))
    assert shore.distance(shapely.Point(storm.laid)) * frame.KM_PER_LAT < 12
    assert (storm.path.times == storm.track.times).all()
    assert np.allclose(storm.path.lon - storm.track.lon, storm.moved[0])
    assert np.allclose(storm.path.lat - storm.track.lat, storm.moved[1])


@pytest.mark.parametrize("name", storms.names())
def test_the_village_of_the_catastrophe_is_in_no_list_and_has_instruments_to_lose(
    name: str, county: County
) -> None:
    storm = storms.storm(name)
    slide = storm.slide
    assert slide.village in {one.code for one in county.level("village")}
    assert slide.village not in {one.village for one in county.danger_zones}
    assert all(slide.village not in one.villages_below for one in county.reservoirs)
    here = {one.code for one in county.stations if one.village == slide.village}
    assert len(here) >= 2
    gauges = [one for one in county.stations if one.subject == slide.basin and one.kind == "river"]
    assert len(gauges) == 1
    assert {code.rpartition("-")[0] for code in silenced(county, storm)} == {
        *here, gauges[0].code
    }  # fmt: skip
    local = slide.bursts.hour
    assert local < 6, "it bursts before dawn"


def test_another_storm_is_another_folder_as_the_guide_says(tmp_path: Path) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    columns = re.findall(r"`([A-Z_]+)`", guide.partition("### 再加一场台风")[2].partition("## ")[0])
    assert len(columns) == 6
    made = tmp_path / "another"
    made.mkdir()
    with (HERE / "mitag" / "track.csv").open(encoding="utf-8", newline="") as file:
        rows = [{name: row[name] for name in columns} for row in csv.DictReader(file)]
    with (made / "track.csv").open("w", encoding="utf-8", newline="") as file:
        sheet = csv.DictWriter(file, columns)
        sheet.writeheader()
        sheet.writerows(rows)
    text = (HERE / "mitag" / "storm.toml").read_text(encoding="utf-8")
    (made / "storm.toml").write_text(text.replace('"201918"', '"202599"'), encoding="utf-8")
    found = read_storm(made)
    assert found.number == "202599"
    assert (found.path.wind[20:30] == storms.storm("mitag").path.wind[20:30]).all()
    with pytest.raises(Missing, match="lekima"):
        storms.storm("another")


def test_the_guide_names_every_storm_and_what_it_names_is_there() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    assert set(re.findall(r"anlan replay ([a-z]+)\b(?!-)", guide)) <= {*storms.names(), "storm"}
    assert all(f"`{name}`" in guide or f"replay {name}" in guide for name in storms.names())
    root = GUIDE.parents[2]
    paths = re.findall(r"`(anlan/[\w/.]+)`", guide)
    assert len(paths) >= 3
    assert all((root / path).exists() for path in paths)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("starts = 2019-09-28T08:00:00", "starts = 2019-09-28T09:00:00"),
        ("dammed = 2019-10-01T23:00:00+08:00", "dammed = 2019-10-03T23:00:00+08:00"),
        ("at = 2019-10-01T20:30:00+08:00", "at = 2019-11-01T20:30:00+08:00"),
        ('number = "201918"', 'nummer = "201918"'),
    ],
)
def test_a_folder_that_cannot_be_is_refused_with_the_file(
    tmp_path: Path, was: str, now: str
) -> None:
    made = tmp_path / "wrong"
    shutil.copytree(HERE / "mitag", made)
    text = (made / "storm.toml").read_text(encoding="utf-8")
    assert was in text
    (made / "storm.toml").write_text(text.replace(was, now), encoding="utf-8")
    with pytest.raises(Invalid, match=r"storm\.toml"):
        read_storm(made)
