"""What a stream must satisfy as a whole: its range is one, its levels rise where they must."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Protocol

#: Levels that rise in this order wherever a stream has several of them. Limits for ice, drought or
#: oxygen fall the other way and are in no ladder.
LADDERS: tuple[tuple[str, ...], ...] = (
    ("dead", "flood-limit-meiyu", "normal", "design", "check"),
    ("dead", "flood-limit-typhoon", "normal", "design", "check"),
    ("warning", "guarantee", "historic"),
    ("tide-blue", "tide-yellow", "tide-orange", "tide-red"),
    ("LL", "L", "H", "HH"),
    ("prepare-1h", "move-1h"),
    ("prepare-3h", "move-3h"),
    ("prepare-6h", "move-6h"),
    ("prepare-1h", "prepare-3h", "prepare-6h"),
    ("move-1h", "move-3h", "move-6h"),
)


class Checked(Protocol):
    """What is looked at."""

    low: float | None
    high: float | None
    levels: Any


def wrong_of(stream: Checked) -> dict[str, str]:
    """Say by column what contradicts itself; empty when nothing does."""
    wrong: dict[str, str] = {}
    if stream.low is not None and stream.high is not None and stream.low >= stream.high:
        wrong["high"] = "量程上限应大于下限"
    levels: Mapping[str, float] = stream.levels or {}
    for ladder in LADDERS:
        known = [(name, levels[name]) for name in ladder if name in levels]
        for (below, less), (above, more) in pairwise(known):
            if more < less:
                wrong["levels"] = f"{_name(above)} {more:g} 低于 {_name(below)} {less:g}，请核对"
    return wrong


def _name(kind: str) -> str:
    from anlan import codes

    return codes.table("stream-level-kinds").name(kind)
