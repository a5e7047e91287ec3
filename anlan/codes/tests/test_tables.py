"""Promises every shipped table, rule and hazard keeps."""

import json
import re
from itertools import pairwise

import pytest

from anlan import codes
from anlan.codes import quantities
from anlan.codes.grading import OPS
from anlan.codes.rows import CONFIDENCES
from anlan.kernel.errors import Missing

TABLES = codes.tables()
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")

each_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.key)
each_hazard = pytest.mark.parametrize(
    "hazard", codes.hazards().values(), ids=lambda hazard: hazard.key
)


@each_table
def test_every_row_has_an_english_name_without_chinese(table: codes.Table) -> None:
    assert not CHINESE.search(table.title_en)
    for row in table:
        assert not CHINESE.search(row.name_en), row.code
        assert row.name_en[0].isupper() or row.name_en[0].isdigit(), row.code
        assert row.name_en != row.code, row.code


@each_table
def test_every_table_and_row_tells_its_source_and_confidence(table: codes.Table) -> None:
    assert table.source
    assert table.confidence in CONFIDENCES
    for row in table:
        assert row.source
        assert row.confidence in CONFIDENCES


@each_table
def test_no_two_rows_of_a_table_have_one_code_or_one_name(table: codes.Table) -> None:
    assert len({row.code for row in table}) == len(table)
    names = [(row.parent, row.name) for row in table if not row.code.startswith("--")]
    assert len(set(names)) == len(names)


def test_colours_are_six_hexadecimal_digits() -> None:
    colours = [row.text("color") for table in TABLES for row in table if row.extra.get("color")]
    assert colours
    assert all(colour and re.fullmatch(r"#[0-9A-F]{6}", colour) for colour in colours)


def test_confidence_flags_of_the_code_are_those_of_the_table() -> None:
    table = codes.table("confidence")
    assert tuple(row.code for row in table) == CONFIDENCES
    assert [row.code for row in table if row.flag("shown")] == ["M", "M?"]


def test_the_five_levels_and_grades_are_different_tables() -> None:
    for key in ("warning-levels", "response-levels", "event-grades", "risk-levels"):
        table = codes.table(key)
        assert [row.code for row in table] == ["1", "2", "3", "4"]
        assert table.attributes["direction"] == "lower-is-worse"
    assert codes.table("warning-levels")["1"].text("color") == "#FF0000"
    assert codes.table("warning-levels").name("4", "en") == "Level IV (blue)"


LISTS = [  # table, column, the table its values belong to
    ("event-classes", "event_code", "event-codes"),
    ("event-codes", "class", "event-classes"),
    ("gbt35561-codes", "event_codes", "event-codes"),
    ("weather-signals", "levels", "warning-levels"),
    ("weather-signals", "event_codes", "event-codes"),
    ("weather-signal-thresholds", "signal", "weather-signals"),
    ("department-thresholds", "hazard", "hazards"),
    ("issuers", "authority", "authorities"),
    ("issuers", "jointly", "authorities"),
    ("issuers", "levels", "warning-levels"),
    ("issuers", "hazards", "hazards"),
    ("posts", "levels", "post-levels"),
    ("posts", "hazards", "hazards"),
    ("posts", "group", "post-groups"),
    ("danger-zone-kinds", "hazards", "hazards"),
    ("team-skills", "hazards", "hazards"),
    ("wave-near-grades", "warning_level", "warning-levels"),
    ("wave-offshore-grades", "warning_level", "warning-levels"),
    ("tsunami-grades", "warning_level", "warning-levels"),
    ("quake-warning-grades", "warning_level", "warning-levels"),
    ("forest-fire-danger-grades", "warning_level", "warning-levels"),
    ("station-kinds", "hazards", "hazards"),
    ("alarm-push-levels", "warning_level", "warning-levels"),
    ("alarm-push-levels", "region_level", "region-levels"),
    ("tailings-items", "class", "tailings-classes"),
    ("warning-hazard-words", "event_code", "event-codes"),
    ("warning-station-words", "authority", "authorities"),
]


@pytest.mark.parametrize(("key", "column", "target"), LISTS)
def test_codes_that_point_to_another_table_are_found_there(
    key: str, column: str, target: str
) -> None:
    known, seen = codes.table(target), 0
    for row in codes.table(key):
        value = row.extra[column]
        for code in (value,) if isinstance(value, str) else value or ():
            assert code in known, f"{row.code}: {code}"
            seen += 1
    assert seen


@pytest.mark.parametrize("key", ["alarm-limits", "tailings-items", "indicators"])
def test_limits_and_items_name_a_quantity(key: str) -> None:
    named = [row.text("quantity") for row in codes.table(key) if row.text("quantity")]
    assert named
    assert set(named) <= quantities.quantities().keys()


