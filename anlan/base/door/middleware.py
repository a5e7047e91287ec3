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


def admit(request: HttpRequest) -> HttpResponse | None:
    """Give a request its language and number; the answer to text no database can hold."""
    asked = cast(ApiRequest, request)
    asked.language = language_of(str(request.META.get("HTTP_ACCEPT_LANGUAGE", "")))
    asked.request_id = str(request.META.get("anlan.request_id") or new_id())
    if "\0" in request.path or "%00" in str(request.META.get("QUERY_STRING", "")):
        return answer(request, Invalid.status, "invalid", detail="文字中有不可用的字符")
    return None


def door(get_response: View) -> View:
    """Let a request in, and mend Django's own answer to a wrong method."""

    def enter(request: HttpRequest) -> HttpResponse:
        refusal = admit(request)
        if refusal is not None:
            return refusal
        response = get_response(request)
        if response.status_code == NOT_ALLOWED:
            told = answer(request, NOT_ALLOWED, "method")
            told["Allow"] = response.get("Allow", "")
            return told
        return response

    # Django asks for it by this name when a view outside the API raises.
    enter.process_exception = problem  # type: ignore[attr-defined]
    return enter
