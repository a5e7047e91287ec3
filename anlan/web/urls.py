"""Addresses outside the API, and the pages of the application under all others."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path
from ninja import NinjaAPI

from anlan.base.door.routes.journal import print_case
from anlan.base.obligations.phone import phone_page
from anlan.base.obligations.phone_queue import queue_script
from anlan.base.obligations.phone_tasks import tasks_page
from anlan.base.register import ogc
from anlan.respond.evacuation.phone import roll_page
from anlan.respond.evacuation.phone_shelters import shelters_page
from anlan.respond.incidents.phone import report_page
from anlan.web import docs
from anlan.web.counters import metrics
from anlan.web.health import healthz
from anlan.web.pages import Pages

_pages = Pages()


def urls(api: NinjaAPI) -> list[URLPattern | URLResolver]:
    """List the addresses; the last one takes what nothing else took."""
    return [
        path("healthz", healthz),
        path("metrics", metrics),
        path("journal/<str:case>", print_case),
        path("m/<str:key>", phone_page),
        path("m/-/<str:name>", queue_script),
        path("m/<str:key>/tasks", tasks_page),
        path("m/<str:key>/task/<str:obligation>", phone_page),
        path("m/<str:key>/task/<str:obligation>/roll", roll_page),
        path("m/<str:key>/report", report_page),
        path("m/<str:key>/shelters", shelters_page),
        path("m/<str:key>/roll", roll_page),
        path("ogc/", ogc.landing),
        path("ogc/conformance", ogc.conformance),
        path("ogc/collections", ogc.collections),
        path("ogc/collections/<str:key>", ogc.collection),
        path("ogc/collections/<str:key>/items", ogc.items),
        path("ogc/collections/<str:key>/items/<str:row>", ogc.item),
        *docs.urls(api),
        re_path(r"^(?!api/)", front),
    ]


def front(request: HttpRequest) -> HttpResponse:
    """Answer a page or file of the front end (the server does it itself, without this)."""
    asked = {
        "accept-encoding": str(request.META.get("HTTP_ACCEPT_ENCODING", "")),
        "if-none-match": str(request.META.get("HTTP_IF_NONE_MATCH", "")),
    }
    told = _pages.answer(request.path, asked)
    return HttpResponse(told.body, status=told.status, headers=dict(told.headers))
