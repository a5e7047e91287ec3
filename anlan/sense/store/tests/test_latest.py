"""Latest values, shared between processes."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from anlan.engines.series import Columns
from anlan.kernel.errors import Conflict, Unavailable
from anlan.sense.store.interface import NEVER, Heads
from anlan.sense.store.latest import (
    COUNTER,
    GROWTH,
    PAGE,
    Latest,
    LatestReader,
    LatestWriter,
    _records,
)


def columns(*rows: tuple[int, int, float]) -> Columns:
    return Columns.of(*zip(*rows, strict=True))


def test_the_newest_value_by_time_is_shown_in_whatever_order_they_come(tmp_path: Path) -> None:
    writer, reader = LatestWriter(tmp_path), LatestReader(tmp_path)
    writer.put(columns((5, 20, 2.0), (3, 10, 1.0), (5, 30, 3.0), (5, 10, 9.0)), 77)
    writer.put(columns((5, 29, 8.0), (3, 11, 4.0)), [78, 79])
    got = reader.read()
    assert got.number.tolist() == [3, 5]
    assert got.value.tolist() == [4.0, 3.0]
    assert got.time.tolist() == [11, 30]
    assert got.received_ms.tolist() == [79, 77]
    writer.close()


def test_streams_are_answered_in_the_order_asked_and_unknown_ones_say_so(tmp_path: Path) -> None:
    writer, reader = LatestWriter(tmp_path), LatestReader(tmp_path)
    writer.put(Columns.of([3, 5], [10, 20], [1.0, 2.0], [4, 512]), 7)
    got = reader.read([5, 4, 3, 10**6, -1])
    assert got.known.tolist() == [True, False, True, False, False]
    assert got.value[got.known].tolist() == [2.0, 1.0]
    assert got.flags[got.known].tolist() == [512, 4]
    writer.forget([5, 10**6])
    assert reader.read([5, 3]).known.tolist() == [False, True]
    writer.put(columns((5, 1, 9.0)), 8)
    assert reader.read([5]).value.tolist() == [9.0]
    writer.close()


def test_before_the_writers_first_start_nothing_is_known(tmp_path: Path) -> None:
    reader = LatestReader(tmp_path)
    assert len(reader.read()) == 0
    assert reader.read([1]).known.tolist() == [False]
    (tmp_path / "latest.mmap").touch()
    assert len(reader.read()) == 0
    writer = LatestWriter(tmp_path)
    writer.put(columns((1, 1, 1.0)), 1)
    assert len(reader.read()) == 1
    writer.close()


def test_the_file_grows_and_readers_follow(tmp_path: Path) -> None:
    writer, reader = LatestWriter(tmp_path), LatestReader(tmp_path)
    for number in (1, GROWTH - 1, GROWTH, 5 * GROWTH + 3):
        writer.put(columns((number, number, 0.5)), 1)
        assert reader.read([number]).time.tolist() == [number]
    assert len(reader.read()) == 4
    writer.close()


def test_a_new_start_shows_the_heads_and_keeps_when_they_came(tmp_path: Path) -> None:
    writer, reader = LatestWriter(tmp_path), LatestReader(tmp_path)
    writer.put(columns((1, 10, 1.0), (2, 10, 2.0), (9, 10, 9.0)), 77)
    assert len(reader.read()) == 3
    writer.close()
    flags = np.zeros(2, np.uint16)
    heads = Heads(np.array([1, 2], np.int32), np.array([10, 20]), np.array([1.0, 3.0]), flags)
    writer = LatestWriter(tmp_path, heads)
    got = reader.read()
    assert got.number.tolist() == [1, 2]
    assert got.received_ms.tolist() == [77, NEVER]
    writer.close()


def test_a_record_torn_by_a_kill_is_unknown_until_the_next_start(tmp_path: Path) -> None:
    writer, reader = LatestWriter(tmp_path), LatestReader(tmp_path)
    writer.put(columns((1, 10, 1.0), (2, 10, 2.0)), 77)
    writer._records["value"][2] = 5.0  # only half of it
    writer._words[COUNTER] += 1
    writer.close()  # frees the lock, as the kernel does for the killed
    assert reader.read([1, 2]).known.tolist() == [True, False]
    writer = LatestWriter(tmp_path)
    writer.put(columns((2, 11, 6.0)), 78)
    assert reader.read([1, 2]).value.tolist() == [1.0, 6.0]
    assert int(writer._words[COUNTER]) % 2 == 0
    writer.close()


def test_a_writer_held_up_half_way_through_a_put_is_waited_for(tmp_path: Path) -> None:
    writer, reader = LatestWriter(tmp_path), LatestReader(tmp_path)
    writer.put(columns((1, 10, 1.0), (2, 10, 1.0)), 1)
    later = _records(columns((1, 20, 2.0), (2, 20, 2.0)), np.array([2, 2]))
    writer._words[COUNTER] += 1
    writer._records[1] = later[0]
    got: list[Latest] = []
    reading = threading.Thread(target=lambda: got.append(reader.read([1, 2])))
    reading.start()
    reading.join(0.3)  # far longer than anybody is held up who has a processor
    assert not got
    writer._records[2] = later[1]
    writer._words[COUNTER] += 1
    reading.join(30)
    assert got[0].value.tolist() == [2.0, 2.0]
    writer.close()


def test_a_writer_that_lives_and_does_not_get_on_is_an_answer_of_try_again(tmp_path: Path) -> None:
    writer, reader = LatestWriter(tmp_path), LatestReader(tmp_path, patience_s=0.05)
    writer.put(columns((1, 10, 1.0)), 1)
    writer._words[COUNTER] += 1
    with pytest.raises(Unavailable):
        reader.read([1])
    writer._words[COUNTER] += 1
    assert reader.read([1]).value.tolist() == [1.0]
    writer.close()


def test_a_writer_killed_with_half_a_put_written_keeps_nobody_waiting(tmp_path: Path) -> None:
    program = """
