"""Who is behind a session cookie or an API token; asked with every request, so it is remembered.

What is remembered is true as long as the epoch stands still: one small query a request, on either
database, tells every process at once that somebody's rights, sessions or tokens changed.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.models import Session, Token
from anlan.base.permissions.selectors import actor_of, epoch
from anlan.base.permissions.services import sessions, tokens
from anlan.kernel.clock import real_now

#: Remembered logins of one process; the whole memory is dropped when it is full.
MOST = 20_000


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who came in with a key."""

    actor: Actor
    kind: str  # session | token
    #: Hash of the session's key, or id of the token.
    id: str
    seen: datetime
    expires: datetime | None
    must_change: bool
    totp: bool
    username: str


_remembered: dict[str, Login] = {}
_epoch = -1


def session_login(key: str) -> Login | None:
    """Find who holds a session key; None when it is unknown or over."""
    now = real_now()
    digest = sessions.digest(key)
    login = _recall(digest)
    if login is None or now - login.seen > sessions.IDLE:
        login = _remember(digest, _read_session(digest, now))
    if login is None or (login.expires is not None and login.expires <= now):
        return None
    if now - login.seen > sessions.SEEN_EVERY:
        sessions.touch(digest)
        login = _remember(digest, replace(login, seen=now))
    return login


def token_login(text: str) -> Login | None:
    """Find whom an API token stands for; None when it is unknown, revoked or over."""
    now = real_now()
    digest = sessions.digest(text)
    login = _recall(digest) or _remember(digest, _read_token(digest, now))
    if login is None or (login.expires is not None and login.expires <= now):
        return None
    if now - login.seen > sessions.SEEN_EVERY:
        tokens.touch(login.id)
        login = _remember(digest, replace(login, seen=now))
    return login


def _recall(digest: str) -> Login | None:
    global _epoch
    present = epoch()
    if present != _epoch or len(_remembered) > MOST:
        _remembered.clear()
        _epoch = present
    return _remembered.get(digest)


def _remember(digest: str, login: Login | None) -> Login | None:
    if login is not None:
        _remembered[digest] = login
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
        id=digest,
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
        id=token.id,
        seen=token.last_used or token.created_at,
        expires=token.expires,
        must_change=False,
        totp=bool(user.totp),
        username=user.username,
    )
