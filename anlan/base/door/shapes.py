"""How accounts look in answers."""

from collections.abc import Iterable, Sequence
from typing import Any

from anlan.base.door.places import names
from anlan.base.permissions import Actor, rights
from anlan.base.permissions.models import Delegation, Grant, Refusal, Token, User
from anlan.base.regions import scope
from anlan.kernel.clock import real_now


def held_roles(actor: Actor) -> list[dict[str, Any]]:
    """Describe the roles an actor holds now, what was lent included."""
    held = [h for h in actor.roles if h.holds() and h.role in rights.table().roles]
    places = names(scope.pad(h.prefix) for h in held)
    givers = _names_of(h.giver for h in held)
    return [
        {
            **_role(h.role, h.prefix, places),
            "until": h.until,
            "giver_name": givers.get(h.giver),
        }
        for h in held
    ]


def grant(row: Grant) -> dict[str, Any]:
    """Describe one grant."""
    return grants([row])[0]


def grants(rows: Sequence[Grant]) -> list[dict[str, Any]]:
    """Describe grants."""
    places = names(scope.pad(row.prefix) for row in rows)
    return [
        {
            "id": row.id,
            "user": row.user_id,
            **_role(row.role, row.prefix, places),
            "valid_from": row.valid_from,
            "until": row.until,
            "at": row.at,
        }
        for row in rows
    ]


def delegations(rows: Sequence[Delegation]) -> list[dict[str, Any]]:
    """Describe what was lent; rows come with giver and taker."""
    places = names(scope.pad(row.prefix) for row in rows)
    return [
        {
            "id": row.id,
            "giver": row.giver_id,
            "giver_name": row.giver.name,
            "taker": row.taker_id,
            "taker_name": row.taker.name,
            **_role(row.role, row.prefix, places),
            "starts": row.starts,
            "until": row.until,
            "reason": row.reason,
            "revoked_at": row.revoked_at,
        }
        for row in rows
    ]


def users(rows: Sequence[User]) -> list[dict[str, Any]]:
    """Describe accounts with their grants."""
    held: dict[str, list[Grant]] = {}
    for row in Grant.objects.filter(user__in=rows).order_by("role", "prefix"):
        held.setdefault(row.user_id, []).append(row)
    locks = _locks(rows)
    places = names(row.region for row in rows)
    return [
        {
            "id": row.id,
            "username": row.username,
            "name": row.name,
            "region": row.region,
            "region_name": places.get(row.region, ""),
            "person": row.person,
            "is_active": row.is_active,
            "locked_until": locks.get(row.username),
            "must_change_password": row.must_change,
            "totp": bool(row.totp),
            "created_at": row.created_at,
            "last_login": row.last_login,
            "roles": grants(held.get(row.id, [])),
        }
        for row in rows
    ]


def tokens(rows: Sequence[Token]) -> list[dict[str, Any]]:
    """Describe tokens; their text is nowhere."""
    return [
        {
            "id": row.id,
            "name": row.name,
            "start": row.prefix8,
            "created_at": row.created_at,
            "expires": row.expires,
            "last_used": row.last_used,
            "revoked_at": row.revoked_at,
        }
        for row in rows
    ]


def _role(key: str, prefix: str, places: dict[str, str]) -> dict[str, Any]:
    known = rights.table().roles.get(key)
    code = scope.pad(prefix)
    return {
        "role": key,
        "title": known.title if known else key,
        "title_en": known.title_en if known else key,
        "region": code,
        "region_name": places.get(code, code),
    }


def _names_of(ids: Iterable[str]) -> dict[str, str]:
    wanted = {pk for pk in ids if pk}
    if not wanted:
        return {}
    return dict(User.objects.filter(pk__in=wanted).values_list("pk", "name"))


def _locks(rows: Sequence[User]) -> dict[str, Any]:
    found = Refusal.objects.filter(
        key__in=[f"user:{row.username}"[:80] for row in rows], locked_until__gt=real_now()
    )
    return {row.key.removeprefix("user:"): row.locked_until for row in found}