def test_tables_that_serve_quantities_name_known_ones_of_their_unit() -> None:
    serving = [table for table in TABLES if table.attributes.get("quantities")]
    assert serving
    for table in serving:
        for key in table.attributes["quantities"].split(";"):
            assert quantities.quantity(key).unit == table.attributes["unit"], table.key


def test_the_parts_of_the_fire_index_leave_no_value_out_and_take_none_twice() -> None:
    for factor in "ABCDF":
        parts = [row for row in codes.table("forest-fire-factors") if row.text("factor") == factor]
        ends = sorted(
            (row.number("above"), row.number("up_to")) for row in parts if row.number("up_to")
            is not None and row.number("above") is not None
        )  # fmt: skip
        assert all(one[1] == other[0] for one, other in pairwise(ends))
        assert sum(row.number("above") is None for row in parts) == 1
        assert sum(row.number("up_to") is None for row in parts) == 1


def test_every_signal_has_a_threshold_for_each_of_its_levels_and_no_other() -> None:
    feed = {row.code: row.text("feed_level") for row in codes.table("warning-levels")}
    expected = {
        f"{signal.code}{feed[level]}"
        for signal in codes.table("weather-signals")
        for level in signal.several("levels")
    }
    thresholds = codes.table("weather-signal-thresholds")
    assert {row.code for row in thresholds} == expected
    for row in thresholds:
        assert feed[str(row.whole("level"))] == row.code[2:]
        assert row.text("color") == codes.table("warning-levels")[str(row.whole("level"))].text(
            "color"
        )


@pytest.mark.parametrize("key", ["weather-signal-thresholds", "department-thresholds"])
def test_machine_readable_thresholds_use_known_indicators_in_their_units(key: str) -> None:
    indicators, seen = codes.table("indicators"), 0
    for row in codes.table(key):
        text = (row.text("text") or "", row.text("text_en") or "")
        assert text[0]
        assert text[1]
        assert not CHINESE.search(text[1])
        for group in row.extra.get("any", ()):
            for part in group:
                seen += 1
                assert part["op"] in OPS
                assert part["unit"] == indicators[part["indicator"]].text("unit")
                worse = indicators[part["indicator"]].text("worse")
                assert (part["op"][0] == ">") == (worse == "higher"), row.code
    assert seen


def test_thresholds_get_stricter_with_the_level() -> None:
    """A red threshold of the same single indicator lies beyond the orange one, and so on."""
    single: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for row in codes.table("weather-signal-thresholds"):
        for part, *rest in row.extra.get("any", ()):
            if not rest:
                place = (row.text("signal") or "", part["indicator"])
                single.setdefault(place, []).append((row.whole("level") or 0, part["value"]))
    assert len(single) > 10
    for (signal, indicator), found in single.items():
        higher = codes.table("indicators")[indicator].text("worse") == "higher"
        values = [value for _, value in sorted(found, reverse=True)]
        assert values == sorted(values, reverse=not higher), (signal, indicator)


def test_published_thresholds_are_as_published() -> None:
    thresholds = codes.table("weather-signal-thresholds")
    red_rain = thresholds["0204"]
    assert (red_rain.whole("hours"), red_rain.extra["any"][0][0]["value"]) == (3, 100)
    blue_typhoon = [group[0]["value"] for group in thresholds["0101"].extra["any"]]
    assert blue_typhoon == [6, 8]
    assert thresholds["0704"].extra["any"][0][0]["value"] == 40
    assert len(thresholds["0404"].extra["any"][0]) == 3


def test_region_levels_have_the_digits_of_the_standard() -> None:
    levels = codes.table("region-levels")
    assert {row.code: row.whole("digits") for row in levels} == {
        "province": 2,
        "city": 4,
        "county": 6,
        "township": 9,
        "village": 12,
        "grid": 15,
    }


@pytest.mark.parametrize("key", ["township-code-ranges", "village-code-ranges"])
def test_code_ranges_do_not_overlap(key: str) -> None:
    ranges = [(row.whole("first") or 0, row.whole("last") or 0) for row in codes.table(key)]
    for (_, last), (first, _) in pairwise(ranges):
        assert last < first


def test_only_weather_stations_issue_weather_signals_and_text_is_kept() -> None:
    issuers = codes.table("issuers")
    signal = issuers["weather-signal"]
    assert signal.text("authority") == "meteorology"
    assert (signal.flag("own"), signal.flag("verbatim")) == (False, True)
    own = [row.code for row in issuers if row.flag("own")]
    assert own == ["government-alert", "risk-notice", "monitoring-reminder", "evacuation-notice"]


def test_posts_named_by_the_law_and_the_plans_exist() -> None:
    names = {row.name for row in codes.table("posts")}
    wanted = (
        "指挥长 副指挥长 带班领导 值班长 值班员 信息员 灾害信息员 转移责任人 巡查员 预警员 "
        "水利工程巡查员 山洪预警员 地灾群测群防员 避灾场所管理员 危房联络员 驻村干部 联村干部 "
        "网格员 专家 队长 安全员"
    )
    assert set(wanted.split()) <= names


