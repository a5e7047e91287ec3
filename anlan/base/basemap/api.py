"""Vector tiles over HTTP."""

import gzip

from django.http import HttpResponse
from ninja import Router

from anlan.base.basemap import tiles
from anlan.base.door.asking import ApiRequest
from anlan.base.door.caching import tag_of, tagged, unchanged
from anlan.engines.geo.tiles import Tile

router = Router(tags=["map"])

MVT = "application/vnd.mapbox-vector-tile"


@router.get("/tiles/{layer}/{int:z}/{int:x}/{int:y}.mvt", summary="A vector tile")
def get_tile(request: ApiRequest, layer: str, z: int, x: int, y: int) -> HttpResponse:
    """Answer a Mapbox vector tile of a layer, of what the asker may see; 204 when it is empty."""
    shown = tiles.layer_for(request.actor, layer)
    view = shown.view(request.actor)
    drawn = tiles.tile(shown, Tile(z, x, y), view)
    tag = tag_of(layer, z, x, y, view, drawn.stamp)
    same = unchanged(request, tag) if drawn.stamp else None
    if same is not None:
        return same
    response = _answer(request, drawn.body)
    return tagged(response, tag) if drawn.stamp else response


def _answer(request: ApiRequest, body: bytes) -> HttpResponse:
    if not body:
        return HttpResponse(status=204)
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(gzip.decompress(body), content_type=MVT)
    response = HttpResponse(body, content_type=MVT)
    response["Content-Encoding"] = "gzip"
    response["Vary"] = "Accept-Encoding"
    return response
