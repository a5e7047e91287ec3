"""The rules at work: fed with commits and with the clock, they tell the desk what changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from anlan.engines import threshold
from anlan.engines.series import Columns
from anlan.engines.threshold import Program, State, Transitions
from anlan.sense.bindings import Binding, Change

log = structlog.get_logger("anlan.sense")

#: Values of this many transitions are turned into changes at once.
NOTHING: Final[tuple[Change, ...]] = ()


@dataclass(frozen=True, slots=True, eq=False)
class RuleBook:
    """The rules in force, compiled: `bindings` has what each watch of the program stands for."""

    edition: int
    program: Program
    #: By place in the program; None for watches that only serve groups.
    bindings: tuple[Binding | None, ...]


class Watching:
    """A book and the state of its watches. Used by one thread."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self._state: State = book.program.start()

    @property
    def edition(self) -> int:
        """Number of the book."""
        return self._book.edition

    def take(self, book: RuleBook) -> None:
        """Go on with another book; watches of the same key stand as they stood."""
        blob = self._book.program.dump(self._state)
        self._book, self._state = book, book.program.load(blob)

    def dump(self) -> bytes:
        """Write down how everything stands."""
        return self._book.program.dump(self._state)

    def load(self, blob: bytes) -> None:
        """Stand as somebody wrote down; what cannot be read is begun anew, and said."""
        try:
            self._state = self._book.program.load(blob)
        except ValueError:
            log.exception("the state of the rules could not be read; they begin anew")

    def run(self, columns: Columns, now_ms: int) -> Sequence[Change]:
        """Judge observations."""
        return self._changes(self._book.program.run(columns, self._state, now_ms))

    def tick(self, now_ms: int) -> Sequence[Change]:
        """Judge what the passing of time decides."""
        return self._changes(self._book.program.tick(self._state, now_ms))

    def warm(self) -> None:
        """Have the kernels ready before anybody waits for them."""
        threshold.warm()

    def resume(self, now_ms: int) -> None:
        """Count silence from now on: while nobody listened, nobody was silent."""
        self._book.program.resume(self._state, now_ms)

    def believe(self, told: Mapping[tuple[str, str], int]) -> None:
        """Take as standing what (matter, watch) was told to have been entered, with its time."""
        bound = enumerate(self._book.bindings)
        places = ((place, told.get((one.matter, one.watch))) for place, one in bound if one)
        self._book.program.believe(
            self._state, {place: time_ms for place, time_ms in places if time_ms is not None}
        )

    def standing(self) -> list[tuple[str, str]]:
        """List (matter, watch) of everything that is in its state now."""
        keys = set(self._book.program.standing(self._state))
        places = (place for place, key in enumerate(self._book.program.keys) if key in keys)
        bound = (self._book.bindings[place] for place in places)
        return [(one.matter, one.watch) for one in bound if one is not None]

    def _changes(self, told: Transitions) -> Sequence[Change]:
        if not len(told):
            return NOTHING
        found = []
        rows = zip(
            told.watch.tolist(), told.time.tolist(), told.state.tolist(), told.value.tolist(),
            strict=True,
        )  # fmt: skip
        for watch, time_ms, state, value in rows:
            binding = self._book.bindings[watch]
            if binding is not None:
                figure = None if value != value else value  # NaN is not known
                found.append(Change(binding, bool(state), time_ms, figure))
        return found
