"""What every deed on accounts does besides: it is journalled, and cached actors hear of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F

from anlan.base.journal.deeds import name_deed
from anlan.base.journal.services import record
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.models import Epoch, User

TOPIC = "account"

Changes = Mapping[str, Sequence[Any]]


def note(
    user: User,
    deed: str,
    *,
    by: Actor,
    changes: Changes | None = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Journal a deed on an account; inside the deed's transaction."""
    record(
        deed=f"users.{deed}",
        by=by,
        subject=("users", user.id),
        region=user.region,
        changes=changes,
        facts=facts,
        topic=TOPIC,
    )


def turn_epoch() -> None:
    """Make every process read rights anew; inside the deed's transaction."""
    if not Epoch.objects.filter(id=1).update(count=F("count") + 1):
        Epoch.objects.get_or_create(id=1, defaults={"count": 1})


for _verb, _title, _title_en in (
    ("created", "建立账号", "Created the account"),
    ("edited", "修改账号", "Edited the account"),
    ("locked", "锁定账号", "Locked the account"),
    ("unlocked", "解锁账号", "Unlocked the account"),
    ("password-reset", "重置口令", "Reset the password"),
    ("password-changed", "修改口令", "Changed the password"),
    ("totp-on", "启用动态口令", "Switched one-time codes on"),
    ("totp-off", "停用动态口令", "Switched one-time codes off"),
    ("logged-in", "登录", "Logged in"),
    ("logged-out", "退出", "Logged out"),
    ("login-refused", "登录失败", "Login refused"),
    ("granted", "授权", "Granted a role"),
    ("grant-taken", "收回授权", "Took a role back"),
    ("delegated", "委托代理", "Delegated a role"),
    ("delegation-revoked", "收回代理", "Took a delegation back"),
    ("token-made", "建立接口令牌", "Made an API token"),
    ("token-revoked", "收回接口令牌", "Revoked an API token"),
):
    name_deed(f"users.{_verb}", _title, _title_en)
for _verb, _title, _title_en in (
    ("issued", "发出手机链接", "Sent a phone link"),
    ("used", "使用手机链接", "Used a phone link"),
    ("revoked", "收回手机链接", "Revoked a phone link"),
):
    name_deed(f"links.{_verb}", _title, _title_en)
