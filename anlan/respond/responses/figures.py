"""Figures of the situation that modules above count: they declare here how each is read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from anlan.kernel.registry import Registry


@dataclass(frozen=True)
class Counted:
    """A figure in a region; None is not known, which is not nought."""

    value: float | None
    #: When what was counted changed last; None where nothing was.
    at: datetime | None = None


@dataclass(frozen=True)
class Reader:
    """How a figure of ``FIGURES`` is read: the region's code -> what is counted there."""

    name: str
    read: Callable[[str], Counted]


READERS: Registry[Reader] = Registry("实况数字")


def declare_figure(name: str, read: Callable[[str], Counted]) -> None:
    """Declare who counts a figure that alarms do not tell."""
    READERS.add(name, Reader(name, read))
