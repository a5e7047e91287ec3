"""Roles: the table, who holds what, and what is lent (代理)."""

from typing import Any

from django.db.models import Q
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime, Field

from anlan.base.door import shapes
from anlan.base.door.asking import ApiRequest
from anlan.base.permissions import condition, may, permit, rights, visible
from anlan.base.permissions.models import Delegation, Grant, User
from anlan.base.permissions.services import grants
from anlan.base.permissions.services.sessions import normal_username
from anlan.kernel import clock
from anlan.kernel.errors import Invalid, Missing

router = Router(tags=["roles"])


class NewGrant(Schema):
    """A role to be given; `region` is a code, the whole country is twelve zeros."""

    user: str = Field(max_length=26)
    role: str = Field(max_length=32)
    region: str = Field(max_length=15)
    valid_from: AwareDatetime | None = None
    until: AwareDatetime | None = None


class NewDelegation(Schema):
    """A role to be lent to an account, by its username."""

    taker: str = Field(max_length=64)
    role: str = Field(max_length=32)
    region: str = Field(max_length=15)
    starts: AwareDatetime | None = None
    until: AwareDatetime
    reason: str = Field("", max_length=200)


class Wanted(Schema):
    """Whose grants."""

    user: str = Field("", max_length=26)


@router.get("/roles", summary="The roles there are")
def list_roles(request: ApiRequest) -> dict[str, Any]:
    """List the roles with their titles and what they may do."""
    shown = [
        {
            "role": role.key,
            "title": role.title,
            "title_en": role.title_en,
            "administrator": role.is_administrator,
            "delegable": role.delegable,
            "may": role.may if may(request.actor, "grants.view") else (),
        }
        for role in rights.table().roles.values()
    ]
    return {"items": shown}


@router.get("/grants", summary="Who holds what")
def list_grants(request: ApiRequest, wanted: Query[Wanted]) -> dict[str, Any]:
    """List the grants in the asker's region."""
    permit(request.actor, "grants.view")
    found = _seen_grants(request).order_by("-at", "-id")
    if wanted.user:
        found = found.filter(user=wanted.user)
    return {"items": shapes.grants(list(found[:1000]))}


@router.post("/grants", response={201: Any}, summary="Give a role")
def give_grant(request: ApiRequest, given: NewGrant) -> Status[dict[str, Any]]:
    """Give a role over a region."""
    permit(request.actor, "grants.edit")
    seen = visible(User.objects.all(), request.actor, "grants.edit", column="region")
    user = seen.filter(pk=given.user).first()
    if user is None:
        raise Invalid("没有这个账号", errors={"user": ["没有这个账号"]})
    term = grants.Term(given.valid_from, given.until)
    row = grants.give_grant(
        user=user, role=given.role, region=given.region, by=request.actor, term=term
    )
    return Status(201, shapes.grant(row))


@router.delete("/grants/{grant_id}", response={204: None}, summary="Take a role back")
def take_grant(request: ApiRequest, grant_id: str) -> Status[None]:
    """Take a role back."""
    permit(request.actor, "grants.edit")
    row = _seen_grants(request).select_related("user").filter(pk=grant_id).first()
    if row is None:
        raise Missing("没有这项授权")
    grants.take_grant(grant=row, by=request.actor)
    return Status(204, None)


@router.get("/delegations", summary="What is lent")
def list_delegations(request: ApiRequest) -> dict[str, Any]:
    """List what the asker lent and was lent, and for the security administrator all of it."""
    own = Q(giver=request.actor.user_id) | Q(taker=request.actor.user_id)
    found = Delegation.objects.filter(own | _delegation_scope(request))
    found = found.select_related("giver", "taker").order_by("-starts", "-id")
    rows = shapes.delegations(list(found[:1000]))
    now = clock.now()
    for row in rows:
        row["active"] = row["revoked_at"] is None and row["starts"] <= now < row["until"]
    return {"items": rows}


@router.post("/delegations", response={201: Any}, summary="Lend a role")
def delegate(request: ApiRequest, given: NewDelegation) -> Status[dict[str, Any]]:
    """Lend one of one's own roles until a time."""
    permit(request.actor, "delegations.give")
    taker = User.objects.filter(username=normal_username(given.taker)).first()
    if taker is None:
        raise Invalid("没有这个账号", errors={"taker": ["没有这个账号"]})
    term = grants.Term(given.starts, given.until)
    row = grants.delegate(
        taker=taker, role=given.role, region=given.region, term=term, by=request.actor,
        reason=given.reason,
    )  # fmt: skip
    return Status(201, shapes.delegations([row])[0])


@router.delete("/delegations/{delegation_id}", response={204: None}, summary="Take back")
def revoke_delegation(request: ApiRequest, delegation_id: str) -> Status[None]:
    """Take back what was lent."""
    own = Q(giver=request.actor.user_id) | _delegation_scope(request)
    row = Delegation.objects.filter(own, pk=delegation_id).select_related("taker").first()
    if row is None:
        raise Missing("没有这项代理")
    grants.revoke_delegation(lent=row, by=request.actor)
    return Status(204, None)


def _seen_grants(request: ApiRequest) -> Any:
    """Narrow grants to those over regions at or below one's own."""
    return visible(Grant.objects.all(), request.actor, "grants.view", column="prefix")


def _delegation_scope(request: ApiRequest) -> Q:
    if not may(request.actor, "delegations.view"):
        return Q(pk__in=())
    wanted = condition(request.actor, "delegations.view", column="prefix")
    return Q() if wanted is None else wanted or Q(pk__in=())
