"""A response that runs, a proposal and an order, and how each address of responses is asked."""

from typing import Any

from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from anlan.kernel import clock
from anlan.respond.responses import services
from anlan.respond.responses.models import Proposal, Response
from tests.declarations.demo_rows import COUNTY
from tests.rights.asking import Ask

NUMBER = "0576-88880000"


def put_up(ids: dict[str, str]) -> None:
    """Start a response by word of mouth, give an order in it, and leave a proposal."""
    officer = actor_of(User.objects.get(username="duty-officer"))
    word = services.Word(post=ids["posts"], number=NUMBER)
    start = services.Start(plan=ids["county-plan"], key="flood", stage="4", oral=word)
    ids["response"] = services.start_response(start=start, by=officer)
    given = services.Given(title="演示交办", posts=[ids["posts"]], response=ids["response"])
    ids["order"] = services.give_order(given=given, by=officer)
    running = Response.objects.get(pk=ids["response"])
    ids["proposal"] = Proposal.objects.create(
        plan=running.plan, version=1, key="walk", title="演示响应", stage="4",
        stage_title="演示响应", place=0, region_id=COUNTY, made_at=clock.now(),
        changed_at=clock.now(),
    ).pk  # fmt: skip


def _spoken(world: Any, **more: Any) -> dict[str, Any]:
    return {"oral": {"post": world.ids["posts"], "number": NUMBER}, **more}


def _start(world: Any) -> dict[str, Any]:
    return _spoken(world, plan=world.ids["county-plan"], key="flood", stage="4")


ONE = "/responses/{response}"

RESPONSES: dict[str, tuple[Ask, ...]] = {
    "GET /responses": (Ask("/responses"),),
    "POST /responses": (Ask("/responses", _start),),
    "GET /responses/proposals": (Ask("/responses/proposals"),),
    "POST /responses/proposals/{proposal}/decline": (
        Ask("/responses/proposals/{proposal}/decline", {"reason": "走查"}),
    ),
    "GET /responses/prospect": (
        Ask("/responses/prospect?plan={county-plan}&key=flood&stage=4"),
    ),
    "GET /responses/{response}": (Ask(ONE),),
    "GET /responses/{response}/stages": (Ask(f"{ONE}/stages"),),
    "GET /responses/{response}/board": (Ask(f"{ONE}/board"),),
    "GET /responses/{response}/debts": (Ask(f"{ONE}/debts"),),
    "POST /responses/{response}/move": (
        Ask(f"{ONE}/move", {"turn": 1, "expected_at": "2126-01-01T00:00:00+08:00"}),
    ),
    "POST /responses/{response}/end": (
        Ask(f"{ONE}/end", lambda world: _spoken(world, turn=1, reason="走查")),
    ),
    "POST /responses/{response}/strike": (Ask(f"{ONE}/strike", {"turn": 1, "reason": "走查"}),),
    "POST /responses/{response}/carry": (Ask(f"{ONE}/carry", {"turn": 1, "reason": "走查"}),),
    "POST /responses/{response}/sign": (Ask(f"{ONE}/sign", {"number": 1}),),
    "GET /orders": (Ask("/orders"),),
    "POST /orders": (
        Ask("/orders", lambda world: {"title": "走查", "posts": [world.ids["posts"]]}),
    ),
}  # fmt: skip
