"""Steps of a replay: where they end, that each is finished, and that a crash costs nothing."""

import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from anlan.demo.days.recording import in_ms
from anlan.demo.replay import tempo
from anlan.demo.replay.cursor import Cursor
from anlan.demo.replay.stepping import (
    BEHIND_MS,
    DOORS,
    MODELS,
    OFFSET_MS,
    SCHEDULED,
    STEP_MS,
    Stage,
    ends,
    lockstep,
    paced,
)
from anlan.demo.replay.tally import Tally
from anlan.kernel import clock
from anlan.kernel.errors import Invalid, Unavailable

START = 1_786_406_400_000
MINUTE = 60_000


class Notebook:
    """A sender that writes down what it was asked, and the time of the clock at that moment."""

    def __init__(self, workspace: Path, fails_at: int | None = None) -> None:
        self.workspace, self.fails_at = workspace, fails_at
        self.spans: list[tuple[int, int]] = []
        self.times: list[int] = []

    def send(self, after: int, until: int) -> Tally:
        if until == self.fails_at:
            raise Unavailable("断了")
        self.spans.append((after, until))
        self.times.append(in_ms(clock.Clock(self.workspace / "clock.json").now()))
        return Tally(sent=1, confirmed=1)


def _stage(workspace: Path, notebook: Notebook) -> tuple[Stage, list[Cursor]]:
    told: list[Cursor] = []
    return Stage(workspace, notebook, lambda _: [], told.append), told


def _cursor(minutes: int) -> Cursor:
    return Cursor("x", START, START + minutes * MINUTE, START)


def test_steps_end_a_little_after_the_minute_and_the_last_at_the_end() -> None:
    cursor = _cursor(5)
    assert list(ends(cursor, STEP_MS)) == [
        START + OFFSET_MS, START + OFFSET_MS + 2 * MINUTE, START + OFFSET_MS + 4 * MINUTE,
        cursor.end,
    ]  # fmt: skip


def test_the_clock_is_set_before_what_is_due_is_sent(tmp_path: Path) -> None:
    notebook = Notebook(tmp_path)
    stage, told = _stage(tmp_path, notebook)
    done = lockstep(stage, _cursor(5))
    assert done.done
    assert notebook.times == [until for _, until in notebook.spans]
    assert [after for after, _ in notebook.spans] == [
        START, *(until for _, until in notebook.spans[:-1]),
    ]  # fmt: skip
    assert [cursor.at for cursor in told] == notebook.times
    assert done.tally.sent == 4
    setting = clock.Clock(tmp_path / "clock.json").setting()
    assert setting is not None
    assert (setting.speed, setting.step) == (0.0, 4)


def test_a_replay_that_broke_off_goes_on_where_it_stopped(tmp_path: Path) -> None:
    whole = Notebook(tmp_path / "whole")
    (tmp_path / "whole").mkdir()
    lockstep(_stage(tmp_path / "whole", whole)[0], _cursor(9))

    broken = Notebook(tmp_path, fails_at=START + OFFSET_MS + 4 * MINUTE)
    with pytest.raises(Unavailable):
        lockstep(_stage(tmp_path, broken)[0], _cursor(9))
    kept = Cursor.read(tmp_path)
    assert kept is not None
    assert kept.at == START + OFFSET_MS + 2 * MINUTE
    again = Notebook(tmp_path)
    lockstep(_stage(tmp_path, again)[0], kept)
    assert broken.spans + again.spans == whole.spans
    finished = Cursor.read(tmp_path)
    assert finished is not None
    assert finished.done
    assert finished.tally.sent == len(whole.spans)


def test_a_step_waits_until_nothing_is_under_way(tmp_path: Path) -> None:
    asked: list[int] = []

    def busy(at: int) -> list[str]:
        asked.append(at)
        return ["作业"] if len(asked) < 5 else []

    stage = Stage(tmp_path, Notebook(tmp_path), busy, lambda _: None)
    lockstep(stage, Cursor("x", START, START + 1000, START))
    assert len(asked) == 6


def test_what_the_time_brings_waits_until_what_was_measured_is_sent_and_judged(
    tmp_path: Path,
) -> None:
    told: list[tuple[str, bool]] = []

    def note(what: str) -> None:
        setting = clock.Clock(tmp_path / "clock.json").setting()
        assert setting is not None
        told.append((what, setting.held))

    def asked(what: str, slow: int = 0) -> Callable[[int], list[str]]:
        def ask(_: int) -> list[str]:
            note(what)
            return [what] if sum(one == what for one, _ in told) <= slow else []

        return ask

    class Told(Notebook):
        def send(self, after: int, until: int) -> Tally:
            note("send")
            return super().send(after, until)

    stage = Stage(
        tmp_path, Told(tmp_path), asked("done"), lambda _: None,
        unlooked=asked("look"), unjudged=asked("judge", slow=2), stirred=asked("stir"),
    )  # fmt: skip
    lockstep(stage, Cursor("x", START, START + 1000, START))
    assert told == [
        ("look", True), ("send", True), *[("judge", True)] * 3, *[("stir", True)] * 2,
        *[("done", False)] * 2,
    ]  # fmt: skip
    told.clear()
    paced(stage, Cursor("x", START, START + 2 * MINUTE, START), speed=3600.0)
    first = told.index(("done", False))
    assert [one for one, _ in told[:first]] == ["look", "send", *["judge"] * 3]


