"""The HTTP API, assembled: one gatekeeper, one reader, one writer, one place for errors."""

import importlib
import importlib.util
from collections.abc import Iterable
from typing import Any, cast

import orjson
from django.apps import apps
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from anlan.base.door.auth import require
from anlan.base.door.problems import problem
from anlan.base.door.routes import (
    journal,
    region_lists,
    regions,
    roles,
    session,
    stuck,
    tokens,
    users,
    walls,
)
from anlan.kernel.errors import Invalid

TITLE = "安澜 Anlan"


class Reader(Parser):
    """Reads JSON bodies; refuses NUL, which PostgreSQL cannot hold."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Read the whole body; `Invalid` when it is no JSON."""
        body = request.body
        if b"\\u0000" in body:
            raise Invalid("文字中有不可用的字符")
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise Invalid("请求内容不是有效的 JSON") from error


class Writer(BaseRenderer):
    """Writes JSON with orjson; times in UTC with their offset."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> Any:  # noqa: ARG002
        """Write one answer."""
        return dump(data)


def dump(data: Any) -> bytes:
    """Write JSON as the API does."""
    return orjson.dumps(data, default=_plain)


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump()
    return str(value)


def json_response(data: Any, status: int = 200) -> HttpResponse:
    """Answer with JSON, past the API's schema check: for lists that are already plain."""
    return HttpResponse(dump(data), status=status, content_type="application/json; charset=utf-8")


def make_api(routers: Iterable[Router], *, version: str) -> NinjaAPI:
    """Build the API from the routers of the modules."""
    api = NinjaAPI(
        title=TITLE,
        version=version,
        auth=require,
        parser=Reader(),
        renderer=Writer(),
        docs_url=None,
        openapi_url=None,
        urls_namespace="api",
    )
    for router in routers:
        api.add_router("", router)
    for kind in (Exception, Http404, HttpError, ValidationError):
        api.add_exception_handler(kind, cast(Any, problem))
    return api


def routers() -> list[Router]:
    """Collect the door's own routers and those of every app's ``api`` module, in their order.

    A module offers ``router``, or ``routers`` where one address must be tried before another.
    """
    found: list[Router] = [
        session.router,
        users.router,
        roles.router,
        tokens.router,
        walls.router,
        regions.router,
        region_lists.router,
        journal.router,
        stuck.router,
    ]
    for config in apps.get_app_configs():
        name = f"{config.name}.api"
        if importlib.util.find_spec(name) is None:
            continue
        module = importlib.import_module(name)
        found += getattr(module, "routers", None) or [module.router]
    return found
