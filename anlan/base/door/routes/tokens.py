"""One's own API tokens."""

from datetime import datetime
from typing import Any

from ninja import Router, Schema, Status
from pydantic import AwareDatetime, Field

from anlan.base.door import shapes
from anlan.base.door.asking import ApiRequest
from anlan.base.permissions import permit
from anlan.base.permissions.models import Token, User
from anlan.base.permissions.services import tokens
from anlan.kernel.errors import Missing

router = Router(tags=["tokens"])


class NewToken(Schema):
    """A token to be made."""

    name: str = Field("", max_length=64)
    expires: AwareDatetime | None = None


@router.get("/tokens", summary="My tokens")
def list_tokens(request: ApiRequest) -> dict[str, Any]:
    """List one's own tokens; their text is shown only once, when they are made."""
    permit(request.actor, "tokens.own")
    rows = Token.objects.filter(user=request.actor.user_id).order_by("-id")
    return {"items": shapes.tokens(list(rows[:200]))}


@router.post("/tokens", response={201: Any}, summary="Make a token")
def create_token(request: ApiRequest, given: NewToken) -> Status[dict[str, Any]]:
    """Make a token; `token` in the answer is its text, told this once."""
    permit(request.actor, "tokens.own")
    user = User.objects.get(pk=request.actor.user_id)
    expires: datetime | None = given.expires
    text, row = tokens.create_token(user=user, name=given.name, expires=expires, by=request.actor)
    return Status(201, {**shapes.tokens([row])[0], "token": text})


@router.delete("/tokens/{token_id}", response={204: None}, summary="Revoke a token")
def revoke_token(request: ApiRequest, token_id: str) -> Status[None]:
    """Make one's own token useless."""
    row = Token.objects.filter(pk=token_id, user=request.actor.user_id).first()
    if row is None:
        raise Missing("没有这个令牌")
    tokens.revoke_token(token=row, by=request.actor)
    return Status(204, None)
