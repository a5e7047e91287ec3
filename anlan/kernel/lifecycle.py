"""States as data: what a thing may be, and from where it may get there."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from anlan.kernel.errors import Conflict, Invalid


@dataclass(frozen=True)
class State:
    """One state: the stored code, what people read, and whether anything can follow it."""

    code: str
    label: str
    label_en: str
    tone: str = "neutral"  # neutral | active | good | attention | over: how the face draws it
    to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lifecycle:
    """A frozen set of states and the moves between them."""

    key: str
    title: str
    states: tuple[State, ...]
    _by_code: Mapping[str, State] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_code = {state.code: state for state in self.states}
        if len(by_code) != len(self.states):
            raise Invalid(f"{self.title}：状态代码重复")
        for state in self.states:
            for target in state.to:
                if target not in by_code:
                    raise Invalid(f"{self.title}：{state.code} 指向不存在的状态 {target}")
        object.__setattr__(self, "_by_code", by_code)

    @property
    def initial(self) -> str:
        """The state a new thing begins in."""
        return self.states[0].code

    def __getitem__(self, code: str) -> State:
        """Find a state; `Invalid` when there is none of that code."""
        try:
            return self._by_code[code]
        except KeyError:
            raise Invalid(f"{self.title}没有状态「{code}」") from None

    def may(self, here: str, there: str) -> bool:
        """Tell whether one step leads from `here` to `there`."""
        return there in self[here].to

    def check(self, here: str, there: str) -> None:
        """Raise `Conflict` unless one step leads from `here` to `there`."""
        if not self.may(here, there):
            raise Conflict(
                f"{self.title}现在是「{self[here].label}」，不能变为「{self[there].label}」"
            )

    def sources(self, there: str) -> tuple[str, ...]:
        """List the states from which one step leads to `there` (for conditional UPDATEs)."""
        return tuple(state.code for state in self.states if there in state.to)

    def is_final(self, code: str) -> bool:
        """Tell whether nothing follows a state."""
        return not self[code].to

    def choices(self) -> list[tuple[str, str]]:
        """List (code, label) pairs for a model field."""
        return [(state.code, state.label) for state in self.states]
