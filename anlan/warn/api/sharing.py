"""An alert as it is put into a group: its words, and its sign as a picture."""

from django.http import HttpResponse
from ninja import Router

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.warn.selectors.rows import alert_for
from anlan.warn.signals import draw_sign, group_text

router = Router(tags=["预警"])


@router.get("/alerts/{alert}/group-text", summary="群转发文本")
def get_group_text(request: ApiRequest, alert: str) -> HttpResponse:
    """Give the words of an alert as they are pasted into a group."""
    row = alert_for(alert, request.actor)
    return answer({"id": row.pk, "text": group_text(row)})


@router.get("/alerts/{alert}/sign.svg", summary="预警信号图标")
def get_sign(request: ApiRequest, alert: str) -> HttpResponse:
    """Draw the sign of an alert: hazard, colour, station and time."""
    drawn = draw_sign(alert_for(alert, request.actor))
    made = HttpResponse(drawn, content_type="image/svg+xml")
    # A picture, never a page: nothing in it may run where it is opened by itself.
    made.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return made
