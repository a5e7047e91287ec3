"""The one map over HTTP: layers of what happens, what is around a place, saved views."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router, Schema

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.govern.atlas import services
from anlan.govern.atlas.selectors import buffers, here, layers, views
from anlan.govern.atlas.selectors.drawn import Asked
from anlan.kernel.errors import Invalid

router = Router(tags=["一张图"])


class Around(Schema):
    """A WGS-84 place and how far around it."""

    lon: float
    lat: float
    radius_m: float = 1000.0


class Widen(Schema):
    """A drawn shape (GeoJSON, WGS-84) and by how many metres it is to be widened."""

    shape: dict[str, Any]
    metres: float


class ViewIn(Schema):
    """A view to be saved: what the address of the page says after its question mark."""

    name: str
    query: str
    shared: bool = False


@router.get("/map/layers", summary="一张图的图层")
def list_layers(request: ApiRequest) -> HttpResponse:
    """List the layers of what happens, and how many rows the registers' layers hold."""
    return answer(layers.listed(request.actor))


@router.get("/map/layers/{key}.geojson", summary="一个图层的要素")
def get_layer(
    request: ApiRequest, key: str, region: str = "", at: datetime | None = None
) -> HttpResponse:
    """Read a layer of what happens, now or as it was; with its count and why it is empty."""
    if at is not None and at.tzinfo is None:
        raise Invalid("时间应带时区", errors={"at": ["应带时区"]})
    return answer(layers.read(key, Asked(request.actor, region, at, request.language)))


@router.get("/map/here", summary="这里有什么")
def tell_here(request: ApiRequest, around: Query[Around]) -> HttpResponse:
    """Tell the regions a place lies in, who answers for it, and what stands near.

    While people of a region are being called, their numbers are told in clear to whoever may see
    them; that is noted once.
    """
    told = here.here(request.actor, around.lon, around.lat, around.radius_m)
    clear = services.show_called(responsible=told["responsible"], by=request.actor)
    for one in told["responsible"]:
        if one["phone"] and one["phone"]["id"] in clear:
            one["phone"] = {**one["phone"], "clear": clear[one["phone"]["id"]]}
    return answer(told)


@router.post("/map/buffer", summary="按距离外扩一个图形")
def widen_shape(request: ApiRequest, given: Widen) -> HttpResponse:
    """Answer the area within so many metres of a line, a point or an area; nothing is stored."""
    return answer(buffers.widened(request.actor, given.shape, given.metres))


@router.get("/map/views", summary="保存的视图")
def list_views(request: ApiRequest) -> HttpResponse:
    """List saved views: one's own, and those shared in one's region."""
    return answer({"items": views.views(request.actor)})


@router.post("/map/views", summary="保存视图", response={201: dict[str, Any]})
def save_view(request: ApiRequest, given: ViewIn) -> HttpResponse:
    """Save a view under a name; one of the same name is replaced."""
    view = services.save_view(
        name=given.name, query=given.query, shared=given.shared, by=request.actor
    )
    return answer({"id": view, "items": views.views(request.actor)}, 201)


@router.delete("/map/views/{view}", summary="删除视图", response={204: None})
def remove_view(request: ApiRequest, view: str) -> HttpResponse:
    """Remove one of one's own views."""
    services.remove_view(view=view, by=request.actor)
    return HttpResponse(status=204)
