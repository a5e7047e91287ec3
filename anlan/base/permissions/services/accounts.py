"""Making, changing and locking accounts, and their passwords."""

import re

from django.db import IntegrityError, transaction

from anlan.base.permissions import passwords, selectors, totp
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.permissions.models import OldPassword, User
from anlan.base.permissions.services import changes, refusals
from anlan.base.permissions.services.sessions import end_sessions, normal_username
from anlan.base.regions import scope
from anlan.base.vault.services import open_own, seal_own
from anlan.kernel.clock import real_now
from anlan.kernel.errors import Conflict, Forbidden, Invalid

USERNAME = re.compile(r"[\w.@-]{2,64}")
ISSUER = "安澜 Anlan"


def create_user(
    *, username: str, name: str, region: str, by: Actor, password: str = "", person: str = ""
) -> User:
    """Make an account without any role.

    With a password it must be changed at the first login, unless the platform itself made it (the
    demo, the first administrators); without one nobody can log in until it is set.
    """
    username = normal_username(username)
    if not USERNAME.fullmatch(username):
        raise Invalid("账号不合要求", errors={"username": ["2 至 64 个字母、数字或 . _ - @"]})
    if not name.strip():
        raise Invalid("姓名不能为空", errors={"name": ["请填写"]})
    # Who says no region means their own; the country is only ever named.
    code = scope.normalise(region) if region else by.region
    permit(by, "users.create", code or scope.COUNTRY)
    if password:
        _check_new(password, username)
    user = User(
        username=username, name=name.strip(), region=code, person=person, created_at=real_now(),
        password=passwords.hashed(password) if password else "",
        must_change=bool(password) and not by.is_system,
    )  # fmt: skip
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            changes.note(user, "created", by=by)
    except IntegrityError as error:
        raise Conflict(f"账号「{username}」已被使用") from error
    return user


def edit_user(
    *,
    user: User,
    by: Actor,
    name: str | None = None,
    region: str | None = None,
    person: str | None = None,
) -> User:
    """Change who an account is; None leaves a value as it is."""
    permit(by, "users.edit", user.region or scope.COUNTRY)
    wanted = {"name": name, "person": person}
    if region is not None:
        wanted["region"] = scope.normalise(region) if region else ""
        permit(by, "users.edit", wanted["region"] or scope.COUNTRY)
    changed = {
        field: [getattr(user, field), value]
        for field, value in wanted.items()
        if value is not None and value != getattr(user, field)
    }
    if not changed:
        return user
    for field, (_, value) in changed.items():
        setattr(user, field, value)
    with transaction.atomic():
        user.save(update_fields=list(changed))
        # A name is a personal value: the journal tells that it changed, not from what to what.
        told = {field: pair for field, pair in changed.items() if field != "name"}
        facts = {"fields": sorted(changed)}
        changes.note(user, "edited", by=by, changes=told, facts=facts)
        changes.turn_epoch()
    return user


def lock_user(*, user: User, by: Actor, reason: str = "") -> None:
    """Close an account: its sessions end, its tokens and what it lent stop at once."""
    permit(by, "users.lock", user.region or scope.COUNTRY)
    if by.user_id == user.id:
        raise Conflict("不能锁定自己的账号")
    with transaction.atomic():
        if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
            raise Conflict("账号已经锁定")
        end_sessions(user)
        changes.note(user, "locked", by=by, facts={"reason": reason})


def unlock_user(*, user: User, by: Actor) -> None:
    """Open a closed account, and forget its failures."""
    permit(by, "users.lock", user.region or scope.COUNTRY)
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_active=True)
        refusals.forget(user.username)
        changes.note(user, "unlocked", by=by)
        changes.turn_epoch()


def reset_password(*, user: User, password: str, by: Actor) -> None:
    """Give an account a new password, to be changed at the next login.

    The three administrators' passwords are reset on the server's command line only: whoever could
    reset them over the web would hold two of the three roles.
    """
    permit(by, "users.reset", user.region or scope.COUNTRY)
    if not by.is_system and selectors.is_administrator(user):
        raise Forbidden("三员账号的口令只能在服务器上用命令行重置")
    _check_new(password, user.username)
    _set_password(user, password, must_change=not by.is_system)
    with transaction.atomic():
        user.save(update_fields=["password", "must_change"])
        end_sessions(user)
        refusals.forget(user.username)
        changes.note(user, "password-reset", by=by)


def change_password(*, user: User, old: str, new: str, by: Actor, session: str = "") -> None:
    """Change one's own password; every other session ends."""
    refusals.check(user.username, "")
    if not passwords.matches(old, user.password):
        refusals.count(user.username, "")
        raise Invalid("原口令不正确", errors={"old": ["原口令不正确"]})
    earlier = OldPassword.objects.filter(user=user).order_by("-id")
    kept = [user.password, *earlier.values_list("password", flat=True)[: passwords.REMEMBERED - 1]]
    _check_new(new, user.username, kept, field="new")
    _set_password(user, new, must_change=False)
    with transaction.atomic():
        OldPassword.objects.create(user=user, password=kept[0])
        user.save(update_fields=["password", "must_change"])
        end_sessions(user, but=session)
        changes.note(user, "password-changed", by=by)


def _set_password(user: User, password: str, *, must_change: bool) -> None:
    user.password = passwords.hashed(password)
    user.must_change = must_change


def _check_new(
    password: str, username: str, earlier: list[str] | None = None, field: str = "password"
) -> None:
    found = passwords.faults(password, username=username, earlier=earlier or ())
    if found:
        raise Invalid("口令不合要求", errors={field: found})


def begin_totp(*, user: User) -> tuple[str, str]:
    """Propose a secret for the authenticator app: the secret, and the address for the QR code."""
    if user.totp:
        raise Conflict("动态口令已经启用，请先停用")
    secret = totp.new_secret()
    return secret, totp.address(secret, username=user.username, issuer=ISSUER)


def confirm_totp(*, user: User, secret: str, otp: str, by: Actor) -> None:
    """Switch one-time codes on; the first code proves that the app holds the secret."""
    if user.totp:
        raise Conflict("动态口令已经启用，请先停用")
    step = _step(secret, otp, after=0)
    with transaction.atomic():
        user.totp, user.totp_step = seal_own(secret), step
        user.save(update_fields=["totp", "totp_step"])
        changes.note(user, "totp-on", by=by)
        changes.turn_epoch()


def remove_totp(*, user: User, by: Actor, otp: str = "") -> None:
    """Switch one-time codes off: oneself with a code, or the platform for a lost phone."""
    if not user.totp:
        raise Conflict("动态口令没有启用")
    if not by.is_system:
        _step(open_own(user.totp), otp, after=user.totp_step)
    with transaction.atomic():
        user.totp = ""
        user.save(update_fields=["totp"])
        changes.note(user, "totp-off", by=by)
        changes.turn_epoch()


def _step(secret: str, otp: str, *, after: int) -> int:
    try:
        step = totp.step_of(secret, otp, unix_s=real_now().timestamp(), after=after)
    except ValueError as error:
        raise Invalid("密钥不正确", errors={"secret": ["密钥不正确"]}) from error
    if step is None:
        raise Invalid("动态口令不正确", errors={"otp": ["请核对手机时间后再输入一次"]})
    return step
