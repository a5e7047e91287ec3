"""Registers over HTTP: one set of endpoints serves every register."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Body, Router, Schema
from ninja import Query as QueryParameter

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.permissions.gate import permit
from anlan.base.register import features, selectors, services
from anlan.base.register import history as histories
from anlan.base.register.columns import by_name
from anlan.base.register.registry import REGISTERS, Register
from anlan.engines.geo import datum as datums
from anlan.kernel import clock
from anlan.kernel.errors import Invalid, Missing

router = Router(tags=["台账"])

#: Query parameters of a list that are not column filters.
MOST_FEATURES = 50_000
RESERVED = frozenset(("q", "region", "bbox", "page", "size", "sort", "retired"))


class Unmask(Schema):
    """Which masked columns to read, and why."""

    columns: list[str]
    reason: str


class Retire(Schema):
    """Why a row goes out of use."""

    reason: str = ""


def register_of(key: str) -> Register:
    """Find a register by the key in an address; `Missing` when there is none."""
    return REGISTERS[key]


def query_of(request: HttpRequest) -> selectors.Query:
    """Read a list's question from the address."""
    given = request.GET
    filters = {
        name: [part for value in given.getlist(name) for part in value.split(",")]
        for name in given
        if name not in RESERVED
    }
    return selectors.Query(
        q=given.get("q", ""),
        region=given.get("region", ""),
        bbox=_box(given.get("bbox", "")),
        filters=filters,
        sort=given.get("sort", ""),
        page=_number(given.get("page", "1"), "page"),
        size=_number(given.get("size", "50"), "size"),
        retired=given.get("retired", "0") in ("1", "true"),
    )


def _number(text: str, name: str) -> int:
    if not text.isdecimal():
        raise Invalid(f"{name} 应为正整数", errors={name: ["应为正整数"]})
    return min(int(text), 10_000_000)


def _box(text: str) -> selectors.Box | None:
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise Invalid("bbox 应为 西,南,东,北 四个数", errors={"bbox": ["格式不对"]}) from None
    return west, south, east, north


@router.get("/registers/{key}.geojson", summary="台账的 GeoJSON")
def list_features(request: ApiRequest, key: str) -> HttpResponse:
    """Give what the list would show as a GeoJSON feature collection, at most 50,000 features."""
    entry = register_of(key)
    permit(request.actor, entry.action("export"))
    if not features.mapped(entry):
        raise Missing(f"{entry.title}不在地图上")
    found = list(features.features(entry, request.actor, query_of(request), limit=MOST_FEATURES))
    told = answer({"type": "FeatureCollection", "features": found})
    told["Content-Type"] = "application/geo+json"
    return told


@router.get("/registers/{key}", summary="一页台账")
def list_rows(request: ApiRequest, key: str) -> HttpResponse:
    """List rows: `q`, `region`, `bbox`, `page`, `size`, `sort`, `retired`, and `<column>=a,b`."""
    entry = register_of(key)
    permit(request.actor, entry.action("view"))
    query = query_of(request)
    found = selectors.page(entry, request.actor, query)
    return answer(
        {
            "items": found.items,
            "total": found.total,
            "page": query.page,
            "size": query.size,
            "as_of": clock.now(),
        }
    )


@router.post("/registers/{key}", summary="新建一行", response={201: dict[str, Any]})
def create_row(request: ApiRequest, key: str, values: Body[dict[str, Any]]) -> HttpResponse:
    """Create a row from values by column name."""
    entry = register_of(key)
    saved = services.save_row(entry=entry, values=_columns(entry, values), by=request.actor)
    return answer(_detail(request, entry, saved.id), 201)


@router.get("/registers/{key}/{row_id}", summary="一行的全部内容")
def get_row(request: ApiRequest, key: str, row_id: str) -> HttpResponse:
    """Read one row."""
    return answer(_detail(request, register_of(key), row_id))


@router.patch("/registers/{key}/{row_id}", summary="修改一行")
def edit_row(
    request: ApiRequest, key: str, row_id: str, values: Body[dict[str, Any]]
) -> HttpResponse:
    """Change some columns; with `version`, only if nobody changed the row since."""
    entry = register_of(key)
    version = values.pop("version", None)
    services.save_row(
        entry=entry,
        values=_columns(entry, values),
        by=request.actor,
        row_id=row_id,
        version=version,
    )
    return answer(_detail(request, entry, row_id))


@router.delete("/registers/{key}/{row_id}", summary="停用一行", response={204: None})
def retire_row(
    request: ApiRequest, key: str, row_id: str, reason: QueryParameter[str] = ""
) -> HttpResponse:
    """Take a row out of use."""
    services.retire_row(entry=register_of(key), row_id=row_id, by=request.actor, reason=reason)
    return HttpResponse(status=204)


@router.post("/registers/{key}/{row_id}/restore", summary="恢复一行")
def restore_row(request: ApiRequest, key: str, row_id: str) -> HttpResponse:
    """Take a retired row back into use."""
    entry = register_of(key)
    services.restore_row(entry=entry, row_id=row_id, by=request.actor)
    return answer(_detail(request, entry, row_id))


@router.post("/registers/{key}/{row_id}/review", summary="重新确认一行")
def review_row(request: ApiRequest, key: str, row_id: str) -> HttpResponse:
    """Confirm that a row is still true."""
    entry = register_of(key)
    services.review_row(entry=entry, row_id=row_id, by=request.actor)
    return answer(_detail(request, entry, row_id))


@router.post("/registers/{key}/{row_id}/unmask", summary="查看遮盖的内容（留痕）")
def unmask_row(request: ApiRequest, key: str, row_id: str, wanted: Unmask) -> HttpResponse:
    """Read masked columns in clear; journalled with the reason."""
    return answer(
        services.unmask_row(
            entry=register_of(key),
            row_id=row_id,
            names=wanted.columns,
            reason=wanted.reason,
            by=request.actor,
        )
    )


@router.get("/registers/{key}/{row_id}/history", summary="一行的变更记录")
def row_history(request: ApiRequest, key: str, row_id: str) -> HttpResponse:
    """List what became of a row."""
    actor = request.actor
    return answer({"items": histories.history(register_of(key), actor, row_id)})


def _detail(request: ApiRequest, entry: Register, row_id: str) -> dict[str, Any]:
    return selectors.one(entry, request.actor, row_id)


def _columns(entry: Register, values: dict[str, Any]) -> dict[str, Any]:
    """Take the datum of a picked point off the values and convert the point at the door."""
    datum = values.pop("datum", "wgs84")
    lon, lat = values.get("lon"), values.get("lat")
    if datum != "wgs84" and isinstance(lon, int | float) and isinstance(lat, int | float):
        values["lon"], values["lat"] = datums.to_wgs84(lon, lat, datum)
    unknown = [name for name in values if name not in by_name(entry)]
    # Unknown fields of a message are ignored, as contracts promise; a form never sends them.
    return {name: value for name, value in values.items() if name not in unknown}
