"""Tests of the numbers over HTTP."""

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import Field

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.permissions.gate import permit
from anlan.comms import rights, services
from anlan.comms.selectors import readiness

router = Router(tags=["消息"])


class TestGiven(Schema):
    """What is tested; with `every_days` it comes again of itself."""

    title: str = Field(max_length=60)
    region: str
    channel: str = "sms"
    roles: list[str] = Field([], max_length=50)
    every_days: int | None = None


@router.get("/comms/readiness", summary="畅通测试列表")
def list_tests(request: ApiRequest, page: int = 1) -> HttpResponse:
    """List tests, the newest first, and what is planned."""
    permit(request.actor, rights.VIEW)
    return answer(readiness.runs(request.actor, page=page))


@router.post("/comms/readiness", summary="开始畅通测试", response={201: dict[str, str]})
def start_test(request: ApiRequest, given: TestGiven) -> HttpResponse:
    """Test now; with `every_days` plan the next ones too."""
    test = services.NumberTest(
        title=given.title, region=given.region, channel=given.channel, roles=given.roles
    )
    plan = ""
    if given.every_days is not None:
        plan = services.plan_test(test=test, every_days=given.every_days, by=request.actor)
    return answer({"id": services.start_test(test=test, by=request.actor, plan=plan)}, 201)


@router.get("/comms/readiness/{test}", summary="一次畅通测试")
def get_test(request: ApiRequest, test: str) -> HttpResponse:
    """Read one test: whom it did not reach and why, and the posts nobody holds."""
    permit(request.actor, rights.VIEW)
    return answer(readiness.run(request.actor, test))


@router.post("/comms/readiness/plans/{plan}/end", summary="停止定期测试")
def end_plan(request: ApiRequest, plan: str) -> HttpResponse:
    """Test no more of itself."""
    services.end_plan(plan=plan, by=request.actor)
    return answer({"id": plan})
