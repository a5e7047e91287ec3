"""The schedule: when sources are asked, what is remembered, and what a person sees of it."""

import threading
import time
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from anlan.gateways.sources import asking
from anlan.gateways.sources.declaration import Declaration
from anlan.gateways.sources.runner import Runner
from anlan.gateways.sources.sharing import FOLDER, alone
from anlan.gateways.sources.shelf import Shelf
from anlan.gateways.sources.states import FILE, Attempt, State, States
from anlan.gateways.sources.tests.far_side import (
    NOW,
    Answer,
    Asked,
    FarSide,
    far_side,
    records,
    text_of,
)
from anlan.gateways.sources.trying import wait_after
from anlan.kernel.errors import Unavailable
from anlan.protocols.observations import Decoded, Rejection
from anlan.sense.receipts import Receipt

WINDOW = '[request.query]\na = "{from}"\nb = "{to}"\n[window]\noverlap = "10min"\nchunk = "1h"'
CURSOR = '[request.query]\nc = "{cursor}"\n[paging]\nkind = "cursor"\nnext = "next"\nkeep = true'


class County:
    """A workspace with one source, a clock and a place for what comes in."""

    def __init__(self, home: Path, side: FarSide, more: str = "", **changes: Any) -> None:
        self.home, self.side = home, side
        self.at = NOW
        self.taken: list[tuple[int, bool]] = []
        self.refused = ""
        self.broken = False
        Shelf(home).write("water", text_of(f"{side.address}/", more, **changes), seen="")
        self.runner = self.make_runner()

    def make_runner(self) -> Runner:
        return Runner(
            self.home, self.submit, now=lambda: self.at, real_now=lambda: self.at,
            sharing=alone(self.home),
        )  # fmt: skip

    def submit(self, decoded: Decoded, source: Declaration, backfill: bool) -> "Future[Receipt]":
        assert source.key == "water"
        if self.broken:
            raise Unavailable("等待存储的数据太多")
        done: Future[Receipt] = Future()
        rejected = list(decoded.rejected)
        if self.refused:
            rejected += [Rejection(int(at), self.refused) for at in decoded.index]
            done.set_result(Receipt(0, 0, rejected))
        else:
            self.taken.append((len(decoded), backfill))
            done.set_result(Receipt(len(decoded), 0, rejected))
        return done

    def after(self, **length: float) -> int:
        self.at += timedelta(**length)
        return self.runner.step()

    @property
    def state(self) -> State:
        return States(self.home / FOLDER / FILE).get("water")

    @property
    def tries(self) -> list[Attempt]:
        return States(self.home / FOLDER / FILE).tries("water")


def fresh(_: Asked) -> Answer:
    return Answer({"list": records(1, 2, minute=57)})


def test_a_source_is_asked_at_its_interval(tmp_path: Path) -> None:
    with far_side(fresh) as side:
        county = County(tmp_path, side)
        assert [county.after(minutes=1) for _ in range(7)] == [1, 0, 0, 0, 0, 1, 0]
    assert county.taken == [(2, False), (2, False)]
    assert county.state.newest_ms == int(datetime(2026, 7, 1, 3, 58, tzinfo=UTC).timestamp() * 1000)


def test_what_is_old_when_it_comes_is_back_fill(tmp_path: Path) -> None:
    rows = [*records(1, 2, minute=0), *records(3, minute=58)]
    with far_side(lambda _: Answer({"list": rows})) as side:
        county = County(tmp_path, side)
        county.after(minutes=1)
    assert county.taken == [(1, False), (2, True)]
    assert county.state.total.backfilled == 2


def test_failures_are_shown_and_waited_for_longer_each_time(tmp_path: Path) -> None:
    with far_side(lambda _: Answer({}, 500)) as side:
        county = County(tmp_path, side)
        waits = []
        for _ in range(6):
            county.after(hours=1)
            state = county.state
            assert state.next_try_ms is not None
            assert state.last_try_ms is not None
            waits.append((state.next_try_ms - state.last_try_ms) / 1000)
        assert (state.failures, state.reason) == (6, "对方回答 HTTP 500：{}")
        side.decide = fresh
        county.after(hours=1)
    assert [one.ok for one in county.tries] == [True, *[False] * 6]
    assert (county.state.failures, county.state.reason) == (0, "")
    for wait, floor in zip(waits, (30, 60, 120, 240, 480, 900), strict=True):
        assert floor <= wait <= floor * 1.1


def test_waits_end_at_a_limit_and_differ_between_sources() -> None:
    assert 900 <= wait_after(200, 300, 900, "a") <= 990
    assert len({wait_after(3, 300, 900, key) for key in "abcdefgh"}) > 4


def test_whoever_does_not_know_us_is_not_asked_again_soon(tmp_path: Path) -> None:
    with far_side(lambda _: Answer({}, 401)) as side:
        county = County(tmp_path, side)
        county.after(minutes=1)
        assert county.after(minutes=4) == 0
        assert county.after(minutes=1.1) == 1


def test_the_other_sides_wish_to_be_left_alone_is_kept(tmp_path: Path) -> None:
    with far_side(lambda _: Answer({}, 429, {"Retry-After": "600"})) as side:
        county = County(tmp_path, side)
        county.after(minutes=1)
        assert county.after(minutes=9) == 0
        assert county.after(minutes=1) == 1


def test_a_changed_declaration_is_tried_at_once(tmp_path: Path) -> None:
    with far_side(lambda _: Answer({}, 500)) as side:
        county = County(tmp_path, side)
        county.after(hours=1)
        path = Shelf(tmp_path).folder / "water.toml"
        path.write_text(path.read_text() + "\n# mended\n")
        assert county.after(seconds=1) == 1


