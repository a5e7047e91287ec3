"""Keeping what lies in the open in memory, so that strangers cost the duty room nothing.

One thread a web process reads it again when it is woken (one went out, or ended), and looks twice
a second whether it missed that. Requests read the last sheaf without waiting for anybody.
"""

import contextlib
import threading
import time
from collections.abc import Mapping

import structlog
from django.db import Error, connection

from anlan.base.jobs.wake import POLL_SECONDS, Listener
from anlan.gateways.alerts.sheets import Sheaf, Told, bound
from anlan.warn.selectors import open_air
from anlan.warn.services.publishing import TOPIC

log = structlog.get_logger("anlan.alerts")

BEGINS = "/cap/"
#: After a deed, until it is read: whoever did it is still being answered, and the next may follow.
SETTLE_S = 0.02
#: The long documents are packed at most so often; what changed meanwhile is given as it is.
PACK_EVERY_S = 1.0


class Keeper:
    """The sheaf of one process."""

    def __init__(self) -> None:
        self._sheaf: Sheaf | None = None
        self._packed_at = -PACK_EVERY_S
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="alerts", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        self._thread.join(2.0)

    def told(self, path: str, asked: Mapping[str, str]) -> Told | None:
        """Answer an address from memory; None for what Django must look up, or answers."""
        sheaf = self._sheaf
        return None if sheaf is None or not path.startswith(BEGINS) else sheaf.told(path, asked)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with Listener(TOPIC) as listener:
                    self._keep(listener)
            except (Error, OSError):
                log.exception("the public alerts were not read")
                self._sheaf = None  # rather the slow way than what may be over
                with contextlib.suppress(Error):
                    connection.close()
                self._stopping.wait(1.0)
        connection.close()

    def _keep(self, listener: Listener) -> None:
        while not self._stopping.is_set():
            sheaf = self._sheaf
            if sheaf is None or not sheaf.holds(open_air.edition()):
                sheaf = self._sheaf = bound(sheaf, pack=False)
            if listener.wait(self._pack(sheaf)):
                self._stopping.wait(SETTLE_S)

    def _pack(self, sheaf: Sheaf) -> float:
        """Pack a sheaf unless that was done just now; tells how long there is nothing to do."""
        if sheaf.is_packed:
            return POLL_SECONDS
        left = self._packed_at + PACK_EVERY_S - time.monotonic()
        if left > 0:
            return min(left, POLL_SECONDS)
        self._sheaf = sheaf.packed()
        self._packed_at = time.monotonic()
        return POLL_SECONDS