import os, signal, sys
from pathlib import Path
from anlan.engines.series import Columns
from anlan.sense.store.latest import COUNTER, LatestWriter
writer = LatestWriter(Path(sys.argv[1]))
writer.put(Columns.of([1, 2], [10, 10], [1.0, 2.0]), 77)
writer._words[COUNTER] += 1
writer._records["value"][2] = 5.0
os.kill(os.getpid(), signal.SIGKILL)
"""
    root = Path(__file__).parents[4]
    died = subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=root, check=False)
    assert died.returncode == -signal.SIGKILL
    assert LatestReader(tmp_path).read([1, 2]).known.tolist() == [True, False]
    writer = LatestWriter(tmp_path)
    writer.put(columns((2, 11, 6.0)), 78)
    assert LatestReader(tmp_path).read([1, 2]).value.tolist() == [1.0, 6.0]
    writer.close()


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    writer = LatestWriter(tmp_path)
    with pytest.raises(Conflict):
        LatestWriter(tmp_path)
    writer.close()
    LatestWriter(tmp_path).close()


def test_a_file_put_back_from_elsewhere_is_noticed(tmp_path: Path) -> None:
    writer, reader = LatestWriter(tmp_path), LatestReader(tmp_path)
    writer.put(columns((1, 10, 1.0)), 1)
    assert len(reader.read()) == 1
    writer.close()
    (tmp_path / "latest.mmap").unlink()
    writer = LatestWriter(tmp_path)
    writer.put(columns((1, 5, 4.0)), 1)
    assert reader.read([1]).value.tolist() == [4.0]
    writer.close()


def test_readers_never_see_half_a_put(tmp_path: Path) -> None:
    """Two processes read while another thread writes: every answer is of one moment."""
    program = """
import sys, time
from pathlib import Path
from anlan.sense.store.latest import LatestReader
reader, seen = LatestReader(Path(sys.argv[1])), set()
until = time.monotonic() + 0.7
while time.monotonic() < until:
    got = reader.read()
    assert set(got.value.tolist()) == {got.value[0]} and set(got.time.tolist()) == {got.time[0]}
    assert len(got) == 3000 and got.value[0] == got.time[0] == got.received_ms[0]
    seen.add(int(got.time[0]))
print(len(seen))
"""
    writer, done = LatestWriter(tmp_path), threading.Event()
    number = np.arange(3000)
    writer.put(Columns.of(number, np.full(3000, 1), np.full(3000, 1.0)), 1)

    def write() -> None:
        step = 1
        while not done.is_set():
            step += 1
            writer.put(Columns.of(number, np.full(3000, step), np.full(3000, float(step))), step)

    writing = threading.Thread(target=write)
    writing.start()
    command = [sys.executable, "-c", program, str(tmp_path)]
    root = Path(__file__).parents[4]
    readers = [
        subprocess.Popen(command, cwd=root, text=True, stdout=subprocess.PIPE) for _ in range(2)
    ]
    told = [one.communicate(timeout=60)[0] for one in readers]
    done.set()
    writing.join()
    writer.close()
    assert all(int(one) > 10 for one in told), told


def test_a_full_disk_is_an_error_when_the_file_grows_not_a_fault_later(tmp_path: Path) -> None:
    writer = LatestWriter(tmp_path)
    assert (tmp_path / "latest.mmap").stat().st_blocks * 512 >= PAGE + GROWTH * 32
    writer.close()
