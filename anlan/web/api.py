"""What belongs to no single module: the description of the platform, and the one search box."""

from django.http import HttpResponse
from ninja import Router

from anlan.base.door.api import json_response
from anlan.base.door.asking import ApiRequest
from anlan.base.permissions.gate import permit
from anlan.web import meta, search

router = Router(tags=["平台"])


@router.get("/meta", summary="平台的描述：台账、码表、权限")
def get_meta(request: ApiRequest) -> HttpResponse:
    """Describe registers, codes, lifecycles and the asker's rights."""
    return json_response(meta.meta(request.actor))


@router.get("/search", summary="一框搜索")
def get_search(request: ApiRequest, q: str = "") -> HttpResponse:
    """Search everything the asker may see."""
    permit(request.actor, "search.view")
    return json_response({"items": search.search(request.actor, q)})
