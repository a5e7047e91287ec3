"""Reviews over HTTP."""

from datetime import date

from django.http import HttpResponse
from ninja import Router, Schema

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.learn import services
from anlan.learn.selectors import papers, reviews
from anlan.respond.papers.attaching import attached

router = Router(tags=["复盘评估"])


class ConclusionIn(Schema):
    """What a review comes to; `turn` is the one seen."""

    text: str
    turn: int


class LessonIn(Schema):
    """One lesson."""

    about: str
    found: str
    advice: str
    link: str = ""
    step: str = ""
    post: str = ""
    due_on: date | None = None
    revise: bool = False
    once: str = ""


class TurnIn(Schema):
    """Which turn was seen."""

    turn: int


@router.get("/reviews", summary="复盘评估列表")
def list_reviews(
    request: ApiRequest, region: str = "", response: str = "", case: str = "", page: int = 1
) -> HttpResponse:
    """List reviews, the open ones first; those of a response or of a matter where one is asked."""
    wanted = reviews.Wanted(region, response, case)
    return answer(reviews.listed(request.actor, wanted, page))


@router.get("/reviews/{review}", summary="一次复盘")
def get_review(request: ApiRequest, review: str) -> HttpResponse:
    """Read a review: how long each link took, plan times beside real ones, lessons."""
    return answer(reviews.one(request.actor, review))


@router.get("/reviews/{review}/word", summary="复盘评估报告（Word）")
def get_word(request: ApiRequest, review: str) -> HttpResponse:
    """Read a review as an official paper, finished or as far as it is."""
    return attached(*papers.word_of(request.actor, review), papers.WORD)


@router.get("/reviews/{review}/workbook", summary="复盘评估的表（Excel）")
def get_workbook(request: ApiRequest, review: str) -> HttpResponse:
    """Read the tables of a review as a workbook, times in minutes."""
    return attached(*papers.workbook_of(request.actor, review), papers.EXCEL)


@router.put("/reviews/{review}/conclusion", summary="写结论")
def write_conclusion(request: ApiRequest, review: str, given: ConclusionIn) -> HttpResponse:
    """Write what a review comes to."""
    services.write_conclusion(review=review, text=given.text, turn=given.turn, by=request.actor)
    return answer(reviews.one(request.actor, review))


@router.post("/reviews/{review}/lessons", summary="记下意见")
def note_lesson(request: ApiRequest, review: str, given: LessonIn) -> HttpResponse:
    """Note a lesson, with who is to act on it by when."""
    services.note_lesson(review=review, noted=services.Noted(**given.dict()), by=request.actor)
    return answer(reviews.one(request.actor, review), 201)


@router.post("/reviews/{review}/lessons/{lesson}/strike", summary="删去意见")
def strike_lesson(request: ApiRequest, review: str, lesson: str) -> HttpResponse:
    """Strike a lesson off."""
    services.strike_lesson(lesson=lesson, by=request.actor)
    return answer(reviews.one(request.actor, review))


@router.post("/reviews/{review}/finish", summary="完成复盘")
def finish_review(request: ApiRequest, review: str, given: TurnIn) -> HttpResponse:
    """Finish a review: its lessons become somebody's to mend."""
    services.finish_review(review=review, turn=given.turn, by=request.actor)
    return answer(reviews.one(request.actor, review))
