from datetime import date

import numpy as np
import pytest

from anlan.engines.basin import (
    Law,
    Reservoir,
    Season,
    course,
    fit,
    hours_to,
    limit_on,
    rain_room,
    reservoir_of,
    storage_at,
    threat,
)
from anlan.kernel.errors import Invalid

HOUR = 3600.0
SEASONS = (
    Season("梅汛期", (4, 15), (7, 15), 100.0),
    Season("台汛期", (7, 16), (10, 15), 98.0),
    Season("枯水期", (11, 1), (2, 28), 102.0),
)


def pond() -> Reservoir:
    """A box of one square kilometre, spillway at 102 m, gates of 50 m3/s above 92 m."""
    return reservoir_of(
        [90.0, 92.0, 102.0, 106.0],
        [0.0, 2e6, 12e6, 16e6],
        spill=[0.0, 0.0, 0.0, 400.0],
        outlet=[0.0, 50.0, 50.0, 50.0],
    )


def test_water_is_neither_made_nor_lost_whatever_is_released() -> None:
    inflow = 200 * np.exp(-(((np.arange(72) - 20) / 8.0) ** 2)) * np.array([[1.0], [2.0], [0.1]])
    found = course(pond(), 98.0, inflow, 30.0, HOUR)
    left = (found.released + found.spilled).sum(axis=1) * HOUR
    assert found.storage[:, -1] == pytest.approx(8e6 + inflow.sum(axis=1) * HOUR - left, rel=1e-9)
    assert found.released.max() == pytest.approx(30.0)
    assert found.spilled[2].max() == pytest.approx(0.0, abs=1e-6)
    assert found.spilled[1].max() > 100
    assert found.level[1].max() < 106.0


def test_a_linear_reservoir_empties_as_the_exponential_says() -> None:
    # Outflow of 1e-5 of what is held a second: S = S0 exp(-1e-5 t).
    line = reservoir_of([0.0, 10.0], [0.0, 1e6], spill=[0.0, 10.0])
    found = course(line, 10.0, np.zeros(1440), 0.0, 60.0)
    assert found.storage == pytest.approx(1e6 * np.exp(-1e-5 * 60 * np.arange(1, 1441)), rel=1e-6)


def test_gates_give_what_is_asked_as_far_as_they_can_and_nothing_from_an_empty_reservoir() -> None:
    found = course(pond(), 92.0, np.zeros(24), 80.0, HOUR)
    assert found.released[0] < 50.0
    assert (found.released + found.spilled).sum() * HOUR <= 2e6 + 1
    # Its gates give less the lower it is: 2e6 m3 at 50 m3/s empty as exp(-t / 40,000 s).
    assert found.level[-1] == pytest.approx(90 + 2 * np.exp(-86_400 / 40_000), abs=1e-3)
    assert found.released[-1] < 7.0
    with pytest.raises(Invalid, match="起始水位"):
        course(pond(), 89.0, np.zeros(24), 0.0, HOUR)


def test_what_follows_an_unknown_inflow_is_unknown() -> None:
    inflow = np.full(10, 20.0)
    inflow[4] = np.nan
    found = course(pond(), 98.0, inflow, 0.0, HOUR)
    assert np.isfinite(found.level[:4]).all()
    assert np.isnan(found.level[4:]).all()


def test_a_reservoir_over_its_table_says_so() -> None:
    found = course(pond(), 105.0, np.full(6, 3000.0), 0.0, HOUR)
    assert found.beyond[-1]
    assert found.level[-1] > 106.0
    assert not course(pond(), 98.0, np.full(6, 1.0), 0.0, HOUR).beyond.any()


def test_the_time_to_fill_is_that_of_the_arithmetic() -> None:
    # 1 km2, 3 m of room, 100 m3/s: 3e6 / 100 s = 8.33 h.
    found = course(pond(), 98.0, np.full((2, 48), [[100.0], [1.0]]), 0.0, HOUR)
    assert hours_to(101.0, 98.0, found.level, HOUR)[0] == pytest.approx(8.333, abs=1e-3)
    assert hours_to(101.0, 98.0, found.level, HOUR)[1] == np.inf
    assert np.isnan(hours_to(101.0, 98.0, [99.0, np.nan, np.nan], HOUR))
    assert hours_to(101.0, 98.0, [99.0, 103.0, np.nan], HOUR) == pytest.approx(1.5)
    assert hours_to(97.0, 98.0, found.level, HOUR).tolist() == [0.0, 0.0]


def test_the_limit_is_that_of_the_day_and_there_may_be_none() -> None:
    days = [date(2019, 7, 15), date(2019, 7, 16), date(2019, 10, 20), date(2020, 1, 3)]
    names = [season.name if (season := limit_on(SEASONS, day)) else "" for day in days]
    assert names == ["梅汛期", "台汛期", "", "枯水期"]


