"""The sender processes, seen from the replay: started, told to send, asked what became of it."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from anlan.kernel.errors import Unavailable

from .tally import Tally, total

#: Ways that share a process.
GROUPS: Final = (("mqtt",), ("json",), ("csv", "ndjson", "arrow"))
GOODBYE_S: Final = 10.0
SENDER, COURIER = "anlan.demo.replay.sender", "anlan.demo.replay.courier"


class Senders:
    """All senders of a replay."""

    def __init__(
        self,
        recording: Path,
        doors: tuple[str, tuple[str, int]],
        gateways: Mapping[str, Mapping[str, Any]],
        letters: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """Start them. ``doors`` are the address of the web and that of the MQTT door.

        ``letters`` are orders for couriers, each a process of its own.
        """
        self._running: list[subprocess.Popen[str]] = []
        self._couriers = [start(COURIER, orders) for orders in letters]
        url, mqtt = doors
        for ways in GROUPS:
            mine = {code: one for code, one in gateways.items() if one["way"] in ways}
            if mine:
                orders = {"recording": str(recording), "url": url, "mqtt": mqtt, "gateways": mine}
                self._running.append(start(SENDER, orders))

    def send(self, after: int, until: int) -> Tally:
        """Let all send what is due; return when everything is confirmed.

        Letters go first and one courier after another, so that two replays agree on their order.
        Raises `Unavailable` when a sender gave up or died.
        """
        line = json.dumps({"after": after, "until": until}) + "\n"
        groups = [*([one] for one in self._couriers), self._running]
        return total(tally for group in groups for tally in _together(group, line))

    def close(self) -> None:
        """Let them hang up and end."""
        processes = [*self._couriers, *self._running]
        for process in processes:
            with contextlib.suppress(OSError):
                _input(process).close()
        for process in processes:
            dismiss(process)


def _together(processes: Sequence[subprocess.Popen[str]], line: str) -> list[Tally]:
    try:
        for process in processes:
            _input(process).write(line)
            _input(process).flush()
    except OSError as error:
        raise Unavailable("一个发送进程意外结束") from error
    return [_answer(process) for process in processes]


def dismiss(process: subprocess.Popen[str]) -> None:
    """Let a process end whose input ended; by force when it will not."""
    try:
        process.wait(GOODBYE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def start(module: str, orders: Mapping[str, Any]) -> subprocess.Popen[str]:
    """Start a process that takes its orders from its first line of input."""
    process = subprocess.Popen(  # noqa: S603 - a module of our own
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    _input(process).write(json.dumps(orders, ensure_ascii=False) + "\n")
    _input(process).flush()
    return process


def _input(process: subprocess.Popen[str]) -> Any:
    assert process.stdin is not None
    return process.stdin


def _answer(process: subprocess.Popen[str]) -> Tally:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise Unavailable("一个发送进程意外结束")
    told = json.loads(line)
    if "error" in told:
        raise Unavailable(told["error"])
    return Tally.read(told)
