"""Storms over HTTP: their bulletins taken in, their tracks and the agencies' forecasts."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Router

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.permissions.gate import permit
from anlan.forecast.selectors import landfall, storms, typhoon
from anlan.forecast.services.storms import receive_track

router = Router(tags=["台风"])

VIEW = "forecasts.view"


@router.get("/forecasts/typhoons", summary="台风列表")
def list_storms(request: ApiRequest) -> HttpResponse:
    """List the storms there are bulletins of, the newest first."""
    permit(request.actor, VIEW)
    return answer(storms.listed())


@router.post("/forecasts/typhoons", summary="录入台风路径", response={201: dict[str, Any]})
def bring(request: ApiRequest, storm: str = "", unit: str = "") -> HttpResponse:
    """Keep a bulletin or a best track, byte for byte; the body is the file itself.

    unit: of its winds, `m/s` or `knots`; empty is that of the form.
    """
    made = receive_track(
        body=request.body, storm=storm.strip(), unit=unit.strip(), by=request.actor
    )
    return answer({"storms": made}, 201)


@router.get("/forecasts/typhoons/{storm}", summary="一个台风的路径和预报")
def get_storm(request: ApiRequest, storm: str, at: datetime | None = None) -> HttpResponse:
    """Read a storm's path, every agency's newest forecast, landfalls, and the runs made of it."""
    permit(request.actor, VIEW)
    return answer(typhoon.read(request.actor, storm, request.language, at))


@router.get("/forecasts/coast", summary="海陆分界")
def get_coast(request: ApiRequest) -> HttpResponse:
    """Draw the coast by the map of depths, as GeoJSON; landfalls are told by the same line."""
    permit(request.actor, VIEW)
    return answer(landfall.coast())
