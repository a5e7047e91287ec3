"""What a program remembers between runs, and how it outlives the process and a change of rules."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.threshold.building import Plan
from anlan.engines.threshold.layout import (
    CLASSES,
    FALL,
    I8,
    NEVER,
    RING,
    SLOT_MARK,
    SUM,
    WATCH_MARK,
    WINDOW_MARK,
    Marks,
)
from anlan.engines.threshold.watches import Watch

MAGIC: Final = b"anlan-watch-1\n"


@dataclass(slots=True, eq=False)
class State:
    """Marks and the pool of rings. `orphans`: keys that stood and have left the program since."""

    marks: Marks
    pool: I8
    orphans: tuple[str, ...] = ()


def fresh(plan: Plan) -> State:
    """Begin with nothing seen."""
    rules = plan.rules
    slots = np.zeros(len(rules.slots), SLOT_MARK)
    for name in ("seen_time", "seen_at", "last_time", "fed_time", "fed_first"):
        slots[name] = NEVER
    watches = np.zeros(len(rules.watches), WATCH_MARK)
    watches["pending"] = watches["stepped"] = NEVER
    watches["figure"] = np.nan
    rings = np.zeros(len(rules.slots) + len(rules.windows), RING)
    rings["size_class"], rings["step"] = -1, 1
    free = np.full(CLASSES + 1, -1, np.int64)
    free[CLASSES] = 0
    marks = Marks(
        slots=slots,
        windows=np.zeros(len(rules.windows), WINDOW_MARK),
        watches=watches,
        rings=rings,
        pair_time=np.full((len(rules.pairs), 2), NEVER, np.int64),
        pair_value=np.full((len(rules.pairs), 2), np.nan),
        free=free,
        begun=np.full(1, NEVER, np.int64),
    )
    return State(marks, np.empty((1024, 2), np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """64-bit marks of the keys and the definitions of a program's watches, (watches,) each."""

    keys: NDArray[np.uint64]
    definitions: NDArray[np.uint64]

    @staticmethod
    def of(watches: Sequence[Watch]) -> Said:
        """Mark watches."""
        return Said(
            np.array([_mark(one.key) for one in watches], np.uint64),
            np.array([_mark(repr(one)) for one in watches], np.uint64),
        )


