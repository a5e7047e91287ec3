"""A program of watches: fed with observations, it tells which states were entered and left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.series import BAD, Columns
from anlan.engines.threshold import state as states
from anlan.engines.threshold.building import Plan, plan
from anlan.engines.threshold.layout import EVENT, NEVER, Records
from anlan.engines.threshold.state import State
from anlan.engines.threshold.watches import (
    Count,
    Difference,
    Level,
    Rate,
    Silence,
    Sum,
    Watch,
)

#: Values a window may hold before it is kept in coarser steps: a day of half minutes.
MOST: Final = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Transitions:
    """States entered and left, (n,), in order of time.

    watch: place in the program. time: ms, when it became so. state: 1 entered, 0 left. value: the
    figure that decided: the value, sum, change or difference; the count of a group's members; NaN
    where a silence begins, and the value that broke it where it ends.
    """

    watch: NDArray[np.int32]
    time: NDArray[np.int64]
    state: NDArray[np.int8]
    value: NDArray[np.float64]

    def __len__(self) -> int:
        """Count the transitions."""
        return len(self.watch)

    @staticmethod
    def concat(parts: Iterable[Transitions]) -> Transitions:
        """Put transitions one after another."""
        listed = list(parts)
        if not listed:
            return _transitions(np.empty(0, EVENT))
        return Transitions(
            np.concatenate([part.watch for part in listed]),
            np.concatenate([part.time for part in listed]),
            np.concatenate([part.state for part in listed]),
            np.concatenate([part.value for part in listed]),
        )


class Program:
    """Watches laid out for speed. It holds no state: many states may run through one program."""

    def __init__(self, watches: Sequence[Watch], *, most: int = MOST) -> None:
        self.watches: tuple[Watch, ...] = tuple(watches)
        self.keys: tuple[str, ...] = tuple(watch.key for watch in self.watches)
        self._said = states.Said.of(self.watches)
        self._plan: Plan = plan(self.watches, most)
        self._told = np.array([watch.told for watch in self.watches], np.bool_)
        self._all_told = bool(self._told.all())

    def __len__(self) -> int:
        """Count the watches."""
        return len(self.watches)

    @property
    def streams(self) -> NDArray[np.int32]:
        """Numbers of the streams it listens to, ascending."""
        return self._plan.streams

    def start(self) -> State:
        """Begin with nothing seen."""
        return states.fresh(self._plan)

    def dump(self, state: State) -> bytes:
        """Write a state down, to go on in another process; see `load`."""
        return states.dump(state, self._plan, self.keys, self._said)

    def load(self, blob: bytes) -> State:
        """Read a state back, also into a changed program; `State.orphans` lists what it lost."""
        return states.load(blob, self._plan, self.keys, self._said)

    def run(
        self, columns: Columns, state: State, now_ms: int | None = None, *, live: bool = True
    ) -> Transitions:
        """Take observations in.

        Values with a flag of `BAD`, duplicates and NaN change nothing, except that a stream that
        sends them is not silent. Older values than the newest of their stream are left out by
        levels and differences, and counted by sums and changes whose window holds them. Values
        flagged LATE do so too while `live`, even when newest: a back-fill fills the windows
        and raises nothing by itself. `now_ms`: when they came, which tells how far behind a
        stream runs; None as if each came the moment it was measured.
        """
        from anlan.engines.threshold import kernels_run as kernels

        rows = columns.sorted()
        rules, marks = self._plan.rules, state.marks
        size = len(rules.slots) if len(rules.pairs) else 0
        ranges = np.zeros((2, size), np.int32)
        state.pool, events, count = kernels.run(
            rows.number, rows.time, rows.value, rows.flags, rules, marks, state.pool,
            BAD, live, NEVER if now_ms is None else now_ms, ranges[0], ranges[1],
        )  # fmt: skip
        if size:
            from anlan.engines.threshold.kernels_groups import compare

            events, count = compare(
                rows.time, rows.value, rows.flags, rules, marks, BAD, live,
                ranges[0], ranges[1], events, count,
            )  # fmt: skip
        return self._tell(state, events[:count])

    def tick(self, state: State, now_ms: int) -> Transitions:
        """Judge what the passing of time decides: holds, silence, windows that run dry.

        Call it every second or so. A stream that runs behind is judged by its own clock: as long
        after its newest value as `now_ms` is after that value came.
        """
        from anlan.engines.threshold import kernels_run as kernels

        events, count = kernels.tick(self._plan.rules, state.marks, state.pool, now_ms)
        return self._tell(state, events[:count])

    def resume(self, state: State, now_ms: int) -> None:
        """Go on after a break in which nobody listened: streams' clocks stood still meanwhile.

        Else every stream would be silent at once, only because we were away, or because somebody
        set the clock; and none for a long time, where it was set back. The break began when a
        value last came of any stream; what a stream's clock had come to by then counts on.
        """
        seen = state.marks.slots["seen_at"]
        known = seen != NEVER
        if known.any():
            seen[known] += now_ms - seen[known].max()

    def believe(self, state: State, entered: Mapping[int, int]) -> None:
        """Let watches stand that the passing of time had entered, and that was not kept.

        `entered` has what was told of each by its place: when it became so (ms). One whose hold
        or silence ends at another time has seen something newer since, and is left as it is.
        """
        rules, marks = self._plan.rules, state.marks
        for place, time_ms in entered.items():
            rule, mark = rules.watches[place], marks.watches[place]
            since = mark["pending"]
            if isinstance(self.watches[place], Silence):
                heard = marks.slots[rules.leaf_slot[rule["leaf_from"]]]["seen_time"]
                since = heard if heard != NEVER else marks.begun[0]
            if not mark["active"] and since != NEVER and since + rule["hold"] == time_ms:
                mark["active"], mark["pending"], mark["stepped"] = 1, NEVER, time_ms
        states.count_members(state, self._plan)

    def standing(self, state: State) -> list[str]:
        """List the keys of the watches in their state now."""
        return [self.keys[place] for place in np.flatnonzero(state.marks.watches["active"])]

    def _tell(self, state: State, events: Records) -> Transitions:
        """Pass transitions up to the groups, and put what is told in order of time."""
        events = _in_time(events)
        for depth in range(1, self._plan.depths + 1 if len(events) else 0):
            from anlan.engines.threshold.kernels_groups import combine

            more, count = combine(self._plan.rules, state.marks, events, depth)
            if count:
                events = _in_time(np.concatenate([events, more[:count]]))
        if not self._all_told and len(events):
            events = events[self._told[events["watch"]]]
        return _transitions(events)


def backtest(
    program: Program, chunks: Columns | Iterable[Columns], *, until_ms: int | None = None
) -> Transitions:
    """Tell where a program would have fired over stored history.

    Late values count where they belong in time. Chunks go forward in time, each with all the
    program's streams, when some watch looks at several; otherwise any chunks that keep each
    stream in order do. With `until_ms` the time after the last value is judged too.
    """
    state = program.start()
    parts = [chunks] if isinstance(chunks, Columns) else chunks
    found = [program.run(part, state, live=False) for part in parts]
    if until_ms is not None:
        state.marks.begun[0] = until_ms  # streams without history are not called silent
        found.append(program.tick(state, until_ms))
    return Transitions.concat(found)


def warm() -> None:
    """Compile or load every kernel: some 20 s once per version, a third of a second afterwards."""
    kinds: list[Watch] = [
        Level(key="level", stream=1, op=">", limit=0.5),
        Sum(key="sum", stream=1, op=">", limit=0.5, window_s=1),
        Rate(key="rate", stream=1, op=">", limit=0.5, window_s=1),
        Difference(key="difference", stream=1, other=2, op=">", limit=0.5, max_age_s=1),
        Silence(key="silence", stream=1, after_s=1),
        Count(key="group", members=("level", "sum"), at_least=1),
    ]
    program = Program(kinds)
    state = program.start()
    program.run(Columns.of([1, 2], [0, 0], [1.0, 0.0]), state, 0)
    program.tick(state, 10_000)
    Program([*kinds, Rate(key="more", stream=1, op=">", limit=0.5, window_s=2)]).load(
        program.dump(state)
    )


def _in_time(events: Records) -> Records:
    if len(events) < 2:
        return events
    return events[np.argsort(events["time"], kind="stable")]


def _transitions(events: NDArray[Any]) -> Transitions:
    return Transitions(*(np.ascontiguousarray(events[name])
                         for name in ("watch", "time", "state", "value")))  # fmt: skip