def test_event_codes_follow_their_parents() -> None:
    for row in codes.table("event-codes"):
        assert re.fullmatch(r"1[1-4](000|[A-Z]\d\d)", row.code)
        if row.parent:
            assert row.code.startswith(row.parent.rstrip("0")), row.code


def test_the_two_code_systems_map_both_ways() -> None:
    assert codes.to_gbt35561("11B03") == "10200"
    assert codes.to_gbt35561("11A00") == "10100"
    assert codes.to_gbt35561("12D00") == "20000"
    assert codes.to_gbt35561("99999") is None
    assert codes.from_gbt35561("10400") == ("11D00",)
    assert codes.from_gbt35561("99999") == ()
    for row in codes.table("gbt35561-codes"):
        assert codes.to_gbt35561(codes.from_gbt35561(row.code)[0]) == row.code
        assert row.confidence == "M?"


@each_hazard
def test_a_hazard_refers_to_codes_that_exist(hazard: codes.Hazard) -> None:
    for table, used in (
        ("event-codes", (hazard.event_code, hazard.category, *hazard.also)),
        ("cap-categories", hazard.cap),
        ("authorities", (hazard.lead, *hazard.support)),
        ("indicators", hazard.indicators),
        ("posts", hazard.posts),
        ("issuers", (hazard.issuer,) if hazard.issuer else ()),
        ("weather-signals", (hazard.signal,) if hazard.signal else ()),
    ):
        for code in used:
            assert code in codes.table(table), f"{table}: {code}"
    if hazard.grade_rule:
        assert codes.rule(hazard.grade_rule)
    assert hazard.cap
    assert hazard.posts
    assert not CHINESE.search(hazard.name_en)
    assert hazard.confidence in CONFIDENCES


@each_hazard
def test_a_hazard_and_its_issuer_name_each_other(hazard: codes.Hazard) -> None:
    assert bool(hazard.levels) == bool(hazard.issuer) or hazard.key == "tornado"
    if not hazard.issuer:
        return
    row = codes.table("issuers")[hazard.issuer]
    assert hazard.key in row.several("hazards")
    assert {str(one.level) for one in hazard.levels} <= set(row.several("levels"))


@each_hazard
def test_a_hazard_with_a_standard_signal_has_the_levels_of_the_signal(
    hazard: codes.Hazard,
) -> None:
    if hazard.signal is None:
        return
    signal = codes.table("weather-signals")[hazard.signal]
    if signal.flag("standard"):
        assert [str(one.level) for one in hazard.levels] == list(signal.several("levels"))
        assert hazard.event_code in signal.several("event_codes")


def test_the_hazards_the_first_issue_names_are_there() -> None:
    names = {hazard.name for hazard in codes.hazards().values()}
    wanted = (
        "台风 暴雨 洪水 山洪 地质灾害 风暴潮 海浪 海啸 地震 森林火灾 高温 大风 雷电 尾矿库 火灾 "
        "城市内涝 干旱 寒潮"
    )
    assert set(wanted.split()) <= names
    assert codes.hazard("hazchem").name == "危险化学品事故"
    assert codes.hazard("road-traffic").name == "道路交通事故"


def test_events_from_outside_find_their_hazard() -> None:
    found = {code: codes.hazard_of_event(code) for code in ("11B01", "11D03", "11B25", "12D07")}
    assert {code: one.key for code, one in found.items() if one} == {
        "11B01": "typhoon",
        "11D03": "geological",
        "11B25": "forest-fire",
        "12D07": "hazchem",
    }
    assert codes.hazard_of_event("99Z00") is None


def test_a_hazard_tells_the_unit_of_its_indicators_and_its_label() -> None:
    typhoon = codes.hazard("typhoon")
    assert typhoon.unit("pressure") == "hPa"
    assert (typhoon.label(), typhoon.label("en")) == ("台风", "Typhoon")
    with pytest.raises(Missing):
        codes.hazard("dragon")


def test_descriptions_are_plain_json_and_complete() -> None:
    described = codes.describe()
    assert json.loads(json.dumps(described)) == described
    kinds = {entry["kind"] for entry in described}
    assert kinds == {"table", "grade-rule", "hazard"}
    for entry in described:
        assert entry["title"]
        assert entry["title_en"]
        assert entry["source"]
        assert entry["confidence"] in CONFIDENCES


def test_choices_carry_labels_colour_parent_and_confidence() -> None:
    (first, *_) = codes.as_choices("warning-levels")
    assert first == {
        "value": "1",
        "label": "一级（红色）",
        "label_en": "Level I (red)",
        "confidence": "V",
        "color": "#FF0000",
    }
    city = codes.as_choices("region-levels")[1]
    assert city["parent"] == "province"
    assert {one["value"] for one in codes.as_choices("hazards")} == set(codes.hazards())
