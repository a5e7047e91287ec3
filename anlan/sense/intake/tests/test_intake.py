"""What comes in is durable before it is confirmed, counted once, and judged exactly once."""

import time

import pytest

from anlan.engines.threshold import Level, Silence
from anlan.kernel.errors import Unavailable
from anlan.sense.intake.directory import Directory
from anlan.sense.intake.intake import TICK_S, Books, Intake
from anlan.sense.intake.keeping import Keeping
from anlan.sense.intake.tests.conftest import HIGH, NOW, Bench, book, decoded, streams
from anlan.sense.store.latest import LatestReader


def until(what: object, patience_s: float = 5.0) -> None:
    """Wait until a question is answered with yes."""
    assert callable(what)
    end = time.monotonic() + patience_s
    while not what():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.01)


def send(intake: Intake, *rows: tuple[str, float, float]) -> tuple[int, int, int]:
    receipt = intake.submit(decoded(*rows), None, NOW).result(5)
    return receipt.accepted, receipt.duplicates, len(receipt.rejected)


def test_what_is_confirmed_is_in_the_store_and_shown(bench: Bench) -> None:
    assert send(bench.intake, ("W1", 60, 2.0), ("W1", 0, 2.1), ("XX", 0, 1.0)) == (2, 0, 1)
    assert bench.store.raw(1, 0, NOW + 1).value.tolist() == [2.0, 2.1]
    until(lambda: LatestReader(bench.home).read([1]).value.tolist() == [2.1])


def test_what_is_sent_again_is_counted_once(bench: Bench) -> None:
    assert send(bench.intake, ("W1", 60, 2.0), ("W1", 60, 2.0)) == (1, 1, 0)
    assert send(bench.intake, ("W1", 60, 2.0), ("W1", 30, 2.0)) == (1, 1, 0)
    assert len(bench.store.raw(1, 0, NOW + 1)) == 2


def test_another_value_for_the_same_time_is_a_revision_and_the_first_stays(bench: Bench) -> None:
    send(bench.intake, ("W1", 60, 2.0))
    assert send(bench.intake, ("W1", 60, 9.0)) == (1, 0, 0)
    assert bench.store.raw(1, 0, NOW).value.tolist() == [2.0]
    assert bench.store.revisions(1, 0, NOW).value.tolist() == [9.0]


def test_a_crossing_reaches_the_desk_once_and_so_does_its_end(bench: Bench) -> None:
    send(bench.intake, ("W1", 60, 3.1))
    until(lambda: len(bench.paper.written) == 1)
    send(bench.intake, ("W1", 30, 3.4), ("W1", 20, 2.0))
    until(lambda: bench.intake.idle)
    assert [(one.entered, one.value) for one in bench.paper.written] == [(True, 3.1), (False, 2.0)]


def test_what_could_not_be_written_is_written_when_it_can(bench: Bench) -> None:
    bench.paper.jammed = True
    send(bench.intake, ("W1", 60, 3.1))
    until(lambda: bench.desk.failure != "")
    bench.paper.jammed = False
    until(lambda: len(bench.paper.written) == 1)


def test_an_alarm_that_was_not_written_before_the_end_is_told_after_it(bench: Bench) -> None:
    bench.paper.jammed = True
    send(bench.intake, ("W1", 60, 3.1))
    until(lambda: bench.desk.failure != "")
    bench.close()
    bench.paper.jammed = False
    bench.open()
    until(lambda: [one.entered for one in bench.paper.written] == [True])


def test_a_restart_goes_on_where_the_rules_stood(bench: Bench) -> None:
    send(bench.intake, ("W1", 60, 3.1))
    until(lambda: bench.intake.idle)
    bench.close()
    bench.open()
    send(bench.intake, ("W1", 30, 3.2))
    until(lambda: bench.intake.idle)
    assert len(bench.paper.written) == 1
    until(lambda: ("rule:high", "high") in bench.standing)


@pytest.mark.parametrize(
    "watch",
    [
        Level(key="long", stream=1, op=">=", limit=3.0, hold_s=60),
        Silence(key="mute", stream=1, after_s=60),
    ],
    ids=["held", "silent"],
)
def test_what_time_alone_had_entered_before_a_crash_stands_after_it_and_can_end(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, watch: Level | Silence
) -> None:
    monkeypatch.setattr(Keeping, "_write", lambda *_: None)  # what a crash comes before
    bench.real = False
    bench.rules = book(watch, edition=2)
    bench.intake.turn(Books(Directory.of(streams()), bench.rules))
    send(bench.intake, ("W1", 0, 3.1))
    until(lambda: bench.intake.idle)
    bench.now += 61_000
    until(lambda: [one.entered for one in bench.paper.written] == [True])
    bench.close()
    bench.open()
    until(lambda: bench.standing == [(f"rule:{watch.key}", watch.key)])
    send(bench.intake, ("W1", -60, 2.0))
    until(lambda: [one.entered for one in bench.paper.written] == [True, False])


