"""One round: all that came in merged, out and in as Excel."""

from django.http import HttpResponse
from ninja import File, Router, UploadedFile

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.forms import selectors, services
from anlan.base.forms.api.answers import content_of, download
from anlan.base.forms.excel.writing import merged_book
from anlan.base.forms.selectors.forms import DRAW, FILL, rounds_seen
from anlan.base.forms.selectors.merging import debts, told
from anlan.base.permissions.gate import may
from anlan.kernel import clock

router = Router(tags=["滚动报表"])


@router.get("/forms/rounds/{round_id}", summary="一轮汇总")
def get_round(request: ApiRequest, round_id: str) -> HttpResponse:
    """Merge what came in: sums, differences to the last round, who is missing."""
    actor = request.actor
    found = selectors.merged(actor, round_id)
    row, form = found.round, found.round.form
    body = told(found, owing=debts(found))
    return answer(
        {
            "id": row.pk, "number": row.number, "form": form.pk, "title": form.title,
            "rows_are": form.rows, "region": form.region_id, "region_name": form.region.name,
            "as_of": row.as_of, "opened_at": row.opened_at, "due_at": row.due_at,
            "closed_at": row.closed_at, "sums_first": form.sums_first,
            "rounds": rounds_seen(actor, form),
            "returns": may(actor, DRAW, form.region_id) and row.closed_at is None,
            "fills": may(actor, FILL), "now": clock.now(), **body,
        }
    )  # fmt: skip


@router.get(
    "/forms/rounds/{round_id}/sheet.xlsx", summary="一轮汇总 Excel", url_name="form-round-xlsx"
)
def write_round(request: ApiRequest, round_id: str) -> HttpResponse:
    """Give a round out as a workbook in the form's own layout."""
    found = selectors.merged(request.actor, round_id)
    name = f"{found.round.form.title}-第{found.round.number}轮"
    day = clock.local(clock.now()).strftime("%Y%m%d-%H%M")
    return download(merged_book(found), f"{name}-{day}")


@router.post("/forms/rounds/{round_id}/import", summary="上传汇总 Excel")
def take_round(request: ApiRequest, round_id: str, file: File[UploadedFile]) -> HttpResponse:
    """Take a merged workbook in: all of it, or nothing with every wrong cell named."""
    return answer(services.take_round(round_=round_id, content=content_of(file), by=request.actor))
