import numpy as np
import pytest

from anlan.codes.scales import band
from anlan.engines.typhoon import (
    Fix,
    Track,
    landed,
    members_rain,
    over_land,
    rain_of,
    rain_rate,
    track_of,
    weakened,
)
from anlan.engines.typhoon.ensemble import Ensemble
from anlan.engines.typhoon.vortex import still_wind
from anlan.kernel.errors import Invalid

HOUR_MS = 3_600_000
HOURS = np.arange(13, dtype=np.int64) * HOUR_MS


def test_a_storm_on_land_decays_as_the_formula_does_in_one_step() -> None:
    ashore = np.zeros(13, dtype=bool)
    ashore[1:] = True
    found = weakened(np.full(13, 50.0), HOURS, ashore)
    assert found[0] == 50.0
    assert found[1] == pytest.approx(45.0)
    assert found[1:] == pytest.approx(over_land(50.0, np.arange(12.0)))


def test_a_storm_that_crosses_an_island_has_lost_what_it_lost_and_no_more() -> None:
    ashore = np.zeros(13, dtype=bool)
    ashore[4:6] = True
    found = weakened(np.full(13, 50.0), HOURS, ashore)
    assert found[:4].tolist() == [50.0] * 4
    at_sea = float(over_land(50.0, 1.0)) / 0.9
    assert found[6:] == pytest.approx(np.full(7, at_sea))


def test_weak_storms_and_storms_told_on_land_keep_their_wind() -> None:
    assert weakened(np.full(13, 12.0), HOURS, np.arange(13) > 0)[1:] == pytest.approx(10.8)
    assert weakened(np.full(2, 30.0), HOURS[:2], np.ones(2, dtype=bool))[0] == 30.0


def test_members_weaken_where_each_of_them_is_ashore() -> None:
    shape = (2, 13)
    storms = Ensemble(
        HOURS, np.zeros(shape), np.full(shape, 25.0), np.full(shape, 6000.0),
        np.full(shape, 40e3), np.full(shape, 1.5), np.zeros(shape), np.zeros(shape),
    )  # fmt: skip
    ashore = np.zeros(shape, dtype=bool)
    ashore[1, 6:] = True
    found = landed(storms, ashore)
    assert np.array_equal(found.deficit[0], storms.deficit[0])
    wind = still_wind(found.deficit[1], 1.5)
    assert wind[6:] == pytest.approx(over_land(still_wind(6000.0, 1.5), np.arange(7.0)))


@pytest.mark.parametrize(
    ("wind", "grade"),
    [(10.8, "td"), (17.1, "td"), (17.2, "ts"), (32.7, "ty"), (41.5, "sty"), (51.0, "superty")],
)
def test_grades_are_those_of_the_standard(wind: float, grade: str) -> None:
    found = band("typhoon", wind)
    assert found is not None
    assert found.code == grade


def storm() -> Track:
    fixes = [Fix(int(n * 6 * HOUR_MS), 121.0, 24.0 + n, wind=45.0) for n in range(5)]
    return track_of(fixes)


def test_rain_is_greatest_beside_the_centre_and_falls_away() -> None:
    away = np.array([0.0, 10e3, 30e3, 60e3, 150e3, 500e3])
    rate = rain_rate(away, 45.0)
    assert rate.argmax() == 2
    assert (np.diff(rate[2:]) < 0).all()
    assert rate[-1] < 0.2
    assert (rain_rate(away, 18.0) < rate).all()


def test_a_place_on_the_path_gets_the_rain_of_the_storms_whole_passage() -> None:
    times = np.arange(0, 25, dtype=np.int64) * HOUR_MS
    lon, lat = np.array([121.0, 124.0]), np.array([26.0, 26.0])
    rain = rain_of(storm(), times, lon, lat)
    assert rain.shape == (2, 24)
    # 111.2 km in six hours: sums of the rate along a line, by the trapezoid.
    path = (np.linspace(24, 28, 4001) - 26.0) * 111.195e3
    whole = np.trapezoid(rain_rate(np.abs(path), 45.0), dx=24 / 4000)
    assert rain[0].sum() == pytest.approx(whole, rel=0.01)
    assert 60 < rain[0].sum() < 200
    assert rain[1].sum() < rain[0].sum() / 3


def test_members_bring_the_rain_each_of_them_would_bring_alone() -> None:
    times = np.arange(0, 13, dtype=np.int64) * HOUR_MS
    at = storm().at((times[1:] + times[:-1]) // 2)
    lon, lat = np.array([121.0, 121.5, 122.0]), np.array([25.0, 25.5, 26.0])
    shifted = np.stack((at.lon, at.lon + 1.0))
    rain = members_rain(shifted, np.stack((at.lat,) * 2), np.stack((at.wind,) * 2), times, lon, lat)
    assert rain.shape == (3, 2, 12)
    assert rain[:, 0] == pytest.approx(rain_of(storm(), times, lon, lat))
    assert rain[0, 1].sum() < rain[0, 0].sum()
    assert rain[2, 1].sum() > rain[2, 0].sum()


def test_rain_without_a_wind_is_refused() -> None:
    track = track_of([Fix(0, 121.0, 24.0), Fix(6 * HOUR_MS, 121.0, 25.0)])
    with pytest.raises(Invalid, match="没有最大风速"):
        rain_of(track, np.array([0, HOUR_MS]), np.array([121.0]), np.array([24.0]))
    with pytest.raises(Invalid, match="两个时刻"):
        rain_of(storm(), np.array([0]), np.array([121.0]), np.array([24.0]))
