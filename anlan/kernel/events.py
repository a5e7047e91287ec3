"""Facts one module tells the others, and the table of who listens.

An event is a frozen dataclass in the past tense, with ids and plain values only. `on` notes a
handler; the outbox (`anlan.base.outbox`) writes one delivery per handler in the caller's
transaction and runs it afterwards. A handler may propose, never dispose. `on_many` is for a
handler to which a hundred facts are hardly more work than one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from anlan.kernel.errors import Conflict


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact. `case` joins everything that belongs to one matter ("" when there is none)."""

    case: str = ""


E = TypeVar("E", bound=Event)
Handler = Callable[[Any], None]

_kinds: dict[str, type[Event]] = {}
_handlers: dict[str, dict[str, Handler]] = {}
_take_many: set[Handler] = set()


def kind_of(event: type[Event] | Event) -> str:
    """Name an event kind, e.g. ``sense.AlarmRaised``; stable across moves inside its module."""
    cls = event if isinstance(event, type) else type(event)
    parts = cls.__module__.split(".")
    home = parts[2] if parts[:2] == ["anlan", "base"] and len(parts) > 2 else parts[1:2]
    return f"{home if isinstance(home, str) else ''.join(home)}.{cls.__name__}"


def declare(cls: type[E]) -> type[E]:
    """Make an event kind known by name, so that it can be read back from the outbox."""
    kind = kind_of(cls)
    if _kinds.setdefault(kind, cls) is not cls:
        raise Conflict(f"事件「{kind}」声明了两次")
    return cls


def on(cls: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Subscribe a function to an event kind. The function must bear being called twice."""
    declare(cls)

    def subscribe(handler: Callable[[E], None]) -> Callable[[E], None]:
        name = f"{handler.__module__}.{handler.__qualname__}"
        if _handlers.setdefault(kind_of(cls), {}).setdefault(name, handler) is not handler:
            raise Conflict(f"处理函数「{name}」登记了两次")
        return handler

    return subscribe


def on_many(
    cls: type[E],
) -> Callable[[Callable[[Sequence[E]], None]], Callable[[Sequence[E]], None]]:
    """Subscribe a function to many facts of a kind at once, those of a case in their order.

    They are told in one transaction. If it fails, each is told alone, as to any other handler, so
    that a fact which cannot be handled holds back its own case only.
    """

    def subscribe(handler: Callable[[Sequence[E]], None]) -> Callable[[Sequence[E]], None]:
        _take_many.add(handler)
        on(cls)(handler)  # type: ignore[arg-type]
        return handler

    return subscribe


def takes_many(handler: Handler) -> bool:
    """Tell whether a handler takes a sequence of facts."""
    return handler in _take_many


def handlers_of(kind: str) -> dict[str, Handler]:
    """Return the handlers of a kind by name."""
    return dict(_handlers.get(kind, {}))


def kind(name: str) -> type[Event]:
    """Find a declared kind by name; KeyError when no module declares it."""
    return _kinds[name]


def facts(event: Event) -> dict[str, Any]:
    """Return an event's values, ready for JSON."""
    return {field.name: getattr(event, field.name) for field in fields(event)}
