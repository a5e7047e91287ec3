from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.codes import lookup
from anlan.engines.tide import (
    Constants,
    analyse,
    datums,
    predict,
    residuals,
    separable,
    springs,
    turns,
)
from anlan.engines.tide.constituents import NAMES, known, waves
from anlan.engines.tide.prediction import Times
from anlan.kernel.errors import Invalid

HOUR_MS = 3_600_000


def moment(text: str) -> int:
    return int(np.datetime64(text, "ms").astype(np.int64))


def hours(start: str, count: int) -> Times:
    return moment(start) + np.arange(count, dtype=np.int64) * HOUR_MS


@cache
def place(station: str) -> Constants:
    level = next(row for row in lookup.table("tide-stations").rows if row.code == station)
    table = {
        row.extra["constituent"]: (row.extra["amplitude"], row.extra["lag"])
        for row in lookup.table("tide-constants").rows
        if row.extra["station"] == station
    }
    constants, strange = Constants.of(table, mean=level.extra["mean"])
    assert strange == ("T3", "R3", "3L2")
    return constants


# UTide 0.4.0 (Codiga 2011), its nodal corrections at the very moment, latitude 28: factor, V + u.
ELSEWHERE = {
    "1997-03-05T07:00": {
        "M2": (1.0377, 300.99),
        "S2": (0.9978, 209.99),
        "N2": (1.0366, 331.68),
        "K2": (0.7485, 175.89),
        "K1": (0.8813, 178.00),
        "O1": (0.8035, 123.45),
        "P1": (1.0118, 32.00),
        "Q1": (0.8030, 153.95),
        "J1": (0.8195, 147.60),
        "L2": (0.9754, 98.71),
        "M3": (1.0564, 271.61),
        "M4": (1.0767, 241.98),
        "MS4": (1.0354, 150.98),
    },
    "2019-08-09T17:45": {
        "M2": (1.0111, 317.43),
        "S2": (0.9995, 172.62),
        "N2": (1.0112, 234.19),
        "K2": (0.9365, 71.04),
        "K1": (0.9822, 125.35),
        "O1": (0.9676, 196.49),
        "P1": (1.0018, 37.74),
        "Q1": (0.9712, 113.00),
        "J1": (0.9821, 205.46),
        "L2": (0.9250, 233.69),
        "M3": (1.0169, 296.09),
        "M4": (1.0224, 274.86),
        "MS4": (1.0106, 130.05),
    },
}


@pytest.mark.parametrize("when", ELSEWHERE)
def test_factors_and_arguments_are_those_another_program_finds(when: str) -> None:
    expected = ELSEWHERE[when]
    factor, argument = waves(list(expected)).at(np.array([moment(when)]))
    found = np.degrees(argument[:, 0])
    for index, (name, (size, angle)) in enumerate(expected.items()):
        assert factor[index, 0] == pytest.approx(size, abs=0.013), name
        assert abs((found[index] - angle + 180) % 360 - 180) < 0.9, name


# Schureman (1940), table 2: degrees a mean solar hour.
SPEEDS = {
    "SA": 0.0410686,
    "MM": 0.5443747,
    "MF": 1.0980331,
    "Q1": 13.3986609,
    "O1": 13.9430356,
    "P1": 14.9589314,
    "K1": 15.0410686,
    "J1": 15.5854433,
    "MU2": 27.9682084,
    "N2": 28.4397295,
    "NU2": 28.5125831,
    "M2": 28.9841042,
    "LAMBDA2": 29.4556253,
    "L2": 29.5284789,
    "T2": 29.9589333,
    "S2": 30.0,
    "K2": 30.0821373,
    "2MK3": 42.9271398,
    "M3": 43.4761563,
    "MK3": 44.0251729,
    "MN4": 57.4238337,
    "M4": 57.9682084,
    "M6": 86.9523127,
    "M8": 115.9364166,
}


def test_waves_run_at_the_speeds_of_the_manual() -> None:
    found = waves(list(SPEEDS)).speeds()
    assert found == pytest.approx(np.array(list(SPEEDS.values())), abs=2e-6)


def test_the_highest_and_lowest_tide_of_nineteen_years_are_those_published() -> None:
    for row in lookup.table("tide-stations").rows:
        found = datums(place(row.code), moment("1978-12-31"))
        assert found.highest == pytest.approx(row.extra["highest"], abs=0.02)
        assert found.lowest == pytest.approx(row.extra["lowest"], abs=0.02)
        assert found.mean == pytest.approx(row.extra["mean"], abs=0.005)
        assert found.high == pytest.approx(row.extra["high"], abs=0.05)
        assert found.low == pytest.approx(row.extra["low"], abs=0.02)


