"""Device keys and maintenance over HTTP."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.permissions.gate import permit
from anlan.kernel import clock
from anlan.kernel.errors import Invalid
from anlan.sense.selectors import keys, pages
from anlan.sense.services import keys as key_deeds
from anlan.sense.services import maintenance as deeds

router = Router(tags=["监测设备"])


class NewKey(Schema):
    """A key to make: for a gateway's streams, or for the streams named by id."""

    name: str
    gateway: str | None = None
    streams: list[str] = []
    region: str = ""
    expires: datetime | None = None


class NewWork(Schema):
    """Maintenance to announce, of a station, a stream or a gateway."""

    station: str | None = None
    stream: str | None = None
    gateway: str | None = None
    starts: datetime
    ends: datetime
    reason: str = ""


@router.get("/sense/device-keys", summary="设备密钥列表")
def list_keys(request: ApiRequest) -> HttpResponse:
    """List device keys; their secrets are nowhere."""
    permit(request.actor, keys.VIEW)
    return answer({"items": keys.listed(request.actor), "as_of": clock.now()})


@router.post("/sense/device-keys", summary="建立设备密钥", response={201: dict[str, Any]})
def create_key(request: ApiRequest, given: NewKey) -> HttpResponse:
    """Make a key; the secret is in this answer and never again."""
    made = key_deeds.create_key(
        name=given.name, gateway=given.gateway, streams=given.streams, expires=given.expires,
        by=request.actor,
    )  # fmt: skip
    return answer({"id": made.key.pk, "secret": made.secret, "start": made.key.start}, 201)


@router.post("/sense/device-keys/{key}/revoke", summary="收回设备密钥", response={204: None})
def revoke_key(request: ApiRequest, key: str) -> HttpResponse:
    """Make a key useless at once."""
    key_deeds.revoke_key(key=key, by=request.actor)
    return HttpResponse(status=204)


@router.get("/sense/maintenance", summary="检修列表")
def list_maintenance(request: ApiRequest, past: bool = False) -> HttpResponse:
    """List maintenance that runs or is announced; with `past` what is over too."""
    permit(request.actor, "maintenance.view")
    return answer({"items": pages.windows(request.actor, past=past), "as_of": clock.now()})


@router.post("/sense/maintenance", summary="登记检修", response={201: dict[str, Any]})
def announce(request: ApiRequest, given: NewWork) -> HttpResponse:
    """Announce maintenance: until its end its values raise no alarm."""
    targets = {"stream": given.stream, "station": given.station, "gateway": given.gateway}
    named = [(of, thing) for of, thing in targets.items() if thing]
    if not named:
        raise Invalid("请选择检修对象", errors={"station": ["请选择测站、监测项或网关"]})
    of, thing = named[0]
    work = deeds.Work(of=of, thing=thing, starts=given.starts, ends=given.ends, reason=given.reason)
    return answer({"id": deeds.announce_maintenance(work=work, by=request.actor)}, 201)


@router.post("/sense/maintenance/{maintenance}/end", summary="结束检修", response={204: None})
def end(request: ApiRequest, maintenance: str) -> HttpResponse:
    """End maintenance before its time, or take back what has not begun."""
    deeds.end_maintenance(maintenance=maintenance, by=request.actor)
    return HttpResponse(status=204)
