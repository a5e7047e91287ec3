"""A plan in force and its next draft, and how each address of plans is asked."""

from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from anlan.plans import services
from anlan.plans.tests.conftest import PLAN
from tests.rights.asking import Ask

TEXT = PLAN.replace("role: commander", "post: DEMO-G1").replace(
    "role: village-head, at: village", "post: DEMO-G1"
)


def put_up(ids: dict[str, str]) -> None:
    """Add a plan that is in force, one that waits for approval and a draft."""
    section, commander = (
        actor_of(User.objects.get(username=one)) for one in ("section", "commander")
    )
    for name, code in (
        ("county-plan", "walk"),
        ("waiting-plan", "walk-2"),
        ("draft-plan", "walk-3"),
    ):
        plan = services.draft_plan(text=_text(code), by=section)
        ids[name] = plan.pk
        if name != "draft-plan":
            services.submit_plan(plan=plan.pk, by=section)
        if name == "county-plan":
            services.approve_plan(plan=plan.pk, by=commander)


def _text(code: str) -> str:
    return TEXT.replace("code: flood", f"code: {code}").replace(
        "title: 演示防汛预案", f"title: 演示 {code}"
    )


PLANS: dict[str, tuple[Ask, ...]] = {
    "GET /plans": (Ask("/plans"),),
    "POST /plans": (Ask("/plans", {"text": _text("walk-4")}),),
    "POST /plans/check": (Ask("/plans/check", {"text": _text("walk-4")}),),
    "GET /plans/{plan}": (Ask("/plans/{county-plan}"),),
    "GET /plans/{plan}/opened": (Ask("/plans/{county-plan}/opened"),),
    "GET /plans/{plan}/yaml": (Ask("/plans/{county-plan}/yaml"),),
    "POST /plans/{plan}/submit": (Ask("/plans/{draft-plan}/submit", {}),),
    "POST /plans/{plan}/approve": (Ask("/plans/{waiting-plan}/approve", {}),),
    "POST /plans/{plan}/return": (Ask("/plans/{waiting-plan}/return", {"note": "走查"}),),
    "POST /plans/{plan}/retire": (Ask("/plans/{county-plan}/retire", {"note": "走查"}),),
}
