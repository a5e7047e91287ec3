"""Sources over HTTP: the list with staleness, one source whole, and what a person may do."""

from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema, Status
from pydantic import AwareDatetime, Field

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.permissions import may, permit
from anlan.gateways.sources import example, selectors, services
from anlan.kernel import clock

router = Router(tags=["sources"])


class Given(Schema):
    """A declaration, as the text of its file or as the fields of a form."""

    text: str | None = Field(None, max_length=512 * 1024)
    fields: dict[str, Any] | None = None


class Written(Given):
    """A declaration to be kept."""

    #: Of the text the writer began from; "" makes a new source.
    version: str = ""


class Tried(Given):
    """A declaration to be tried; neither text nor fields: the one that is kept."""

    key: str = Field(max_length=40)


class Switched(Schema):
    """Why it is switched."""

    reason: str = Field("", max_length=200)


class Again(Schema):
    """From when on all is to be asked for once more; without it only what is new."""

    since: AwareDatetime | None = None


class Secret(Schema):
    """A secret to be kept."""

    value: str = Field(max_length=8192)


@router.get("/sense/sources", summary="数据来源列表")
def list_sources(request: ApiRequest) -> HttpResponse:
    """List the sources of the asker's regions, the worst first."""
    permit(request.actor, "sources.view")
    items = [asdict(one) for one in selectors.sources(request.actor)]
    return answer(
        {
            "items": items,
            "may_create": may(request.actor, "sources.edit"),
            "as_of": clock.now(),
        }
    )


@router.get("/sense/source-template", summary="数据来源配置样例")
def get_template(request: ApiRequest) -> HttpResponse:
    """Give a complete example to begin a new declaration from."""
    permit(request.actor, "sources.edit")
    return answer({"text": example.text(), "fields": example.fields()})


@router.post("/sense/sources/check", summary="试取一次")
def check_source(request: ApiRequest, given: Tried) -> HttpResponse:
    """Ask once and show the mapped rows and the rejected ones; nothing is stored."""
    if given.text is None and given.fields is None:
        given.text = selectors.source(request.actor, given.key).text
    declared, _ = services.read_source(key=given.key, text=given.text, fields=given.fields)
    return answer(asdict(services.try_source(declaration=declared, by=request.actor)))


@router.get("/sense/sources/{key}", summary="一个数据来源")
def get_source(request: ApiRequest, key: str) -> HttpResponse:
    """Read one source: its text and fields, its last tries, what it refused."""
    permit(request.actor, "sources.view")
    return answer(asdict(selectors.source(request.actor, key)))


@router.put("/sense/sources/{key}", summary="编写数据来源")
def put_source(request: ApiRequest, key: str, given: Written) -> HttpResponse:
    """Write a declaration, new with `version` "". 422 names every wrong line or field."""
    permit(request.actor, "sources.edit")
    _, text = services.read_source(key=key, text=given.text, fields=given.fields)
    services.edit_source(key=key, text=text, version=given.version, by=request.actor)
    return answer(asdict(selectors.source(request.actor, key)), 200 if given.version else 201)


@router.post("/sense/sources/{key}/on", summary="启用数据来源")
def switch_on(request: ApiRequest, key: str, given: Switched) -> HttpResponse:
    """Switch a source on; it is asked within a second."""
    selectors.source(request.actor, key)
    services.switch_source(key=key, on=True, reason=given.reason, by=request.actor)
    return answer(asdict(selectors.source(request.actor, key)))


@router.post("/sense/sources/{key}/off", summary="停用数据来源")
def switch_off(request: ApiRequest, key: str, given: Switched) -> HttpResponse:
    """Switch a source off, with the reason."""
    selectors.source(request.actor, key)
    services.switch_source(key=key, on=False, reason=given.reason, by=request.actor)
    return answer(asdict(selectors.source(request.actor, key)))


@router.post("/sense/sources/{key}/again", response={204: None}, summary="立即或重新取数")
def ask_again(request: ApiRequest, key: str, given: Again) -> Status[None]:
    """Have it pulled at once; all since a moment once more, stored as back-fill."""
    selectors.source(request.actor, key)
    services.ask_again(key=key, since=given.since, by=request.actor)
    return Status(204, None)


@router.get("/sense/source-secrets", summary="已保存的来源密码")
def list_secrets(request: ApiRequest) -> HttpResponse:
    """Name the secrets that are kept and when each was written; never what they are."""
    permit(request.actor, "sources.edit")
    kept = selectors.secrets(request.actor)
    return answer({"items": [{"name": name, "written_at": at} for name, at in kept]})


@router.put("/sense/source-secrets/{name}", response={204: None}, summary="保存来源密码")
def put_secret(request: ApiRequest, name: str, given: Secret) -> Status[None]:
    """Keep a secret; a declaration names it as ``file:NAME``. It cannot be read back."""
    services.keep_secret(name=name, value=given.value, by=request.actor)
    return Status(204, None)
