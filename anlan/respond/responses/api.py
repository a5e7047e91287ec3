"""Responses over HTTP: proposals, starting, moving, ending; the board of steps; orders."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Body, Router, Schema

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.respond.responses import services
from anlan.respond.responses.selectors import board, orders, proposals, responses

router = Router(tags=["应急响应"])


class WordIn(Schema):
    """A decision by word of mouth: whose post, who, on which telephone, when."""

    post: str
    person: str = ""
    phone: str = ""
    number: str = ""
    at: datetime | None = None

    def word(self) -> services.Word:
        """Give it to the service."""
        return services.Word(
            post=self.post, person=self.person, phone=self.phone, number=self.number, at=self.at
        )


class StartIn(Schema):
    """What is started."""

    plan: str
    key: str
    stage: str
    regions: list[str] = []
    expected_at: datetime | None = None
    reason: str = ""
    oral: WordIn | None = None


class MoveIn(Schema):
    """Where a response goes, or when what it expects is expected; `turn` is the one seen."""

    turn: int
    stage: str = ""
    expected_at: datetime | None = None
    reason: str = ""
    oral: WordIn | None = None


class EndIn(Schema):
    """Ending it; `turn` is the one seen."""

    turn: int
    reason: str = ""
    oral: WordIn | None = None


class LeftIn(Schema):
    """What becomes of what is open: of these steps, of everything where none is named."""

    turn: int
    steps: list[str] = []
    reason: str = ""


class SignIn(Schema):
    """Which turn is signed."""

    number: int


class Reason(Schema):
    """Why not."""

    reason: str = ""


class OrderIn(Schema):
    """An order."""

    title: str
    body: str = ""
    response: str = ""
    posts: list[str] = []
    regions: list[str] = []
    roles: list[str] = []
    due_at: datetime | None = None
    checked: bool = False
    verifier: str = ""
    photo: bool = False
    once: str = ""


@router.get("/responses", summary="应急响应列表")
def list_responses(request: ApiRequest, region: str = "") -> HttpResponse:
    """List running responses and the last that ended."""
    return answer(responses.listed(request.actor, region))


@router.post("/responses", summary="启动应急响应", response={201: dict[str, Any]})
def start_response(request: ApiRequest, given: StartIn) -> HttpResponse:
    """Start a response; its steps are owed at once."""
    said = given.dict(exclude={"oral", "regions"})
    made = services.start_response(
        start=services.Start(
            **said, regions=tuple(given.regions), oral=given.oral.word() if given.oral else None
        ),
        by=request.actor,
    )
    return answer(responses.one(request.actor, made), 201)


@router.get("/responses/proposals", summary="响应建议")
def list_proposals(request: ApiRequest) -> HttpResponse:
    """List what the situation asks for, what the gap clock waits for and what no plan says."""
    return answer(proposals.listed(request.actor))


@router.post("/responses/proposals/{proposal}/decline", summary="不予启动")
def decline_proposal(request: ApiRequest, proposal: str, given: Body[Reason]) -> HttpResponse:
    """Decline a proposal with a reason."""
    services.decline_proposal(proposal=proposal, reason=given.reason, by=request.actor)
    return answer(proposals.listed(request.actor))


@router.get("/responses/prospect", summary="启动会带来什么")
def get_prospect(request: ApiRequest, plan: str, key: str, stage: str) -> HttpResponse:
    """Say who may start a stage and how much it makes owed."""
    return answer(proposals.prospect(request.actor, plan, key, stage))


@router.get("/responses/{response}", summary="一个应急响应")
def get_response(request: ApiRequest, response: str) -> HttpResponse:
    """Read the head of a response, its turns and what its end waits for."""
    return answer(responses.one(request.actor, response))


@router.get("/responses/{response}/stages", summary="可调整到的级别")
def list_stages(request: ApiRequest, response: str) -> HttpResponse:
    """List the stages of a response with who may decide on each."""
    return answer({"items": responses.stages(request.actor, response)})


@router.get("/responses/{response}/board", summary="步骤板")
def get_board(request: ApiRequest, response: str) -> HttpResponse:
    """Read what every step comes to, by stage and by township."""
    return answer(board.board(request.actor, response))


@router.get("/responses/{response}/debts", summary="谁欠哪一步")
def list_debts(
    request: ApiRequest, response: str, step: str = "", region: str = "", page: int = 1
) -> HttpResponse:
    """List who owes a step, or what a township owes."""
    return answer(board.debts(request.actor, response, step, only=region, page=page))


@router.post("/responses/{response}/move", summary="提升、降低、调整预计时间")
def move_response(request: ApiRequest, response: str, given: MoveIn) -> HttpResponse:
    """Take a response to another stage, or name another expected moment; `moved` counts deadlines.

    Of them `past` are due now, because their time is over by the new moment.
    """
    said = given.dict(exclude={"oral"})
    moved = services.move_response(
        turned=services.Turned(
            response=response, **said, oral=given.oral.word() if given.oral else None
        ),
        by=request.actor,
    )
    return answer({**responses.one(request.actor, response), "moved": asdict(moved)})


@router.post("/responses/{response}/end", summary="结束应急响应")
def end_response(request: ApiRequest, response: str, given: EndIn) -> HttpResponse:
    """End a response of which nothing is open."""
    services.end_response(
        end=services.End(
            response=response, turn=given.turn, reason=given.reason,
            oral=given.oral.word() if given.oral else None,
        ),
        by=request.actor,
    )  # fmt: skip
    return answer(responses.one(request.actor, response))


@router.post("/responses/{response}/strike", summary="不再要求未办完的")
def strike_off(request: ApiRequest, response: str, given: LeftIn) -> HttpResponse:
    """Ask no longer for what is open."""
    services.strike_off(
        response=response, turn=given.turn, steps=given.steps, reason=given.reason,
        by=request.actor,
    )  # fmt: skip
    return answer(responses.one(request.actor, response))


@router.post("/responses/{response}/carry", summary="未办完的转为继续办理")
def carry_over(request: ApiRequest, response: str, given: LeftIn) -> HttpResponse:
    """Let what is open go on after the end."""
    services.carry_over(
        response=response, turn=given.turn, steps=given.steps, reason=given.reason,
        by=request.actor,
    )  # fmt: skip
    return answer(responses.one(request.actor, response))


@router.post("/responses/{response}/sign", summary="补签口头决定")
def sign_turn(request: ApiRequest, response: str, given: SignIn) -> HttpResponse:
    """Sign what one decided by word of mouth."""
    services.sign_turn(response=response, turn=given.number, by=request.actor)
    return answer(responses.one(request.actor, response))


@router.get("/orders", summary="交办单")
def list_orders(request: ApiRequest, response: str = "", page: int = 1) -> HttpResponse:
    """List orders, of one response or of all."""
    return answer(orders.listed(request.actor, response, page))


@router.post("/orders", summary="下达交办单", response={201: dict[str, Any]})
def give_order(request: ApiRequest, given: OrderIn) -> HttpResponse:
    """Give an order to posts, or to every post of some roles in some regions."""
    made = services.give_order(given=services.Given(**given.dict()), by=request.actor)
    return answer({"id": made}, 201)
