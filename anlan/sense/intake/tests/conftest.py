"""Streams without tables, a store of its own, and an intake over both."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from anlan.engines.threshold import Level, Program, Watch
from anlan.protocols.observations import Decoded
from anlan.sense.bindings import Binding, Change
from anlan.sense.intake import Directory, Intake
from anlan.sense.intake.desk import Desk
from anlan.sense.intake.intake import Books
from anlan.sense.intake.watching import RuleBook
from anlan.sense.rules.rows import StreamRow
from anlan.sense.selectors.directory import Streams
from anlan.sense.store import open_store
from anlan.sense.store.interface import Store
from anlan.sense.store.latest import LatestWriter

#: 2026-06-01 08:00 in Beijing.
NOW = 1_780_272_000_000
CODES = ("W1", "W2", "R1")


def streams(maintained: Sequence[str] = ()) -> Streams:
    """Two gauges, the second sending centimetres above its own zero, and one for rain."""
    kinds = ("water-level", "water-level", "rain")
    rows = tuple(
        StreamRow(
            id=f"s{place}", code=code, number=place, quantity=kind, region="339901101000",
            station=f"p{place}", station_code=f"P{place}", station_name="站", station_kind="river",
        )
        for place, (code, kind) in enumerate(zip(CODES, kinds, strict=True), start=1)
    )  # fmt: skip
    unknown = np.full(3, np.nan)
    return Streams(
        edition=1,
        rows=rows,
        number=np.array([1, 2, 3], np.int32),
        factor=np.array([1.0, 0.01, 1.0]),
        offset=np.array([0.0, 5.0, 0.0]),
        added=np.array([0.0, 5.0, 0.0]),
        low=unknown,
        high=unknown,
        interval_s=np.full(3, 60.0),
        maintained=np.array([row.code in maintained for row in rows]),
    )


def decoded(*rows: tuple[str, float, float], units: Sequence[str] = (), start: int = 0) -> Decoded:
    """Write rows of (code, seconds before now, value) as a decoder would give them."""
    codes = list(dict.fromkeys(row[0] for row in rows))
    named = list(dict.fromkeys(units))
    return Decoded(
        codes=codes,
        stream=np.array([codes.index(row[0]) for row in rows], np.int32),
        time=np.array([NOW - round(row[1] * 1000) for row in rows], np.int64),
        value=np.array([row[2] for row in rows], np.float64),
        index=np.arange(start, start + len(rows), dtype=np.int32),
        sent=len(rows) + start,
        rejected=[],
        units=named,
        unit=np.array([named.index(one) for one in units], np.int16) if units else None,
    )


def binding(key: str, level: int = 2) -> Binding:
    """Say what a watch stands for."""
    return Binding(
        watch=key, matter=f"rule:{key}", rule="r", version=1, hazard="flood", level=level,
        limit=3.0, unit="m", decimals=2, says="水位", again_s=60,
    )  # fmt: skip


def book(*watches: Watch, edition: int = 1) -> RuleBook:
    """Bind every watch to itself."""
    bound = tuple(binding(watch.key) for watch in watches)
    return RuleBook(edition, Program(watches), bound)


HIGH = Level(key="high", stream=1, op=">=", limit=3.0, hysteresis=0.2)


@dataclass
class Paper:
    """What the desk wrote; while `jammed` writing fails."""

    written: list[Change] = field(default_factory=list)
    jammed: bool = False

    def write(self, changes: Sequence[Change]) -> None:
        """Write, or fail as a database does."""
        if self.jammed:
            raise OSError("jammed")
        self.written += changes

    def entered(self) -> dict[tuple[str, str], int]:
        """Tell what stands by what was written, and since when."""
        last = {(one.binding.matter, one.binding.watch): one for one in self.written}
        return {key: one.time_ms for key, one in last.items() if one.entered}


@dataclass
class Bench:
    """An intake that can be stopped, or left without a word, and opened again."""

    home: Path
    paper: Paper = field(default_factory=Paper)
    rules: RuleBook = field(default_factory=lambda: book(HIGH))
    store: Store = field(init=False)
    intake: Intake = field(init=False)
    standing: list[tuple[str, str]] = field(default_factory=list)
    now: int = NOW
    held: bool = False
    #: Whether time is the world's, and no exercise's; whether it stands until all has come.
    real: bool = True
    stands: bool = False

    def open(self) -> Intake:
        """Open store and intake and start."""
        self.store = open_store(self.home)
        self.shown = LatestWriter(self.home)
        self.desk = Desk(self.paper.write)
        self.intake = Intake(
            store=self.store, shown=self.shown, desk=self.desk,
            books=Books(Directory.of(streams()), self.rules), now_ms=lambda: self.now,
            reconcile=self.standing.__iadd__, told=self.paper.entered,
            is_real=lambda: self.real, is_held=lambda: self.held, stands=lambda: self.stands,
        )  # fmt: skip
        self.intake.start()
        return self.intake

    def close(self) -> None:
        """Stop in good order."""
        self.intake.stop(60)
        self.shown.close()
        self.store.close()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """An intake over an empty store."""
    made = Bench(tmp_path)
    made.open()
    yield made
    made.close()


Send = Callable[..., object]
