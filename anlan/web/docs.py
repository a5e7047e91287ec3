"""The API's description and its reading page, without anything from outside."""

from pathlib import Path

import ninja
import orjson
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from ninja import NinjaAPI

from anlan.kernel.errors import Missing
from anlan.web.opened import open_to

#: Swagger UI comes with django-ninja.
SHELF = Path(ninja.__file__).parent / "static" / "ninja"
FILES = {
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "swagger-ui.css": "text/css; charset=utf-8",
}
START = """window.ui = SwaggerUIBundle({url: "../../v1/openapi.json", dom_id: "#docs",
  deepLinking: true, withCredentials: true, requestInterceptor: (request) => request});
"""
PAGE = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>安澜 Anlan API</title>
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="docs/shelf/swagger-ui.css"></head><body><div id="docs"></div>
<script src="docs/shelf/swagger-ui-bundle.js"></script><script src="docs/shelf/start.js"></script>
</body></html>"""


def urls(api: NinjaAPI) -> list[URLPattern]:
    """List the addresses of the description."""

    def openapi(request: HttpRequest) -> HttpResponse:
        open_to(request, "docs", "docs.view")
        schema = api.get_openapi_schema(path_prefix="/api/v1/")
        return HttpResponse(
            orjson.dumps(schema, default=str, option=orjson.OPT_NON_STR_KEYS),
            content_type="application/json",
        )

    return [
        path("api/v1/openapi.json", openapi),
        path("api/docs", page),
        path("api/docs/shelf/<str:name>", shelf),
    ]


def page(request: HttpRequest) -> HttpResponse:
    """Show the reading page."""
    open_to(request, "docs", "docs.view")
    return HttpResponse(PAGE)


def shelf(request: HttpRequest, name: str) -> HttpResponse:
    """Answer a file of the reading page."""
    open_to(request, "docs", "docs.view")
    if name == "start.js":
        return HttpResponse(START, content_type=FILES["swagger-ui-bundle.js"])
    if name not in FILES:
        raise Missing("没有这个文件")
    return HttpResponse((SHELF / name).read_bytes(), content_type=FILES[name])
