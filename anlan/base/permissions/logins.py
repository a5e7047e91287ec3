"""Who is behind a session cookie or an API token; asked with every request, so it is remembered.

What is remembered is true as long as the epoch stands still: one small query a request, on either
database, tells every process at once that somebody's rights, sessions or tokens changed.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.models import Session, Token, WallKey
from anlan.base.permissions.selectors import actor_of, epoch
from anlan.base.permissions.services import sessions, tokens, walls
from anlan.kernel.clock import real_now

#: Logins one process remembers; the whole memory is dropped when it is full.
MOST = 20_000


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who came in with a key."""

    actor: Actor
    kind: str  # session | token | wall
    hash: str
    seen: datetime
    expires: datetime | None
    must_change: bool
    totp: bool
    username: str
    #: The net a wall's key is bound to; "" for others.
    bound: str = ""


#: Hash of a key -> the epoch at which it was read, and who it was.
_remembered: dict[str, tuple[int, Login]] = {}


class _Moment(threading.local):
    """Whether several are let in together, and the epoch that holds for all of them."""

    one = False
    epoch: int | None = None


_moment = _Moment()


@contextmanager
def at_once() -> Iterator[None]:
    """Look up logins as of one moment: the epoch is read once, after all who ask have come."""
    _moment.one = True
    try:
        yield
    finally:
        _moment.one, _moment.epoch = False, None


def _present() -> int:
    if not _moment.one:
        return epoch()
    if _moment.epoch is None:
        _moment.epoch = epoch()
    return _moment.epoch


def session_login(key: str) -> Login | None:
    """Find who holds a session key; None when it is unknown or over."""
    return _find("session", sessions.digest(key))


def token_login(text: str) -> Login | None:
    """Find whom an API token stands for; None when it is unknown, revoked or over."""
    return _find("token", sessions.digest(text))


def wall_login(text: str, address: str) -> Login | None:
    """Find the wall whose key this is; None when it is over or comes from another address."""
    digest = sessions.digest(text)
    login = _find("wall", digest, address)
    if login is not None and not walls.lets_in(login.bound, address):
        walls.refuse(digest, address)
        return None
    return login


def renewed(login: Login) -> Login | None:
    """Look again at a login that lasts longer than a request (an event stream); it is in use."""
    return _find(login.kind, login.hash)


def _find(kind: str, digest: str, address: str = "") -> Login | None:
    now = real_now()
    told = _moment.epoch
    present = (
        epoch() if told is None else told
    )  # before anything is read: a change meanwhile makes it old at once
    known = _remembered.get(digest)
    login = known[1] if known is not None and known[0] == present else None
    if login is None or now - login.seen > sessions.IDLE:
        login = _remember(present, READ[kind](digest, now))
    if login is None or (login.expires is not None and login.expires <= now):
        return None
    if now - login.seen > sessions.SEEN_EVERY and _touched(login, address):
        login = _remember(present, replace(login, seen=now))
    return login


def _touched(login: Login, address: str) -> bool:
    """Note that a key is in use: a wall's only where it opens (an open stream tells no address)."""
    if login.kind == "wall":
        if not walls.lets_in(login.bound, address):
            return False
        walls.touch(login.hash, address)
    elif login.kind == "session":
        sessions.touch(login.hash)
    else:
        tokens.touch(login.hash)
    return True


def _remember(present: int, login: Login | None) -> Login | None:
    if login is not None:
        if len(_remembered) >= MOST:
            _remembered.clear()
        _remembered[login.hash] = (present, login)
    return login


def _read_session(digest: str, now: datetime) -> Login | None:
    found = Session.objects.select_related("user").filter(
        hash=digest, expires__gt=now, seen__gt=now - sessions.IDLE, user__is_active=True
    )
    session = found.first()
    if session is None:
        return None
    user = session.user
    return Login(
        actor=actor_of(user),
        kind="session",
        hash=digest,
        seen=session.seen,
        expires=session.expires,
        must_change=user.must_change,
        totp=bool(user.totp),
        username=user.username,
    )


def _read_token(digest: str, now: datetime) -> Login | None:
    lasting = Q(expires=None) | Q(expires__gt=now)
    found = Token.objects.select_related("user").filter(
        lasting, hash=digest, revoked_at=None, user__is_active=True
    )
    token = found.first()
    if token is None:
        return None
    user = token.user
    return Login(
        actor=actor_of(user, via="token"),
        kind="token",
        hash=digest,
        seen=token.last_used or token.created_at,
        expires=token.expires,
        must_change=False,
        totp=bool(user.totp),
        username=user.username,
    )


def _read_wall(digest: str, now: datetime) -> Login | None:
    key = WallKey.objects.filter(hash=digest, expires__gt=now, revoked_at=None).first()
    if key is None:
        return None
    return Login(
        actor=walls.actor_of(key),
        kind="wall",
        hash=digest,
        seen=key.last_used or key.created_at - sessions.IDLE,
        expires=key.expires,
        must_change=False,
        totp=False,
        username="",
        bound=key.bound,
    )


READ = {"session": _read_session, "token": _read_token, "wall": _read_wall}
