import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.engines.basin import (
    Reach,
    antecedent,
    cascade,
    convolved,
    curve_number,
    reach_of,
    routed,
    runoff,
)
from anlan.kernel.errors import Invalid

HOUR = 3600.0


def test_a_hundred_millimetres_on_a_curve_number_of_eighty_give_what_the_handbook_says() -> None:
    assert runoff([100.0], 80.0) == pytest.approx([50.539], abs=1e-3)
    assert runoff([12.0], 80.0) == pytest.approx([0.0])
    assert runoff([0.0, 37.5], 100.0) == pytest.approx([0.0, 37.5])


@given(st.lists(st.floats(0, 60), min_size=1, max_size=24), st.floats(30, 100))
def test_runoff_by_steps_adds_up_to_runoff_of_the_whole(rain: list[float], number: float) -> None:
    steps = runoff(rain, number)
    assert (steps >= -1e-9).all()
    assert (steps <= np.array(rain) + 1e-9).all()
    assert steps.sum() == pytest.approx(float(runoff([sum(rain)], number)[0]), abs=1e-6)


def test_wet_days_make_a_basin_wet_and_an_unmeasured_day_makes_it_unknown() -> None:
    assert antecedent([0.0, 0.0, 100.0]) == pytest.approx(85.0)
    assert antecedent([100.0, 0.0, 0.0]) == pytest.approx(100 * 0.85**3)
    assert np.isnan(antecedent([np.nan, 0.0, 0.0]))
    # Chow 1988, table 5.5.2: classes I and III of CN 75 are 55.8 and 87.3.
    assert curve_number(75.0, 0.0) == pytest.approx(55.75, abs=0.1)
    assert curve_number(75.0, 35.0) == pytest.approx(75.0)
    assert curve_number(75.0, 300.0) == pytest.approx(87.34, abs=0.1)
    assert np.isnan(curve_number(75.0, np.nan))


def test_negative_rain_and_impossible_numbers_are_refused() -> None:
    with pytest.raises(Invalid, match="不能为负"):
        runoff([-9999.0], 80.0)
    with pytest.raises(Invalid, match="CN"):
        curve_number(0.0, 30.0)
    assert np.isnan(runoff([np.nan, 5.0], 80.0)).all()


def test_one_reservoir_empties_as_an_exponential() -> None:
    # Mean over each step of what has run off a single reservoir of one hour, filled at step 0.
    shares = cascade(1.0, HOUR, HOUR, 12)
    through = 1 - (1 - np.exp(-1.0)) * np.exp(-np.arange(12))
    assert np.cumsum(shares) == pytest.approx(through, abs=1e-4)


def test_a_cascade_keeps_its_water_and_its_middle_comes_when_it_should() -> None:
    shares = cascade(3.0, 2 * HOUR, HOUR, 96)
    assert shares.sum() == pytest.approx(1.0, abs=1e-4)
    middle = (shares * np.arange(96)).sum()
    assert middle == pytest.approx(6.0, abs=0.02)
    assert (shares >= 0).all()
    with pytest.raises(Invalid, match="单位线"):
        cascade(0.5, HOUR, HOUR, 10)


def test_flow_holds_all_the_water_that_ran_off_for_every_member() -> None:
    run = np.zeros((2, 3, 96))
    run[0, :, 5], run[1, :, 10] = 10.0, [1.0, 2.0, 3.0]
    response = np.stack([cascade(3.0, HOUR, HOUR, 96), cascade(2.0, 2 * HOUR, HOUR, 96)])
    flow = convolved(run, response, np.array([20e6, 5e6]), HOUR)
    assert flow.shape == run.shape
    assert flow[0, 0].sum() * HOUR == pytest.approx(10e-3 * 20e6, rel=1e-3)
    assert flow[1].sum(axis=1) * HOUR == pytest.approx(np.array([1, 2, 3]) * 5e3, rel=1e-3)
    assert (flow[1, :, :10] == 0).all()


def test_a_steady_flow_passes_a_reach_unchanged_and_a_flood_late_and_lower() -> None:
    reach = Reach(np.array([2 * HOUR, 9 * HOUR]), np.array([0.2, 0.3]))
    assert routed(np.full((2, 30), 7.0), reach, HOUR) == pytest.approx(np.full((2, 30), 7.0))
    wave = 10 + 90 * np.exp(-(((np.arange(120) - 20) / 5.0) ** 2))
    down = routed(np.stack((wave, wave)), reach, HOUR)
    assert down.min() > 0
    assert (down.max(axis=1) < wave.max()).all()
    assert down.sum(axis=1) == pytest.approx(np.full(2, wave.sum()), rel=1e-3)
    centre = ((down - 10) * np.arange(120)).sum(axis=1) / (down - 10).sum(axis=1)
    assert centre - 20 == pytest.approx([2.0, 9.0], abs=0.05)


def test_a_channel_that_is_steep_runs_fast_and_hardly_flattens() -> None:
    reach = reach_of([5000.0, 5000.0], [0.02, 0.0005], [20.0, 20.0], [0.04, 0.04], [80.0, 80.0])
    assert reach.travel[0] < reach.travel[1]
    assert reach.weight[0] > reach.weight[1] >= 0
    # Wide channel, 20 m, n 0.04, slope 0.02, 80 m3/s: 1.07 m deep, 3.73 m/s, wave 6.22 m/s.
    assert reach.travel[0] == pytest.approx(5000 / 6.22, rel=5e-3)
    with pytest.raises(Invalid, match="大于零"):
        reach_of([5000.0], [0.0], [20.0], [0.04], [80.0])
