import numpy as np
import pytest

from anlan.engines.basin import (
    Network,
    Reach,
    cascade,
    channel_rating,
    convolved,
    critical_rain,
    flood,
    flow_of,
    initial_constant,
    initial_left,
    rain_for,
    rating_of,
    response_of,
    routed,
    runoff,
    stage_of,
)
from anlan.engines.basin.losses import antecedent
from anlan.engines.basin.network import levels
from anlan.kernel.errors import Invalid

HOUR = 3600.0


def network(down: list[int], *, base: float = 0.0, steps: int = 120) -> Network:
    count = len(down)
    return Network(
        area=np.full(count, 10e6),
        response=np.stack([cascade(2.0, HOUR, HOUR, steps)] * count),
        base=np.full(count, base),
        down=np.array(down),
        channel=Reach(np.full(count, 2 * HOUR), np.full(count, 0.2)),
    )


def test_the_flow_at_the_lowest_outlet_holds_the_water_of_every_basin_above() -> None:
    # Two springs into a middle basin, that one and a third spring into the last.
    run = np.zeros((5, 2, 120))
    run[:, 0, 4], run[:, 1, 4] = 10.0, [1.0, 2.0, 3.0, 4.0, 5.0]
    flow = flood(network([1, 4, 1, 4, -1]), run, HOUR)
    assert flow[4, 0].sum() * HOUR == pytest.approx(5 * 10e-3 * 10e6, rel=2e-3)
    assert flow[4, 1].sum() * HOUR == pytest.approx(15e-3 * 10e6, rel=2e-3)
    assert flow[1, 1].sum() * HOUR == pytest.approx(6e-3 * 10e6, rel=2e-3)
    assert flow[4, 0].argmax() > flow[0, 0].argmax()


def test_a_network_without_rain_flows_as_its_ground_gives() -> None:
    flow = flood(network([1, 2, -1], base=0.5), np.zeros((3, 120)), HOUR)
    assert flow == pytest.approx(np.repeat([[0.5], [1.0], [1.5]], 120, axis=1))


def test_one_channel_gives_what_its_reach_gives_alone() -> None:
    run = np.zeros((2, 120))
    run[0, 3] = 20.0
    net = network([1, -1])
    alone = convolved(run, net.response, net.area, HOUR)
    reach = Reach(net.channel.travel[:1], net.channel.weight[:1])
    assert flood(net, run, HOUR)[1] == pytest.approx(routed(alone[:1], reach, HOUR)[0])


def test_basins_come_after_all_that_lie_above_and_rings_are_refused() -> None:
    assert [group.tolist() for group in levels([1, 4, 1, 4, -1])] == [[0, 2, 3], [1], [4]]
    with pytest.raises(Invalid, match="圈"):
        levels([1, 0, -1])
    with pytest.raises(Invalid, match="圈"):
        levels([0])
    with pytest.raises(Invalid, match="不存在"):
        levels([5, -1])


def test_what_ran_before_a_broken_gauge_is_known_and_what_comes_after_is_not() -> None:
    run = np.zeros((2, 120))
    run[0, 2], run[0, 50] = 8.0, np.nan
    flow = flood(network([1, -1]), run, HOUR)
    assert np.isfinite(flow[:, :50]).all()
    assert flow[1, :50].max() > 1.0
    assert np.isnan(flow[:, 50:]).all()


def test_a_muskingum_reach_answers_a_jump_as_the_storage_equation_says() -> None:
    # One reach, X = 0: S = K Q, so Q = I (1 - exp(-t / K)); K is six hours, the step a minute.
    step, travel = 60.0, 6 * HOUR
    inflow = np.full((1, 1441), 100.0)
    inflow[0, 0] = 0.0
    out = routed(inflow, Reach(np.array([travel]), np.array([0.0])), step)[0]
    time = np.arange(1441) * step
    # The jump takes the first step, half of which has passed in the mean.
    exact = 100.0 * (1 - np.exp(-np.maximum(time - step / 2, 0.0) / travel))
    assert out[1:] == pytest.approx(exact[1:], abs=0.01)


@pytest.mark.parametrize(("weight", "step"), [(0.1, 1.5 * HOUR), (0.2, 2.5 * HOUR), (0.3, 1800.0)])
def test_a_muskingum_reach_carries_a_wave_as_its_equation_says(weight: float, step: float) -> None:
    # S = K (X I + (1 - X) Q) and dS/dt = I - Q: a wave is carried by (1 - i w K X) over
    # (1 + i w K (1 - X)), once for each of the pieces that Muskingum's rule cuts a reach into.
    travel, turn, mean, high = 6 * HOUR, 2 * np.pi / (5 * 24 * HOUR), 50.0, 30.0
    time = np.arange(0.0, 15 * 24 * HOUR, step)
    inflow = mean + high * (1 - np.cos(turn * time))
    out = routed(inflow[None], Reach(np.array([travel]), np.array([weight])), step)[0]
    pieces = max(1, int(np.ceil(2 * travel * weight / step)))
    one = travel / pieces
    carried = ((1 - 1j * turn * one * weight) / (1 + 1j * turn * one * (1 - weight))) ** pieces
    exact = mean + high - high * np.real(carried * np.exp(1j * turn * time))
    settled = time > 5 * 24 * HOUR
    assert out[settled] == pytest.approx(exact[settled], abs=0.002 * high)
    if pieces == 1:
        # From the first moment on: what is left of the start fades with K (1 - X).
        fading = high * (1 - np.real(carried)) * np.exp(-time / (travel * (1 - weight)))
        assert out == pytest.approx(exact - fading, abs=0.002 * high)
    # A wave is late by about K, and X keeps it higher.
    flat = 1 / (1 + 1j * turn * travel)
    assert abs(carried) > abs(flat)


