from typing import Any

import numpy as np
import pytest

from anlan.engines.registry import Engine, engine, engines, plain, run
from anlan.kernel.errors import Invalid, Missing
from anlan.kernel.units import unit

KEYS = list(engines())

ATCF = """\
WP, 10, 2019080912,   , BEST,   0, 275N, 1220E,  90,  940, TY,  34, NEQ,  180,  150,  120,  160,
WP, 10, 2019080918,   , BEST,   0, 283N, 1214E,  85,  950, TY,  34, NEQ,  170,  150,  110,  150,
WP, 11, 2019080912,   , BEST,   0, 175N, 1420E,  60,  970, TY,
WP, 11, 2019080918,   , BEST,   0, 183N, 1414E,  60,  970, TY,
"""


def files(**named: str) -> Any:
    return lambda name: named[name].encode()


def go(key: str, **more: object) -> Any:
    return run(key, {**engine(key).example, **more}, files(deck=ATCF))[1]


@pytest.mark.parametrize("key", KEYS)
def test_every_example_runs_and_gives_what_is_declared(key: str) -> None:
    chosen, found = run(key, engine(key).example, files())
    for item in chosen.outputs:
        if item.key in found.values:
            told = plain(item, found.values[item.key])
            assert told.get("values", told.get("value")) is not None
            value = found.values[item.key]
            assert np.ndim(np.asarray(value)) == len(item.axes)


@pytest.mark.parametrize("declared", engines().values(), ids=KEYS)
def test_every_figure_has_a_known_unit_and_every_engine_a_source(declared: Engine) -> None:
    for item in (*declared.inputs, *declared.outputs):
        if item.unit:
            assert unit(item.unit).symbol == item.unit
        assert item.title
        assert item.title_en.isascii()
    assert declared.source
    assert declared.valid
    assert declared.verified
    assert len({item.key for item in declared.inputs}) == len(declared.inputs)


def test_an_engine_nobody_declared_is_missing() -> None:
    with pytest.raises(Missing, match="没有「surf」"):
        engine("surf")


def test_the_curve_number_gives_the_handbooks_runoff_through_the_document() -> None:
    document = {
        "names": ["a"], "area": {"unit": "km2", "values": [10.0]}, "curve_number": [80.0],
        "reservoirs": [2.0], "hold": {"unit": "h", "values": [1.0]},
        "wetness": {"unit": "mm", "values": [35.0]},
        "times": {"from": "2019-08-10T00:00Z", "to": "2019-08-12T00:00Z",
                  "every": {"unit": "h", "value": 1}},
        "rain": {"unit": "mm", "values": [[100.0] + [0.0] * 48]},
    }  # fmt: skip
    found = run("basin", document, files())[1]
    assert found.values["runoff"] == pytest.approx(np.array([[50.539]]), abs=1e-3)
    flow = np.asarray(found.values["flow"])
    assert flow.sum() * 3600 == pytest.approx(50.539e-3 * 10e6, rel=1e-3)
    assert "stage" not in found.values


def test_a_basin_whose_days_before_are_unknown_counts_as_wet_and_is_named() -> None:
    found = go("basin")
    assert found.notes[0] == "山口 等 1 个流域前期雨量不明，按最湿处理"
    assert [note for note in found.notes[1:] if "滑坡" not in note] == []  # whose law that is
    wet, known = (
        np.asarray(go("basin", wetness={"unit": "mm", "values": [55, one]}).values["runoff"])
        for one in (500, 20)
    )
    assert np.asarray(found.values["runoff"]) == pytest.approx(wet)
    assert wet[1] > known[1]


def test_daily_rain_stands_in_for_the_wetness_it_makes() -> None:
    found = go(
        "basin", wetness=None, daily_rain={"unit": "mm", "values": [[0, 100], [50, 0]]}
    ).values["wetness"]
    assert np.asarray(found) == pytest.approx([85.0, 50 * 0.85**2])


