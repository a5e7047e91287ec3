"""Keeping to what a provider takes a second. Real time: it is the provider's."""

import asyncio
import time


class Pace:
    """Lets so many recipients a second through; 0 lets all through."""

    def __init__(self, per_second: float) -> None:
        self._each_s = 1.0 / per_second if per_second else 0.0
        self._free_at = 0.0

    async def take(self, count: int) -> None:
        """Wait for the turn of so many."""
        if not self._each_s:
            return
        now = time.monotonic()
        begin = max(self._free_at, now)
        self._free_at = begin + count * self._each_s
        if begin > now:
            await asyncio.sleep(begin - now)
