"""What is sent of a storm: bulletins that know no future, warnings in the order they hold."""

import json
from pathlib import Path

import numpy as np
import pytest

from anlan.demo.county import County
from anlan.demo.days.recording import in_ms
from anlan.demo.storms import Storm
from anlan.demo.storms.bulletins import UNDER_WAY, bulletins_of
from anlan.demo.storms.figures import ahead, figures, moments
from anlan.demo.storms.letters import Letter, read_letters, write_letters
from anlan.demo.storms.signals import NONE, Turn, signals, turns, warnings_of
from anlan.demo.storms.world import Under
from anlan.engines.geo.distance import haversine
from anlan.engines.typhoon.bulletins import read_bulletins
from anlan.protocols.alerting.reading import read_alert

pytestmark = pytest.mark.slow

HOUR = 3_600_000


@pytest.fixture(scope="module")
def bulletins(lekima: Storm) -> list[Letter]:
    return bulletins_of(lekima)


@pytest.fixture(scope="module")
def warnings(told: Under, lekima: Storm, county: County) -> list[Letter]:
    stations = {one.code: one for one in county.stations}
    found = figures(lekima, told, stations)
    return warnings_of(lekima, found, ("339901000000", county.name))


def test_every_bulletin_is_readable_and_ends_where_it_was_issued(
    bulletins: list[Letter], lekima: Storm
) -> None:
    assert 30 < len(bulletins) < 80
    assert [one.at for one in bulletins] == sorted(one.at for one in bulletins)
    for letter in bulletins:
        (found,) = read_bulletins(letter.body).values()
        assert int(found.path.times[-1]) == letter.at - UNDER_WAY * 60_000
        assert not found.refused
    (newest,) = read_bulletins(bulletins[-1].body)
    assert newest == lekima.number


def test_what_is_foreseen_is_wrong_as_forecasts_are(bulletins: list[Letter], lekima: Storm) -> None:
    off = []
    for letter in bulletins:
        (found,) = read_bulletins(letter.body).values()
        for (issued, _), way in found.forecasts.items():
            at = issued + 24 * HOUR
            if at in way.times.tolist() and at <= lekima.path.times[-1]:
                then = np.array([at], dtype=np.int64)
                true, said = lekima.path.at(then), way.at(then)
                off.append(float(haversine(true.lon, true.lat, said.lon, said.lat)[0]) / 1000)
    assert len(off) > 20
    assert 25 < float(np.mean(off)) < 130
    assert min(off) > 0


def test_the_same_storm_tells_the_same(bulletins: list[Letter], lekima: Storm) -> None:
    assert bulletins_of(lekima) == bulletins


def test_every_warning_is_one_of_the_national_form_and_says_it_is_an_exercise(
    warnings: list[Letter],
) -> None:
    assert {one.kind for one in warnings} >= {
        "typhoon", "rainstorm", "storm-surge", "geological", "flash-flood"
    }  # fmt: skip
    seen = set()
    for letter in warnings:
        read = read_alert(letter.body.encode())
        assert read.status == "exercise"
        assert in_ms(read.sent) == letter.at
        assert read.identifier not in seen
        assert all(earlier in seen for _, earlier, _ in read.references)
        assert (read.action == "alert") == (not read.references)
        seen.add(read.identifier)


def test_the_typhoon_signal_climbs_to_red_hours_before_the_landfall_and_ends(
    warnings: list[Letter], lekima: Storm
) -> None:
    story = [read_alert(one.body.encode()) for one in warnings if one.kind == "typhoon"]
    levels = [one.infos[0].level or NONE for one in story if one.action != "cancel"]
    first = levels.index(1)
    assert levels[: first + 1] == sorted(levels[: first + 1], reverse=True)
    assert story[-1].action == "cancel"
    ahead_h = (lekima.landfall.at - story[first].sent).total_seconds() / 3600
    # Six hours before gusts of force 14 come to the first station, which is not the landfall yet.
    assert 6 < ahead_h < 18


def test_a_worse_level_is_told_at_once_and_a_milder_one_after_quiet_hours() -> None:
    due = np.array([5, 4, 2, 4, 2, 4, 4, 4, 5, 5, 5])
    told = list(turns(due, holds=1.0))
    assert told == [
        Turn(0.5, 4, NONE), Turn(1.0, 2, 4), Turn(3.5, 4, 2), Turn(5.0, NONE, 4)
    ]  # fmt: skip


def test_what_is_looked_for_is_the_worst_of_the_hours_ahead(lekima: Storm) -> None:
    values = np.zeros(moments(lekima).size)
    values[10] = 7.0
    found = ahead(values, 2.0)
    assert np.flatnonzero(found).tolist() == [6, 7, 8, 9, 10]


def test_levels_and_words_come_from_the_code_tables() -> None:
    (typhoon,) = (one for one in signals() if one.key == "typhoon")
    assert [bar.level for bar in typhoon.bars] == [1, 2, 3, 4]
    red = typhoon.bars[0]
    assert red.hours == 6
    assert dict(red.reached) == {"wind": 32.7, "gust": 41.5}


def test_letters_are_kept_in_the_order_they_are_sent(tmp_path: Path) -> None:
    two = [Letter(2, "warning", "b", "二", "{}"), Letter(1, "bulletin", "a", "一", "{}")]
    assert write_letters(tmp_path / "letters.ndjson", two) == 2
    assert read_letters(tmp_path / "letters.ndjson") == two[::-1]
    lines = (tmp_path / "letters.ndjson").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[0])["title"] == "一"
    assert read_letters(tmp_path / "nothing.ndjson") == []
