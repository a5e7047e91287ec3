import json
from typing import Any

import numpy as np
import pytest

from anlan.engines.typhoon import Fix, track_of
from anlan.engines.typhoon.bulletins import TWICE, read_bulletins
from anlan.engines.typhoon.reading import read_atcf, read_best_tracks
from anlan.engines.typhoon.units import is_twice, span_of_force, span_of_grade
from anlan.kernel.errors import Invalid

HOUR_MS = 3_600_000
ASKS = "没有气压、等级可以核对风速的单位"

#: Grades 5 and 4 with the winds of such storms in knots; pressures are not told.
BEST = """66666 1713   26 0014 1713 0 6 HATO                               20180501
2017082300 5 221 1138    0      88
2017082306 4 222 1128    0      72
"""


def point(hour: int, **more: Any) -> dict[str, Any]:
    place = {"longitude": 126.0 - 0.1 * hour, "latitude": 23.5 + 0.05 * hour}
    return {"time": f"2009-08-{6 + hour // 24:02d}T{hour % 24:02d}:00:00", **place, **more}


def storm(points: list[dict[str, Any]]) -> str:
    return json.dumps([{"tfbh": "200908", "name": "莫拉克", "points": points}])


def ahead(agency: str, *winds: float) -> dict[str, Any]:
    told = [point(12 * (n + 1), speed=wind) for n, wind in enumerate(winds)]
    return {"sets": agency, "points": told}


def test_the_grade_beside_a_wind_tells_knots_where_no_pressure_is_told() -> None:
    with pytest.raises(Invalid, match=r"等级是每秒 41.5 到 51 米，写的是 88，像是把节当成了米每秒"):
        read_best_tracks(BEST)
    found = read_best_tracks(BEST, unit="knots")["1713"]
    assert found.wind == pytest.approx([45.27, 37.04], abs=0.01)
    assert found.mended == ()


def test_who_says_that_they_are_metres_a_second_is_believed_and_told_what_does_not_fit() -> None:
    found = read_best_tracks(BEST, unit="m/s")["1713"]
    assert found.wind.tolist() == [88.0, 72.0]
    assert [one for one in found.mended if "按写明的单位用" in one]


@pytest.mark.parametrize(
    "beside", [{"power": 14}, {"power": 14, "strong": ""}, {"strong": "强台风(STY)"}]
)
def test_force_and_grade_of_a_bulletin_tell_knots(beside: dict[str, Any]) -> None:
    sound = storm([point(0, speed=44, **beside), point(6, speed=45, **beside)])
    assert read_bulletins(sound)["200908"].path.mended == ()
    with pytest.raises(Invalid, match="节当成了米每秒"):
        read_bulletins(storm([point(0, speed=86, **beside), point(6, speed=87, **beside)]))


def test_a_forecast_twice_as_strong_as_the_others_is_told_and_not_refused() -> None:
    """Agencies did so of Saomai and Morakot, and meant it: only a person can tell."""
    told = [ahead("中国", 42, 38, 30), ahead("日本", 40, 35, 28), ahead("美国", 84, 72, 60)]
    found = read_bulletins(storm([point(0, speed=40, power=13, forecast=told)]))["200908"]
    assert found.refused == {}
    # Those that agree vouch for each other: nobody need look at them.
    assert {agency: track.mended for (_, agency), track in found.forecasts.items()} == {
        "中国": (), "日本": (), "美国": (TWICE,),
    }  # fmt: skip


def test_a_forecast_that_tells_no_wind_asks_nobody() -> None:
    told = [ahead("中国台湾", 0, 0)]
    found = read_bulletins(storm([point(0, speed=20, power=8, forecast=told)]))["200908"]
    assert [track.mended for track in found.forecasts.values()] == [()]


def test_a_force_beside_a_wind_vouches_for_it_whatever_others_tell() -> None:
    strong = ahead("美国", 44, 54, 54)
    for one, force in zip(strong["points"], (14, 16, 16), strict=True):
        one["power"] = force
    told = [ahead("中国", 23, 25, 33), strong]
    found = read_bulletins(storm([point(0, speed=20, power=8, forecast=told)]))["200908"]
    assert [track.mended for (_, agency), track in found.forecasts.items() if agency == "美国"] == [
        ()
    ]


def test_a_weak_storm_in_knots_shows_against_its_pressure_too() -> None:
    fixes = [Fix(n * 6 * HOUR_MS, 130.0, 20.0, wind=38.0, pressure=998.0) for n in range(3)]
    with pytest.raises(Invalid, match="节当成了米每秒"):
        track_of(fixes)


def test_where_nothing_tells_the_unit_a_person_is_asked_to_look() -> None:
    fixes = [Fix(n * 6 * HOUR_MS, 130.0, 20.0 + 0.1 * n, wind=70.0) for n in range(3)]
    assert [one for one in track_of(fixes).mended if ASKS in one and "最大 70" in one]
    assert track_of(fixes, knots=True).mended == ()
    assert track_of(fixes, sure=True).mended == ()
    alone = read_bulletins(storm([point(0, speed=40, power=13, forecast=[ahead("美国", 84, 72)])]))
    (track,) = alone["200908"].forecasts.values()
    assert [note for note in track.mended if ASKS in note]


def test_a_deck_in_metres_a_second_is_told_by_its_types() -> None:
    line = "WP, 10, 20190809{hour},   , BEST,   0, 275N, 1220E,  {wind},     0, {type}\n"
    deck = line.format(hour="12", wind=46, type="TY") + line.format(hour="18", wind=44, type="TY")
    assert any("等级多处不符" in one for one in read_atcf(deck)["WP102019"].mended)


def test_spans_follow_the_tables_and_what_is_no_grade_is_unknown() -> None:
    assert span_of_grade(4) == (32.7, 41.5)
    assert span_of_force(17) == (56.1, 61.3)
    for none in (span_of_grade(0), span_of_grade(9), span_of_force(0), span_of_force(float("nan"))):
        assert np.isnan(none).all()


def test_one_pair_of_winds_is_no_proof_of_another_unit() -> None:
    wind = np.array([80.0, 70.0, np.nan])
    assert is_twice(wind, np.array([41.0, 36.0, 30.0]))
    assert not is_twice(wind, np.array([41.0, np.nan, 30.0]))
    assert not is_twice(wind, np.array([60.0, 52.0, 30.0]))
