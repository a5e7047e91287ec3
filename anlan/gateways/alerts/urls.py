"""Addresses of the public side of alerts, for what the keeper has not in memory."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from anlan.base.door.problems import problem
from anlan.gateways.alerts.sheets import CAP, DAY, FEED, PAGE, Sheet, Told, bound, sheet
from anlan.kernel.errors import Missing
from anlan.warn.selectors import open_air

NATIONAL = "application/xml; charset=utf-8"
#: What a number of ours may be written with.
LONGEST = 120


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Give the Atom feed of alerts in force, and of those that ended within a day."""
    return _answer(request, bound().sheets[FEED])


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the alerts in force to everybody."""
    english = getattr(request, "language", "zh") == "en"
    return _answer(request, bound().sheets[f"{PAGE}en" if english else PAGE])


@require_safe
def document(request: HttpRequest, identifier: str, *, national: bool = False) -> HttpResponse:
    """Give one alert as it was signed, also when it is over."""
    found = open_air.document(identifier[:LONGEST], national=national)
    if found is None:
        return problem(request, Missing("没有这条预警"))
    kind = NATIONAL if national else CAP
    return _answer(request, sheet(found[0], kind, cache=DAY, etag=found[1][:24]))


@require_safe
def national_document(request: HttpRequest, identifier: str) -> HttpResponse:
    """Give one alert as the national message, where we have a number in that system."""
    return document(request, identifier, national=True)


def _answer(request: HttpRequest, one: Sheet) -> HttpResponse:
    asked = {
        "if-none-match": str(request.META.get("HTTP_IF_NONE_MATCH", "")),
        "accept-encoding": str(request.META.get("HTTP_ACCEPT_ENCODING", "")),
    }
    told: Told = one.told(asked)
    return HttpResponse(told.body, status=told.status, headers=dict(told.headers))


urls: list[URLPattern] = [
    path("cap/", page),
    path("cap/feed.atom", feed),
    path("cap/<str:identifier>.12379.xml", national_document),
    path("cap/<str:identifier>.xml", document),
]
