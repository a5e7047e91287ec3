import json
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest

from anlan.engines.registry import Engine, Given, Item, Result, plain, table, understand
from anlan.kernel.errors import Invalid


def nothing(given: Given) -> Result:
    return Result(dict(given.numbers))


TRIAL = Engine(
    key="trial", title="试", title_en="Trial", version="1", source="-", valid="-",
    verified=("-",), open=(),
    inputs=(
        Item("names", "名", "Names", "texts", axes=("place",)),
        Item("rain", "雨", "Rain", unit="mm", axes=("place", "member", "time"), low=0.0),
        Item("wind", "风", "Wind", "number", "m/s", required=False),
        Item("count", "数", "Count", "number", required=False),
        Item("kind", "类", "Kind", "text", required=False, choices=("a", "b")),
        Item("times", "时", "Times", "times", axes=("time",), required=False),
        Item("track", "径", "Track", "file", required=False),
    ),
    outputs=(
        Item("time", "时", "Time", "times", axes=("time",)),
        Item("level", "位", "Level", unit="m", axes=("time",)),
        Item("peak", "峰", "Peak", "number", "m"),
    ),
    run=nothing,
)  # fmt: skip

SOUND = {"names": ["x", "y"], "rain": {"unit": "mm", "values": [[1, 2, 3], [4, None, 6]]}}


def no_files(name: str) -> bytes:
    raise Invalid(f"没有 {name}")


def given(**more: object) -> Given:
    return understand(TRIAL, {**SOUND, **more}, no_files)


def test_units_are_turned_into_those_of_the_engine() -> None:
    found = given(rain={"unit": "cm", "values": [[1.0], [2.0]]}, wind={"unit": "kn", "value": 90})
    assert found.numbers["rain"].ravel().tolist() == [10.0, 20.0]
    assert found.number("wind") == pytest.approx(46.3)
    assert found.number("count", 7.0) == 7.0
    assert given(count=3).number("count") == 3.0


def test_one_member_need_not_be_written_as_a_direction_and_null_is_not_known() -> None:
    rain = given().numbers["rain"]
    assert rain.shape == (2, 1, 3)
    assert np.isnan(rain[1, 0, 1])


def test_marks_of_missing_values_become_unknown_and_are_told() -> None:
    found = given(rain={"unit": "mm", "values": [[1, -9999, 3], [4, 5, -999]]})
    assert np.isnan(found.numbers["rain"]).sum() == 2
    assert found.notes == ["「rain」有 2 个缺测标记，按不明处理，第一个在第 1 个、第 2 个"]


def test_times_may_be_listed_or_told_by_their_step() -> None:
    listed = given(times=["2019-08-10T08:00:00+08:00", "2019-08-10T01:00:00Z", "2019-08-10T02:00Z"])
    stepped = given(
        times={
            "from": "2019-08-10T00:00:00Z", "to": "2019-08-10T02:30:00Z",
            "every": {"unit": "h", "value": 1},
        }
    )  # fmt: skip
    assert listed.times["times"].tolist() == stepped.times["times"].tolist()


def test_figures_may_lie_in_files_beside_the_document() -> None:
    body = BytesIO()
    np.save(body, np.array([[1.0], [2.0]]))
    files = {
        "rain.npy": body.getvalue(),
        "rain.csv": "1,2\n3,\n".encode("utf-8-sig"),
        "t": b"track",
    }
    for name, expected in (("rain.npy", [1.0, 2.0]), ("rain.csv", [1.0, 2.0, 3.0, np.nan])):
        told = {**SOUND, "rain": {"unit": "mm", "file": name}, "track": {"file": "t"}}
        found = understand(TRIAL, told, files.__getitem__)
        assert np.array_equal(found.numbers["rain"].ravel(), expected, equal_nan=True)
        assert found.files["track"] == b"track"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"rian": 3}, "没有输入「rian」"),
        ({"names": None}, "缺少输入：names"),
        ({"rain": [[1.0], [2.0]]}, "没有写单位"),
        ({"rain": {"unit": "hPa", "values": [[1.0], [2.0]]}}, "「rain」：.*hPa.*mm"),
        ({"rain": {"unit": "furlong", "values": [[1.0], [2.0]]}}, "「rain」：不认识的单位"),
        ({"rain": {"unit": "mm", "values": [[1.0], [2.0, 3.0]]}}, "各行不一样长"),
        ({"rain": {"unit": "mm", "values": [[1.0], [-2.0]]}}, "第 2 个、第 1 个是 -2"),
        ({"rain": {"unit": "mm", "values": [1.0, 2.0]}}, "要有 3 个方向"),
        ({"rain": {"unit": "mm", "values": [[1.0]] * 3}}, "place 方向有 3 个，「names」有 2 个"),
        ({"rain": {"unit": "mm", "file": "rain.xls"}}, "没有 rain.xls"),
        ({"wind": {"unit": "kn", "values": [90, 80]}}, "要有 0 个方向"),
        ({"kind": "c"}, "不能是「c」，可以是：a、b"),
        ({"kind": 4}, "要写成文字"),
        ({"track": "t"}, "要写成"),
        ({"times": ["2019-08-10T08:00:00"] * 3}, "没有写时区"),
        ({"times": ["yesterday"] * 3}, "读不懂：yesterday"),
        ({"times": {"from": "2019-08-10T08:00Z", "to": "2019-08-10T09:00Z", "every": 3}}, "every"),
        (
            {"times": {"from": "2019-08-10T08:00Z", "to": "2019-08-10T07:00Z",
                       "every": {"unit": "min", "value": 5}}},
            "不早于",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_where(more: dict[str, object], told: str) -> None:
    with pytest.raises(Invalid, match=told):
        given(**more)


def test_results_are_json_with_units_and_null_for_what_is_not_known() -> None:
    result = Result({"time": np.array([0, 1000]), "level": np.array([1.5, np.nan]), "peak": 1.5})
    items = {item.key: item for item in TRIAL.outputs}
    level = plain(items["level"], result.values["level"])
    assert level == {"title": "位", "unit": "m", "axes": ["time"], "values": [1.5, None]}
    assert plain(items["peak"], 1.5)["value"] == 1.5
    assert plain(items["time"], result.values["time"])["values"][1] == "1970-01-01T00:00:01Z"
    json.dumps(level, allow_nan=False)
    head, rows = table(TRIAL, result, "time") or ([], [])
    assert head == ["time", "level (m)"]
    assert rows[1] == ["1970-01-01T00:00:01Z", None]
    assert table(TRIAL, result, "place") is None


def test_a_table_has_a_column_for_each_place_under_its_name() -> None:
    outputs = (
        Item("time", "时", "Time", "times", axes=("time",)),
        Item("names", "名", "Names", "texts", axes=("place",)),
        Item("level", "位", "Level", unit="m", axes=("place", "time")),
        Item("all", "全", "All", axes=("place", "member", "time")),
    )
    level = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, np.nan]])
    result = Result(
        {"time": np.arange(3), "names": ["x", "y"], "level": level, "all": np.zeros((2, 1, 3))}
    )
    head, rows = table(replace(TRIAL, outputs=outputs), result, "time") or ([], [])
    assert head == ["time", "level x (m)", "level y (m)"]
    assert rows[2][1:] == [3.0, None]
