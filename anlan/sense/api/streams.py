"""Stations, streams and their values over HTTP."""

from datetime import datetime

import orjson
from django.http import HttpResponse
from ninja import Query, Router

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.permissions.gate import permit
from anlan.kernel import clock
from anlan.sense.selectors import latest_list, observations, pages, quality, streams

router = Router(tags=["监测数据"])


@router.get("/sense/latest", summary="每个监测项的最新值")
def list_latest(
    request: ApiRequest, region: str = "", q: str = "", size: int = latest_list.MOST
) -> HttpResponse:
    """List the newest value of every stream one may see, the nearest to its level first."""
    permit(request.actor, streams.VIEW)
    size = min(max(size, 1), latest_list.MOST)
    items = latest_list.latest_list(request.actor, region=region, q=q.strip(), size=size)
    return answer({"items": orjson.Fragment(items), "as_of": clock.now()})


@router.get("/sense/stations", summary="测站一张图")
def list_stations(request: ApiRequest, region: str = "") -> HttpResponse:
    """List the stations one may see as marks of a map, with what each is doing now."""
    permit(request.actor, streams.VIEW)
    return answer({"items": pages.marks(request.actor, region), "as_of": clock.now()})


@router.get("/sense/stations/{station}", summary="一个测站")
def get_station(request: ApiRequest, station: str) -> HttpResponse:
    """Read one station with its streams, newest values, levels and maintenance."""
    return answer(pages.one_station(request.actor, station))


@router.get("/sense/streams/{code}", summary="一个监测项")
def get_stream(request: ApiRequest, code: str) -> HttpResponse:
    """Read one stream by the code devices send."""
    return answer(streams.one_stream(request.actor, code))


@router.get("/sense/streams/{code}/observations", summary="一个监测项的观测值")
def list_observations(
    request: ApiRequest,
    code: str,
    first: datetime | None = Query(None, alias="from"),  # type: ignore[type-arg]
    last: datetime | None = Query(None, alias="to"),  # type: ignore[type-arg]
    every: str = "",
    columns: bool = False,
) -> HttpResponse:
    """Read values in [from, to): single ones, or n, min, max, mean, last for each `every`."""
    asked = observations.Asked(since=first, until=last, every=every, columns=columns)
    return answer(observations.observations(request.actor, code, asked))


@router.get("/sense/quality", summary="数据质量")
def get_quality(request: ApiRequest, region: str = "") -> HttpResponse:
    """Tell online rates by owner and township, what is silent, what is doubted."""
    permit(request.actor, streams.VIEW)
    return answer(quality.board(request.actor, region))
