"""OGC API - Common and Features, core part, read only: every register that lies on the map.

Source: OGC 17-069r4 (Features, Part 1: Core). Coordinates are WGS-84 longitude, latitude (CRS84).
Rights are those of the lists: a login, one's own regions, personal columns masked.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from anlan.base.basemap import selectors as basemap
from anlan.base.door.api import json_response
from anlan.base.door.auth import require
from anlan.base.door.problems import problem
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may
from anlan.base.register import features
from anlan.base.register.api.rows import query_of
from anlan.base.register.registry import REGISTERS, Register
from anlan.base.register.selectors import Query, one, rows
from anlan.kernel import clock
from anlan.kernel.errors import AnlanError, Invalid, Missing

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CONFORMS = [
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
]
GEOJSON = "application/geo+json"
LIMIT, MOST = 10, 1000
#: Query parameters of the standard; everything else filters by a column.
OWN = frozenset(("limit", "offset", "bbox", "datetime", "f"))

View = Callable[..., HttpResponse]


def _door(view: Callable[..., dict[str, Any]], *, kind: str = "application/json") -> View:
    """Give a view the asker, and its errors the form of every other error."""

    def enter(request: HttpRequest, **names: str) -> HttpResponse:
        try:
            answer = json_response(view(request, require(request).actor, **names))
        except AnlanError as error:
            return problem(request, error)
        answer["Content-Type"] = kind
        return answer

    return enter


def _links(request: HttpRequest, *pairs: tuple[str, str, str]) -> list[dict[str, str]]:
    return [
        {"rel": rel, "href": request.build_absolute_uri(path), "type": kind}
        for rel, path, kind in pairs
    ]


def _landing(request: HttpRequest, actor: Actor) -> dict[str, Any]:  # noqa: ARG001
    return {
        "title": "安澜 Anlan",
        "description": "地图上的台账 Registers on the map",
        "links": _links(
            request,
            ("self", "/ogc/", "application/json"),
            ("conformance", "/ogc/conformance", "application/json"),
            ("data", "/ogc/collections", "application/json"),
            ("service-desc", "/api/v1/openapi.json", "application/vnd.oai.openapi+json"),
        ),
    }


def _conformance(request: HttpRequest, actor: Actor) -> dict[str, Any]:  # noqa: ARG001
    return {"conformsTo": CONFORMS}


def _collections(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    seen = [one for one in features.collections() if may(actor, one.action("view"))]
    return {
        "collections": [_described(request, entry) for entry in seen],
        "links": _links(request, ("self", "/ogc/collections", "application/json")),
    }


def _collection(request: HttpRequest, actor: Actor, key: str) -> dict[str, Any]:
    return _described(request, _entry(actor, key))


def _described(request: HttpRequest, entry: Register) -> dict[str, Any]:
    path = f"/ogc/collections/{entry.key}"
    box = basemap.bounds()
    return {
        "id": entry.key,
        "title": entry.title,
        "description": entry.title_en,
        "itemType": "feature",
        "crs": [CRS84],
        "extent": {"spatial": {"bbox": [list(box)], "crs": CRS84}} if box else {},
        "links": _links(
            request, ("self", path, "application/json"), ("items", f"{path}/items", GEOJSON)
        ),
    }


def _items(request: HttpRequest, actor: Actor, key: str) -> dict[str, Any]:
    entry = _entry(actor, key)
    limit = min(_number(request, "limit", LIMIT), MOST)
    offset = _number(request, "offset", 0)
    asked = query_of(request)
    query = Query(
        bbox=asked.bbox,
        filters={name: values for name, values in asked.filters.items() if name not in OWN},
    )
    found = list(features.features(entry, actor, query, offset=offset, limit=limit))
    total = rows(entry, actor, query).order_by().count()
    path = request.get_full_path()
    links = [("self", path, GEOJSON)]
    if offset + len(found) < total:
        links.append(("next", _turned(request, offset + limit), GEOJSON))
    return {
        "type": "FeatureCollection",
        "features": found,
        "numberMatched": total,
        "numberReturned": len(found),
        "timeStamp": clock.now(),
        "links": _links(request, *links),
    }


def _item(request: HttpRequest, actor: Actor, key: str, row: str) -> dict[str, Any]:
    entry = _entry(actor, key)
    made = features.feature(entry, one(entry, actor, row))
    path = f"/ogc/collections/{key}"
    return {
        **made,
        "links": _links(
            request,
            ("self", f"{path}/items/{row}", GEOJSON),
            ("collection", path, "application/json"),
        ),
    }


def _entry(actor: Actor, key: str) -> Register:
    entry = REGISTERS.get(key)
    if entry is None or not features.mapped(entry) or not may(actor, entry.action("view")):
        raise Missing("没有这个图层")
    return entry


def _number(request: HttpRequest, name: str, default: int) -> int:
    text = str(request.GET.get(name, default))
    if not text.isdecimal() or (name == "limit" and int(text) < 1):
        raise Invalid(f"{name} 应为正整数", errors={name: ["应为正整数"]})
    return int(text)


def _turned(request: HttpRequest, offset: int) -> str:
    asked = request.GET.copy()
    asked["offset"] = str(offset)
    return f"{request.path}?{asked.urlencode()}"


landing = _door(_landing)
conformance = _door(_conformance)
collections = _door(_collections)
collection = _door(_collection)
items = _door(_items, kind=GEOJSON)
item = _door(_item, kind=GEOJSON)
