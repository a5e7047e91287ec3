"""What is doubted on the demo day: the planted faults, each by its flag, and nothing else."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from anlan.codes.quantities import convert, quantity
from anlan.demo.county import County
from anlan.demo.days import faults as wrong
from anlan.demo.days.plan import Plan
from anlan.demo.days.recording import Recording, in_ms
from anlan.demo.days.tests.test_truth import PLANTED
from anlan.demo.days.truth import REFUSED_H
from anlan.engines.series import MAINTENANCE, RANGE, SPIKE, STUCK, UNIT, Columns
from anlan.engines.threshold import Program
from anlan.sense.intake.checking import Checking
from anlan.sense.intake.directory import Directory
from anlan.sense.rules.compiling import compile_rules
from anlan.sense.rules.rows import RuleRow, StreamRow
from anlan.sense.rules.spec import Spec
from anlan.sense.selectors.directory import Streams

STEP_MS = 120_000
NAMES = {RANGE: "range", SPIKE: "spike", STUCK: "stuck", UNIT: "unit"}
#: Gauges that leap when they come loose or come back from calibration, and gas that bursts out:
#: their first value is doubted, as it must be.
LEAPING = {"339901-CW003-T", "339901-WH001-H2", *(f"339901-WH005-G{k}" for k in range(1, 7))}
#: May leap in truth, and are judged by two values in a row (`hold_s`) instead of being doubted.
HELD = {"339901-DZ006-LF", "339901-WK002-JR2"}

Doubts = dict[tuple[str, str], list[float]]


def directory(county: County) -> Directory:
    """Lay the county's streams out as the ingest process does."""
    stations = {station.code: station for station in county.stations}
    rows = tuple(
        StreamRow(
            id=one.code, code=one.code, number=number, quantity=one.quantity,
            region=stations[one.station].village, station=one.station, station_code=one.station,
            station_name=one.station, station_kind=stations[one.station].kind,
            levels=dict(one.levels), interval_s=one.interval_s,
            lon=stations[one.station].lon, lat=stations[one.station].lat,
        )
        for number, one in enumerate(county.streams, start=1)
    )  # fmt: skip
    units = [(one.unit or quantity(one.quantity).unit, one.quantity) for one in county.streams]
    zero = np.array([float(convert(0.0, *unit)) for unit in units])
    one_ = np.array([float(convert(1.0, *unit)) for unit in units])
    added = np.array([one.added or 0.0 for one in county.streams])
    return Directory.of(
        Streams(
            edition=1, rows=rows, number=np.arange(1, len(rows) + 1, dtype=np.int32),
            factor=one_ - zero, offset=zero + added, added=added,
            low=np.array([one.low for one in county.streams], float),
            high=np.array([one.high for one in county.streams], float),
            interval_s=np.array([one.interval_s for one in county.streams], float),
            maintained=np.zeros(len(rows), bool),
        )
    )  # fmt: skip


@dataclass
class Judged:
    """The day as the ingest process flags it."""

    directory: Directory
    #: What came in each step, with its flags, and when the step ended.
    steps: list[tuple[Columns, int]] = field(default_factory=list)
    #: Hours of the doubted values by flag and stream.
    doubts: Doubts = field(default_factory=dict)


@pytest.fixture(scope="module")
def judged(county: County, plan: Plan, day: Recording) -> Judged:
    """Flag everything the doors would take, in the order and at the times it comes."""
    laid = directory(county)
    checking, made = Checking(laid), Judged(laid)
    place = np.array([laid.numbers[code] for code in day.codes], np.int32)
    works = _works(plan, laid)
    for at in range(day.about.start, day.about.end + 2 * STEP_MS, STEP_MS):
        rows = np.arange(len(day))[day.between(at, at + STEP_MS)]
        now = at + STEP_MS
        rows = rows[~day.again[rows] & (day.time[rows] <= now + REFUSED_H * wrong.HOUR_MS)]
        number = place[day.stream[rows]]
        value = day.value[rows] * laid.factor[number] + laid.offset[number]
        columns = Columns.of(number, day.time[rows], value).sorted()
        flags = checking.flag(columns, now, backfill=False)
        _note(made, columns, flags, day.about.start)
        for numbers, first, last in works:
            under = np.isin(columns.number, numbers) & (first <= now) & (now < last)
            flags = np.where(under, flags | MAINTENANCE, flags)
        made.steps.append((columns.with_flags(flags.astype(np.uint16)), now))
    return made