def test_what_was_held_long_enough_is_told_though_the_process_died_where_the_clock_stands(
    bench: Bench,
) -> None:
    bench.real, bench.stands = False, True
    bench.rules = book(Level(key="long", stream=1, op=">=", limit=3.0, hold_s=60), edition=2)
    bench.intake.turn(Books(Directory.of(streams()), bench.rules))
    send(bench.intake, ("W1", 0, 3.1))
    until(lambda: bench.intake.idle)
    bench.close()
    bench.now += 61_000
    bench.open()
    until(lambda: [one.entered for one in bench.paper.written] == [True])


def test_a_restart_does_not_begin_to_count_silence_anew(bench: Bench) -> None:
    bench.real = False
    other = Silence(key="other", stream=2, after_s=600)
    bench.rules = book(Silence(key="mute", stream=1, after_s=600), other, edition=2)
    bench.intake.turn(Books(Directory.of(streams()), bench.rules))
    send(bench.intake, ("W1", 0, 2.0))
    bench.now += 400_000
    send(bench.intake, ("W2", -400, 2.0))
    until(lambda: bench.intake.idle)
    bench.close()
    bench.open()
    bench.now += 201_000
    until(lambda: [one.binding.watch for one in bench.paper.written] == ["mute"])


def test_nobody_was_silent_while_nobody_listened(bench: Bench) -> None:
    bench.rules = book(Silence(key="mute", stream=1, after_s=600))
    bench.intake.turn(Books(Directory.of(streams()), bench.rules))
    send(bench.intake, ("W1", 0, 2.0))
    until(lambda: bench.intake.idle)
    bench.close()
    bench.now = NOW + 7_200_000
    bench.open()
    for _ in range(59):  # as time passes, not as a clock is set
        bench.now += 10_000
        time.sleep(0.11)
    assert bench.paper.written == []
    bench.now += 11_000
    until(lambda: [one.entered for one in bench.paper.written] == [True])


@pytest.mark.parametrize("off_ms", [7_200_000, -7_200_000], ids=["forward", "back"])
def test_nobody_is_silent_because_the_clock_was_set(bench: Bench, off_ms: int) -> None:
    mute = book(Silence(key="mute", stream=1, after_s=60), edition=2)
    bench.intake.turn(Books(Directory.of(streams()), mute))
    send(bench.intake, ("W1", 0, 2.0))
    until(lambda: bench.intake.idle)
    bench.now += off_ms
    time.sleep(0.5)
    assert bench.paper.written == []
    for _ in range(14):  # as time passes
        bench.now += 5_000
        time.sleep(0.12)
    until(lambda: [one.entered for one in bench.paper.written] == [True])


def test_time_that_is_held_is_judged_once_somebody_asks_for_it(bench: Bench) -> None:
    mute = book(Silence(key="mute", stream=1, after_s=10), edition=2)
    bench.intake.turn(Books(Directory.of(streams()), mute))
    send(bench.intake, ("W1", 0, 2.0))
    until(lambda: bench.intake.judged_ms == NOW)
    bench.held = True
    bench.now += 11_000
    send(bench.intake, ("W2", 0, 2.0))  # a value of another comes, and another tick is due
    time.sleep(2.5 * TICK_S)
    assert bench.intake.judged_ms < bench.now
    assert bench.paper.written == []
    bench.intake.hurry()
    until(lambda: bench.intake.judged_ms == bench.now)
    until(lambda: [one.entered for one in bench.paper.written] == [True])


def test_other_rules_hold_from_the_next_value_on(bench: Bench) -> None:
    send(bench.intake, ("W1", 60, 2.6))
    lower = Level(key="lower", stream=1, op=">=", limit=2.5)
    bench.intake.turn(Books(Directory.of(streams()), book(HIGH, lower, edition=2)))
    send(bench.intake, ("W1", 30, 2.7))
    until(lambda: [one.binding.watch for one in bench.paper.written] == ["lower"])


def test_what_is_measured_under_maintenance_raises_nothing(bench: Bench) -> None:
    bench.intake.turn(Books(Directory.of(streams(maintained=["W1"])), bench.rules))
    send(bench.intake, ("W1", 60, 9.0))
    until(lambda: bench.intake.idle)
    assert bench.paper.written == []
    assert len(bench.store.raw(1, 0, NOW)) == 1


def test_back_filled_values_raise_no_alarm_as_todays(bench: Bench) -> None:
    day = 86_400
    body = decoded(("W1", day, 9.0), ("W1", day - 60, 9.0))
    assert bench.intake.submit(body, None, NOW, backfill=True).result(5).accepted == 2
    until(lambda: bench.intake.idle)
    assert bench.paper.written == []


def test_nothing_is_taken_after_the_end(bench: Bench) -> None:
    bench.intake.stop()
    with pytest.raises(Unavailable):
        bench.intake.submit(decoded(("W1", 60, 1.0)), None, NOW)
