"""API tokens: shown once, stored as a hash, act as their user."""

import secrets
from datetime import datetime

from django.db import transaction

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.permissions.models import Token, User
from anlan.base.permissions.services import changes
from anlan.base.permissions.services.sessions import digest
from anlan.kernel.clock import real_now
from anlan.kernel.errors import Conflict, Forbidden, Invalid

#: A leaked token is found by scanners that know how it begins.
START = "anlan_"
MOST = 20


def create_token(
    *, user: User, name: str, by: Actor, expires: datetime | None = None
) -> tuple[str, Token]:
    """Make a token; its text is returned here and never again."""
    if not by.is_system:
        permit(by, "tokens.own")
        if by.user_id != user.id:
            raise Forbidden("只能申请自己的令牌")
    if expires is not None and expires <= real_now():
        raise Invalid("到期时间已过", errors={"expires": ["应晚于现在"]})
    if Token.objects.filter(user=user, revoked_at=None).count() >= MOST:
        raise Conflict(f"每个账号最多 {MOST} 个令牌，请先收回不用的")
    text = START + secrets.token_urlsafe(32)
    token = Token(
        user=user, name=name.strip()[:64] or "API", hash=digest(text), prefix8=text[:12],
        created_at=real_now(), expires=expires,
    )  # fmt: skip
    with transaction.atomic():
        token.save(force_insert=True)
        changes.note(user, "token-made", by=by, facts={"token": token.id, "name": token.name})
    return text, token


def revoke_token(*, token: Token, by: Actor) -> None:
    """Make a token useless at once."""
    if not by.is_system and by.user_id != token.user_id:
        permit(by, "users.lock", token.user.region)
    with transaction.atomic():
        if not Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=real_now()):
            raise Conflict("令牌已经收回")
        changes.note(token.user, "token-revoked", by=by, facts={"token": token.id})
        changes.turn_epoch()


def touch(token_hash: str) -> None:
    """Note that a token was used."""
    with transaction.atomic():
        Token.objects.filter(hash=token_hash).update(last_used=real_now())