def _works(plan: Plan, laid: Directory) -> list[tuple[list[int], int, int]]:
    """Tell which numbers are under maintenance when."""
    found = []
    for one in plan.upkeep:
        first, last = (in_ms(plan.start) + round(hour * wrong.HOUR_MS) for hour in one.span)
        numbers = [row.number for row in laid.streams.rows if row.station == one.station]
        found.append((numbers, first, last))
    return found


def _note(made: Judged, columns: Columns, flags: np.ndarray, start: int) -> None:
    for bit, name in NAMES.items():
        for row in np.flatnonzero(flags & bit).tolist():
            code = made.directory.streams.rows[int(columns.number[row]) - 1].code
            hour = (int(columns.time[row]) - start) / wrong.HOUR_MS
            made.doubts.setdefault((name, code), []).append(round(hour, 3))


@pytest.fixture(scope="module")
def doubts(judged: Judged) -> Doubts:
    return judged.doubts


def test_the_rules_raise_the_planted_alarms_of_what_was_really_sent(
    judged: Judged, plan: Plan, rules: dict[str, Spec]
) -> None:
    """Faults and all, through the product's own checks and rules; silence needs the doors."""
    own = [
        RuleRow(code, code, 1, "339901000000", spec)
        for code, spec in rules.items() if spec.kind != "silence"
    ]  # fmt: skip
    compiled = compile_rules(own, judged.directory.streams.rows, plan.start.date())
    program = Program(compiled.watches)
    state = program.start()
    worst: dict[tuple[str, str], int] = {}
    for columns, now in judged.steps:
        for told in (program.tick(state, now), program.run(columns, state, now)):
            for watch, entered in zip(told.watch, told.state, strict=True):
                binding = compiled.bindings[int(watch)]
                if binding is not None and entered:
                    rule, _, matter = binding.matter.partition(":")
                    key = rule.partition("@")[0], matter.replace("all", "")
                    worst[key] = min(worst.get(key, 9), binding.level or 9)
    wanted = {key[:2]: key[2] for key in PLANTED if key[0] != "silence"}
    assert worst == wanted


def test_the_planted_faults_are_doubted_and_nothing_else(doubts: Doubts, plan: Plan) -> None:
    flags = {"spikes": "spike", "stuck": "stuck", "scale": "unit"}
    planted = {
        (flags[fault.kind], code)
        for fault in plan.faults if fault.kind in flags
        for code in fault.streams if code not in HELD
    }  # fmt: skip
    # Centimetres over a gauge's zero lie beyond what the gauge can read, too.
    also = {("range", code) for flag, code in planted if flag == "unit"}
    assert set(doubts) - {("spike", code) for code in LEAPING} == planted | also


def test_each_spike_is_found_at_its_own_value(doubts: Doubts, plan: Plan, day: Recording) -> None:
    for fault in plan.faults:
        for code in set(fault.streams) - HELD if fault.kind == "spikes" else ():
            mine = np.sort(day.time[day.stream == day.codes.index(code)])
            hours = (mine - day.about.start) / wrong.HOUR_MS
            wanted = hours[wrong.spike_rows(fault, hours)]
            assert doubts["spike", code] == pytest.approx(wanted.tolist(), abs=0.001), code


def test_what_leaps_in_truth_is_doubted_once(doubts: Doubts) -> None:
    for code in LEAPING:
        hours = doubts["spike", code]
        # Once when it leaps and once when it leaps back, never two values in a row.
        assert 1 <= len(hours) <= 2, (code, hours)
        assert min(np.diff(hours), default=1.0) > 0.1, (code, hours)


def test_a_stuck_gauge_is_found_within_hours_not_days(doubts: Doubts, plan: Plan) -> None:
    stuck = {
        code: fault for fault in plan.faults if fault.kind == "stuck" for code in fault.streams
    }
    assert len(stuck) == 2
    for code, fault in stuck.items():
        hours = doubts["stuck", code]
        assert fault.span[0] + 1 < hours[0] < fault.span[0] + 3, code
        assert fault.span[1] - 0.1 < hours[-1] < fault.span[1], code
