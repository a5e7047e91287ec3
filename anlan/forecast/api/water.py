"""Water over HTTP: what gauges say now, reservoirs against their limits, trial releases."""

from django.http import HttpResponse
from ninja import Router

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.permissions.gate import permit
from anlan.forecast.selectors import gauges, reservoirs
from anlan.kernel.errors import Invalid

router = Router(tags=["预报"])

VIEW = "forecasts.view"


@router.get("/forecasts/gauges", summary="雨量站和突涨")
def list_gauges(request: ApiRequest) -> HttpResponse:
    """List rain of the last hours by gauge, and stage gauges whose water jumped."""
    permit(request.actor, VIEW)
    return answer(gauges.gauges(request.actor, request.language))


@router.get("/forecasts/reservoirs", summary="水库汛限和剩余库容")
def list_reservoirs(request: ApiRequest, run: str = "") -> HttpResponse:
    """List reservoirs against their limits, with the time to fill by a run of the basins."""
    permit(request.actor, VIEW)
    return answer(reservoirs.listed(request.actor, request.language, run))


@router.get("/forecasts/reservoirs/{code}", summary="水库放水试算")
def try_releases(request: ApiRequest, code: str, releases: str = "", run: str = "") -> HttpResponse:
    """Let one reservoir go on without and with releases, m3/s, several by commas."""
    permit(request.actor, VIEW)
    return answer(reservoirs.trial(request.actor, code, _numbers(releases), request.language, run))


def _numbers(text: str) -> list[float]:
    try:
        return [float(one) for one in text.split(",") if one.strip()]
    except ValueError as error:
        raise Invalid("releases 应是用逗号隔开的流量", errors={"releases": ["应是数"]}) from error
