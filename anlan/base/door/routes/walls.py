"""Keys of walls: made, listed and revoked by the security administrator."""

from typing import Any

from ninja import Router, Schema, Status
from pydantic import AwareDatetime, Field

from anlan.base.door.asking import ApiRequest
from anlan.base.door.places import names
from anlan.base.permissions import permit
from anlan.base.permissions.gate import prefixes
from anlan.base.permissions.models import WallKey
from anlan.base.permissions.services import walls
from anlan.base.regions import scope
from anlan.kernel.errors import Missing

router = Router(tags=["tokens"])
VIEW = "walls.view"


class NewWallKey(Schema):
    """A wall's key to be made."""

    name: str = Field(max_length=64)
    region: str
    bound: str = Field(max_length=49)
    expires: AwareDatetime
    phones: bool = False


@router.get("/wall-keys", summary="Keys of walls")
def list_wall_keys(request: ApiRequest) -> dict[str, Any]:
    """List the keys of one's regions, the newest first; their text is never told again."""
    permit(request.actor, VIEW)
    rows = WallKey.objects.filter(scope.within(prefixes(request.actor, VIEW), "region"))
    return {"items": _described(list(rows[:200]))}


@router.post("/wall-keys", response={201: Any}, summary="Make a wall's key")
def make_wall_key(request: ApiRequest, given: NewWallKey) -> Status[dict[str, Any]]:
    """Make a key; `token` in the answer is its text, told this once."""
    text, row = walls.make_wall_key(**given.dict(), by=request.actor)
    return Status(201, {**_described([row])[0], "token": text})


@router.delete("/wall-keys/{key}", response={204: None}, summary="Revoke a wall's key")
def revoke_wall_key(request: ApiRequest, key: str) -> Status[None]:
    """Make a key useless at once."""
    permit(request.actor, walls.REVOKE)
    rows = WallKey.objects.filter(scope.within(prefixes(request.actor, walls.REVOKE), "region"))
    row = rows.filter(pk=key).first()
    if row is None:
        raise Missing("没有这个令牌")
    walls.revoke_wall_key(key=row, by=request.actor)
    return Status(204, None)


def _described(rows: list[WallKey]) -> list[dict[str, Any]]:
    places = names({row.region for row in rows})
    return [
        {
            "id": row.pk, "name": row.name, "region": row.region,
            "region_name": places.get(row.region, row.region), "bound": row.bound,
            "phones": row.phones, "start": row.prefix8, "created_at": row.created_at,
            "expires": row.expires, "last_used": row.last_used, "last_from": row.last_from,
            "refused_at": row.refused_at, "refused_from": row.refused_from,
            "revoked_at": row.revoked_at,
        }
        for row in rows
    ]  # fmt: skip
