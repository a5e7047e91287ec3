import numpy as np
import pytest

from anlan.engines.basin import (
    CALM,
    LEAVE,
    PREPARE,
    UNKNOWN,
    Thresholds,
    Watch,
    earth_dam_peak,
    first_at,
    landslide_dam_peak,
    nearness,
    share_of_members,
    surprises,
    thresholds_of,
)
from anlan.kernel.errors import Invalid

HOUR = 3600.0


def table(*, wetness: tuple[float, ...] = (20.0, 60.0)) -> Thresholds:
    leave = np.array([[[60.0, 100.0, 140.0], [40.0, 70.0, 100.0]]])[:, : len(wetness)]
    return thresholds_of([1, 3, 6], wetness, leave * 0.8, leave)


def test_a_village_is_as_near_as_the_time_that_is_nearest() -> None:
    rain = np.zeros((1, 12))
    rain[0, 2:8] = 25.0
    found = nearness(rain, HOUR, table(), [20.0])
    assert found.leave[0, 2] == pytest.approx(25 / 60)
    assert found.leave[0, 4] == pytest.approx(75 / 100)
    assert found.hours[0, 4] == 3.0
    assert found.leave[0, 7] == pytest.approx(150 / 140)
    assert found.hours[0, 7] == 6.0
    assert found.prepare[0, 7] == pytest.approx(150 / 112)
    assert found.state[0].tolist() == [CALM] * 6 + [PREPARE, LEAVE, PREPARE] + [CALM] * 3
    assert first_at(found.state, PREPARE).tolist() == [6]
    assert first_at(found.state, LEAVE).tolist() == [7]


def test_wet_ground_needs_less_rain_and_unknown_ground_counts_as_the_wettest() -> None:
    rain = np.full((1, 1), 42.0)
    near = [float(nearness(rain, HOUR, table(), [wet]).leave[0, 0]) for wet in (0, 20, 40, 60, 200)]
    assert near == pytest.approx([42 / 60, 42 / 60, 42 / 50, 42 / 40, 42 / 40])
    assert nearness(rain, HOUR, table(), [np.nan]).state[0, 0] == LEAVE
    one = table(wetness=(20.0,))
    assert nearness(rain, HOUR, one, [500.0]).leave[0, 0] == pytest.approx(42 / 60)


def test_an_hour_nobody_measured_is_not_taken_for_dry() -> None:
    rain = np.array([[0.0, np.nan, 10.0, 65.0, 0.0]])
    found = nearness(rain, HOUR, table(wetness=(20.0,)), [0.0])
    assert found.state[0].tolist() == [CALM, UNKNOWN, CALM, LEAVE, CALM]
    assert found.hours[0, 3] == 1.0
    lost = nearness(np.full((1, 3), np.nan), HOUR, table(), [0.0])
    assert (lost.state == UNKNOWN).all()
    assert first_at(lost.state, PREPARE).tolist() == [-1]


def test_what_is_known_of_a_window_with_a_hole_may_be_enough() -> None:
    rain = np.array([[50.0, np.nan, 55.0]])
    found = nearness(rain, HOUR, table(wetness=(20.0,)), [0.0])
    assert found.hours[0, 2] == 3.0
    assert found.state[0, 2] == LEAVE


def test_members_are_counted_by_village_and_by_quarter_hours_as_well() -> None:
    rain = np.zeros((1, 4, 8))
    rain[0, 0, 4:8], rain[0, 1, 4:8], rain[0, 3] = 16.0, 13.0, np.nan
    found = nearness(rain, HOUR / 4, table(wetness=(20.0,)), [0.0])
    assert found.state.shape == (1, 4, 8)
    assert share_of_members(found.state, LEAVE) == pytest.approx([1 / 3])
    assert share_of_members(found.state, PREPARE) == pytest.approx([2 / 3])
    assert np.isnan(share_of_members(found.state[:, 3:], LEAVE)).all()
    with pytest.raises(Invalid, match="整数倍"):
        nearness(rain, 4000.0, table(), [0.0])


def test_a_village_without_a_threshold_for_an_hour_is_measured_by_the_others() -> None:
    leave = np.array([[[np.nan, 100.0]], [[60.0, 100.0]]])
    both = thresholds_of([1, 3], [0.0], leave * 0.8, leave)
    found = nearness(np.full((2, 3), 30.0), HOUR, both, [0.0, 0.0])
    assert found.hours[:, 0].tolist() == [3.0, 1.0]
    assert found.leave[:, 2] == pytest.approx([0.9, 0.9])


@pytest.mark.parametrize(
    ("prepare", "leave", "told"),
    [
        ([[[50.0, 90.0]]], [[[40.0, 90.0]]], "第 1 个村"),
        ([[[0.0, 90.0]]], [[[40.0, 90.0]]], "第 1 个村"),
        ([[[40.0]]], [[[50.0]]], "三个方向"),
    ],
)
def test_tables_that_cannot_be_are_refused(prepare: object, leave: object, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        thresholds_of([1.0, 3.0], [0.0], np.array(prepare), np.array(leave))


def gauges() -> tuple[np.ndarray, np.ndarray]:
    """Two hours by five minutes: rain raises both gauges by a metre in all; three members."""
    time = np.arange(24)
    explained = 10.0 + np.array([0.6, 0.8, 1.0])[None, :, None] * (time / 23.0)[None, None, :]
    return np.repeat(10.0 + 0.8 * time[None] / 23.0, 2, axis=0), np.repeat(explained, 2, axis=0)


def test_a_flood_that_rain_explains_surprises_nobody() -> None:
    stage, explained = gauges()
    found = surprises(stage, explained, 300.0, Watch())
    assert not found.rise.any()
    assert not found.fall.any()


def test_a_dam_shows_as_a_fall_above_it_and_its_breach_as_a_rise_below() -> None:
    stage, explained = gauges()
    stage[0, 8:16] -= 0.7
    stage[0, 16:] += 3.0
    found = surprises(stage, explained, 300.0, Watch())
    assert found.fall[0].any()
    assert found.rise[0, 17]
    assert not found.rise[0, :17].any()
    assert not found.fall[1].any()
    assert found.beyond[0, 17] == pytest.approx(3.7, abs=0.3)


def test_one_misreading_surprises_nobody_and_a_gap_breaks_the_row() -> None:
    stage, explained = gauges()
    stage[0, 12] += 5.0
    assert not surprises(stage, explained, 300.0, Watch()).rise.any()
    stage[1, 12:] += 5.0
    stage[1, 13:] = np.nan
    assert not surprises(stage, explained, 300.0, Watch()).rise.any()


def test_a_gauge_without_a_model_still_tells_of_a_wall_of_water() -> None:
    stage, explained = gauges()
    stage[0, 14:] += 2.0
    found = surprises(stage, np.full_like(explained, np.nan), 300.0, Watch())
    assert found.rise[0, 15]
    with pytest.raises(Invalid, match="不一致"):
        surprises(stage, explained[:1], 300.0, Watch())
    with pytest.raises(Invalid, match="时段"):
        surprises(stage, explained, 300.0, Watch(window=60.0))


def test_peaks_of_breaches_are_those_of_the_published_laws() -> None:
    # 100,000 m3 behind 10 m: energy 9.80665e9 J.
    assert landslide_dam_peak(1e5, 10.0) == pytest.approx(0.0158 * 9.80665e9**0.41)
    # Froehlich 1995 with V = 3.1e8 m3, h = 77.4 m (Teton, measured 65,120 m3/s).
    assert earth_dam_peak(3.1e8, 77.4) == pytest.approx(4.3e4, rel=0.1)
