"""The wall over HTTP."""

from django.http import HttpResponse, StreamingHttpResponse
from ninja import Router

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.govern.wall.selectors import wall

router = Router(tags=["指挥大屏"])


@router.get("/wall", summary="指挥大屏")
def get_wall(request: ApiRequest, region: str = "") -> HttpResponse:
    """Tell ten figures and the panels of a region; also to a screen with a wall's key."""
    return answer(wall.wall(request.actor, region))


@router.get("/wall/figures/{key}.csv", summary="导出大屏的一个数字（CSV）")
def export_figure(request: ApiRequest, key: str, region: str = "") -> StreamingHttpResponse:
    """Write the lines a figure adds up."""
    name, lines = wall.written(request.actor, key, region, request.language)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
