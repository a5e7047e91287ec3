"""What a stream must satisfy as a whole: unit and range fit the quantity, levels rise as they must.

Levels of one family of ``stream-level-kinds`` rise by their rank. Those whose direction is the
stream's own (a beach that grows shorter) only must not turn back.
"""

from collections import defaultdict
from collections.abc import Mapping
from itertools import combinations
from typing import Any, NamedTuple, Protocol

from anlan import codes
from anlan.codes import quantities
from anlan.kernel.errors import Invalid
from anlan.kernel.units import unit as unit_named

TABLE = "stream-level-kinds"


class Step(NamedTuple):
    """One level in its family's ladder; equal ranks stand side by side."""

    rank: int
    name: str
    value: float


class Checked(Protocol):
    """What is looked at."""

    quantity: str
    unit: str
    low: float | None
    high: float | None
    levels: Any


def wrong_of(stream: Checked) -> dict[str, str]:
    """Say by column what contradicts itself; empty when nothing does."""
    wrong: dict[str, str] = {}
    if not _fits(stream.unit, stream.quantity):
        wrong["unit"] = f"单位「{stream.unit}」不能换算成{_title(stream.quantity)}的单位"
    if stream.low is not None and stream.high is not None and stream.low >= stream.high:
        wrong["high"] = "量程上限应大于下限"
    trouble = _levels(stream.levels or {})
    if trouble:
        wrong["levels"] = trouble
    return wrong


def _fits(unit: str, quantity: str) -> bool:
    kept = quantities.get(quantity)
    if not unit or kept is None:
        return True
    try:
        return unit_named(unit).dimension == unit_named(kept.unit).dimension
    except Invalid:
        return False


def _title(quantity: str) -> str:
    kept = quantities.get(quantity)
    return f"「{kept.title}」（{kept.unit}）" if kept else quantity


def _levels(levels: Mapping[str, float]) -> str:
    ladders: dict[str, list[Step]] = defaultdict(list)
    free: set[str] = set()
    for row in codes.table(TABLE):
        if row.code in levels:
            family = row.text("family") or row.code
            ladders[family].append(Step(row.whole("rank") or 0, row.name, levels[row.code]))
            if row.text("direction") == "own":
                free.add(family)
    for family, steps in ladders.items():
        falls = family in free and steps[0].value > steps[-1].value
        for low, high in combinations(sorted(steps), 2):
            if low.rank < high.rank and (
                low.value < high.value if falls else low.value > high.value
            ):
                return f"{high.name} {high.value:g} 与 {low.name} {low.value:g} 高低颠倒，请核对"
    return _earlier(levels)


def _earlier(levels: Mapping[str, float]) -> str:
    """Refuse a threshold to leave at once that lies below the one to get ready."""
    for hours in ("1h", "3h", "6h"):
        ready, leave = levels.get(f"prepare-{hours}"), levels.get(f"move-{hours}")
        if ready is not None and leave is not None and leave < ready:
            return f"{hours} 立即转移雨量 {leave:g} 低于准备转移雨量 {ready:g}，请核对"
    return ""
