"""The newest value of each stream, as every process sees it in ``latest.mmap``."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from anlan.engines.series import BAD
from anlan.kernel import clock, workspace
from anlan.sense.models import Stream
from anlan.sense.rules.limits import SEASONAL, season_of
from anlan.sense.store.latest import Latest, LatestReader

#: So many expected intervals without a value, and what is shown is stale.
STALE = 3.0
#: Where no interval is known, a value older than this is stale.
STALE_S = 3600.0

#: State of a stream: what the mark on the map and the row of the list say.
STATES = {
    "never": ("从未上报", "Never heard"),
    "stale": ("数据陈旧", "Stale"),
    "doubtful": ("可疑", "Doubtful"),
    "over": ("超限", "Beyond a level"),
    "normal": ("正常", "Normal"),
}


@lru_cache(maxsize=4)
def _reader(directory: Path) -> LatestReader:
    return LatestReader(directory)


def latest(numbers: Sequence[int]) -> Latest:
    """Read the newest values of streams by number; nothing is known before the first ingest."""
    return _reader(workspace.directory()).read(np.asarray(numbers, np.int32))


@dataclass(frozen=True, slots=True)
class Newest:
    """What is known of a stream now. None: nothing is, which is not zero."""

    state: str
    value: float | None = None
    time_ms: int | None = None
    flags: int = 0
    #: Distance to the nearest level that is not reached; negative when one is, by so much.
    margin: float | None = None
    #: Which level that is.
    level: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What must be known of a stream to judge its newest value."""

    number: int
    interval_s: int | None
    levels: Any


def newest(streams: Sequence[Asked]) -> list[Newest]:
    """Judge the newest values of streams, in their order."""
    found = latest([one.number for one in streams])
    now_ms = int(clock.now().timestamp() * 1000)
    kinds = rising(), season_of(clock.local(clock.now()).date())
    rows = zip(
        streams, found.known.tolist(), found.time.tolist(), found.value.tolist(),
        found.flags.tolist(), strict=True,
    )  # fmt: skip
    return [
        _judge(one, time_ms, value, flags, now_ms, kinds) if known else Newest("never")
        for one, known, time_ms, value, flags in rows
    ]


Kinds = tuple[dict[str, bool], str | None]


def _judge(one: Asked, time_ms: int, value: float, flags: int, now_ms: int, kinds: Kinds) -> Newest:
    margin, level = nearest(value, one.levels or {}, kinds)
    allowed_s = STALE * one.interval_s if one.interval_s else STALE_S
    if now_ms - time_ms > allowed_s * 1000:
        state = "stale"
    elif flags & BAD:
        state = "doubtful"
    elif margin is not None and margin <= 0:
        state = "over"
    else:
        state = "normal"
    return Newest(state, value, time_ms, flags, margin, level)


def rising() -> dict[str, bool]:
    """Tell of each kind of level that the value itself is held against whether worse is higher."""
    from anlan import codes

    table = codes.table("stream-level-kinds")
    return {
        row.code: row.text("direction") != "down"
        for row in table
        if row.text("against") in (None, "", "value")
    }


def nearest(value: float, levels: dict[str, float], kinds: Kinds) -> tuple[float | None, str]:
    """Find the nearest level not yet reached, or, when some are, the one exceeded last."""
    directions, season = kinds
    reached: list[tuple[float, str]] = []
    ahead: list[tuple[float, str]] = []
    for kind, limit in levels.items():
        if kind not in directions or not _in_season(kind, season):
            continue
        distance = limit - value if directions[kind] else value - limit
        (ahead if distance > 0 else reached).append((distance, kind))
    if reached:
        return max(reached)
    return min(ahead) if ahead else (None, "")


def _in_season(kind: str, season: str | None) -> bool:
    return not kind.startswith(f"{SEASONAL}-") or kind == f"{SEASONAL}-{season}"


def of_ids(ids: Sequence[str]) -> dict[str, Newest]:
    """Judge streams by their ids; one query."""
    rows = list(
        Stream.objects.filter(pk__in=ids).values_list("pk", "number", "interval_s", "levels")
    )
    judged = newest([Asked(number, interval, levels) for _, number, interval, levels in rows])
    return {row[0]: one for row, one in zip(rows, judged, strict=True)}
