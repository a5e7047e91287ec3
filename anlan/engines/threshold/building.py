"""Turn declarations into the flat arrays that kernels walk."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from anlan.engines.threshold.layout import (
    FALL,
    I4,
    MICRO,
    PAIR_RULE,
    RISE,
    SLOT_RULE,
    SUM,
    WATCH_RULE,
    WINDOW_RULE,
    Records,
    Rules,
)
from anlan.engines.threshold.watches import (
    Count,
    Difference,
    Level,
    Rate,
    Silence,
    Sum,
    Watch,
)


@dataclass(frozen=True, slots=True)
class Window:
    """A moving window of one stream, shared by all watches that look at it."""

    stream: int
    kind: int
    length: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A program's arrays, and what its slots, windows and depths stand for."""

    rules: Rules
    streams: I4
    windows: tuple[Window, ...]
    depths: int


def milliseconds(seconds: float) -> int:
    """Write a length in ms; `ValueError` when it is negative or no number."""
    if not 0 <= seconds < 1e12:
        raise ValueError(f"a length of {seconds} s")
    return round(seconds * 1000)


def streams_of(watch: Watch) -> tuple[int, ...]:
    """List the streams a watch itself listens to."""
    if isinstance(watch, Count):
        return ()
    return (watch.stream, watch.other) if isinstance(watch, Difference) else (watch.stream,)


def window_of(watch: Watch) -> Window | None:
    """Tell which window a watch looks at."""
    if isinstance(watch, Sum):
        kind = SUM
    elif isinstance(watch, Rate):
        kind = RISE if watch.op.startswith(">") else FALL
    else:
        return None
    length = milliseconds(watch.window_s)
    if length == 0:
        raise ValueError(f"{watch.key}: a window without length")
    return Window(watch.stream, kind, length)


def bounds(watch: Watch) -> tuple[float, float, float]:
    """Give sign, enter and leave of a watch: in the state from ``sign * figure >= enter`` on."""
    if isinstance(watch, Count):
        return 1.0, float(watch.at_least), float(watch.at_least)
    if isinstance(watch, Silence):
        return 1.0, np.inf, np.inf
    sign = 1.0 if watch.op.startswith(">") else -1.0
    limits = sign * watch.limit, sign * watch.limit - watch.hysteresis
    strict = len(watch.op) == 1
    if isinstance(watch, Level):
        enter, leave = (one + _breadth(one) * (1 if strict else -1) for one in limits)
    else:
        enter, leave = (float(round(one * MICRO) + strict) for one in limits)
    return sign, enter, leave


def _breadth(limit: float) -> float:
    """Tell how near to a limit is at it: 11.7 m sent as 1170 cm must be neither above nor below."""
    return 1e-9 * max(1.0, abs(limit))


def family(watches: Sequence[Watch]) -> tuple[list[list[int]], list[int], list[list[int]]]:
    """Find each watch's parents, its depth, and the streams below it."""
    place = {watch.key: at for at, watch in enumerate(watches)}
    if len(place) < len(watches):
        raise ValueError("two watches of one key")
    parents: list[list[int]] = [[] for _ in watches]
    depth = [0] * len(watches)
    leaves: list[set[int]] = [set(streams_of(watch)) for watch in watches]
    for at in _from_below(watches, place):
        watch = watches[at]
        if not isinstance(watch, Count):
            continue
        for member in watch.members:
            below = place[member]
            parents[below].append(at)
            depth[at] = max(depth[at], depth[below] + 1)
            leaves[at] |= leaves[below]
    return parents, depth, [sorted(one) for one in leaves]


def _from_below(watches: Sequence[Watch], place: Mapping[str, int]) -> list[int]:
    """Order watches so that members come before what counts them."""
    done: list[int] = []
    entered = [False] * len(watches)
    left = [False] * len(watches)
    for first in range(len(watches)):
        pile = [] if entered[first] else [first]
        while pile:
            at = pile[-1]
            if entered[at]:
                pile.pop()
                if not left[at]:
                    left[at] = True
                    done.append(at)
                continue
            entered[at] = True
            for below in _members(watches[at], place):
                if entered[below] and not left[below]:
                    raise ValueError(f"{watches[at].key}: counts itself")
                if not entered[below]:
                    pile.append(below)
    return done


def _members(watch: Watch, place: Mapping[str, int]) -> list[int]:
    if not isinstance(watch, Count):
        return []
    unknown = [member for member in watch.members if member not in place]
    if unknown or not watch.members or len(set(watch.members)) < len(watch.members):
        raise ValueError(f"{watch.key}: members unknown, doubled or missing {unknown}")
    return [place[member] for member in watch.members]


