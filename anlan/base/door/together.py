"""Requests that came at the same moment, answered at once.

What the middleware and the API do for one request is done here for each: language and number, who
asks, an error as its answer. Only the view sees them together.
"""

from collections.abc import Callable, Sequence
from typing import cast

from django.http import HttpRequest, HttpResponse

from anlan.base.door.asking import ApiRequest
from anlan.base.door.auth import require
from anlan.base.door.middleware import admit
from anlan.base.door.problems import problem
from anlan.base.permissions.logins import at_once

View = Callable[[Sequence[ApiRequest]], Sequence[HttpResponse]]


def answer_together(requests: Sequence[HttpRequest], view: View) -> list[HttpResponse]:
    """Give those who may come in to a view that answers all of them, in their order."""
    answers: dict[int, HttpResponse] = {}
    with at_once():
        for place, request in enumerate(requests):
            refusal = _let_in(request)
            if refusal is not None:
                answers[place] = refusal
    asked = [place for place in range(len(requests)) if place not in answers]
    if asked:
        answers.update(zip(asked, _told([requests[place] for place in asked], view), strict=True))
    return [answers[place] for place in range(len(requests))]


def _told(requests: Sequence[HttpRequest], view: View) -> Sequence[HttpResponse]:
    try:
        return view([cast(ApiRequest, request) for request in requests])
    except Exception as error:  # noqa: BLE001 - nobody may be left without an answer
        return [problem(request, error) for request in requests]


def _let_in(request: HttpRequest) -> HttpResponse | None:
    """Find out who asks; the answer to whoever may not come in."""
    try:
        refusal = admit(request)
        if refusal is None:
            require(request)
    except Exception as error:  # noqa: BLE001 - it is that request's answer
        return problem(request, error)
    return refusal
