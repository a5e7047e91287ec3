"""Counts and rates of the board: how many of whom, how many of them in time, how fast.

叫应率 is answered of called, 及时率 answered within the limit of called, 平均应答时间 the mean time
to the answer. A rate of nobody is not known, which is not zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from anlan.base.regions import scope
from anlan.base.regions.models import Level
from anlan.warn.selectors.board.seats import STANDINGS, Seat

LEVEL_NAMES: Mapping[int, tuple[str, str]] = {
    Level.PROVINCE: ("省级", "Province"),
    Level.CITY: ("市级", "City"),
    Level.COUNTY: ("县级", "County"),
    Level.TOWN: ("乡镇（街道）", "Townships"),
    Level.VILLAGE: ("村（社区）", "Villages"),
    Level.GRID: ("网格", "Grid cells"),
}


@dataclass(slots=True)
class Tally:
    """What is counted of some posts; delivered, answered and reported hold those further on."""

    called: int = 0
    by_standing: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STANDINGS, 0))
    delivered: int = 0
    answered: int = 0
    in_time: int = 0
    reported: int = 0
    vacant: int = 0
    need_help: int = 0
    on_behalf: int = 0
    waited_s: float = 0.0

    def add(self, seat: Seat) -> None:
        """Count one post."""
        call = seat.call
        self.called += 1
        self.by_standing[seat.standing] += 1
        self.vacant += seat.vacant
        answered = call.answered_at is not None
        self.delivered += seat.delivered or answered
        self.reported += call.reported_at is not None
        if call.answered_at is not None:
            self.answered += 1
            self.in_time += seat.in_time
            self.waited_s += (call.answered_at - call.issued_at).total_seconds()
            self.need_help += seat.said == "need-help"
            self.on_behalf += seat.on_behalf

    def told(self) -> dict[str, Any]:
        """Say it, JSON-ready."""
        return {
            "called": self.called,
            "delivered": self.delivered,
            "answered": self.answered,
            "reported": self.reported,
            "silent": self.called - self.answered,
            "vacant": self.vacant,
            "need_help": self.need_help,
            "on_behalf": self.on_behalf,
            "standings": self.by_standing,
            "answer_rate": _share(self.answered, self.called),
            "in_time_rate": _share(self.in_time, self.called),
            "mean_answer_s": round(self.waited_s / self.answered, 1) if self.answered else None,
        }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def tally(found: Iterable[Seat]) -> Tally:
    """Count posts."""
    made = Tally()
    for seat in found:
        made.add(seat)
    return made


def by_level(found: Sequence[Seat]) -> list[dict[str, Any]]:
    """Count by the level of the posts, the highest first."""
    tallies: dict[int, Tally] = {}
    for seat in found:
        tallies.setdefault(_level(seat.call.region), Tally()).add(seat)
    return [
        {"level": level, "label": LEVEL_NAMES[level][0], "label_en": LEVEL_NAMES[level][1],
         **tallies[level].told()}
        for level in sorted(tallies)
    ]  # fmt: skip


def by_place(found: Sequence[Seat]) -> dict[str, Tally]:
    """Count by village (grid cells with theirs), and by the posts of each level above by itself."""
    tallies: dict[str, Tally] = {}
    for seat in found:
        tallies.setdefault(place_of(seat.call.region), Tally()).add(seat)
    return tallies


@lru_cache(maxsize=65536)
def place_of(region: str) -> str:
    """Tell the village of a village or grid code; other regions are their own place."""
    return region[: scope.PADDED]


@lru_cache(maxsize=65536)
def _level(region: str) -> int:
    return scope.level_of(region)
