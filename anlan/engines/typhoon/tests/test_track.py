import numpy as np
import pytest

from anlan.engines.typhoon import Fix, track_of
from anlan.kernel.errors import Invalid

HOUR_MS = 3_600_000


def path(*places: tuple[float, float], every: float = 6.0) -> list[Fix]:
    return [Fix(int(n * every * HOUR_MS), lon, lat) for n, (lon, lat) in enumerate(places)]


def test_positions_in_any_order_become_one_path_and_doubled_moments_are_told() -> None:
    fixes = path((130.0, 20.0), (129.0, 20.5), (128.0, 21.0))
    track = track_of([fixes[2], fixes[0], fixes[1], Fix(0, 131.0, 20.0)])
    assert track.lon.tolist() == [130.0, 129.0, 128.0]
    assert track.mended == ("1 个时刻写了两次，用先写的",)


@pytest.mark.parametrize("beyond", [(181.0, 182.0), (-179.0, -178.0)])
def test_a_storm_goes_over_the_date_line_without_a_jump(beyond: tuple[float, float]) -> None:
    track = track_of(path((180.0, 20.0), (beyond[0], 20.0), (beyond[1], 20.0)))
    assert track.lon.tolist() == [180.0, 181.0, 182.0]
    east, north = track.motion()
    assert east == pytest.approx(np.full(3, 4.84), abs=0.01)
    assert north == pytest.approx(np.zeros(3))


def test_a_jump_is_refused_with_its_moment_because_two_storms_may_be_mixed() -> None:
    with pytest.raises(Invalid, match=r"1970-01-01 08:00 到 1970-01-01 14:00 .*混了两个台风"):
        track_of(path((130.0, 20.0), (110.0, 20.0)))


@pytest.mark.parametrize("place", [(130.0, 95.0), (400.0, 20.0), (float("nan"), 20.0)])
def test_a_place_off_the_globe_is_refused(place: tuple[float, float]) -> None:
    with pytest.raises(Invalid, match="不是热带气旋会在的地方"):
        track_of(path(place))


def test_nothing_is_refused_and_one_position_stands_still() -> None:
    with pytest.raises(Invalid, match="没有一个位置"):
        track_of([])
    east, north = track_of(path((130.0, 20.0))).motion()
    assert (east.tolist(), north.tolist()) == ([0.0], [0.0])


def test_winds_and_pressures_that_cannot_be_are_unknown_and_noughts_are_no_matter() -> None:
    fixes = [
        Fix(0, 130.0, 20.0, wind=40.0, pressure=9600.0),
        Fix(6 * HOUR_MS, 129.0, 20.0, wind=0.0, pressure=0.0),
        Fix(12 * HOUR_MS, 128.0, 20.0, wind=-9999.0, pressure=950.0),
    ]
    track = track_of(fixes)
    assert np.isnan(track.wind).tolist() == [False, True, True]
    assert np.isnan(track.pressure).tolist() == [True, True, False]
    assert track.mended[:2] == ("1 个风速不可能，按不明处理", "1 个气压不可能，按不明处理")
    # What is left tells no pressure beside its wind: somebody is asked to look at the unit.
    assert len(track.mended) == 3
    assert "请看一眼是不是节" in track.mended[2]


def test_wind_is_carried_over_a_fix_that_tells_none_and_never_beyond_what_was_told() -> None:
    fixes = path((130.0, 20.0), (129.0, 20.0), (128.0, 20.0), (127.0, 20.0))
    winds = (float("nan"), 30.0, float("nan"), 40.0)
    told = [Fix(fix.time, fix.lon, fix.lat, wind) for fix, wind in zip(fixes, winds, strict=True)]
    at = track_of(told).at(np.array([0, 6, 12, 18]) * HOUR_MS)
    assert np.isnan(at.wind[0])
    assert at.wind[1:].tolist() == [30.0, 35.0, 40.0]


def told(*winds: tuple[float, float]) -> list[Fix]:
    return [Fix(int(n * 6 * HOUR_MS), 130.0, 20.0, *pair) for n, pair in enumerate(winds)]


def test_knots_written_as_metres_a_second_are_refused_with_the_figures() -> None:
    knots = told((90.0, 940.0), (85.0, 950.0), (60.0, 970.0))
    with pytest.raises(Invalid, match=r"940 百帕约为每秒 53 米，写的是 90.*节当成了米每秒"):
        track_of(knots)
    assert track_of(knots, knots=True).wind[0] == pytest.approx(46.3, abs=0.01)


def test_metres_a_second_taken_for_knots_are_told_because_a_dying_storm_may_be_so() -> None:
    found = track_of(told((46.0, 940.0), (44.0, 950.0), (31.0, 970.0)), knots=True)
    assert found.mended == ("风速只有同样气压通常风速的一半左右，请核对单位",)
    assert track_of(told((20.0, 990.0), (12.0, 1000.0))).mended == ()


def test_a_gap_longer_than_a_day_is_told_where_it_is() -> None:
    track = track_of(path((130.0, 20.0), (125.0, 20.0), every=30.0))
    assert track.mended == ("1970-01-01 08:00 之后缺了 30 小时，其间不作推算",)


def test_moments_outside_the_path_or_in_a_gap_of_more_than_a_day_are_refused() -> None:
    track = track_of(path((130.0, 20.0), (125.0, 20.0), every=30.0))
    with pytest.raises(Invalid, match="不包含"):
        track.at(np.array([31 * HOUR_MS]))
    with pytest.raises(Invalid, match="缺了 30 小时"):
        track.at(np.array([HOUR_MS]))
    assert len(track.at(np.array([0, 30 * HOUR_MS]))) == 2
