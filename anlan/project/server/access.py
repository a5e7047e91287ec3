"""One JSON line a request: what, how it ended, how long it took - nobody's words or secrets.

Query strings (names are searched for), bodies, addresses and the keys in phone links stay out. The
lines are gathered and written together, because two thousand writes a second are not free.
"""

import os
import threading

import orjson
from prometheus_client import Counter

from anlan.kernel import clock
from anlan.web.counters import REQUESTS, SECONDS

WRITE_AFTER = 64
FLUSH_S = 0.5

_counters: dict[tuple[str, int], Counter] = {}


class AccessLog:
    """Gathers lines; `flush` is called twice a second and when many have gathered."""

    def __init__(self, descriptor: int = 1) -> None:
        self._descriptor = descriptor
        self._lines: list[bytes] = []
        self._lock = threading.Lock()

    def note(
        self, number: str, scope: object, status: int, seconds: float, size: int, who: str
    ) -> None:
        """Note one answered request."""
        method = getattr(scope, "method", "")
        _count(method, status, seconds)
        self._lines.append(
            orjson.dumps(
                {
                    "event": "request",
                    "at": clock.real_now(),
                    "id": number,
                    "method": method,
                    "path": shown(getattr(scope, "path", "")),
                    "status": status,
                    "ms": round(seconds * 1000, 1),
                    "bytes": size,
                    "by": who,
                }
            )
        )
        if len(self._lines) >= WRITE_AFTER:
            self.flush()

    def flush(self) -> None:
        """Write what has gathered; a log nobody reads any more is no reason to stop."""
        with self._lock:
            lines, self._lines = self._lines, []
            if lines:
                try:
                    os.write(self._descriptor, b"\n".join(lines) + b"\n")
                except OSError:
                    return


def shown(path: str) -> str:
    """Write a path without the key of a phone link.

    >>> shown("/m/Zx81kq"), shown("/api/v1/meta")
    ('/m/*', '/api/v1/meta')
    """
    return "/m/*" if path.startswith("/m/") else path


def _count(method: str, status: int, seconds: float) -> None:
    key = (method if method in _METHODS else "other", status)
    known = _counters.get(key)
    if known is None:
        known = _counters[key] = REQUESTS.labels(key[0], str(status))
    known.inc()
    SECONDS.observe(seconds)


_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
