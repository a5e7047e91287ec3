"""Logging in and out. Real time throughout."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from anlan.base.permissions import passwords, selectors, totp
from anlan.base.permissions.actor import PUBLIC, Actor
from anlan.base.permissions.errors import TotpRequired, Unauthenticated
from anlan.base.permissions.models import Session, User
from anlan.base.permissions.services import changes, refusals
from anlan.base.vault.services import open_own
from anlan.kernel.clock import real_now

#: A browser nobody used for so long is logged out (an open event stream is use).
IDLE = timedelta(hours=8)
#: And every browser after so long.
LIFETIME = timedelta(days=7)
#: `seen` is written at most this often, so that reading does not write.
SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class Credentials:
    """What somebody logs in with, and from where."""

    username: str
    password: str
    otp: str = ""
    address: str = ""
    agent: str = ""


def normal_username(text: str) -> str:
    """Bring an account name to its stored form."""
    return passwords.normal(text).strip().casefold()


def digest(key: str) -> str:
    """Hash a random key (session, token, link) the way it is stored."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def csrf_of(key: str) -> str:
    """Derive what a page must send beside its cookie; a foreign page cannot read it."""
    return hmac.new(key.encode(), b"csrf", hashlib.sha256).hexdigest()[:32]


def log_in(given: Credentials) -> tuple[str, User]:
    """Open a session; return its key, which is told to the browser and kept nowhere.

    Raises `Unauthenticated` (one sentence for every cause), `TotpRequired` or `Locked`.
    """
    username = normal_username(given.username)
    refusals.check(username, given.address)
    user = User.objects.filter(username=username).first()
    right = passwords.matches(given.password, user.password if user else "")
    if user is None or not right or not user.is_active:
        raise _refused(user, username, given)
    step = user.totp_step
    if user.totp:
        step = _check_otp(user, given)
    return _open(user, given, step), user


def _check_otp(user: User, given: Credentials) -> int:
    if not given.otp:
        raise TotpRequired("请输入动态口令应用上的六位数字")
    step = totp.step_of(
        open_own(user.totp), given.otp, unix_s=real_now().timestamp(), after=user.totp_step
    )
    if step is None:
        raise _refused(user, user.username, given)
    return step


def _refused(user: User | None, username: str, given: Credentials) -> Unauthenticated:
    with transaction.atomic():
        left = refusals.count(username, given.address)
        if user is not None:
            facts = {"address": given.address, "left": left}
            changes.note(user, "login-refused", by=PUBLIC, facts=facts)
    hint = f"还可以再试 {left} 次" if left else "账号已锁定 15 分钟"
    return Unauthenticated(f"账号、口令或动态口令不正确，{hint}。")


def _open(user: User, given: Credentials, step: int) -> str:
    key = secrets.token_urlsafe(32)
    now = real_now()
    with transaction.atomic():
        # The condition makes a one-time code open only once even when sent twice at a time.
        fresh = User.objects.filter(pk=user.pk, totp_step=user.totp_step, is_active=True)
        if not fresh.update(totp_step=step, last_login=now):
            raise Unauthenticated("账号、口令或动态口令不正确。")
        Session.objects.create(
            hash=digest(key), user=user, created_at=now, seen=now, expires=now + LIFETIME,
            address=given.address[:45], agent=given.agent[:120],
        )  # fmt: skip
        refusals.forget(user.username)
        facts = {"address": given.address, "totp": bool(user.totp)}
        changes.note(user, "logged-in", by=selectors.actor_of(user), facts=facts)
    return key


def log_out(session_hash: str, *, by: Actor) -> None:
    """End one session."""
    with transaction.atomic():
        session = Session.objects.select_related("user").filter(hash=session_hash).first()
        if session is None:
            return
        changes.note(session.user, "logged-out", by=by)
        session.delete()
        changes.turn_epoch()


def end_sessions(user: User, *, but: str = "") -> int:
    """End a user's sessions (all `but` one); inside the caller's transaction."""
    ended = Session.objects.filter(user=user).exclude(hash=but).delete()[0]
    changes.turn_epoch()
    return ended


def touch(session_hash: str) -> None:
    """Note that a session is in use."""
    with transaction.atomic():
        Session.objects.filter(hash=session_hash).update(seen=real_now())


def sweep() -> int:
    """Drop sessions that ended by themselves; returns how many."""
    now = real_now()
    over = Session.objects.filter(expires__lt=now) | Session.objects.filter(seen__lt=now - IDLE)
    with transaction.atomic():
        return over.delete()[0]