def plan(watches: Sequence[Watch], most: int) -> Plan:
    """Lay out a program; `ValueError` names the watch that cannot be."""
    parents, depth, leaves = family(watches)
    streams = sorted({stream for watch in watches for stream in streams_of(watch)})
    if streams and streams[0] < 0:
        raise ValueError("a watch on a stream without a number")
    slots = {stream: slot for slot, stream in enumerate(streams)}
    numbers = np.array(streams, np.int32)
    slot_of = np.full((streams[-1] + 1) if streams else 0, -1, np.int32)
    slot_of[numbers] = np.arange(len(numbers), dtype=np.int32)
    windows, window_records, rule_watch = _windows(watches)
    slot_records, level_watch, silence_watch = _slots(watches, slots, windows)
    watch_records = _watches(watches)
    watch_records["depth"] = depth
    leaf_slot = _ranges(watch_records, "leaf", [[slots[one] for one in below] for below in leaves])
    parent = _ranges(watch_records, "parent", parents)
    rules = Rules(
        slot_of=slot_of,
        slots=slot_records,
        windows=window_records,
        watches=watch_records,
        pairs=_pairs(watches, slots),
        level_watch=level_watch,
        silence_watch=silence_watch,
        rule_watch=rule_watch,
        leaf_slot=leaf_slot,
        parent=parent,
        most=most,
    )
    return Plan(rules, numbers, windows, max(depth, default=0))


def _ranges(records: Records, name: str, lists: Sequence[Sequence[int]]) -> I4:
    """Lay lists end to end, and write into each record where its own lies."""
    ends = np.cumsum([len(one) for one in lists], dtype=np.int32)
    records[f"{name}_to"] = ends
    records[f"{name}_from"] = ends - np.array([len(one) for one in lists], np.int32)
    return np.array([item for one in lists for item in one], np.int32)


def _windows(watches: Sequence[Watch]) -> tuple[tuple[Window, ...], Records, I4]:
    looking: dict[Window, list[int]] = defaultdict(list)
    for at, watch in enumerate(watches):
        window = window_of(watch)
        if window is not None:
            looking[window].append(at)
    windows = sorted(looking, key=lambda one: (one.stream, one.kind, one.length))
    records = np.zeros(len(windows), WINDOW_RULE)
    records["kind"] = [one.kind for one in windows]
    records["length"] = [one.length for one in windows]
    return tuple(windows), records, _ranges(records, "rule", [looking[one] for one in windows])


def _slots(
    watches: Sequence[Watch], slots: Mapping[int, int], windows: Sequence[Window]
) -> tuple[Records, I4, I4]:
    records = np.zeros(len(slots), SLOT_RULE)
    own: list[list[int]] = [[] for _ in slots]
    for at, window in enumerate(windows):
        slot = slots[window.stream]
        own[slot].append(at)
        if window.kind == SUM:
            records["horizon"][slot] = max(records["horizon"][slot], window.length)
    _ranges(records, "window", own)  # windows go by slot, so the places are the windows
    records["patience"] = np.iinfo(np.int64).max
    for watch in watches:
        if isinstance(watch, Sum | Rate):
            slot = slots[watch.stream]
            records["rules"][slot] += 1
            patience = milliseconds(watch.patience_s)
            records["patience"][slot] = min(records["patience"][slot], patience)
    levels: list[list[int]] = [[] for _ in slots]
    silences: list[list[int]] = [[] for _ in slots]
    for at, watch in enumerate(watches):
        if isinstance(watch, Level):
            levels[slots[watch.stream]].append(at)
        elif isinstance(watch, Silence):
            silences[slots[watch.stream]].append(at)
    return records, _ranges(records, "level", levels), _ranges(records, "silence", silences)


def _watches(watches: Sequence[Watch]) -> Records:
    records = np.zeros(len(watches), WATCH_RULE)
    limits = np.array([bounds(watch) for watch in watches], np.float64).reshape(-1, 3)
    records["sign"], records["enter"], records["leave"] = limits.T
    records["watch"] = np.arange(len(watches))
    for at, watch in enumerate(watches):
        held = watch.after_s if isinstance(watch, Silence) else watch.hold_s
        records["hold"][at] = milliseconds(held)
        if isinstance(watch, Sum | Rate):
            records["patience"][at] = milliseconds(watch.patience_s)
    return records


def _pairs(watches: Sequence[Watch], slots: Mapping[int, int]) -> Records:
    rows = [
        (at, slots[one.stream], slots[one.other], milliseconds(one.max_age_s))
        for at, one in enumerate(watches)
        if isinstance(one, Difference)
    ]
    return np.array(rows, PAIR_RULE)
