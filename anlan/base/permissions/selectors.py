"""Questions about accounts: who a user is as an actor, and what stands in the lists."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db import connection
from django.db.models import Q

from anlan.base.permissions import rights
from anlan.base.permissions.actor import Actor, Holding, system
from anlan.base.permissions.gate import may
from anlan.base.permissions.models import Delegation, Grant, User
from anlan.kernel import clock
from anlan.kernel.errors import Missing


def actor_of(user: User, *, via: str = "session") -> Actor:
    """Resolve a user to an actor: own grants, and what was lent to them (two queries).

    Ends and beginnings are kept in the holdings, so an actor may be kept for a while. A locked
    account holds nothing.
    """
    return _actor(user, _held([user.id]) if user.is_active else {}, via)


def actors() -> list[Actor]:
    """Resolve all accounts that are not locked; at most four queries, whatever their number."""
    held = _held(None)
    return [_actor(user, held, "session") for user in User.objects.filter(is_active=True)]


def _actor(user: User, held: Mapping[str, Collection[Holding]], via: str) -> Actor:
    return Actor(
        ref=f"user:{user.id}",
        user_id=user.id,
        name=user.name,
        roles=tuple(held.get(user.id, ())),
        region=user.region,
        person=user.person,
        via=via,
    )


def epoch() -> int:
    """Read how often anything about accounts changed; one small query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count FROM permissions_epoch WHERE id = 1")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def holders(role: str, code: str = "") -> list[str]:
    """List the users granted a role whose region holds `code` ("" for any region)."""
    now = clock.now()
    rows = Grant.objects.filter(role=role, user__is_active=True).filter(_in_force(now))
    return [user for user, prefix in rows.values_list("user_id", "prefix") if _holds(prefix, code)]


def _holds(prefix: str, code: str) -> bool:
    return not code or code.startswith(prefix)


def _in_force(now: datetime) -> Q:
    return (Q(valid_from=None) | Q(valid_from__lte=now)) & (Q(until=None) | Q(until__gt=now))


def _held(users: Collection[str] | None) -> dict[str, list[Holding]]:
    """List what these users hold (None: all), their own before what was lent to them."""
    held: dict[str, list[Holding]] = defaultdict(list)
    grants = Grant.objects.all() if users is None else Grant.objects.filter(user__in=users)
    rows = grants.values_list("user_id", "role", "prefix", "valid_from", "until")
    for user, role, prefix, since, until in rows.order_by("role", "prefix"):
        held[user].append(Holding(role, prefix, since=since, until=until))
    for user, holding in _lent(users):
        held[user].append(holding)
    return held


def _lent(users: Collection[str] | None) -> Iterable[tuple[str, Holding]]:
    """List what others lent these users and still hold; nobody lends what was lent to them."""
    rows = Delegation.objects.filter(
        revoked_at=None, until__gt=clock.now(), giver__is_active=True
    ).values_list("taker_id", "giver_id", "role", "prefix", "starts", "until")
    lent = list(rows if users is None else rows.filter(taker__in=users))
    if not lent:
        return []
    own: dict[tuple[str, str], list[Holding]] = {}
    grants = Grant.objects.filter(user__in={row[1] for row in lent})
    for giver, role, prefix, since, until in grants.values_list(
        "user_id", "role", "prefix", "valid_from", "until"
    ):
        own.setdefault((giver, role), []).append(Holding(role, prefix, until, since))
    return [
        (
            taker,
            Holding(role, prefix, since=starts, until=_earlier(until, base.until), giver=giver),
        )
        for taker, giver, role, prefix, starts, until in lent
        for base in own.get((giver, role), ())
        if prefix.startswith(base.prefix)
    ]


def _earlier(one: datetime, other: datetime | None) -> datetime:
    return one if other is None else min(one, other)


def is_administrator(user: User) -> bool:
    """Tell whether a user is one of the three administrators."""
    return Grant.objects.filter(user=user, role__in=rights.ADMINISTRATORS).exists()


def has_administrators() -> bool:
    """Tell whether each of the three is held by an account that can log in."""
    held = Grant.objects.filter(role__in=rights.ADMINISTRATORS, user__is_active=True)
    return set(held.values_list("role", flat=True)) == set(rights.ADMINISTRATORS)


def rights_of(actor: Actor) -> list[str]:
    """List every action the actor may do anywhere, for a face that hides what is refused."""
    return [action for action in rights.actions() if may(actor, action)]


def actor_by_ref(ref: str) -> Actor:
    """Resolve who asked for a job, with the rights they hold now; `Missing` for a lost account."""
    kind, _, key = ref.partition(":")
    if kind == "system":
        return system(key)
    user = User.objects.filter(pk=key).first() if kind == "user" else None
    if user is None:
        raise Missing("提出这项工作的账号已不存在")
    return actor_of(user)


def names_of(refs: Iterable[str]) -> dict[str, str]:
    """Name the actors the journal refers to, in one query; the platform and the public too."""
    wanted = set(refs)
    users = {ref[5:] for ref in wanted if ref.startswith("user:")}
    named = {
        f"user:{pk}": name
        for pk, name in User.objects.filter(pk__in=users).values_list("pk", "name")
    }
    for ref in wanted - named.keys():
        kind, _, key = ref.partition(":")
        named[ref] = {
            "system": f"系统（{key}）", "public": "公众", "link": "短信链接", "reply": "短信回复",
            "wall": "大屏",
        }.get(kind, ref)  # fmt: skip
    return named
