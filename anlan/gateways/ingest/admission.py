"""Who may send what: asked of the database once, remembered until something changes."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from django.db import DatabaseError, connection

from anlan.base.permissions.logins import token_login
from anlan.kernel.errors import AnlanError, Unavailable
from anlan.sense.intake import Owner
from anlan.sense.selectors.identities import DeviceIdentity, identify, sender

#: What is remembered is looked up again after this long: keys come to their end by themselves.
KEPT_S: Final = 60.0
MOST: Final = 50_000

KEY_REFUSED: Final = "设备密钥无效、已收回或已到期"
LOGIN_REFUSED: Final = "令牌无效或已到期"
NO_CREDENTIALS: Final = "请用 Authorization: Device 编号:密钥，或 Bearer 令牌"


class Stranger(AnlanError):
    """Somebody who did not prove who they are (HTTP 401)."""

    code = "unauthenticated"
    status = 401


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sender shows: a device's id and key, or a user's token with an empty id."""

    id: str
    secret: str

    @classmethod
    def of_header(cls, authorization: str) -> "Credentials":
        """Read an Authorization header; `Stranger` for one we do not take."""
        scheme, _, told = authorization.strip().partition(" ")
        told = told.strip()
        if scheme.lower() == "bearer" and told:
            return cls("", told)
        number, colon, secret = told.partition(":")
        if scheme.lower() == "device" and colon and number:
            return cls(number, secret)
        raise Stranger(NO_CREDENTIALS)

    @property
    def digest(self) -> bytes:
        """What is remembered instead of the secret."""
        return sha256(f"{self.id}\0{self.secret}".encode("utf-8", "surrogatepass")).digest()


class Admission:
    """Lets senders in. `known` is quick and never asks the database; `look_up` does, and blocks."""

    def __init__(
        self,
        *,
        find: Callable[[Credentials], DeviceIdentity] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._find, self._clock = find or found, clock
        self._lock = threading.Lock()
        self._known: dict[bytes, tuple[float, Owner]] = {}
        self._used: set[str] = set()
        self._edition = 0

    def known(self, credentials: Credentials) -> Owner | None:
        """Tell who it is from memory."""
        kept = self._known.get(credentials.digest)
        return kept[1] if kept is not None and self._clock() < kept[0] else None

    def look_up(self, credentials: Credentials) -> Owner:
        """Tell who it is; `Stranger`, `Forbidden`, or `Unavailable` when nobody can say."""
        owner = self.known(credentials)
        if owner is not None:
            return owner
        edition = self._edition
        try:
            who = self._find(credentials)
        except DatabaseError:
            connection.close()
            raise Unavailable("数据库暂时不可用，请稍后重发") from None
        owner = Owner(who.ref, who.numbers)
        with self._lock:
            self._used.add(owner.ref)
            if edition == self._edition:  # nothing changed while we looked
                if len(self._known) >= MOST:
                    self._known.clear()
                self._known[credentials.digest] = (self._clock() + KEPT_S, owner)
        return owner

    def forget(self) -> None:
        """Look everybody up again: keys, streams or rights changed."""
        with self._lock:
            self._edition += 1
            self._known.clear()

    def used(self) -> set[str]:
        """Take the refs of who was looked up since the last time."""
        with self._lock:
            used, self._used = self._used, set()
        return used


def found(credentials: Credentials) -> DeviceIdentity:
    """Find out who shows these credentials."""
    if credentials.id:
        device = identify(credentials.id, credentials.secret)
        if device is None:
            raise Stranger(KEY_REFUSED)
        return device
    login = token_login(credentials.secret)
    if login is None:
        raise Stranger(LOGIN_REFUSED)
    return sender(login.actor)
