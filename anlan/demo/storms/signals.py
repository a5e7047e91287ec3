"""The departments' warnings of a storm, in the national form, by the rules of ``signals.toml``.

Which level holds is looked up every half hour; a worse one goes out at once, a milder one or the
end only after some quiet hours, as an officer would wait. Each goes out some minutes after the half
hour, later by the seed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from anlan import codes
from anlan.demo.days import noise
from anlan.demo.days.recording import in_ms
from anlan.demo.storms.figures import STEP_H, ahead
from anlan.demo.storms.letters import WARNING, Letter
from anlan.demo.storms.reading import Storm
from anlan.kernel import clock
from anlan.protocols.alerting.message import NATIONAL_XML, AlertMessage, Area, Info
from anlan.protocols.alerting.message12379 import write

Floats = NDArray[np.float64]
Levels = NDArray[np.int64]

TABLE: Final = Path(__file__).with_name("signals.toml")
WEATHER: Final = "weather-signal-thresholds"
DEPARTMENT: Final = "department-thresholds"
#: Worse than none of four.
NONE: Final = 5
#: Roman numeral and word of a level, as headlines have them.
GRADES: Final = {1: "Ⅰ级/特别严重", 2: "Ⅱ级/严重", 3: "Ⅲ级/较重", 4: "Ⅳ级/一般"}
COLOURS: Final = {1: "红色", 2: "橙色", 3: "黄色", 4: "蓝色"}
#: Minutes a station needs from its decision to sending, least and most.
QUICK_MIN, SLOW_MIN = 3, 14
#: What an indicator of the weather table is called among the figures, and its scale if it has one.
FIGURES: Final = {"wind_force": "wind", "gust_force": "gust"}

Action = Literal["alert", "update", "cancel"]


@dataclass(frozen=True, slots=True)
class Bar:
    """A level, how many hours ahead it is told, and which figures reach it (any of them)."""

    level: int
    hours: float
    reached: tuple[tuple[str, float], ...]
    text: str


@dataclass(frozen=True, slots=True)
class Signal:
    """A row of the table with its levels."""

    key: str
    station: str
    sender: str
    event: str
    title: str
    holds: float
    why: str
    instruction: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """A change of level: at which half hour, to what (NONE is the end), and from what."""

    hour: float
    level: int
    before: int


@cache
def signals() -> tuple[Signal, ...]:
    """Read the table."""
    raw = tomllib.loads(TABLE.read_text(encoding="utf-8"))["signals"]
    return tuple(_signal(row) for row in raw)


def _signal(row: Mapping[str, Any]) -> Signal:
    bars = _weather(row["prefix"]) if row["table"] == "weather" else _department(row)
    kept = {name: row[name] for name in Signal.__dataclass_fields__ if name != "bars"}
    return Signal(**kept, bars=tuple(sorted(bars, key=lambda bar: bar.level)))


def _weather(prefix: str) -> Iterator[Bar]:
    """Take levels from the table of weather signals; forces become the wind they begin at."""
    for row in codes.table(WEATHER):
        if not row.code.startswith(prefix):
            continue
        reached = tuple(
            (FIGURES.get(one["indicator"], one["indicator"]), _least(one))
            for group in row.extra["any"] for one in group
        )  # fmt: skip
        level, hours = int(row.extra["level"]), float(row.extra["hours"])
        yield Bar(level, hours, reached, str(row.text("text")))


def _least(one: Mapping[str, Any]) -> float:
    if one["indicator"] not in FIGURES:
        return float(one["value"])
    force = next(row for row in codes.table("wind-grades") if row.code == str(one["value"]))
    return force.number("lower") or 0.0


def _department(row: Mapping[str, Any]) -> Iterator[Bar]:
    named = {one.code: one for one in codes.table(DEPARTMENT)}
    for level, least in row["at"].items():
        text = str(named[f"{row['prefix']}-{level}"].text("text"))
        yield Bar(int(level), float(row["hours"]), ((row["figure"], float(least)),), text)


def warnings_of(storm: Storm, figures: Mapping[str, Floats], area: tuple[str, str]) -> list[Letter]:
    """Write every warning of a storm; ``area`` is the county's code and name."""
    found: list[Letter] = []
    for signal in signals():
        due = levels(signal, figures)
        story = _Story(storm, signal, area)
        found += [story.tell(turn) for turn in turns(due, signal.holds)]
    return found


