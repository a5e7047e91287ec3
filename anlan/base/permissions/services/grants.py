"""Giving and taking roles, and lending one's own (代理).

三员分立: system, security and audit administrator are three persons, and none of them holds any
other role; neither a grant nor a delegation may join what is apart.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from anlan.base.permissions import rights
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.permissions.models import Delegation, Grant, User
from anlan.base.permissions.services import changes
from anlan.base.regions import scope
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Forbidden, Invalid

#: Nobody lends a role for longer; after that the security administrator grants it.
LONGEST_DELEGATION = timedelta(days=90)


@dataclass(frozen=True)
class Term:
    """From when until when; None is open."""

    start: datetime | None = None
    until: datetime | None = None


def give_grant(*, user: User, role: str, region: str, by: Actor, term: Term | None = None) -> Grant:
    """Give a user a role over a region and below; the whole country is `scope.COUNTRY`."""
    rights.role(role)
    term = term or Term()
    prefix = scope.prefix(region)
    permit(by, "grants.edit", scope.pad(prefix))
    if by.user_id == user.id:
        raise Forbidden("不能给自己授权，请另一名安全管理员办理")
    if term.until is not None and term.until <= (term.start or clock.now()):
        raise Invalid("结束时间应晚于开始时间", errors={"until": ["应晚于开始时间"]})
    grant = Grant(
        user=user, role=role, prefix=prefix, valid_from=term.start, until=term.until,
        by=by.ref, at=clock.now(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            _hold(user)
            _check_apart(user, role)
            grant.save(force_insert=True)
            _note(user, "granted", grant, by)
    except IntegrityError as error:
        raise Conflict("该账号已有这个角色和辖区") from error
    return grant


def take_grant(*, grant: Grant, by: Actor) -> None:
    """Take a role back."""
    permit(by, "grants.edit", scope.pad(grant.prefix))
    if by.user_id == grant.user_id:
        raise Forbidden("不能收回自己的授权，请另一名安全管理员办理")
    with transaction.atomic():
        _note(grant.user, "grant-taken", grant, by)
        grant.delete()


def delegate(
    *, taker: User, role: str, region: str, term: Term, by: Actor, reason: str = ""
) -> Delegation:
    """Lend one's own role to another user until a time; it ends by itself.

    Only a role held by grant can be lent, not one that was lent; and it works only as long as the
    giver holds it.
    """
    permit(by, "delegations.give")
    if by.user_id is None:
        raise Forbidden("只有账号可以委托代理")
    prefix = scope.prefix(region)
    starts = term.start or clock.now()
    until = _checked_end(starts, term.until)
    own = [held for held in by.roles if held.role == role and not held.giver and held.holds()]
    if not any(scope.covers(held.prefix, scope.pad(prefix)) for held in own):
        raise Forbidden("只能委托自己在该辖区担任的角色")
    if not rights.role(role).delegable:
        raise Forbidden("这个角色不能委托代理")
    if taker.id == by.user_id or not taker.is_active:
        raise Invalid("不能委托给这个账号", errors={"taker": ["请选择另一个启用的账号"]})
    lent = Delegation(
        giver_id=by.user_id, taker=taker, role=role, prefix=prefix, starts=starts, until=until,
        reason=reason, by=by.ref,
    )  # fmt: skip
    with transaction.atomic():
        _hold(taker)
        _check_apart(taker, role)
        lent.save(force_insert=True)
        _note(taker, "delegated", lent, by)
    return lent


def _checked_end(starts: datetime, until: datetime | None) -> datetime:
    if until is None or until <= starts or until <= clock.now():
        raise Invalid("代理必须有结束时间", errors={"until": ["应晚于开始时间和现在"]})
    if until - starts > LONGEST_DELEGATION:
        days = LONGEST_DELEGATION.days
        raise Invalid("代理时间太长", errors={"until": [f"最长 {days} 天，更久请安全管理员授权"]})
    return until


def revoke_delegation(*, lent: Delegation, by: Actor) -> None:
    """Take back what was lent: the giver, or the security administrator of the region."""
    if by.user_id != lent.giver_id:
        permit(by, "delegations.revoke", scope.pad(lent.prefix))
    now = clock.now()
    with transaction.atomic():
        open_ = Delegation.objects.filter(pk=lent.pk, revoked_at=None, until__gt=now)
        if not open_.update(revoked_at=now):
            raise Conflict("这项代理已经结束")
        _note(lent.taker, "delegation-revoked", lent, by)


def _hold(user: User) -> None:
    """Queue behind whoever is changing this user's roles, so that two grants cannot join."""
    User.objects.select_for_update().get(pk=user.pk)


def _check_apart(user: User, role: str) -> None:
    held = set(Grant.objects.filter(user=user).values_list("role", flat=True))
    lent = Q(taker=user, revoked_at=None, until__gt=clock.now())
    held |= set(Delegation.objects.filter(lent).values_list("role", flat=True))
    others = held - {role}
    administers = rights.role(role).is_administrator
    if others and (administers or others & set(rights.ADMINISTRATORS)):
        raise Conflict("三员分立：系统、安全、审计管理员互不兼任，也不兼任业务角色")


def _note(user: User, deed: str, held: Grant | Delegation, by: Actor) -> None:
    facts = {
        "role": held.role,
        "region": scope.pad(held.prefix),
        "until": held.until.isoformat() if held.until else None,
    }
    changes.note(user, deed, by=by, facts=facts)
    changes.turn_epoch()
