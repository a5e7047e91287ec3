"""Observations over HTTP: relayed to the ingest process as they came, answered when durable.

The web server takes requests that carry an ``Authorization`` header past Django
(`anlan.project.server.relaying`), so that hundreds may wait for the disk at once; a browser's own
come here. Both are answered alike.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from anlan.base.door.asking import ApiRequest
from anlan.base.door.auth import require
from anlan.base.door.problems import answer as refusal
from anlan.kernel import workspace
from anlan.protocols.observations import media
from anlan.sense.relay import Ask
from anlan.sense.relay.calling import Caller
from anlan.sense.selectors.identities import sender

router = Router(tags=["监测"])


def _known(request: HttpRequest) -> Any:
    """Let the ingest process look at keys and tokens; a browser's session is looked at here."""
    return bool(request.META.get("HTTP_AUTHORIZATION")) or require(request)


_OBSERVATION: dict[str, Any] = {
    "type": "object",
    "required": ["stream", "time", "value"],
    "properties": {
        "stream": {"type": "string", "description": "监测项编码"},
        "time": {"type": "string", "format": "date-time", "description": "带时区"},
        "value": {"type": "number"},
        "unit": {"type": "string", "description": "不写为监测项登记的上报单位"},
    },
}
_BATCH: dict[str, Any] = {
    "type": "object",
    "required": ["observations"],
    "properties": {"observations": {"type": "array", "items": _OBSERVATION}},
}
_RECEIPT: dict[str, Any] = {
    "type": "object",
    "required": ["accepted", "duplicates", "rejected"],
    "properties": {
        "accepted": {"type": "integer"},
        "duplicates": {"type": "integer"},
        "rejected": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["index", "reason"],
                "properties": {"index": {"type": "integer"}, "reason": {"type": "string"}},
            },
        },
    },
}
_SAID: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            media.JSON: {"schema": _BATCH},
            media.NDJSON: {"schema": _OBSERVATION},
            media.CSV: {"schema": {"type": "string", "example": "stream,time,value\n"}},
            media.ARROW: {"schema": {"type": "string", "format": "binary"}},
        },
    },
    "responses": {
        200: {"description": "已落盘", "content": {media.JSON: {"schema": _RECEIPT}}},
        400: {"description": "内容无法读取"},
        401: {"description": "密钥或令牌无效"},
        403: {"description": "没有上报权限"},
        413: {"description": "太大，请分批"},
        415: {"description": "不支持这种内容类型"},
        503: {"description": "接入服务暂时不可用，按 Retry-After 重发"},
    },
}


@router.post(
    "/sense/observations", summary="上报观测值", auth=_known, openapi_extra=_SAID, response=None
)
def post_observations(request: ApiRequest) -> HttpResponse:
    """Store observations; 200 only once they are durable. Each bad one is rejected by itself.

    ``Authorization: Device ID:KEY`` writes a device's own streams, ``Bearer TOKEN`` those of the
    user's regions.
    """
    header = str(request.META.get("HTTP_AUTHORIZATION", ""))
    kind = str(request.META.get("CONTENT_TYPE", ""))
    if header:
        ask = Ask("observations", authorization=header, content_type=kind)
    else:
        who = sender(request.actor)
        numbers = None if who.numbers is None else sorted(who.numbers)
        ask = Ask("vouched", content_type=kind, ref=who.ref, numbers=numbers)
    with Caller(workspace.current().dir) as caller:
        caller.send(ask, request.body)
        answer, told = caller.receive()
    if answer.status == 200:
        response = HttpResponse(told, content_type="application/json; charset=utf-8")
    else:
        response = refusal(request, answer.status, answer.code, detail=answer.detail)
    for name, value in answer.headers.items():
        response[name] = value
    return response