def test_mean_sea_with_the_waves_of_moon_and_sun_is_the_high_water_of_springs_published() -> None:
    for row in lookup.table("tide-stations").rows:
        low, high = springs(place(row.code))
        assert high == pytest.approx(row.extra["spring_high"], abs=6e-4)
        assert low == pytest.approx(row.extra["spring_low"], abs=6e-4)
    # Xiamen: 3.590 + 1.8353 + 0.5361.
    assert springs(place("xiamen"))[1] == pytest.approx(5.961, abs=6e-4)
    with pytest.raises(Invalid, match="没有 S2"):
        springs(Constants(("M2",), np.ones(1), np.zeros(1), 0.0))


def test_a_year_of_levels_gives_back_the_constants_it_was_made_of() -> None:
    truth = place("kanmen")
    times = hours("2018-09-01", 366 * 24)
    noise = np.random.default_rng(2019).normal(0.0, 0.05, len(times))
    levels = predict(truth, times) + noise
    levels[100:400] = np.nan
    fit = analyse(times, levels, truth.names)
    assert fit.values == len(times) - 300
    assert fit.residual == pytest.approx(0.05, rel=0.03)
    assert fit.constants.mean == pytest.approx(truth.mean, abs=0.002)
    apart = fit.constants.amplitude * np.exp(1j * np.radians(fit.constants.lag))
    apart -= truth.amplitude * np.exp(1j * np.radians(truth.lag))
    assert np.abs(apart).max() < 4.5 * fit.amplitude_error.max()
    assert fit.amplitude_error.max() < 0.002


def test_a_month_of_levels_predicts_the_next_with_the_waves_it_can_hold_apart() -> None:
    truth = Constants(
        ("M2", "S2", "N2", "K1", "O1", "M4"),
        np.array([1.88, 0.68, 0.35, 0.3, 0.23, 0.03]),
        np.array([22.3, 54.7, 4.6, 98.6, 69.5, 181.3]),
        mean=0.2,
    )
    times = hours("2019-07-01", 31 * 24)
    names = separable(("M2", "S2", "K2", "N2", "K1", "P1", "O1", "M4"), 30 * 24.0)
    assert names == ("M2", "S2", "N2", "K1", "O1", "M4")
    fit = analyse(times, predict(truth, times), names)
    later = hours("2019-08-09", 48)
    assert predict(fit.constants, later) == pytest.approx(predict(truth, later), abs=1e-6)


def test_a_record_too_short_or_too_thin_is_refused_with_the_waves_it_mixes() -> None:
    times = hours("2019-07-01", 30 * 24)
    with pytest.raises(Invalid, match="S2 与 K2"):
        analyse(times, np.zeros(len(times)), ("M2", "S2", "K2"))
    with pytest.raises(Invalid, match="SA"):
        analyse(times, np.zeros(len(times)), ("SA", "M2"))
    with pytest.raises(Invalid, match="有效潮位只有 0 个"):
        analyse(times, np.full(len(times), np.nan), ("M2",))


def test_what_is_left_is_the_surge_and_unknown_stays_unknown() -> None:
    times = hours("2019-08-09", 48)
    surge = 1.6 * np.exp(-(((np.arange(48) - 18) / 6.0) ** 2))
    surge[30] = np.nan
    left = residuals(place("kanmen"), times, predict(place("kanmen"), times) + surge)
    assert np.isnan(left[30])
    assert np.delete(left, 30) == pytest.approx(np.delete(surge, 30), abs=1e-12)


def test_high_and_low_waters_take_turns_and_bound_the_tide() -> None:
    start, end = moment("2019-08-01"), moment("2019-08-31")
    found = turns(place("kanmen"), start, end)
    assert len(found.times) == 116
    assert (found.high[1:] != found.high[:-1]).all()
    minutes = np.arange(start, end, 60_000, dtype=np.int64)
    level = predict(place("kanmen"), minutes)
    assert found.levels.max() == pytest.approx(level.max(), abs=1e-4)
    assert found.levels.min() == pytest.approx(level.min(), abs=1e-4)
    assert found.levels == pytest.approx(predict(place("kanmen"), found.times), abs=5e-4)


def test_strange_and_doubled_names_are_refused_by_name() -> None:
    with pytest.raises(Invalid, match="3L2"):
        waves(["M2", "3L2"])
    with pytest.raises(Invalid, match="两次"):
        waves(["LAMBDA2", "lam2"])


@settings(max_examples=30)
@given(st.sampled_from(NAMES), st.integers(moment("1950-01-01"), moment("2050-01-01")))
def test_every_wave_keeps_within_what_the_moon_allows(name: str, when: int) -> None:
    factor, argument = waves([name]).at(np.array([when]))
    assert known(name) == name
    assert 0.3 < factor[0, 0] < 2.2
    assert 0.0 <= argument[0, 0] < 2 * np.pi + 1e-9
