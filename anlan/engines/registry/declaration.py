"""What an engine says of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from anlan.kernel.registry import Registry

if TYPE_CHECKING:
    from anlan.engines.registry.given import Given
    from anlan.engines.registry.result import Result

#: number and numbers carry a unit; times are RFC 3339; file is a companion by name, as bytes.
Kind = Literal["number", "numbers", "text", "texts", "times", "file"]


@dataclass(frozen=True, slots=True)
class Item:
    """One input or output.

    unit: as `kernel.units` spells it, "" for what has none (or one of its own, told in the title).
    axes: names of the directions of numbers; those of one name must be equally long. A "member"
    may be left out. also: directions it may run along instead, told apart by how many there are.
    low: no value may lie below; the signs other systems write for missing values (-9999 and its
    like) become unknown.
    """

    key: str
    title: str
    title_en: str
    kind: Kind = "numbers"
    unit: str = ""
    axes: tuple[str, ...] = ()
    required: bool = True
    low: float | None = None
    choices: tuple[str, ...] = ()
    also: tuple[tuple[str, ...], ...] = ()

    def directions(self, count: int) -> tuple[str, ...] | None:
        """Tell along which directions figures with `count` of them run; None when none fit."""
        return next((axes for axes in (self.axes, *self.also) if len(axes) == count), None)


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine as it is listed, shown and run.

    version: changes when the same input gives other figures. verified: what was checked against
    whose figures, a sentence each; open: what was not.
    """

    key: str
    title: str
    title_en: str
    version: str
    source: str
    valid: str
    verified: tuple[str, ...]
    open: tuple[str, ...]
    inputs: tuple[Item, ...]
    outputs: tuple[Item, ...]
    run: Callable[[Given], Result] = field(repr=False)
    example: Mapping[str, object] = field(default_factory=dict, repr=False)


ENGINES: Final[Registry[Engine]] = Registry("引擎")

_RUNS: Final = "anlan.engines.runs"


def engines() -> Mapping[str, Engine]:
    """Return all engines by key; the first call imports the declarations, and compiles nothing."""
    if not len(ENGINES):
        ENGINES.load(_RUNS)
        ENGINES.freeze()
    return ENGINES


def engine(key: str) -> Engine:
    """Find an engine; `Missing` when there is none."""
    return engines()[key]
