"""How fast a replay went: a line a step, kept beside its cursor, and what they come to.

Real time is what it takes to live through a step; time the clock stood for runs of models is told
apart, as is how far the replay was behind what was asked for.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import asdict, astuple, dataclass, fields
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from anlan.demo.days.recording import moment
from anlan.kernel import clock

from .cursor import FOLDER

NAME: Final = "tempo.csv"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the simulated times (ms) it leads from and to, and what it took (real seconds).

    ``began`` is when it began to be sent, as seconds since 1970 UTC; ``spent_s`` holds
    ``waited_s``, what the clock stood for models alone, and ``idle_s``, what was slept until the
    next step was due. ``behind_s`` is how late the step ended.
    """

    after: int
    at: int
    began: float
    spent_s: float
    waited_s: float = 0.0
    idle_s: float = 0.0
    behind_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some steps together; ``speed`` is None where no time went by."""

    begins: int
    ends: int
    real_s: float
    waited_s: float
    idle_s: float
    behind_s: float

    @property
    def speed(self) -> float | None:
        """Simulated seconds a second, besides what was waited for models."""
        spent = self.real_s - self.waited_s
        return (self.ends - self.begins) / 1000 / spent if spent > 0 else None

    def plain(self) -> dict[str, Any]:
        """Turn it into what JSON holds."""
        speed = self.speed
        return {
            **{name: round(value, 1) for name, value in asdict(self).items()},
            "speed": None if speed is None else round(speed, 1),
        }


def note(workspace: Path, step: Step) -> None:
    """Keep how a step went."""
    path = workspace / FOLDER / NAME
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(
            round(value, 3) if isinstance(value, float) else value for value in astuple(step)
        )


def read(workspace: Path) -> list[Step]:
    """Read how the steps went; a line that a crash cut off is left out."""
    path = workspace / FOLDER / NAME
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        lines = [line for line in csv.reader(file) if len(line) == len(fields(Step))]
    return [Step(int(after), int(at), *map(float, rest)) for after, at, *rest in lines]


def whole(steps: Sequence[Step]) -> Stretch | None:
    """Put all steps together; None when there is none."""
    return _stretch(steps) if steps else None


def by_day(steps: Iterable[Step]) -> list[Stretch]:
    """Put the steps of each day of the workspace's time together."""
    return [_stretch(list(some)) for _, some in groupby(steps, key=_day)]


def _day(step: Step) -> str:
    return clock.local(moment(step.after)).date().isoformat()


def _stretch(steps: Sequence[Step]) -> Stretch:
    return Stretch(
        steps[0].after, steps[-1].at,
        sum(one.spent_s for one in steps), sum(one.waited_s for one in steps),
        sum(one.idle_s for one in steps), max(one.behind_s for one in steps),
    )  # fmt: skip
