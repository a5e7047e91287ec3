"""Lekima over the county: what is strongest comes at the landfall, and the same every time."""

import numpy as np
import pytest

from anlan.demo import storms
from anlan.demo.county import County
from anlan.demo.days.course import Course
from anlan.demo.days.recording import Recording
from anlan.demo.storms import Storm
from anlan.demo.storms.shore import grown
from anlan.demo.storms.world import Under, record_storm, under

pytestmark = pytest.mark.slow


def of(told: Under, quantity: str) -> list[Course]:
    return [one for one in told.day if one.stream.quantity == quantity]


def around(one: Course, storm: Storm, hours: float) -> np.ndarray:
    return np.asarray(one.value[np.abs(one.hours - storm.hour(storm.landfall.at)) <= hours])


def test_wind_is_strongest_and_pressure_lowest_within_hours_of_the_landfall(
    told: Under, lekima: Storm
) -> None:
    winds, lows = of(told, "wind-speed"), of(told, "air-pressure")
    strongest = max(one.value.max() for one in winds)
    assert max(around(one, lekima, 3).max() for one in winds) == strongest
    # A severe typhoon of 44 m/s over the sea: on land force 11 to 14, ten minutes' mean.
    assert 28.5 < strongest < 46.2
    gusts = max(one.value.max() for one in of(told, "wind-gust"))
    assert 1.2 < gusts / strongest < 2.0
    # Told as 950 hPa at the centre, at sea level; stations stand up to a hundred metres above it.
    lowest = min(one.value.min() for one in lows if one.value.mean() > 990)
    assert min(around(one, lekima, 3).min() for one in lows if one.value.mean() > 990) == lowest
    assert 925 < lowest < 965


def test_rain_lies_between_that_of_a_typhoons_plain_and_its_hills(told: Under) -> None:
    totals = np.array([one.value.sum() for one in of(told, "rain")])
    assert 80 < np.median(totals) < 350
    assert np.quantile(totals, 0.95) > 1.5 * np.quantile(totals, 0.05)
    assert totals.max() < 900


def test_the_tide_is_lifted_at_every_harbour_about_the_landfall_and_not_days_before(
    told: Under, lekima: Storm, county: County
) -> None:
    landfall = lekima.hour(lekima.landfall.at)
    hours = np.arange(0.0, lekima.hours, 0.25)
    for station in (one for one in county.stations if one.kind == "tide"):
        surge = told.sea.surge(station.code, hours)
        assert 0.6 < surge.max() < 4.5, station.name
        assert abs(hours[int(surge.argmax())] - landfall) < 6, station.name
        assert not surge[hours < landfall - 40].any(), station.name


def test_streams_and_reservoirs_rise_with_the_rain_and_fall_again(told: Under) -> None:
    stages = of(told, "water-level")
    over = [one for one in stages if one.value.max() >= (one.stream.level("warning") or 1e9)]
    assert 5 <= len(over) < len(stages)
    assert all(one.value[-1] < one.value.max() for one in over)
    risen = [one.value.max() - one.value[0] for one in of(told, "reservoir-level")]
    assert max(risen) > 0.5
    assert min(risen) >= 0


def test_waves_grow_with_the_wind_as_measured_for_a_fetch() -> None:
    height, period = grown(np.array([20.0, 30.0]))
    assert 3.5 < height[0] < 5.5
    assert 6.0 < height[1] < 9.0
    assert (period > 6).all()


def test_the_same_storm_gives_the_same_bytes(
    county: County, lekima: Storm, recording: Recording
) -> None:
    again = record_storm(county, under(county, lekima))
    assert again.about == recording.about
    for name in ("stream", "time", "value", "sent", "again"):
        assert getattr(again, name).tobytes() == getattr(recording, name).tobytes()


def test_devices_fail_and_lines_break_and_come_back_with_what_they_kept(
    recording: Recording, lekima: Storm
) -> None:
    assert recording.about.due is None
    kinds = {text.partition("：")[0] for text in recording.about.faults}
    assert {"stuck", "spikes", "away", "lost", "twice"} <= kinds
    late = (recording.sent - recording.time) / 3_600_000
    assert (late > 1).sum() > 100, "a burst of late values"
    assert recording.again.sum() > 20
    assert lekima.start.timestamp() * 1000 == recording.about.start


@pytest.mark.parametrize("name", [one for one in storms.names() if one != "lekima"])
def test_other_storms_need_only_their_folder(name: str, county: County) -> None:
    storm = storms.storm(name)
    told = under(county, storm)
    winds = of(told, "wind-speed")
    strongest = max(one.value.max() for one in winds)
    assert max(around(one, storm, 5).max() for one in winds) == strongest
    assert strongest > 17.2
    assert all(np.isfinite(one.value).all() for one in told.day)
