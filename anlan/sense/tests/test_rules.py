"""Rules compiled into watches, run by the engine on observations, and said aloud."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from anlan.engines.series import Columns
from anlan.engines.threshold import Program
from anlan.kernel.errors import Invalid
from anlan.sense.rules.compiling import Account, compile_rules
from anlan.sense.rules.limits import season_of
from anlan.sense.rules.rows import RuleRow, StreamRow
from anlan.sense.rules.sentence import sentence
from anlan.sense.rules.spec import plain, read_spec
from anlan.sense.rules.validation import check
from anlan.sense.services.rules import defaults

COUNTY = "339901000000"
PLUM, TYPHOON, WINTER = date(2026, 6, 1), date(2026, 8, 1), date(2026, 12, 1)
HOUR = 3_600_000

Said = tuple[str, int | None, bool, int]


def stream(number: int, quantity: str = "water-level", **more: Any) -> StreamRow:
    values: dict[str, Any] = {
        "id": f"S{number}", "code": f"C{number}", "number": number, "quantity": quantity,
        "region": "339901101201", "station": f"T{number}", "station_code": f"TC{number}",
        "station_name": f"站{number}", "station_kind": "river", "interval_s": 300, **more,
    }  # fmt: skip
    return StreamRow(**values)


def rule(spec: Mapping[str, Any], region: str = COUNTY) -> RuleRow:
    read = read_spec({"title": "试", **spec})
    check(read)
    return RuleRow("R", "r", 1, region, read)


def run(
    spec: Mapping[str, Any],
    streams: Sequence[StreamRow],
    values: Sequence[tuple[int, float, float]],
    *,
    on: date = PLUM,
    ticks: Sequence[float] = (),
) -> list[Said]:
    """Run (number, hour, value) through a rule; tell (matter, level, entered, ms) in order."""
    made = compile_rules([rule(spec)], streams, on)
    assert len(made.watches) == len(made.bindings)
    program = Program(made.watches)
    state = program.start()
    columns = Columns.of(
        np.array([number for number, _, _ in values], np.int32),
        np.array([round(hour * HOUR) for _, hour, _ in values], np.int64),
        np.array([value for _, _, value in values], np.float64),
    )
    last = max((round(hour * HOUR) for _, hour, _ in values), default=0)
    told = [program.run(columns.sorted(), state, last)]
    told += [program.tick(state, round(hour * HOUR)) for hour in ticks]
    found = []
    for part in told:
        rows = zip(part.watch.tolist(), part.state.tolist(), part.time.tolist(), strict=True)
        for watch, entered, time_ms in rows:
            binding = made.bindings[watch]
            if binding is not None:
                found.append((binding.matter, binding.level, bool(entered), time_ms))
    return found


def account(spec: Mapping[str, Any], streams: Sequence[StreamRow], on: date = PLUM) -> Account:
    return compile_rules([rule(spec)], streams, on).accounts["r"]


STAGE = {
    "kind": "level", "quantity": "water-level", "hysteresis": 0.1,
    "conditions": [
        {"level": 3, "limit": {"level": "warning"}}, {"level": 2, "limit": {"level": "guarantee"}}
    ],
}  # fmt: skip


def test_levels_of_the_stream_itself_are_its_limits() -> None:
    gauge = stream(1, levels={"warning": 12.0, "guarantee": 13.0})
    told = run(STAGE, [gauge], [(1, 0, 12.5), (1, 1, 13.2), (1, 2, 12.95), (1, 3, 11.8)])
    assert sorted(told, key=lambda one: (one[3], one[1] or 0)) == [
        ("r:T1", 3, True, 0), ("r:T1", 2, True, HOUR),
        ("r:T1", 2, False, 3 * HOUR), ("r:T1", 3, False, 3 * HOUR),
    ]  # fmt: skip


def test_a_stream_without_the_level_is_named_and_not_watched() -> None:
    told = account(STAGE, [stream(1), stream(2, levels={"warning": 1.0})])
    assert (told.streams, told.watched, told.lacking) == (2, 1, ["C1", "C2"])


@pytest.mark.parametrize(("on", "limit"), [(PLUM, 77.0), (TYPHOON, 76.0)])
def test_the_flood_limit_is_that_of_the_season(on: date, limit: float) -> None:
    spec = {
        "kind": "level", "quantity": "reservoir-level",
        "conditions": [{"level": 4, "limit": {"level": "flood-limit"}}],
    }  # fmt: skip
    dam = stream(
        1, "reservoir-level", levels={"flood-limit-meiyu": 77.0, "flood-limit-typhoon": 76.0}
    )
    assert run(spec, [dam], [(1, 0, limit - 0.01), (1, 1, limit)], on=on) == [
        ("r:T1", 4, True, HOUR)
    ]
    assert account(spec, [dam], WINTER).watched == 0


@pytest.mark.parametrize(
    ("spec", "quantity", "levels", "said"),
    [
        ({"kind": "level", "conditions": [{"level": 4, "limit": {"level": "flood-limit"}}]},
         "reservoir-level", {"flood-limit-meiyu": 77.0},
         "库水位达到梅汛期限制水位 77.00 m"),
        ({"kind": "level", "conditions": [{"level": 4, "limit": {"number": 17.2}}]},
         "wind-gust", {}, "阵风风速达到 17.2 m/s"),
        ({"kind": "level", "conditions": [{"level": 4, "limit": {"table": "wind-grades/8/lower"}}]},
         "wind-gust", {}, "阵风风速达到8级 17.2 m/s"),
        ({"kind": "count", "need": 1 + 1, "window_s": 3600, "matter": "rule", "conditions": [
            {"level": 3, "limit": {"table": "rain-1h-grades/short-heavy/lower"}}]},
         "rain", {}, "2 个监测项中至少 2 个的 1 小时累计降水量达到短时强降水（20.0 mm）"),
    ],
)  # fmt: skip
def test_an_alarm_says_which_limit_was_crossed(
    spec: Mapping[str, Any], quantity: str, levels: Mapping[str, float], said: str
) -> None:
    streams = [stream(number, quantity, levels=levels) for number in (1, 2)]
    made = compile_rules([rule({"quantity": quantity, **spec})], streams, PLUM)
    assert {one.says for one in made.bindings if one is not None} == {said}


@pytest.mark.parametrize(
    ("where", "numbers"),
    [
        ({}, 3),
        ({"regions": ["339901102000"]}, 1),
        ({"kinds": ["reservoir"]}, 1),
        ({"stations": ["TC1"]}, 1),
        ({"streams": ["C1", "C3"]}, 2),
        ({"kinds": ["reservoir"], "streams": ["C1"]}, 0),
    ],
)
def test_scope_narrows_the_rule(where: Mapping[str, Any], numbers: int) -> None:
    streams = [
        stream(1), stream(2, station_kind="reservoir"), stream(3, region="339901102000"),
        stream(4, region="339902101000"), stream(5, "rain"),
    ]  # fmt: skip
    spec = {
        "kind": "level", "quantity": "water-level", "where": where,
        "conditions": [{"level": 3, "limit": {"number": 5.0}}],
    }  # fmt: skip
    assert account(spec, streams).streams == numbers


def test_a_rule_out_of_its_time_says_so() -> None:
    spec = {**STAGE, "season": "forest-fire"}
    assert account(spec, [stream(1)]).reason == "不在适用的季节"
    assert not account(spec, [stream(1)], WINTER).reason
    assert account({**STAGE, "effective_from": "2027-01-01"}, [stream(1)]).reason
    assert account({**STAGE, "effective_to": "2025-12-31"}, [stream(1)]).reason


def test_rain_adds_up_over_its_window() -> None:
    spec = {
        "kind": "sum", "quantity": "rain", "window_s": 3600,
        "conditions": [
            {"level": 2, "limit": {"level": "prepare-1h"}}, {"level": 1, "limit": {"number": 60}}
        ],
    }  # fmt: skip
    gauge = stream(1, "rain", levels={"prepare-1h": 30.0})
    told = run(spec, [gauge], [(1, hour / 12, 10.0) for hour in range(1, 7)])
    assert [(level, entered) for _, level, entered, _ in told] == [(2, True), (1, True)]


def test_a_rise_within_the_window_is_seen() -> None:
    spec = {
        "kind": "rate", "quantity": "water-level", "window_s": 3600,
        "conditions": [{"level": 3, "limit": {"number": 1.0}}],
    }  # fmt: skip
    told = run(spec, [stream(1)], [(1, 0.1, 5.0), (1, 0.5, 5.6), (1, 1, 6.1)])
    assert told == [("r:T1", 3, True, HOUR)]


def test_two_quantities_of_a_station_are_compared() -> None:
    spec = {
        "kind": "difference", "quantity": "water-level", "other": "tide-level",
        "conditions": [{"level": 4, "limit": {"number": 0.5}}],
    }  # fmt: skip
    both = [stream(1, station="T"), stream(2, "tide-level", station="T")]
    assert run(spec, both, [(1, 0, 3.0), (2, 0.1, 2.0)])[0][:3] == ("r:T", 4, True)
    assert run(spec, [stream(1), stream(2, "tide-level")], [(1, 0, 3.0), (2, 0.1, 2.0)]) == []


def test_so_many_of_the_neighbours() -> None:
    spec = {
        "kind": "count", "quantity": "rain", "need": 2, "radius_m": 5000, "matter": "rule",
        "window_s": 3600, "conditions": [{"level": 3, "limit": {"number": 20}}],
    }  # fmt: skip
    near = [stream(n, "rain", lon=121.0 + n / 100, lat=28.0) for n in (1, 2)]
    far = stream(3, "rain", lon=122.0, lat=28.0)
    values = [(1, 0.1, 25.0), (3, 0.2, 25.0)]
    assert run(spec, [*near, far], values) == []
    assert run(spec, [*near, far], [*values, (2, 0.3, 25.0)]) == [
        ("r:all", 3, True, round(0.3 * HOUR))
    ]


def test_a_silent_stream_and_a_gateway_that_is_gone() -> None:
    spec = {"kind": "silence", "intervals": 3}
    streams = [stream(n, gateway="G", interval_s=300 * n) for n in (1, 2)]
    streams.append(stream(3, gateway=None))
    made = compile_rules([rule(spec)], streams, PLUM)
    under = {one.watch: one.under for one in made.bindings if one is not None}
    assert under == {"gone:G": "", "silent:1": "r:G", "silent:2": "r:G", "silent:3": ""}
    told = run(spec, streams, [(1, 0, 1.0), (2, 0, 1.0), (3, 0, 1.0)], ticks=[0.2, 0.3, 0.6])
    assert ("r:G", None, True) in [one[:3] for one in told]
    first = next(one for one in told if one[0] == "r:G")[3]
    assert all(time_ms >= first for matter, _, _, time_ms in told if matter in ("r:T1", "r:T2"))
    assert run(spec, [stream(1, watched=False)], [(1, 0, 1.0)], ticks=[5]) == []


def test_conditions_of_one_station_are_joined() -> None:
    spec = {
        "kind": "combination", "conditions": [{"level": 3}],
        "parts": [
            {"kind": "level", "quantity": "humidity", "op": "<=", "limit": {"number": 25}},
            {"kind": "level", "quantity": "air-temperature", "limit": {"number": 30}},
        ],
    }  # fmt: skip
    both = [stream(1, "humidity", station="T"), stream(2, "air-temperature", station="T")]
    assert run(spec, both, [(1, 0, 20.0)]) == []
    assert run(spec, both, [(1, 0, 20.0), (2, 1, 31.0)]) == [("r:T", 3, True, HOUR)]
    assert run(spec, both[:1], [(1, 0, 20.0)]) == []


POND = {
    "kind": "tailings",
    "conditions": [
        {"level": 4, "limit": {"level": "blue"}}, {"level": 3, "limit": {"level": "yellow"}},
        {"level": 2, "limit": {"level": "orange"}}, {"level": 1, "limit": {"level": "red"}},
    ],
}  # fmt: skip
BEACH = {"blue": 100.0, "yellow": 80.0, "orange": 70.0, "red": 50.0}
SHIFT = {"blue": 10.0, "yellow": 20.0, "orange": 30.0, "red": 40.0}


def levels(told: Sequence[Said]) -> set[int | None]:
    return {level for _, level, entered, _ in told if entered}


def test_points_of_a_pond_add_up_by_item_and_across_items() -> None:
    points = [stream(n, "displacement", station="P", levels=SHIFT) for n in range(1, 5)]
    three = [(n, 0.1 * n, 12.0) for n in (1, 2, 3)]
    assert levels(run(POND, points, three)) == {4}
    assert levels(run(POND, points, [*three, (4, 1, 12.0)])) == {4, 3}
    yellow = [(n, 0.1 * n, 22.0) for n in (1, 2, 3)]
    assert levels(run(POND, points, yellow)) == {4, 3, 2}


def test_items_of_a_pond_add_up_too() -> None:
    items = ("displacement", "crack", "tilt", "seepage")
    points = [stream(n, item, station="P", levels=SHIFT) for n, item in enumerate(items, 1)]
    blue = [(n, 0.1 * n, 12.0) for n in range(1, 5)]
    assert levels(run(POND, points, blue[:3])) == {4}
    assert levels(run(POND, points, blue)) == {4, 3}


def test_what_items_of_a_pond_count_as_counts_on() -> None:
    items = ("displacement", "crack", "tilt", "seepage", "pore-pressure", "turbidity")
    points = [stream(n, item, station="P", levels=SHIFT) for n, item in enumerate(items, 1)]
    blue = [(n, 0.1 * n, 12.0) for n in range(1, 5)]
    assert levels(run(POND, points, [*blue, (5, 1, 22.0)])) == {4, 3}
    assert levels(run(POND, points, [*blue, (5, 1, 22.0), (6, 2, 22.0)])) == {4, 3, 2}


def test_two_items_of_one_quantity_are_two_items() -> None:
    told = [(n, 0.1 * n, 12.0) for n in range(1, 5)]
    dam = [stream(n, "displacement", station="P", levels=SHIFT) for n in (1, 2)]
    slope = [replace(stream(n, "displacement", station="P", levels=SHIFT), item="landslide")
             for n in (3, 4)]  # fmt: skip
    assert levels(run(POND, [*dam, *slope], told)) == {4}
    assert levels(run(POND, [replace(one, item="") for one in (*dam, *slope)], told)) == {4, 3}


def test_a_beach_that_grows_shorter_is_worse() -> None:
    point = stream(1, "dry-beach", station="P", levels=BEACH)
    assert levels(run(POND, [point], [(1, 0, 120.0)])) == set()
    assert levels(run(POND, [point], [(1, 0, 120.0), (1, 1, 60.0)])) == {4, 3, 2}


def test_one_bad_rule_harms_no_other() -> None:
    good = rule({"kind": "level", "quantity": "water-level",
                 "conditions": [{"level": 3, "limit": {"number": 5}}]})  # fmt: skip
    gone = read_spec(
        {
            "title": "坏",
            "kind": "level",
            "quantity": "water-level",
            "conditions": [{"level": 3, "limit": {"table": "no-table/x/y"}}],
        }
    )
    bad = RuleRow("B", "bad", 1, COUNTY, gone)
    made = compile_rules([bad, good], [stream(1)], PLUM)
    assert made.accounts["bad"].reason
    assert len(made.watches) == 1


@pytest.mark.parametrize(
    ("spec", "column"),
    [
        ({"kind": "level", "conditions": [{"level": 3, "limit": {"number": 1}}]}, "quantity"),
        ({"kind": "level", "quantity": "rain", "conditions": []}, "conditions"),
        ({**STAGE, "quantity": "no-such"}, "quantity"),
        ({**STAGE, "hazard": "no-such"}, "hazard"),
        ({**STAGE, "season": "no-such"}, "season"),
        ({**STAGE, "hysteresis": -1.0}, "hysteresis"),
        ({**STAGE, "where": {"kinds": ["no-such"]}}, "where"),
        ({**STAGE, "conditions": [{"level": 3, "limit": {}}]}, "conditions"),
        ({**STAGE, "conditions": [{"level": 3, "limit": {"level": "no-such"}}]}, "conditions"),
        ({**STAGE, "conditions": [{"level": 3, "limit": {"table": "a/b/c"}}]}, "conditions"),
        (
            {**STAGE, "conditions": [{"level": 3, "limit": {"number": 9}},
                                     {"level": 2, "limit": {"number": 8}}]},
            "conditions",
        ),
        ({"kind": "sum", "quantity": "rain",
          "conditions": [{"level": 3, "limit": {"number": 1}}]}, "window_s"),
        ({"kind": "rate", "quantity": "rain", "window_s": 60,
          "conditions": [{"level": 3, "limit": {"number": -1}}]}, "conditions"),
        ({**STAGE, "kind": "difference"}, "other"),
        ({**STAGE, "kind": "count", "need": 1}, "need"),
        ({"kind": "silence", "conditions": [{"level": 3, "limit": {"number": 1}}]}, "conditions"),
        ({"kind": "combination", "parts": []}, "parts"),
        ({**STAGE, "effective_from": "2026-02-01", "effective_to": "2026-01-01"}, "effective_to"),
        ({**STAGE, "kind": "nonsense"}, "kind"),
        ({**STAGE, "conditions": [{"level": 7}]}, "conditions"),
        ({**STAGE, "typo": 1}, ""),
    ],
)  # fmt: skip
def test_a_rule_that_makes_no_sense_is_refused(spec: Mapping[str, Any], column: str) -> None:
    with pytest.raises(Invalid) as refused:
        check(read_spec({"title": "试", **spec}))
    assert column in refused.value.errors


@pytest.mark.parametrize("code", list(defaults()))
def test_shipped_rules_are_sound_and_can_be_said_aloud(code: str) -> None:
    spec = read_spec(defaults()[code])
    check(spec)
    assert read_spec(plain(spec)) == spec
    said = sentence(spec, "云屿县")
    assert said.endswith("。")
    assert "云屿县" in said
    assert sentence(spec, "Yunyu", "en").endswith(".")
    assert spec.source
    assert spec.title_en


def test_a_sentence_says_what_an_officer_needs() -> None:
    spec = read_spec({"title": "试", **STAGE, "hold_s": 600, "where": {"kinds": ["river"]}})
    assert sentence(spec, "云屿县") == (
        "云屿县内的河道水位站测站，河道水位达到警戒水位报黄色，达到保证水位报橙色；"
        "须持续 10 分钟；回落 0.10 m 以上才算解除。"
    )
    rain = read_spec(defaults()["rain-24h"])
    assert "24 小时累计降水量达到暴雨（50.0 mm）报蓝色" in sentence(rain, "云屿县")


def test_seasons_hold_on_their_days() -> None:
    assert season_of(PLUM) == "meiyu"
    assert season_of(TYPHOON) == "typhoon"
    assert season_of(date(2026, 10, 16)) is None
    assert season_of(WINTER) == "forest-fire"
