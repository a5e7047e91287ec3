import json

import numpy as np
import pytest

from anlan.engines.typhoon.bulletins import agencies, read_bulletins
from anlan.engines.typhoon.reading import read_atcf, read_best_tracks, read_ibtracs
from anlan.kernel.errors import Invalid


def moment(text: str) -> int:
    return int(np.datetime64(text, "ms").astype(np.int64))


# Two lines of the storm that came ashore at Chengnan on 10 August 2019, as IBTrACS has them.
IBTRACS = """SID,SEASON,NAME,ISO_TIME,LAT,LON,WMO_WIND,WMO_PRES
 ,Year,,,degrees_north,degrees_east,kts,mb
2019214N15134,2019,LEKIMA,2019-08-02 06:00:00,14.5,134.3, ,1002
2019214N15134,2019,LEKIMA,2019-08-09 12:00:00,27.5,122.0,90,940
2019214N15134,2019,LEKIMA,2019-08-09 18:00:00,28.3,121.4,85,950
"""

BEST = """66666 0000    3 0021 0000 0 6 (nameless)                         20180501
2017090100 0 109 1302 1010      10
2017090106 1 110 1290 1008      13
66666 1713   26 0014 1713 0 6 HATO                               20180501
2017082300 5 221 1138  950      45
2017082306 4 222 1128  955      42
"""

ATCF = """\
WP, 10, 2019080912,   , BEST,   0, 275N, 1220E,  90,  940, TY,  34, NEQ,  180,  150,  120,  160,
WP, 10, 2019080912,   , BEST,   0, 275N, 1220E,  90,  940, TY,  64, NEQ,   40,   40,   30,   40,
WP, 10, 2019080918,   , BEST,   0, 283N, 1214E,  85,  950, TY,  34, AAA,  100,    0,    0,    0,
WP, 10, 2019080918,   , JTWC,  24, 310N, 1200E,  45,  980, TS
"""


def bulletin(**more: object) -> dict[str, object]:
    point = {
        "time": "2009-08-06T18:00:00",
        "longitude": 126.1,
        "latitude": 23.5,
        "speed": 40,
        "pressure": 960,
        "radius7": 500,
        "radius7_quad": {"ne": 0, "se": 0, "sw": 0, "nw": 0},
        "radius10": 0,
        "radius10_quad": {"ne": 120, "se": 100, "sw": 80, "nw": 110},
        "way": "中国",
    }
    return {**point, **more}


def test_ibtracs_is_read_by_column_names_and_knots_become_metres_a_second() -> None:
    track = read_ibtracs(IBTRACS)["2019214N15134"]
    assert track.name == "LEKIMA"
    assert track.times[-1] == moment("2019-08-09T18:00")
    assert np.isnan(track.wind[0])
    assert track.wind[1] == pytest.approx(46.3, abs=0.01)
    assert track.pressure.tolist() == [1002.0, 940.0, 950.0]


# The first moment is told by two agencies, the second by one, the third by the responsible centre.
LENT = """SID,ISO_TIME,LAT,LON,WMO_WIND,WMO_PRES,CMA_WIND,CMA_PRES,USA_WIND,USA_R34_NE,USA_R34_SE
S1,2019-08-02 06:00:00,14.5,134.3, , ,80,985,90,120,
S1,2019-08-09 12:00:00,27.5,122.0, , , , ,100,150,150
S1,2019-08-09 18:00:00,28.3,121.4,85,950, , ,90, ,
"""


def test_where_the_responsible_centre_is_silent_the_others_are_heard_and_it_is_said() -> None:
    track = read_ibtracs(LENT)["S1"]
    assert track.wind[:2] == pytest.approx([80 * 0.514444, 100 * 0.514444])
    assert track.pressure[0] == 985.0
    assert np.isnan(track.pressure[1])
    assert track.wind[2] == pytest.approx(85 * 0.514444)
    assert track.radii[1, 0, :2].tolist() == pytest.approx([150 * 1.852] * 2)
    assert np.isnan(track.radii[0, 0, 1:]).all()
    assert "1 个时刻主管中心没有风速或气压，用 CMA 的" in track.mended
    assert "1 个时刻主管中心没有风速或气压，用 USA 的" in track.mended


JUMP = BEST.replace("2017090106 1 110 1290", "2017090106 1 110 1590")
FAR_NORTH = """66666 1713   26 0014 1713 0 6 HATO                               20180501
2017082300 5 580 1138  950      45
2017082306 4 595 1128  955      42
2017082312 9 612 1128  985      20
2017082318 9 640 1138  990      18
"""


def test_a_storm_that_cannot_be_does_not_take_the_others_of_its_file_with_it() -> None:
    refused: dict[str, str] = {}
    assert list(read_best_tracks(JUMP, refused=refused)) == ["1713"]
    assert "公里移动" in refused["[0021]"]
    with pytest.raises(Invalid, match=r"台风 \[0021\]：.*公里移动"):
        read_best_tracks(JUMP)
    unread: dict[str, str] = {}
    found = read_best_tracks(BEST + "2017082312 4 22x 1128 955 42\n", refused=unread)
    assert list(found) == ["[0021]"]
    assert "第 7 行" in unread["1713"]