def test_initial_and_constant_losses_take_what_the_handbook_takes() -> None:
    rain = [10.0, 20.0, 5.0, 30.0]
    # 15 mm first, then 2 mm a step: 0, 15 - 2, 5 - 2, 30 - 2.
    assert initial_constant(rain, 15.0, 2.0).tolist() == [0.0, 13.0, 3.0, 28.0]
    assert initial_constant([rain, rain], [0.0, 100.0], [0.0, 0.0]).sum(axis=1).tolist() == [65, 0]
    assert np.isnan(initial_constant([1.0, np.nan, 5.0], 0.0, 0.0)).tolist() == [False, True, True]
    with pytest.raises(Invalid, match="后损"):
        initial_constant(rain, 15.0, -1.0)
    assert initial_left(80.0, [0.0, 50.0, 90.0]).tolist() == [80.0, 30.0, 0.0]


def test_the_ground_holds_no_more_than_its_storage() -> None:
    assert antecedent([100.0, 100.0], most=90.0) == pytest.approx(90.0)
    assert antecedent([[10.0, 0.0], [100.0, 0.0]], most=[50.0, 50.0]) == pytest.approx(
        [10 * 0.85**2, 50 * 0.85]
    )
    with pytest.raises(Invalid, match="不能为负"):
        antecedent([-9999.0])


@pytest.mark.parametrize("depth", [0.0, 1.0, 42.0, 300.0])
def test_the_rain_reckoned_back_gives_the_runoff_it_was_reckoned_from(depth: float) -> None:
    assert runoff([float(rain_for(depth, 72.0))], 72.0) == pytest.approx([depth], abs=1e-9)


def test_a_printed_unit_hydrograph_is_taken_when_its_water_is_that_of_its_rain() -> None:
    # 10 mm on 36 km2 are 360,000 m3: 100 m3/s for an hour in all.
    shares = response_of([10.0, 40.0, 30.0, 15.0, 4.9], 36e6, 10.0, HOUR)
    assert shares.sum() == pytest.approx(1.0)
    assert shares[1] == pytest.approx(40 / 99.9)
    with pytest.raises(Invalid, match=r"净雨是 36\.0 万立方米"):
        response_of([10.0, 40.0, 30.0], 36e6, 10.0, HOUR)


def test_stages_come_from_the_table_and_beyond_it_from_the_shape_of_a_channel() -> None:
    rating = rating_of([100.0, 101.0, 103.0], [0.0, 20.0, 150.0])
    assert stage_of(rating, [0.0, 10.0, 150.0]).tolist() == [100.0, 100.5, 103.0]
    assert stage_of(rating, 300.0) == pytest.approx(100 + 3 * 2**0.6)
    assert np.isnan(stage_of(rating, np.nan))
    some = np.array([0.5, 18.0, 149.0, 500.0])
    assert flow_of(rating, stage_of(rating, some)) == pytest.approx(some)
    with pytest.raises(Invalid, match="第 3 个点"):
        rating_of([1.0, 2.0, 2.0], [0.0, 5.0, 9.0])


def test_a_reckoned_curve_is_that_of_manning() -> None:
    rating = channel_rating(50.0, 4.0, width=20.0, slope=0.01, roughness=0.04)
    # 20 x 2^(5/3) x 0.1 / 0.04
    assert flow_of(rating, 52.0) == pytest.approx(158.74, rel=2e-3)
    assert stage_of(rating, 158.74) == pytest.approx(52.0, abs=5e-3)


def test_the_rain_that_floods_the_first_house_brings_just_that_flow() -> None:
    response, area = np.stack([cascade(2.0, HOUR / 2, HOUR, 24)] * 2), np.array([8e6, 8e6])

    def peak(rain: np.ndarray) -> np.ndarray:
        falling = np.zeros((2, 24))
        falling[:, : rain.shape[1]] = rain
        run = runoff(falling, np.array([80.0, 80.0]))
        return np.asarray(convolved(run, response, area, HOUR).max(axis=1))

    three = critical_rain(peak, [60.0, 1e6], 3.0, HOUR)
    assert np.isnan(three[1])
    assert peak(np.repeat(three[:, None] / 3, 3, axis=1))[0] == pytest.approx(60.0, rel=1e-6)
    six = critical_rain(peak, [60.0, 1e6], 6.0, HOUR)
    assert six[0] > three[0]