def test_the_rain_a_reservoir_can_take_fills_it_to_the_limit() -> None:
    # From 98 to 102 m are 4e6 m3: 50.539 mm of runoff of 79.146 km2, which 100 mm on CN 80 give.
    room = rain_room(pond(), 98.0, 102.0, area=4e6 / 50.539e-3, number=80.0)
    assert room == pytest.approx(100.0, abs=1e-3)
    assert rain_room(pond(), 103.0, 102.0, area=1e6, number=80.0) == 0.0
    with pytest.raises(Invalid, match="超出"):
        rain_room(pond(), 80.0, 102.0, area=1e6, number=80.0)
    assert storage_at(pond(), [91.0, 104.0]).tolist() == [1e6, 14e6]


@pytest.mark.parametrize(
    ("level", "storage", "outlet", "told"),
    [
        ([1.0, 2.0], [5.0, 5.0], None, "逐行增大"),
        ([1.0], [5.0], None, "至少要两行"),
        ([1.0, 2.0], [1.0, 5.0], [3.0, 2.0], "随水位升高而减小"),
        ([1.0, 2.0], [1.0, 5.0], [3.0], "逐行对应"),
    ],
)
def test_tables_that_cannot_be_are_refused(
    level: list[float], storage: list[float], outlet: list[float] | None, told: str
) -> None:
    with pytest.raises(Invalid, match=told):
        reservoir_of(level, storage, outlet=outlet)


CAINE = Law(14.82, 0.39, 0.167, 500.0)


def test_published_laws_give_their_published_intensities() -> None:
    assert CAINE.intensity([1, 6, 24, 72]) == pytest.approx([14.82, 7.368, 4.291, 2.796], abs=1e-3)
    guzzetti = Law(2.20, 0.44, 0.1, 1000.0)
    assert guzzetti.intensity([1, 6, 24, 72]) == pytest.approx([2.2, 1.0, 0.543, 0.335], abs=1e-3)


def test_a_slope_is_threatened_by_the_duration_that_outdoes_its_law_most() -> None:
    rain = np.zeros((2, 24))
    rain[0, 10], rain[1] = 30.0, 5.0
    found = threat(rain, HOUR, CAINE)
    assert found.share[0, 10] == pytest.approx(30 / 14.82)
    assert found.hours[0, 10] == 1.0
    assert found.share[1, 23] == pytest.approx(5 / (14.82 * 24**-0.39), rel=1e-9)
    assert found.hours[1, 23] == 24.0
    assert found.share[0, 23] < found.share[0, 10]


def test_an_hour_nobody_measured_leaves_out_the_times_over_it() -> None:
    rain = np.full((1, 6), 10.0)
    rain[0, 3] = np.nan
    found = threat(rain, HOUR, CAINE)
    assert np.isnan(found.share[0, 3])
    assert found.hours[0].tolist()[4:] == [1.0, 2.0]
    late = threat(rain, HOUR, Law(14.82, 0.39, 3.0, 500.0))
    assert np.isnan(late.share[0]).tolist() == [True, True, False, True, True, True]


def test_a_law_fitted_to_many_slides_is_the_one_they_were_made_by() -> None:
    random = np.random.default_rng(3)
    hours = 10 ** random.uniform(0, 2, 40_000)
    made = 10 ** (np.log10(8 * hours**-0.4) + random.normal(0, 0.2, 40_000))
    law = fit(hours, made, share=0.05)
    assert law.exponent == pytest.approx(0.4, abs=0.01)
    assert (made < law.intensity(hours)).mean() == pytest.approx(0.05, abs=0.01)
    with pytest.raises(Invalid, match="至少要 20 次"):
        fit(hours[:5], made[:5])


def test_only_the_durations_that_are_asked_count_and_each_is_whole_steps() -> None:
    rain = np.zeros(72)
    rain[30:33] = 30.0
    every, some = threat(rain, HOUR, CAINE), threat(rain, HOUR, CAINE, (1.0, 6.0, 24.0))
    assert every.hours[32] == 3.0
    assert every.share[32] == pytest.approx(30.0 / float(CAINE.intensity(3)))
    assert some.hours[32] == 6.0
    assert some.share[32] == pytest.approx(90.0 / 6 / float(CAINE.intensity(6)))
    assert (some.share <= every.share).all()
    # Longer than the series: nobody asks for it.
    assert np.isnan(threat(rain[:5], HOUR, CAINE, (24.0,)).share).all()
    with pytest.raises(Invalid, match="整数倍"):
        threat(rain, HOUR, CAINE, (1.5,))