def test_one_bad_storm_of_every_form_is_named_and_the_rest_are_read() -> None:
    other = IBTRACS + "2019999N15134,2019,BAD,2019-08-09 12:00:00,27.5,122.0,90,940\n"
    other += "2019999N15134,2019,BAD,2019-08-09 13:00:00,27.5,132.0,90,940\n"
    refused: dict[str, str] = {}
    assert list(read_ibtracs(other, refused=refused)) == ["2019214N15134"]
    deck = ATCF + "WP, 11, 2019080912,   , BEST,   0, 275X, 1220E,  90,  940, TY\n"
    assert list(read_atcf(deck, refused=refused)) == ["WP102019"]
    good = {"tfbh": "200908", "points": [bulletin()]}
    bad = {"tfbh": "200909", "points": [{"time": "2009-08-06T18:00:00"}]}
    assert list(read_bulletins(json.dumps([bad, good]), refused=refused)) == ["200908"]
    assert sorted(refused) == ["200909", "2019999N15134", "WP112019"]


def test_a_storm_that_goes_beyond_sixty_degrees_ends_there() -> None:
    track = read_best_tracks(FAR_NORTH)["1713"]
    assert track.lat.tolist() == [58.0, 59.5]
    assert any("2 个位置不用" in note for note in track.mended)


def test_the_storm_is_between_two_fixes_where_a_ruler_would_put_it() -> None:
    track = read_ibtracs(IBTRACS)["2019214N15134"]
    landfall = track.at(np.array([moment("2019-08-09T17:45")]))
    assert landfall.lon[0] == pytest.approx(121.425)
    assert landfall.lat[0] == pytest.approx(28.2667, abs=1e-4)
    assert landfall.pressure[0] == pytest.approx(949.58, abs=0.01)


def test_best_tracks_hold_several_storms_and_some_without_a_number() -> None:
    tracks = read_best_tracks(BEST)
    assert list(tracks) == ["[0021]", "1713"]
    assert tracks["1713"].name == "HATO"
    assert tracks["1713"].lon.tolist() == [113.8, 112.8]
    assert tracks["1713"].wind.tolist() == [45.0, 42.0]
    assert tracks["[0021]"].pressure.tolist() == [1010.0, 1008.0]


def test_atcf_tells_radii_over_several_lines_and_one_technique_at_a_time() -> None:
    track = read_atcf(ATCF)["WP102019"]
    assert len(track) == 2
    assert track.radii[0, 0] == pytest.approx(np.array([180, 150, 120, 160]) * 1.852)
    assert np.isnan(track.radii[0, 1]).all()
    assert track.radii[0, 2, 2] == pytest.approx(30 * 1.852)
    assert track.radii[1, 0] == pytest.approx(np.full(4, 185.2))
    with pytest.raises(Invalid, match="OFCL"):
        read_atcf(ATCF, technique="OFCL")


def test_bulletins_are_in_beijing_time_and_keep_the_agencies_apart() -> None:
    ahead = [
        {"sets": "中国", "points": [bulletin(time="2009-08-07T18:00:00", longitude=121.9)]},
        {"sets": "日本", "points": [bulletin(time="2009-08-07T18:00:00", longitude=122.4)]},
        {"sets": "美国", "points": [bulletin(time="2009-08-07T18:00:00", longitude=21.9)]},
    ]
    storm = {"tfbh": "200908", "name": "莫拉克", "points": [bulletin(forecast=ahead)]}
    read = read_bulletins(json.dumps([storm]))["200908"]
    issued = moment("2009-08-06T10:00")
    assert read.path.times.tolist() == [issued]
    assert read.path.agency == "中国"
    assert agencies(read.forecasts) == ["中国", "日本"]
    assert read.forecasts[issued, "日本"].lon.tolist() == [126.1, 122.4]
    assert "不可信" in read.refused[issued, "美国"]


def test_a_quadrant_counts_before_the_round_figure_and_nought_is_not_known() -> None:
    storm = {"tfbh": "200908", "points": [bulletin()]}
    radii = read_bulletins(json.dumps(storm))["200908"].path.radii[0]
    assert radii[0].tolist() == [500.0] * 4
    assert radii[1].tolist() == [120.0, 100.0, 80.0, 110.0]
    assert np.isnan(radii[2]).all()


@pytest.mark.parametrize(
    ("read", "text", "told"),
    [
        (read_best_tracks, "2017082300 5 221 1138 950 45\n", "第 1 行之前没有"),
        (read_best_tracks, BEST + "2017082312 4 22x 1128 955 42\n", "第 7 行"),
        (read_best_tracks, "", "没有读到路径"),
        (read_ibtracs, "SID,LAT\n1,2\n", "ISO_TIME、LON"),
        (read_ibtracs, IBTRACS.replace("2019-08-09 18:00:00", "yesterday"), "第 5 行的时间"),
        (read_ibtracs, "SID,ISO_TIME,LAT,LON\n", "没有一行"),
        (read_atcf, ATCF.replace("275N", "275X"), "275X"),
        (read_bulletins, "{", "不是 JSON"),
        (read_bulletins, "[]", "缺少 points"),
        (read_bulletins, '{"points": [{"time": "2009-08-06T18:00:00"}]}', "缺少时间或位置"),
    ],
)
def test_what_cannot_be_read_is_refused_and_the_place_named(
    read: object, text: str, told: str
) -> None:
    assert callable(read)
    with pytest.raises(Invalid, match=told):
        read(text)
