"""The demo county's plan for typhoons and floods: drafted by the section, approved above it."""

from pathlib import Path

from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from anlan.kernel.errors import Missing
from anlan.plans import services
from anlan.plans.models import Plan

FOLDER = Path(__file__).with_name("plans")
#: Accounts (see `users.USERS`) of whoever drafts, and of whoever approves.
SECTION, COMMANDER = "keshi", "zhihui"
WORD = "演示县防指第一次全体会议通过"


def approve_plans(county: str) -> int:
    """Put the demo county's plans in force; tell how many were not yet."""
    people = {
        user.username: user for user in User.objects.filter(username__in=(SECTION, COMMANDER))
    }
    if len(people) < 2:
        raise Missing("演示用户 keshi、zhihui 不全")
    made = 0
    for path in sorted(FOLDER.glob("*.yaml")):
        if Plan.objects.filter(region=county, code=path.stem, retired_at=None).exists():
            continue
        section, commander = actor_of(people[SECTION]), actor_of(people[COMMANDER])
        plan = services.draft_plan(text=path.read_text(encoding="utf-8"), by=section)
        services.submit_plan(plan=plan.pk, by=section)
        services.approve_plan(plan=plan.pk, note=WORD, by=commander)
        made += 1
    return made
