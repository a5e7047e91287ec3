"""Keys of walls (大屏令牌): a screen in the command hall, let in by its address; it only looks."""

import ipaddress
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from anlan.base.journal.deeds import name_deed
from anlan.base.journal.services import record
from anlan.base.permissions.actor import Actor, Holding
from anlan.base.permissions.gate import permit
from anlan.base.permissions.models import WallKey
from anlan.base.permissions.services import changes, sessions
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.kernel.clock import real_now
from anlan.kernel.errors import Conflict, Invalid

MAKE, REVOKE = "walls.make", "walls.revoke"
#: A leaked key is found by scanners that know how it begins.
START = "anlan_wall_"
#: Nobody looks after a key that never ends.
LONGEST = timedelta(days=366)
#: Keys of one region that are good at the same time.
MOST = 50
#: The narrowest nets that may be named: a wall stands in one building, not anywhere.
WIDEST = {4: 16, 6: 48}
#: A foreign address that knocks on and on is noted so often.
NOTE_EVERY = timedelta(hours=1)


def bound_to(text: str) -> str:
    """Read an address or a net, as it is kept."""
    try:
        net = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        raise Invalid(
            "请填大屏主机的地址，例如 10.33.1.20 或 10.33.1.0/24",
            errors={"bound": ["不是地址，也不是网段"]},
        ) from None
    if net.prefixlen < WIDEST[net.version]:
        raise Invalid(
            "网段太大，大屏令牌只给一间屋子用", errors={"bound": [f"至少 /{WIDEST[net.version]}"]}
        )
    return str(net)


def lets_in(bound: str, address: str) -> bool:
    """Tell whether an address is one a key is bound to.

    >>> lets_in("10.33.1.20/32", "10.33.1.20"), lets_in("10.33.1.20/32", "10.33.1.21")
    (True, False)
    >>> lets_in("10.33.1.0/24", "::ffff:10.33.1.7"), lets_in("10.33.1.0/24", "")
    (True, False)
    """
    try:
        asked = ipaddress.ip_address(address)
        net = ipaddress.ip_network(bound)
    except ValueError:
        return False
    mapped = getattr(asked, "ipv4_mapped", None)
    return (mapped or asked) in net


def make_wall_key(
    *, name: str, region: str, bound: str, expires: datetime, phones: bool, by: Actor
) -> tuple[str, WallKey]:
    """Make a key for a screen; its text is returned here and never again."""
    code = scope.normalise(region)
    permit(by, MAKE, code)
    if code not in regions.names([code]):
        raise Invalid("没有这个地区", errors={"region": ["请从列表中选择"]})
    if not name.strip():
        raise Invalid("请写明是哪块屏", errors={"name": ["不能为空"]})
    now = real_now()
    if not now < expires <= now + LONGEST:
        raise Invalid("到期时间应在一年以内", errors={"expires": ["一年以内，晚于现在"]})
    live = WallKey.objects.filter(region=code, revoked_at=None, expires__gt=now)
    if live.count() >= MOST:
        raise Conflict(f"一个地区最多 {MOST} 个大屏令牌，请先收回不用的")
    text = START + secrets.token_urlsafe(32)
    key = WallKey(
        name=name.strip()[:64], region=code, bound=bound_to(bound), phones=phones,
        hash=sessions.digest(text), prefix8=text[: len(START) + 4], created_at=now,
        created_by=by.ref, expires=expires,
    )  # fmt: skip
    with transaction.atomic():
        key.save(force_insert=True)
        _note(key, "made", by, {
            "name": key.name, "bound": key.bound, "phones": phones, "expires": expires.isoformat(),
        })  # fmt: skip
    return text, key


def revoke_wall_key(*, key: WallKey, by: Actor) -> None:
    """Make a key useless at once; a screen that shows something goes dark when it asks again."""
    permit(by, REVOKE, key.region)
    with transaction.atomic():
        if not WallKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=real_now()):
            raise Conflict("令牌已经收回")
        _note(key, "revoked", by, {})
        changes.turn_epoch()


def actor_of(key: WallKey) -> Actor:
    """Make the actor a screen is: it looks at one region's wall, and may do nothing."""
    role = "wall-phones" if key.phones else "wall"
    return Actor(
        ref=f"wall:{key.pk}", user_id=None, name=key.name, region=key.region, via="wall",
        roles=(Holding(role, scope.prefix(key.region)),),
    )  # fmt: skip


def touch(digest: str, address: str) -> None:
    """Note that a key is in use; the journal hears of it once a day and when the screen moved."""
    now = real_now()
    with transaction.atomic():
        key = WallKey.objects.filter(hash=digest).first()
        if key is None:
            return
        same_day = key.last_used is not None and key.last_used.date() == now.date()
        WallKey.objects.filter(pk=key.pk).update(last_used=now, last_from=address)
        if not same_day or key.last_from != address:
            _note(key, "used", actor_of(key), {"address": address})


def refuse(digest: str, address: str) -> None:
    """Note that somebody came with a key from where it does not open; once an hour at the most."""
    now = real_now()
    quiet = Q(refused_at=None) | Q(refused_at__lte=now - NOTE_EVERY)
    with transaction.atomic():
        changed = WallKey.objects.filter(quiet, hash=digest, revoked_at=None)
        if changed.update(refused_at=now, refused_from=address):
            key = WallKey.objects.get(hash=digest)
            _note(key, "refused", actor_of(key), {"address": address})


def _note(key: WallKey, deed: str, by: Actor, facts: dict[str, object]) -> None:
    record(
        deed=f"walls.{deed}", by=by, subject=("walls", key.pk), region=key.region, facts=facts,
        topic=changes.TOPIC,
    )  # fmt: skip


for _verb, _title, _title_en in (
    ("made", "建立大屏令牌", "Made a wall's key"),
    ("revoked", "收回大屏令牌", "Revoked a wall's key"),
    ("used", "大屏打开", "A wall was opened"),
    ("refused", "大屏令牌从别的地址来，拒绝", "Refused a wall's key from another address"),
):
    name_deed(f"walls.{_verb}", _title, _title_en)
