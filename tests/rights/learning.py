"""A review of a response that ended, with a lesson, and how each address of reviews is asked."""

from datetime import timedelta
from typing import Any

from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from anlan.kernel import clock
from anlan.learn import services
from anlan.plans.models import Plan
from anlan.respond.responses.models import Response
from tests.declarations.demo_rows import COUNTY
from tests.rights.asking import Ask

LESSON: dict[str, Any] = {"about": "plan", "found": "演示问题", "advice": "演示改进"}


def put_up(ids: dict[str, str]) -> None:
    """End a response, open its review and note a lesson."""
    lead = actor_of(User.objects.get(username="duty-lead"))
    now = clock.now()
    ended = Response.objects.create(
        plan=Plan.objects.get(pk=ids["county-plan"]), version=1, key="walk-past",
        title="演示往事", stage="4", stage_title="演示往事", place=0, region_id=COUNTY,
        regions=[COUNTY], expects="water", started_at=now - timedelta(days=2),
        started_by=lead.ref, ended_at=now - timedelta(days=1), ended_by=lead.ref,
    )  # fmt: skip
    ids["review"] = services.open_review(response=ended.pk, by=lead)
    ids["lesson"] = services.note_lesson(
        review=ids["review"], noted=services.Noted(**LESSON), by=lead
    )
    services.write_conclusion(review=ids["review"], text="演示结论", turn=1, by=lead)


ONE = "/reviews/{review}"

REVIEWS: dict[str, tuple[Ask, ...]] = {
    "GET /reviews": (Ask("/reviews"),),
    "GET /reviews/{review}": (Ask(ONE),),
    "GET /reviews/{review}/word": (Ask(f"{ONE}/word"),),
    "GET /reviews/{review}/workbook": (Ask(f"{ONE}/workbook"),),
    "PUT /reviews/{review}/conclusion": (Ask(f"{ONE}/conclusion", {"text": "走查", "turn": 2}),),
    "POST /reviews/{review}/lessons": (Ask(f"{ONE}/lessons", LESSON),),
    "POST /reviews/{review}/lessons/{lesson}/strike": (
        Ask(f"{ONE}/lessons/{{lesson}}/strike", {}),
    ),
    "POST /reviews/{review}/finish": (Ask(f"{ONE}/finish", {"turn": 2}),),
}