def test_at_a_pace_a_step_comes_when_it_is_due(tmp_path: Path) -> None:
    notebook = Notebook(tmp_path)
    stage, _ = _stage(tmp_path, notebook)
    begun = time.monotonic()
    done = paced(stage, _cursor(4), speed=480.0)
    assert 0.45 < time.monotonic() - begun < 5
    assert done.done
    assert notebook.times == [until for _, until in notebook.spans]
    assert all(until == after for (_, until), (after, _) in pairwise(notebook.spans))
    setting = clock.Clock(tmp_path / "clock.json").setting()
    assert setting is not None
    assert (setting.speed, in_ms(setting.sim0)) == (0.0, done.end)


def test_a_slow_pace_takes_small_steps(tmp_path: Path) -> None:
    notebook = Notebook(tmp_path)
    stage, _ = _stage(tmp_path, notebook)
    paced(stage, Cursor("x", START, START + 4000, START + 2000), speed=2.0)
    assert {until - after for after, until in notebook.spans} == {2000}


def test_a_cursor_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert Cursor.read(tmp_path) is None
    (tmp_path / "replay").mkdir()
    (tmp_path / "replay" / "cursor.json").write_text('{"at": 1}', encoding="utf-8")
    with pytest.raises(Invalid, match="cursor"):
        Cursor.read(tmp_path)


def test_waiting_for_models_alone_is_told_and_people_speak_when_all_is_done(
    tmp_path: Path,
) -> None:
    left = [[MODELS]] * 8
    said: list[int] = []

    def act(at: int) -> Tally:
        said.append(at)
        return Tally(answers=1) if len(said) == 1 else Tally()

    stage = Stage(
        tmp_path, Notebook(tmp_path), lambda _: left.pop() if left else [], lambda _: None, act
    )
    done = lockstep(stage, Cursor("x", START, START + 10_000, START))
    assert done.tally.waits == 1
    assert done.tally.waited_s > 0
    assert done.tally.answers == 1
    assert said == [START + 10_000] * 2


def test_at_a_pace_the_clock_waits_for_doors_at_once_and_for_all_else_in_time(
    tmp_path: Path,
) -> None:
    stuck = ["提级和逾期"]
    asked: list[tuple[int, bool]] = []

    def busy(at: int) -> list[str]:
        first = not any(one == at for one, _ in asked)
        late = at - START > BEHIND_MS and sum(one == at for one, _ in asked) > 20
        left = [] if late else [DOORS, *stuck] if first else list(stuck)
        asked.append((at, bool(left)))
        return left

    stage = Stage(tmp_path, Notebook(tmp_path), busy, lambda _: None)
    paced(stage, Cursor("x", START, START + 4 * STEP_MS, START), speed=3600.0)
    looks = {at: sum(one == at for one, _ in asked) for at, _ in asked}
    soon = [count for at, count in looks.items() if at - START <= BEHIND_MS]
    late = [count for at, count in looks.items() if at - START > BEHIND_MS]
    assert set(soon) == {3}  # the doors first, then twice that nothing hinders
    assert min(late) > 20


def test_at_a_pace_people_speak_while_what_the_time_brings_is_under_way(tmp_path: Path) -> None:
    told: list[str] = []

    def busy(_: int) -> list[str]:
        told.append("ask")
        return [SCHEDULED] if told.count("ask") == 1 else []

    def act(_: int) -> Tally:
        told.append("speak")
        return Tally()

    stage = Stage(tmp_path, Notebook(tmp_path), busy, lambda _: None, act)
    paced(stage, Cursor("x", START, START + 2 * MINUTE, START), speed=3600.0)
    assert told[:4] == ["ask", "speak", "ask", "ask"]
    assert told[-3:] == ["ask", "ask", "speak"]  # at the end all is waited for first


def test_the_last_step_at_a_pace_waits_for_everything(tmp_path: Path) -> None:
    left = [["作业"]] * 5
    stage = Stage(
        tmp_path, Notebook(tmp_path), lambda _: left.pop() if left else [], lambda _: None
    )
    paced(stage, Cursor("x", START, START + 1000, START), speed=3600.0)
    assert not left


def test_what_models_were_waited_for_is_told_by_step(tmp_path: Path) -> None:
    cursor = Cursor("x", START, START + 2 * STEP_MS, START)
    looks = iter([[MODELS]] * 5)
    stage = Stage(
        tmp_path, Notebook(tmp_path),
        lambda at: next(looks, []) if at == cursor.end else [], lambda _: None,
    )  # fmt: skip
    played = paced(stage, cursor, speed=3600.0)
    steps = tempo.read(tmp_path)
    assert [one.waited_s > 0 for one in steps] == [False, False, True]
    assert steps[-1].waited_s == pytest.approx(played.tally.waited_s, abs=0.01)
    assert played.tally.waits == 1