@pytest.mark.parametrize(
    ("key", "more", "told"),
    [
        ("basin", {"down": ["山口", "上坑"]}, "圈"),
        ("basin", {"down": ["山口", "海"]}, "「down」里的 海"),
        ("basin", {"names": ["a", "a"], "down": None}, "同名"),
        ("basin", {"length": None}, "河段的 length"),
        ("basin", {"village_basin": ["别处"]}, "别处"),
        ("basin", {"prepare": None}, "prepare、leave"),
        ("basin", {"landslide_law": "mine"}, "没有「mine」"),
        ("basin", {"times": ["2019-08-10T00:00Z"] * 12}, "等间隔"),
        ("tide", {"station": "atlantis"}, "没有验潮站「atlantis」"),
        ("tide", {"station": None}, "要写明 station"),
        ("typhoon", {"track_lon": None}, "要有路径文件"),
        ("typhoon", {"track": {"file": "deck"}}, "写明 form"),
        ("typhoon", {"track": {"file": "deck"}, "form": "atcf"}, "有 2 个台风.*WP102019、WP112019"),
        (
            "typhoon",
            {"track_wind": {"unit": "m/s", "values": [90, 90, 85, 60]}},
            "节当成了米每秒",
        ),
        (
            "typhoon",
            {"track_lon": {"unit": "deg", "values": [122.5, 22.0, 121.4, 120.8]}},
            "混了两个台风",
        ),
    ],
)
def test_inputs_that_cannot_be_are_refused_in_one_sentence(
    key: str, more: dict[str, object], told: str
) -> None:
    with pytest.raises(Invalid, match=told):
        go(key, **more)


def test_slopes_are_set_against_the_platforms_law_and_it_is_said_whose_it_is() -> None:
    usual, asked = go("basin"), go("basin", landslide_law="guzzetti-2008")
    assert any("caine-1980，没有用本地的滑坡率定" in note for note in usual.notes)
    assert any("guzzetti-2008" in note for note in asked.notes)
    shares = [np.asarray(one.values["slope_threat"]) for one in (usual, asked)]
    assert (shares[0] <= shares[1]).all()
    assert shares[0].max() > 1


def test_one_storm_of_a_file_is_taken_when_it_is_named() -> None:
    found = go(
        "typhoon", track={"file": "deck"}, form="atcf", storm="WP102019", members=None,
        times=["2019-08-09T12:00Z", "2019-08-09T15:00Z", "2019-08-09T18:00Z"],
    )  # fmt: skip
    assert found.values["grade"] == ["强台风"] * 3
    assert np.asarray(found.values["centre_lat"]) == pytest.approx([27.5, 27.9, 28.3])
    assert "probability" not in found.values


def test_the_same_seed_gives_the_same_probabilities() -> None:
    one, same = (np.asarray(go("typhoon").values["probability"]) for _ in range(2))
    assert np.array_equal(one, same)
    assert ((one >= 0) & (one <= 1)).all()


def test_the_tide_of_a_station_is_what_its_constants_written_out_give() -> None:
    times = ["2019-08-09T12:00Z", "2019-08-09T18:00Z"]
    station = go("tide", times=times).values["level"]
    alone = go(
        "tide", station=None, times=times, constituents=["M2"],
        amplitude={"unit": "cm", "values": [100.0]}, lag={"unit": "deg", "values": [0.0]},
    ).values["level"]  # fmt: skip
    assert np.abs(np.asarray(alone)).max() <= 1.05
    assert 0.3 < np.asarray(station).min() < np.asarray(station).max() < 7.3


def test_a_reservoir_tells_its_limit_its_room_and_what_each_release_does() -> None:
    found = go("reservoir").values
    assert found["season"] == "台汛期"
    assert found["above_limit"] == pytest.approx(-0.3)
    # Between 95 and 100 m the table rises by 84,000 m3 a decimetre.
    assert found["room"] == pytest.approx(0.3 * 840_000.0)
    highest = np.asarray(found["highest"])[:, 0]
    assert highest[0] > highest[1] > highest[2]
    assert (np.diff(np.asarray(found["hours_to_limit"])[:, 0]) > 0).all()
    meiyu = go(
        "reservoir",
        times={
            "from": "2019-07-15T22:00:00+08:00",
            "to": "2019-07-16T21:00:00+08:00",
            "every": {"unit": "h", "value": 1},
        },
    )
    assert meiyu.values["limit"] == 100.0
    winter = go("reservoir", seasons=None, limits=None)
    assert winter.notes == ("这一天没有汛限水位",)
    assert "limit" not in winter.values
    with pytest.raises(Invalid, match="可以是：meiyu"):
        go("reservoir", seasons=["spring", "typhoon"])


def test_a_slide_that_dams_the_stream_and_breaks_is_told_by_its_gauges() -> None:
    found = go("sudden")
    assert np.asarray(found.values["first_fall"]).tolist() == [4, -1]
    assert np.asarray(found.values["first_rise"]).tolist() == [-1, 7]
    assert found.values["landslide_dam_peak"] == pytest.approx(0.0158 * (9806.65 * 9.6e5) ** 0.41)
    alone = go("sudden", explained=None)
    assert np.asarray(alone.values["first_rise"]).tolist() == [-1, 7]
    assert "按静水比较" in alone.notes[0]
