"""The directory and the watch rota over HTTP."""

from datetime import date, timedelta

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.people import selectors
from anlan.base.people.models import Post
from anlan.base.permissions.gate import permit, visible
from anlan.kernel import clock
from anlan.kernel.errors import Invalid

router = Router(tags=["人员"])

MOST = 200


class Days(Schema):
    """Which days of the rota, both ends included; this week when nothing is said."""

    first: str = Field("", alias="from")
    last: str = Field("", alias="to")
    unit: str = ""


@router.get("/directory", summary="通讯录")
def search_directory(
    request: ApiRequest, q: str = "", page: int = 1, size: int = 50, region: str = ""
) -> HttpResponse:
    """Find whom to call by name, initials, telephone tail, village, post or unit."""
    permit(request.actor, "directory.view")
    size = min(max(size, 1), MOST)
    found = selectors.directory(q[:100], request.actor, page=page, size=size, region=region)
    return answer(
        {"items": found.items, "total": found.total, "page": page, "size": size,
         "as_of": clock.now()}
    )  # fmt: skip


@router.get("/directory/gaps", summary="空缺的岗位")
def list_gaps(request: ApiRequest, page: int = 1, size: int = 50) -> HttpResponse:
    """List the posts nobody holds, within the asker's regions."""
    rows = visible(Post.objects.filter(retired_at=None), request.actor, "posts.view")
    vacant = selectors.gaps(rows)
    size = min(max(size, 1), MOST)
    start = (max(page, 1) - 1) * size
    names = ("id", "code", "title", "role", "region_id", "region__name", "unit__name")
    items = [
        {
            "id": row["id"], "code": row["code"], "title": row["title"], "role": row["role"],
            "region": row["region_id"], "region_name": row["region__name"],
            "unit": row["unit__name"],
        }
        for row in vacant.order_by("region_id", "rank", "id").values(*names)[start : start + size]
    ]  # fmt: skip
    return answer({"items": items, "total": vacant.count(), "as_of": clock.now()})


@router.get("/duty", summary="值班表")
def read_rota(request: ApiRequest, days: Query[Days]) -> HttpResponse:
    """List the watches of some days (this week), empty days and seats shown as gaps."""
    permit(request.actor, "duty.view")
    today = clock.local(clock.now()).date()
    monday = today - timedelta(days=today.weekday())
    begin = _day(days.first, "from") or monday
    end = _day(days.last, "to") or begin + timedelta(days=6)
    items = selectors.rota(request.actor, begin, end, days.unit)
    return answer({"items": items, "as_of": clock.now()})


@router.get("/duty/now", summary="现在谁在值班")
def on_duty_now(request: ApiRequest, region: str) -> HttpResponse:
    """Tell who is on watch in a region now."""
    permit(request.actor, "duty.view", region)
    watches = selectors.on_duty(regions=[region])
    names = selectors.names_of({pk for watch in watches for pk in watch.persons()})
    return answer(
        {
            "items": [
                {
                    "unit": watch.unit, "shift": watch.shift, "begins": watch.begins,
                    "ends": watch.ends,
                    **{
                        seat: {"person": pk, "name": names.get(pk, "")} if pk else None
                        for seat, pk in (
                            ("lead", watch.lead), ("officer", watch.officer),
                            ("deputy", watch.deputy),
                        )
                    },
                }
                for watch in watches
            ],
            "as_of": clock.now(),
        }
    )  # fmt: skip


def _day(text: str, name: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        why = "日期应写成 2026-01-31 的样子"
        raise Invalid(why, errors={name: [why]}) from None
