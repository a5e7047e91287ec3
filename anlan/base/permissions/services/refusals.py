"""Lock-out: failures are counted per account name and per address, on real time.

An account that does not exist locks like one that does, so a lock tells nothing. An address may
fail more often, because a whole office shares one.
"""

from datetime import datetime, timedelta

from django.db import transaction

from anlan.base.permissions.errors import Locked
from anlan.base.permissions.models import Refusal
from anlan.kernel.clock import real_now

ACCOUNT_LIMIT = 5
ADDRESS_LIMIT = 20
#: How long failures are remembered, and how long a lock lasts.
WINDOW = timedelta(minutes=15)


def keys(username: str, address: str) -> dict[str, int]:
    """Name the counters of an attempt, with their limits."""
    counters = {f"user:{username}"[:80]: ACCOUNT_LIMIT}
    if address:
        counters[f"address:{address}"[:80]] = ADDRESS_LIMIT
    return counters


def check(username: str, address: str) -> None:
    """Raise `Locked` while the account or the address is locked."""
    now = real_now()
    locked = Refusal.objects.filter(key__in=keys(username, address), locked_until__gt=now)
    ends = [until for until in locked.values_list("locked_until", flat=True) if until]
    if ends:
        wait = max(ends) - now
        minutes = int(wait.total_seconds() // 60) + 1
        raise Locked(
            f"登录失败次数过多，已锁定，请 {minutes} 分钟后再试，或请安全管理员解锁。",
            wait_s=int(wait.total_seconds()) + 1,
        )


def count(username: str, address: str) -> int:
    """Count one more failure; return how many the account has left before it locks."""
    now = real_now()
    left = ACCOUNT_LIMIT
    with transaction.atomic():
        for key, limit in keys(username, address).items():
            failures = _count(key, limit, now)
            if key.startswith("user:"):
                left = max(0, limit - failures)
    return left


def _count(key: str, limit: int, now: datetime) -> int:
    row, made = Refusal.objects.select_for_update().get_or_create(
        key=key, defaults={"failures": 1, "first_at": now}
    )
    if made:
        return 1
    if now - row.first_at > WINDOW:
        row.failures, row.first_at = 0, now
    row.failures += 1
    if row.failures >= limit:
        row.locked_until = now + WINDOW
        row.first_at, failures = now, row.failures
        row.failures = 0
        row.save()
        return failures
    row.save()
    return row.failures


def forget(username: str) -> None:
    """Unlock an account: it logged in, or an administrator unlocked it."""
    Refusal.objects.filter(key=f"user:{username}"[:80]).delete()


def locked_until(username: str) -> datetime | None:
    """Tell until when an account is locked; None when it is not."""
    row = Refusal.objects.filter(key=f"user:{username}"[:80], locked_until__gt=real_now()).first()
    return row.locked_until if row else None


def sweep() -> int:
    """Drop counters nobody needs any more; returns how many."""
    old = Refusal.objects.filter(first_at__lt=real_now() - 4 * WINDOW)
    return old.delete()[0]
