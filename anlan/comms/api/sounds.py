"""Recordings that loudspeakers fetch."""

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from ninja import Router

from anlan.comms.sounds import KINDS, find_sound

router = Router(tags=["消息"])


@router.get("/comms/sounds/{told}", auth=None, summary="大喇叭取录音")
def get_sound(request: HttpRequest, told: str) -> HttpResponseBase:
    """Let a device fetch a recording by the address it was told, for as long as that lasts."""
    path = find_sound(told)
    return FileResponse(path.open("rb"), content_type=KINDS[path.suffix])