def levels(signal: Signal, figures: Mapping[str, Floats]) -> Levels:
    """Tell which level holds at each half hour; NONE where none does."""
    found = np.full(next(iter(figures.values())).size, NONE, dtype=np.int64)
    for bar in reversed(signal.bars):
        reached = np.zeros(found.size, bool)
        for figure, least in bar.reached:
            reached |= ahead(figures[figure], bar.hours) >= least
        found[reached] = np.minimum(found[reached], bar.level)
    return found


def turns(due: Levels, holds: float) -> Iterator[Turn]:
    """List the changes that are told: worse at once, milder after quiet hours."""
    quiet = max(1, round(holds / STEP_H))
    now = NONE
    for place in range(due.size):
        lately = int(due[max(0, place - quiet) : place + 1].min())
        level = int(due[place]) if due[place] < now else min(lately, NONE)
        if level != now:
            yield Turn(place * STEP_H, level, now)
            now = level


class _Story:
    """One station's messages about one thing, each referring to the one before."""

    def __init__(self, storm: Storm, signal: Signal, area: tuple[str, str]) -> None:
        self._storm, self._signal, self._area = storm, signal, area
        self._count = 0
        self._last: tuple[str, str, datetime] | None = None

    def tell(self, turn: Turn) -> Letter:
        """Write the message of a change."""
        signal, self._count = self._signal, self._count + 1
        share = noise.share(self._storm.seed, f"{signal.key}{self._count}")
        minutes = turn.hour * 60 + QUICK_MIN + round((SLOW_MIN - QUICK_MIN) * share)
        # Stations of one sender never sign in the same second: their messages are named by it.
        apart = [one.key for one in signals()].index(signal.key)
        sent = self._storm.start + timedelta(minutes=minutes, seconds=5 * apart)
        action: Action = "alert" if turn.before == NONE else "update"
        if turn.level == NONE:
            action = "cancel"
        message = self._message(turn, sent, action)
        self._last = None if action == "cancel" else (signal.sender, message.identifier, sent)
        body = write(message, form="xml").decode()
        return Letter(in_ms(sent), WARNING, signal.key, message.infos[0].headline, body)

    def _message(self, turn: Turn, sent: datetime, action: Action) -> AlertMessage:
        signal = self._signal
        level = turn.before if action == "cancel" else turn.level
        kind, colour = f"{signal.title}{COLOURS[level]}预警", GRADES[level]
        verb = "解除" if action == "cancel" else "发布"
        stamp = clock.local(sent).strftime("%Y%m%d%H%M%S")
        bar = next(one for one in signal.bars if one.level == level)
        why = signal.why.format(name=self._storm.name)
        text = f"{signal.station}{verb}{kind}："
        text += "影响已减弱。" if action == "cancel" else f"{why}{bar.text}，请注意防范。"
        code, name = self._area
        info = Info(
            event=signal.title, event_code=signal.event, level=level,
            headline=f"{signal.station}{verb}{kind}[{colour}]", description=text,
            instruction="" if action == "cancel" else signal.instruction,
            sender_name=signal.station, effective=sent,
            expires=None if action == "cancel" else sent + timedelta(hours=bar.hours + 24),
            areas=(Area(description=name, codes=(code,), geocodes=(("codes", code),)),),
        )  # fmt: skip
        return AlertMessage(
            form=NATIONAL_XML, identifier=f"{signal.sender}_{stamp}_{self._count % 10}",
            sender=signal.sender, sent=sent, status="exercise", action=action,
            source=signal.station,
            references=(self._last,) if self._last else (), infos=(info,),
        )  # fmt: skip


def in_order(letters: Sequence[Letter]) -> list[Letter]:
    """Put letters in the order they are sent."""
    return sorted(letters, key=lambda one: (one.at, one.kind))
