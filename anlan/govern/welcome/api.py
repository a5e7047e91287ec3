"""The first days over HTTP."""

from django.http import HttpResponse
from ninja import Router

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.govern.welcome import selectors

router = Router(tags=["我的县"])


@router.get("/welcome/county", summary="我的县：有什么，还缺什么")
def get_county(request: ApiRequest) -> HttpResponse:
    """Tell what is loaded of the county and what is still missing."""
    return answer(selectors.county(request.actor))