def test_a_source_that_is_off_is_not_asked(tmp_path: Path) -> None:
    with far_side(fresh) as side:
        county = County(tmp_path, side)
        path = Shelf(tmp_path).folder / "water.toml"
        path.write_text(path.read_text().replace("enabled = true", "enabled = false"))
        assert county.after(hours=1) == 0
    assert side.asked == []


def test_nothing_moves_on_before_it_is_durable(tmp_path: Path) -> None:
    with far_side(fresh) as side:
        county = County(tmp_path, side, WINDOW)
        county.broken = True
        county.after(minutes=1)
        assert "没有存好：等待存储的数据太多" in county.state.reason
        assert county.state.good_until_ms is None
        county.broken = False
        county.after(minutes=1)
    assert county.state.good_until_ms == int(county.at.timestamp() * 1000)


def test_rows_of_which_none_is_taken_do_not_move_the_source_on(tmp_path: Path) -> None:
    with far_side(fresh) as side:
        county = County(tmp_path, side, WINDOW)
        county.refused = "没有登记的监测项"
        county.after(minutes=1)
    state = county.state
    assert "一个值也没有收下；例如：没有登记的监测项" in state.reason
    assert state.good_until_ms is None
    assert [(one.field, one.sample) for one in state.samples] == [
        ("A-Z", "A-Z 2026-07-01 11:58:00 2"),
        ("A-Z", "A-Z 2026-07-01 11:57:00 1"),
    ]


def test_a_cursor_goes_on_after_a_restart_and_only_past_what_is_kept(tmp_path: Path) -> None:
    pages = {"": ("7", 1.0), "7": ("9", 2.0), "9": ("", 3.0)}

    def by_cursor(asked: Asked) -> Answer:
        after, level = pages.get(asked.query.get("c", ""), ("", 0.0))
        return Answer({"list": records(level, minute=58), "next": after})

    with far_side(by_cursor) as side:
        county = County(tmp_path, side, CURSOR)
        county.after(minutes=1)
        assert county.state.cursor == "9"
        county.runner.stop()
        county.runner = county.make_runner()
        county.after(minutes=5)
    assert [one.query.get("c", "") for one in side.asked] == ["", "7", "9", "9"]


def test_trouble_with_the_past_leaves_the_present_alone(tmp_path: Path) -> None:
    def only_lately(asked: Asked) -> Answer:
        start = datetime.fromisoformat(asked.query["a"])
        return fresh(asked) if start > NOW - timedelta(hours=3) else Answer({}, 500)

    with far_side(only_lately) as side:
        county = County(tmp_path, side, WINDOW + '\nfirst = "1d"')
        county.after(minutes=1)
        state = county.state
        assert state.reason == ""
        assert len(state.gaps) == 1
        assert "补采" in state.notes[0]
        assert "HTTP 500" in state.notes[0]
        side.decide = fresh
        county.after(minutes=5)
    assert county.state.gaps == ()
    assert all(backfill for _, backfill in county.taken[2:])


def test_a_person_can_have_it_asked_again(tmp_path: Path) -> None:
    with far_side(fresh) as side:
        county = County(tmp_path, side, WINDOW + '\nfirst = "20min"')
        county.after(minutes=1)
        asked = len(side.asked)
        since = county.at - timedelta(hours=3)
        asking.ask(tmp_path / FOLDER, "water", int(since.timestamp() * 1000))
        assert county.after(seconds=1) == 1
        assert len(side.asked) - asked == 4  # what is new, and three hours in chunks of one
        assert county.after(seconds=1) == 0


def test_only_one_process_pulls_and_the_next_takes_over(tmp_path: Path) -> None:
    with far_side(fresh) as side:
        county = County(tmp_path, side)
        second = county.make_runner()
        assert county.after(minutes=1) == 1
        county.at += timedelta(hours=1)
        assert second.step() == 0
        county.runner.stop()
        assert second.step() == 1
        second.stop()


def test_a_state_that_cannot_be_written_does_not_hurry_the_next_pull(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with far_side(fresh) as side:
        county = County(tmp_path, side)

        def full(*_: object) -> None:
            raise OSError("no space left on device")

        monkeypatch.setattr(county.runner._states, "save", full)
        assert [county.after(minutes=1) for _ in range(7)] == [1, 0, 0, 0, 0, 1, 0]
    assert county.state == State()


def test_threads_pull_and_a_stop_ends_them(tmp_path: Path) -> None:
    came = threading.Event()

    def decide(asked: Asked) -> Answer:
        came.set()
        return fresh(asked)

    with far_side(decide) as side:
        county = County(tmp_path, side)
        county.runner.start()
        assert came.wait(5)
        until = time.monotonic() + 5
        while county.state.last_good_ms is None and time.monotonic() < until:
            time.sleep(0.01)
        county.runner.stop()
    assert county.state.total.accepted == 2


def test_a_fault_of_ours_is_shown_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with far_side(fresh) as side:
        county = County(tmp_path, side)

        def breaks(*_: object) -> None:
            raise RuntimeError("a fault")

        monkeypatch.setattr(county.runner, "_submit", breaks)
        assert county.after(minutes=1) == 1
    assert (county.state.cause, county.state.failures) == ("internal", 1)
    assert county.tries[0].reason == "程序内部错误，详见日志"


def test_each_of_a_list_is_asked_for(tmp_path: Path) -> None:
    more = '[request.query]\ns = "{each}"'
    with far_side(lambda _: Answer({"list": records(1, minute=58)})) as side:
        county = County(tmp_path, side, more, top='each = ["0001", "0002"]')
        county.after(minutes=1)
    assert [one.query["s"] for one in side.asked] == ["0001", "0002"]
