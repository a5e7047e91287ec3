"""How much may be under way between the doors and the disk; doors stop reading when it is full."""

from collections.abc import Callable
from typing import Final

#: Observations under way at which doors stop reading, and at which they go on.
HIGH: Final = 400_000
LOW: Final = 200_000

Resume = Callable[[], None]


class Room:
    """Counts what is under way. Belongs to the event loop."""

    def __init__(self, high: int = HIGH, low: int = LOW) -> None:
        self._high, self._low = high, low
        self._paused: list[Resume] = []
        self.under_way = 0

    @property
    def full(self) -> bool:
        """Whether doors had better not read on."""
        return self.under_way >= self._high

    def enter(self, count: int) -> None:
        """Note observations handed to the intake."""
        self.under_way += count

    def leave(self, count: int) -> None:
        """Note observations the intake is done with; lets doors read on."""
        self.under_way -= count
        if self.under_way <= self._low and self._paused:
            paused, self._paused = self._paused, []
            for resume in paused:
                resume()

    def wait(self, resume: Resume) -> None:
        """Be called when there is room again."""
        self._paused.append(resume)