def _mark(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def dump(state: State, plan: Plan, keys: Sequence[str], said: Said) -> bytes:
    """Write a state down; sizes grow with the values inside windows, 16 bytes each."""
    from anlan.engines.threshold.kernels_rings import unroll

    marks = state.marks
    arrays: dict[str, NDArray[Any]] = {
        "streams": plan.streams,
        "keys": said.keys,
        "definitions": said.definitions,
        "windows": _table(plan),
        "horizon": plan.rules.slots["horizon"],
        "pair_watch": plan.rules.pairs["watch"],
        "pair_time": marks.pair_time,
        "pair_value": marks.pair_value,
        "slots": marks.slots.view(np.int64),
        "watches": marks.watches.view(np.int64),
        "ring_size": marks.rings["size"],
        "ring_step": marks.rings["step"],
        "rings": unroll(state.pool, marks.rings),
        "begun": marks.begun,
    }
    standing = [keys[at] for at in np.flatnonzero(marks.watches["active"]).tolist()]
    shapes = {name: (one.dtype.str, one.shape) for name, one in arrays.items()}
    head = json.dumps({"arrays": shapes, "standing": [*standing, *state.orphans]}).encode()
    body = (np.ascontiguousarray(one).tobytes() for one in arrays.values())
    return b"".join((MAGIC, struct.pack("<q", len(head)), head, *body))


def load(blob: bytes, plan: Plan, keys: Sequence[str], said: Said) -> State:
    """Read a state into a program, which may have changed since.

    A watch of the same key stands as it stood; a hold goes on only if its definition is the same.
    Sums go on with the values that were kept. `ValueError` when the bytes are no state.
    """
    arrays, standing = _parsed(blob)
    state = fresh(plan)
    marks = state.marks
    was, now = _common(arrays["streams"], plan.streams)
    marks.slots[now] = arrays["slots"].view(SLOT_MARK)[was]
    old, new = _common(arrays["keys"], said.keys)
    marks.watches[new] = arrays["watches"].view(WATCH_MARK)[old]
    same = arrays["definitions"][old] == said.definitions[new]
    marks.watches["pending"][new[~same]] = NEVER
    _load_pairs(state, plan, arrays, dict(zip(old[same].tolist(), new[same].tolist(), strict=True)))
    _load_rings(state, plan, arrays, (was, now))
    marks.begun[:] = arrays["begun"]
    count_members(state, plan)
    state.orphans = tuple(sorted(set(standing) - set(keys)))
    return state


def count_members(state: State, plan: Plan) -> None:
    """Count anew how many members of each group stand."""
    rules, watches = plan.rules, state.marks.watches
    sizes = rules.watches["parent_to"] - rules.watches["parent_from"]
    member = np.repeat(np.arange(len(watches)), sizes)
    watches["members"] = 0
    np.add.at(watches["members"], rules.parent, watches["active"][member])


def _common(old: NDArray[Any], new: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    _, was, now = np.intersect1d(old, new, return_indices=True)
    return was, now


def _table(plan: Plan) -> I8:
    rows = [(one.stream, one.kind, one.length) for one in plan.windows]
    return np.array(rows, np.int64).reshape(-1, 3)


def _parsed(blob: bytes) -> tuple[dict[str, NDArray[Any]], list[str]]:
    start = len(MAGIC) + 8
    if not blob.startswith(MAGIC) or len(blob) < start:
        raise ValueError("not the state of a program")
    (size,) = struct.unpack_from("<q", blob, len(MAGIC))
    try:
        head = json.loads(blob[start : start + size])
        arrays, at = {}, start + size
        for name, (kind, shape) in head["arrays"].items():
            count = int(np.prod(shape, dtype=np.int64))
            arrays[name] = np.frombuffer(blob, np.dtype(kind), count, at).reshape(shape)
            at += arrays[name].nbytes
        return arrays, list(head["standing"])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"a damaged state of a program: {error}") from error


def _load_pairs(
    state: State, plan: Plan, arrays: Mapping[str, NDArray[Any]], new_of: Mapping[int, int]
) -> None:
    """Carry the newest values of pairs; `new_of` tells where an unchanged watch stands now."""
    places = {int(watch): at for at, watch in enumerate(plan.rules.pairs["watch"])}
    for at, watch in enumerate(arrays["pair_watch"].tolist()):
        here = places.get(new_of.get(watch, -1))
        if here is not None:
            state.marks.pair_time[here] = arrays["pair_time"][at]
            state.marks.pair_value[here] = arrays["pair_value"][at]


def _load_rings(
    state: State,
    plan: Plan,
    arrays: Mapping[str, NDArray[Any]],
    slots: tuple[NDArray[np.intp], NDArray[np.intp]],
) -> None:
    """Carry the rings over; a window that is new begins with what its stream's ring holds."""
    from anlan.engines.threshold.kernels_rings import refill
    from anlan.engines.threshold.kernels_windows import recount_every

    marks, rules = state.marks, plan.rules
    was, now = slots
    size, had = arrays["ring_size"], len(arrays["streams"])
    target = np.full(len(size), -1, np.int64)
    summed = rules.slots["horizon"][now] > 0
    target[was[summed]] = now[summed]
    places = {tuple(row): at for at, row in enumerate(_table(plan).tolist())}
    for at, row in enumerate(arrays["windows"].tolist()):
        here = places.pop(tuple(row), None)
        if here is not None and row[1] != SUM:
            target[had + at] = len(rules.slots) + here
    kept = target >= 0
    marks.rings["step"][target[kept]] = arrays["ring_step"][kept]
    state.pool = refill(state.pool, marks.free, marks.rings, target, size, arrays["rings"].copy())
    longer = now[rules.slots["horizon"][now] > arrays["horizon"][was]]
    marks.slots["fed_first"][longer] = marks.slots["fed_time"][longer]
    _begin_extremes(state, plan, places)
    recount_every(state.pool, rules, marks)


def _begin_extremes(state: State, plan: Plan, new: Mapping[tuple[int, ...], int]) -> None:
    """Begin the rings of new windows of extremes with the newest value of their stream."""
    from anlan.engines.threshold.kernels_rings import insert, room

    marks = state.marks
    for (stream, kind, _), window in new.items():
        fed = marks.slots[int(plan.rules.slot_of[stream])]
        if kind != SUM and fed["fed_time"] != NEVER:
            micro = int(fed["fed_micro"]) * (-1 if kind == FALL else 1)
            ring = marks.rings[len(plan.rules.slots) + window]
            state.pool = room(state.pool, marks.free, ring)
            insert(state.pool, ring, 0, int(fed["fed_time"]), micro)
