"""Accounts, as the system and the security administrator see them."""

from typing import Any

from django.db.models import Q, QuerySet
from ninja import Query, Router, Schema, Status
from pydantic import Field

from anlan.base.door import shapes
from anlan.base.door.asking import ApiRequest
from anlan.base.permissions import permit, visible
from anlan.base.permissions.models import User
from anlan.base.permissions.services import accounts
from anlan.base.regions import scope
from anlan.kernel.errors import Missing

router = Router(tags=["users"])

MOST = 200


class NewUser(Schema):
    """An account to be made."""

    username: str = Field(max_length=64)
    name: str = Field(max_length=64)
    region: str = Field("", max_length=15)
    password: str = Field("", max_length=256)
    person: str = Field("", max_length=26)


class EditedUser(Schema):
    """What is to change; absent values stay."""

    name: str | None = Field(None, max_length=64)
    region: str | None = Field(None, max_length=15)
    person: str | None = Field(None, max_length=26)


class Reason(Schema):
    """Why."""

    reason: str = Field("", max_length=200)


class Password(Schema):
    """A new password."""

    password: str = Field(max_length=256)


class Search(Schema):
    """What is looked for."""

    q: str = Field("", max_length=64)
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(50, ge=1, le=MOST)


@router.get("/users", summary="Accounts")
def list_users(request: ApiRequest, search: Query[Search]) -> dict[str, Any]:
    """List the accounts of the asker's region by name."""
    permit(request.actor, "users.view")
    found = _seen(request).order_by("username")
    if search.q:
        found = found.filter(Q(username__icontains=search.q) | Q(name__icontains=search.q))
    start = (search.page - 1) * search.size
    items = shapes.users(list(found[start : start + search.size]))
    return {"items": items, "total": found.count(), "page": search.page, "size": search.size}


@router.post("/users", response={201: Any}, summary="Make an account")
def create_user(request: ApiRequest, given: NewUser) -> Status[dict[str, Any]]:
    """Make an account without any role; the security administrator grants roles."""
    user = accounts.create_user(
        username=given.username,
        name=given.name,
        region=given.region,
        password=given.password,
        person=given.person,
        by=request.actor,
    )
    return Status(201, shapes.users([user])[0])


@router.get("/users/{user_id}", summary="One account")
def read_user(request: ApiRequest, user_id: str) -> dict[str, Any]:
    """Tell about one account."""
    return shapes.users([_one(request, user_id)])[0]


@router.patch("/users/{user_id}", summary="Change an account")
def edit_user(request: ApiRequest, user_id: str, given: EditedUser) -> dict[str, Any]:
    """Change name, region or person."""
    user = accounts.edit_user(
        user=_one(request, user_id, "users.edit"),
        by=request.actor,
        name=given.name,
        region=given.region,
        person=given.person,
    )
    return shapes.users([user])[0]


@router.post("/users/{user_id}/lock", response={204: None}, summary="Lock an account")
def lock_user(request: ApiRequest, user_id: str, given: Reason) -> Status[None]:
    """Lock an account and end its sessions."""
    user = _one(request, user_id, "users.lock")
    accounts.lock_user(user=user, by=request.actor, reason=given.reason)
    return Status(204, None)


@router.post("/users/{user_id}/unlock", response={204: None}, summary="Unlock an account")
def unlock_user(request: ApiRequest, user_id: str) -> Status[None]:
    """Unlock an account and forget its failures."""
    accounts.unlock_user(user=_one(request, user_id, "users.lock"), by=request.actor)
    return Status(204, None)


@router.post("/users/{user_id}/reset-password", response={204: None}, summary="Reset a password")
def reset_password(request: ApiRequest, user_id: str, given: Password) -> Status[None]:
    """Give a business account a new password, to be changed at the next login."""
    user = _one(request, user_id, "users.reset")
    accounts.reset_password(user=user, password=given.password, by=request.actor)
    return Status(204, None)


def _seen(request: ApiRequest) -> "QuerySet[User]":
    """Narrow to the accounts of one's region; who holds the country also sees those of none."""
    return visible(User.objects.all(), request.actor, "users.view", column="region")


def _one(request: ApiRequest, user_id: str, action: str = "users.view") -> User:
    permit(request.actor, action)
    user = _seen(request).filter(pk=user_id).first()
    if user is None:
        raise Missing("没有这个账号")
    if action != "users.view":
        permit(request.actor, action, user.region or scope.COUNTRY)
    return user
