"""The planted alarms of the demo day, one by one, and that none of them hangs by a hair."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import msgspec
import numpy as np
import pytest

from anlan.demo.county import County
from anlan.demo.days import truth
from anlan.demo.days.course import Course, courses
from anlan.demo.days.making import record
from anlan.demo.days.plan import Plan
from anlan.demo.days.recording import Due, Recording
from anlan.engines.series import Columns
from anlan.engines.threshold import Program
from anlan.sense.rules.compiling import compile_rules
from anlan.sense.rules.rows import RuleRow, StreamRow
from anlan.sense.rules.spec import Limit, Spec

#: Rule, station or gateway, worst level: what the day must raise, and nothing else.
PLANTED: Final = {
    # The storm at the gauges, and at several of them together.
    ("basin-rain-1h", "339901-YL011", 2), ("basin-rain-1h", "339901-YL042", 2),
    ("basin-rain-1h", "339901-YL049", 2), ("rain-cluster", "", 3),
    # What it makes of the streams below it.
    ("river-rise", "339901-SW014", 3), ("river-rise", "339901-SW020", 2),
    ("river-rise", "339901-SW022", 3), ("river-rise", "339901-SW024", 3),
    ("river-rise", "339901-SW032", 3), ("river-rise", "339901-SW033", 3),
    ("river-stage", "339901-SW014", 3), ("river-stage", "339901-SW020", 3),
    # The flash flood that no gauge explains, and its way down.
    ("river-rise", "339901-SW030", 2), ("river-rise", "339901-SW008", 2),
    ("river-rise", "339901-SW034", 2), ("river-rise", "339901-SW035", 2),
    ("river-rise", "339901-SW036", 2), ("river-stage", "339901-SW030", 1),
    ("river-stage", "339901-SW008", 2), ("river-stage", "339901-SW034", 2),
    ("river-stage", "339901-SW035", 3),
    # A small reservoir, two roads, a gust, a slope.
    ("reservoir-flood-limit", "339901-SK010", 4), ("ponding", "339901-JS001", 3),
    ("ponding", "339901-JS004", 1), ("gust", "339901-QX018", 4), ("tilt", "339901-DZ002", 3),
    # The leak, the burst; the dam whose four blue points make a yellow.
    ("combustible-gas", "339901-WH003", 3), ("toxic-gas", "339901-WH001", 1),
    ("tailings", "339901-WK001", 3),
    # Two gateways of which nothing is heard.
    ("silence", "339901-GW-RQ", None), ("silence", "339901-GW-QX-102", None),
}  # fmt: skip

#: How much a limit may be off without another outcome: a share, or an amount.
HAIR: Final[Mapping[str, tuple[float, float]]] = {
    "rain": (0.035, 0.0), "water-level": (0.0, 0.035), "reservoir-level": (0.0, 0.05),
    "ponding-depth": (0.0, 0.012), "wind-gust": (0.0, 0.4), "tilt": (0.0, 0.05),
    "combustible-gas": (0.0, 1.5), "crack": (0.0, 0.5), "displacement": (0.0, 1.0),
    "tide-level": (0.0, 0.05), "tank-level": (0.0, 2.0), "tank-temperature": (0.0, 2.0),
    "toxic-gas": (0.0, 1.0), "visibility": (0.1, 0.0), "wave-height": (0.0, 0.3),
    "seepage": (0.05, 0.0), "gas-pressure": (0.05, 0.0), "water-pressure": (0.1, 0.0),
    "vehicle-speed": (0.0, 1.0),
}  # fmt: skip


def _key(due: Due) -> tuple[str, str, int | None]:
    return due.rule.partition("@")[0], due.matter, due.level


@pytest.fixture(scope="module")
def course(county: County, plan: Plan) -> list[Course]:
    return courses(county, plan)


def test_the_planted_alarms_and_no_other(day: Recording) -> None:
    assert day.about.due is not None
    assert sorted(map(_key, day.about.due), key=str) == sorted(PLANTED, key=str)


def test_almost_all_of_them_lie_in_six_hours_of_the_afternoon(day: Recording) -> None:
    first, last = (day.about.start + hours * 1_800_000 for hours in (11, 23))
    inside = [due for due in day.about.due or () if first < due.after < due.before < last]
    assert len(inside) >= len(PLANTED) - 2


def test_who_begins_to_listen_in_the_storm_knows_nothing_of_what_fell_before(
    county: County, plan: Plan, day: Recording, rules: dict[str, Spec]
) -> None:
    middle = day.about.start + 7 * 3_600_000
    late = record(county, plan, rules, since=middle).about.due or ()
    assert late
    assert all(due.after > middle - 120_000 for due in late if due.rule != "silence@339901")
    lost = {_key(due)[:2] for due in day.about.due or ()} - {_key(due)[:2] for due in late}
    assert ("basin-rain-1h", "339901-YL011") in lost
    assert ("river-stage", "339901-SW030") not in lost


@pytest.mark.parametrize("way", [1, -1])
def test_no_alarm_hangs_by_a_hair(
    county: County, plan: Plan, course: list[Course], rules: dict[str, Spec], way: int
) -> None:
    moved = {code: _moved(spec, way) for code, spec in rules.items()}
    assert {_key(due) for due in truth.due(county, plan, course, moved)} == PLANTED


def _moved(spec: Spec, way: int) -> Spec:
    if spec.quantity not in HAIR:
        return spec
    share, amount = HAIR[spec.quantity]

    def moved(limit: Limit | None) -> Limit | None:
        if limit is None:
            return None
        factor = limit.factor * (1 + way * share)
        return msgspec.structs.replace(limit, factor=factor, plus=limit.plus + way * amount)

    conditions = [
        msgspec.structs.replace(one, limit=moved(one.limit)) for one in spec.conditions
    ]  # fmt: skip
    return msgspec.structs.replace(spec, conditions=tuple(conditions))


def test_faults_hide_what_they_spoil_and_add_only_silence(
    county: County, plan: Plan, course: list[Course], rules: dict[str, Spec]
) -> None:
    well = replace(plan, faults=(), upkeep=())
    sound = {_key(due) for due in truth.due(county, well, course, rules)}
    assert {key[:2] for key in sound - PLANTED} == {
        ("river-rise", "339901-SW028"),  # the gauge that is stuck
        ("river-stage", "339901-SW028"),
        ("gas-leak", "339901-RQ004"),  # over before its gateway came back
    }
    assert {rule for rule, _, _ in PLANTED - sound} == {"silence"}


def test_the_engine_says_the_same_of_good_values(
    county: County, plan: Plan, course: list[Course], rules: dict[str, Spec]
) -> None:
    judged = {code: spec for code, spec in rules.items() if spec.kind != "silence"}
    well = replace(plan, faults=(), upkeep=())
    wanted = truth.due(county, well, course, judged)
    found = _engine(county, well, course, judged)
    worst = {key: min(levels) for key, (levels, _) in found.items()}
    assert worst == {(due.rule, due.matter): due.level for due in wanted}
    first = {(due.rule, due.matter): due for due in reversed(wanted)}
    for key, (_, times) in found.items():
        assert first[key].after <= min(times) <= first[key].before, key


def _engine(
    county: County, plan: Plan, course: Sequence[Course], rules: Mapping[str, Spec]
) -> dict[tuple[str, str], tuple[set[int], list[int]]]:
    """Run the courses through the product's own engine: levels and times by rule and matter."""
    stations = {station.code: station for station in county.stations}
    rows = [
        StreamRow(
            id=one.code, code=one.code, number=number, quantity=one.quantity,
            region=stations[one.station].village, station=one.station,
            station_code=one.station, station_name=one.station,
            station_kind=stations[one.station].kind, levels=dict(one.levels),
            interval_s=one.interval_s, lon=stations[one.station].lon,
            lat=stations[one.station].lat,
        )
        for number, one in enumerate(county.streams, start=1)
    ]  # fmt: skip
    own = [RuleRow(code, code, 1, "339901000000", spec) for code, spec in rules.items()]
    compiled = compile_rules(own, rows, plan.start.date())
    program = Program(compiled.watches)
    state = program.start()
    start = round(plan.start.timestamp() * 1000)
    columns = Columns.concat(
        Columns.of(
            np.full(one.hours.size, number), start + np.round(one.hours * 3_600_000), one.value
        )
        for number, one in enumerate(course, start=1)
    )
    found: dict[tuple[str, str], tuple[set[int], list[int]]] = {}
    for at in range(start, start + plan.hours * 3_600_000, 120_000):
        part = columns.take((columns.time > at) & (columns.time <= at + 120_000)).sorted()
        for told in (program.run(part, state, at + 120_000), program.tick(state, at + 120_000)):
            for watch, entered, time in zip(told.watch, told.state, told.time, strict=True):
                binding = compiled.bindings[int(watch)]
                if binding is None or not entered:
                    continue
                matter = binding.matter.partition(":")[2].replace("all", "")
                levels, times = found.setdefault((binding.rule, matter), (set(), []))
                levels.add(binding.level or 9)
                times.append(int(time))
    return found
