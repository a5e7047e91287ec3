"""What the declared ways in may write: pull sources and external brokers, each in its scope."""

import threading
from typing import Final

from django.db import DatabaseError, connection

from anlan.kernel.errors import Unavailable
from anlan.sense.intake import Owner
from anlan.sense.selectors.identities import Scope, numbers_in

OUTSIDE: Final = "监测项「{code}」没有登记，或不在声明的范围内"


class Owners:
    """Remembers them until something changes. Used by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[str, Scope], Owner] = {}
        self._edition = 0

    def of(self, ref: str, scope: Scope) -> Owner:
        """Tell what may be written within a scope; `Unavailable` when nobody can say now."""
        known = self._known.get((ref, scope))
        if known is not None:
            return known
        edition = self._edition
        try:
            owner = Owner(ref, numbers_in(scope), OUTSIDE)
        except DatabaseError:
            connection.close()
            raise Unavailable("数据库暂时不可用，请稍后重试") from None
        with self._lock:
            if edition == self._edition:  # nothing changed while we looked
                self._known[ref, scope] = owner
        return owner

    def forget(self) -> None:
        """Look everything up again: streams, stations or their owners changed."""
        with self._lock:
            self._edition += 1
            self._known.clear()
