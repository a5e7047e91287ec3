"""The one middleware: what every request gets before a view, and every plain answer after it."""

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse

from anlan.base.door.asking import ApiRequest, language_of
from anlan.base.door.problems import answer, problem
from anlan.kernel.errors import Invalid
from anlan.kernel.ids import new_id

View = Callable[[HttpRequest], HttpResponse]

NOT_ALLOWED = 405


def door(get_response: View) -> View:
    """Give a request its language and number; refuse text no database can hold."""

    def enter(request: HttpRequest) -> HttpResponse:
        asked = cast(ApiRequest, request)
        asked.language = language_of(str(request.META.get("HTTP_ACCEPT_LANGUAGE", "")))
        asked.request_id = str(request.META.get("anlan.request_id") or new_id())
        if "\0" in request.path or "%00" in str(request.META.get("QUERY_STRING", "")):
            return answer(request, Invalid.status, "invalid", detail="文字中有不可用的字符")
        response = get_response(request)
        if response.status_code == NOT_ALLOWED:
            told = answer(request, NOT_ALLOWED, "method")
            told["Allow"] = response.get("Allow", "")
            return told
        return response

    # Django asks for it by this name when a view outside the API raises.
    enter.process_exception = problem  # type: ignore[attr-defined]
    return enter
