"""The demo day's recording: repeatable, complete, faulty where it was planned, and as a file."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from anlan.demo.county import County
from anlan.demo.days import filed
from anlan.demo.days.course import courses
from anlan.demo.days.faults import HOUR_MS
from anlan.demo.days.making import record
from anlan.demo.days.plan import Fault, Plan
from anlan.demo.days.recording import Recording
from anlan.demo.days.runoff import time_of_concentration, unit_hydrograph
from anlan.demo.days.speaking import gateways_of
from anlan.demo.days.truth import REFUSED_H
from anlan.kernel.errors import Invalid, Missing
from anlan.sense.rules.spec import Spec


def _rows(day: Recording, code: str) -> np.ndarray:
    return np.flatnonzero(day.stream == day.codes.index(code))


def _of_kind(plan: Plan, kind: str) -> Iterator[Fault]:
    found = [fault for fault in plan.faults if fault.kind == kind]
    assert found
    yield from found


def test_the_same_county_and_plan_give_the_same_recording(
    county: County, plan: Plan, rules: dict[str, Spec], day: Recording
) -> None:
    again = record(county, plan, rules)
    assert again.about == day.about
    for name in ("stream", "time", "value", "sent", "again"):
        np.testing.assert_array_equal(getattr(again, name), getattr(day, name))


def test_every_stream_sends_what_its_interval_promises(
    county: County, plan: Plan, day: Recording
) -> None:
    counts = np.bincount(day.stream[~day.again], minlength=len(day.codes))
    gateways = gateways_of(county)
    lost = {fault.gateway for fault in plan.faults if fault.kind == "lost"}
    for stream, count in zip(county.streams, counts.tolist(), strict=True):
        due = plan.hours * 3600 // stream.interval_s
        if gateways[stream.code].code in lost:
            assert count < due
        else:
            assert count == due, stream.code
    assert (np.diff(day.sent) >= 0).all()
    assert np.isfinite(day.value).all()


def test_devices_send_after_they_measure_but_for_the_clock_that_is_ahead(
    county: County, plan: Plan, day: Recording
) -> None:
    gateways = gateways_of(county)
    ahead = {fault.gateway: fault for fault in _of_kind(plan, "ahead")}
    late = day.sent - day.time
    for place, code in enumerate(day.codes):
        mine = late[day.stream == place]
        fault = ahead.get(gateways[code].code)
        if fault is None:
            assert mine.min() > 0, code
        elif fault.size > REFUSED_H:
            assert mine.min() < -REFUSED_H * HOUR_MS


def test_a_gateway_that_is_away_sends_everything_afterwards(
    county: County, plan: Plan, day: Recording
) -> None:
    for fault in _of_kind(plan, "away"):
        first, last = (day.about.start + hour * HOUR_MS for hour in fault.span)
        for code in (c for c, gateway in gateways_of(county).items()
                     if gateway.code == fault.gateway):  # fmt: skip
            rows = _rows(day, code)
            assert not ((day.sent[rows] > first) & (day.sent[rows] < last)).any()
            within = (day.time[rows] > first) & (day.time[rows] < last - 60_000)
            assert within.sum() > 20
            assert (day.sent[rows][within] > last).all()


def test_what_is_sent_twice_is_the_same_twice(plan: Plan, day: Recording) -> None:
    assert next(_of_kind(plan, "twice"))
    twice = np.flatnonzero(day.again)
    assert twice.size > 50
    first = {
        (int(s), int(t)): v
        for s, t, v in zip(
            day.stream[~day.again], day.time[~day.again], day.value[~day.again], strict=True
        )
    }
    for row in twice.tolist():
        assert first[int(day.stream[row]), int(day.time[row])] == day.value[row]


def test_instruments_fail_where_it_was_planned_and_nowhere_else(
    county: County, plan: Plan, day: Recording
) -> None:
    clean = replace(plan, faults=(), upkeep=())
    was = record(county, clean, {})
    touched = {code for fault in plan.faults for code in fault.streams}
    gateways = gateways_of(county)
    lost = {fault.gateway for fault in plan.faults if fault.kind == "lost"}
    for place, code in enumerate(day.codes):
        rows = np.flatnonzero((day.stream == place) & ~day.again)
        now = day.value[rows][np.argsort(day.time[rows])]
        if gateways[code].code not in lost:
            assert bool((now != was.value[was.stream == place]).any()) == (code in touched), code


def test_the_storm_fills_streams_and_one_reservoir_and_leaves_the_rest(
    county: County, plan: Plan
) -> None:
    day = {course.stream.code: course for course in courses(county, plan)}
    over = [
        course.stream.station
        for course in day.values()
        if course.stream.quantity == "reservoir-level"
        and course.value.max() > (course.stream.level("flood-limit-typhoon") or 1e9)
    ]
    stations = {station.code: station for station in county.stations}
    assert [stations[code].subject for code in over] == ["339901-K10"]
    rain = [course.value.sum() for course in day.values() if course.stream.quantity == "rain"]
    assert max(rain) > 40
    assert np.median(rain) < 10
    tides = [course.value for course in day.values() if course.stream.quantity == "tide-level"]
    assert 4 < np.mean([series.max() - series.min() for series in tides]) < 6


def test_a_unit_hydrograph_gives_back_what_fell() -> None:
    assert time_of_concentration(8.86, 0.04235) == pytest.approx(1.20, abs=0.02)
    assert unit_hydrograph(1.0, 1 / 60).sum() == pytest.approx(1.0)


def test_a_recording_is_a_parquet_file_with_a_toml_beside_it(
    day: Recording, tmp_path: Path
) -> None:
    path = filed.write(day, tmp_path, "day")
    read = filed.read(path)
    assert read.about == day.about
    assert path.stat().st_size < 3_000_000
    assert [read.codes[k] for k in read.stream[:500].tolist()] == [
        day.codes[k] for k in day.stream[:500].tolist()
    ]
    np.testing.assert_array_equal(read.value, day.value)
    np.testing.assert_array_equal(read.sent, day.sent)


def test_a_plain_ndjson_file_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "storm.ndjson"
    rows = [
        {"stream": "B", "time": "2024-07-01T08:05:00+08:00", "value": 2.5},
        {"stream": "A", "time": "2024-07-01T08:00:00+08:00", "value": 1},
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    read = filed.read(path)
    assert [read.codes[k] for k in read.stream.tolist()] == ["A", "B"]
    assert read.value.tolist() == [1.0, 2.5]
    assert (read.sent == read.time).all()
    assert read.about.due is None
    assert read.about.start < read.time[0] < read.time[1] < read.about.end


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("x.ndjson", '{"stream": "A", "value": 1}\n', "time"),
        ("x.ndjson", '{"stream": "A", "time": "2024-07-01T08:00:00", "value": 1}\n', "时区"),
        ("x.csv", "stream,time,value\n", "ndjson"),
        ("x.ndjson", "no json\n", "无法读取"),
    ],
)
def test_a_file_that_is_none_is_refused_with_the_reason(
    tmp_path: Path, name: str, text: str, told: str
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Invalid, match=told):
        filed.read(path)
    with pytest.raises(Missing):
        filed.read(tmp_path / "nowhere.parquet")
