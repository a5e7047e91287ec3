"""Deeds of a command, done in processes that die at a chosen statement; and what is left of them.

Each process presses one button and dies at the moment it is told.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial

from anlan.base.jobs.worker import drain
from anlan.base.journal.models import Entry
from anlan.base.obligations.models import Obligation
from anlan.base.outbox.models import Event
from anlan.base.people.models import Post, Unit
from anlan.base.people.selectors import holdings_on
from anlan.base.permissions.actor import Actor
from anlan.base.regions import scope
from anlan.base.regions.models import Region
from anlan.comms.models import Message
from anlan.plans import services as plans
from anlan.plans.models import Plan
from anlan.plans.selectors.facts import facts_for
from anlan.plans.selectors.steps import place_of, response_of, spec_at, starters
from anlan.respond.responses import services
from anlan.respond.responses.models import Order, Response, StepDebt
from anlan.respond.responses.tests.conftest import PLAN, as_person, installed
from anlan.warn.tests.conftest import POSTS, REGIONS, World, actor, row
from tests.durability.dying import die_of

#: Pressed once: the same button pressed again after a crash is the same order.
ONCE = "button-1"


def make() -> None:
    """Make the two counties of the warnings' tests, and a plan in force."""
    for code, name, level, parent, _ in REGIONS:
        Region.objects.create(code=code, name=name, level=level, parent_id=parent)
    for code, region in (("U1", "339901000000"), ("U2", "339902000000")):
        Unit.objects.create(
            **row(code=code, name=f"应急局{code}", kind="emergency-bureau", region_id=region)
        )
    units = {unit.region_id: unit for unit in Unit.objects.all()}
    for code, role, region in POSTS:
        unit = units[scope.pad(region[:6])]
        Post.objects.create(
            **row(code=code, title=f"{role}{code}", unit=unit, role=role, region_id=region)
        )
    posts = {post.code: post for post in Post.objects.all()}
    installed(World(posts), "P-CHIEF", "某指挥长", "10000000001")
    section = actor("section")
    plan = plans.draft_plan(text=PLAN, by=section)
    plans.submit_plan(plan=plan.pk, by=section)
    plans.approve_plan(plan=plan.pk, by=actor("commander"))
    drain()


def press() -> None:
    """Press the button the arguments name, and die when they say; tell what came of it.

    Arguments: the deed, the key of the response, the stage, and the moment of death.
    """
    deed, key, stage, moment = sys.argv[1:5]
    die_of(partial(DEEDS[deed], key, stage), moment)


def tell() -> None:
    """Let everything follow that follows by itself, then tell all that there is."""
    drain()
    debts = list(StepDebt.objects.exclude(obligation=None).values_list("obligation_id", flat=True))
    steps = Obligation.objects.filter(kind__in=("plan-step", "plan-step-checked"))
    owed = Counter(steps.values_list("subject", "debtor_id", "region_id"))
    orders = list(Order.objects.values_list("pk", flat=True))
    of_orders = Obligation.objects.filter(kind="order")
    print(
        json.dumps(
            {
                "responses": list(Response.objects.values_list("key", "stage", "turn")),
                "turns": list(Response.objects.order_by("pk").values_list(
                    "turns__number", "turns__verb"
                )),
                "steps": Counter(StepDebt.objects.values_list("step__key", flat=True)),
                "doubled": [key for key, count in owed.items() if count > 1],
                "loose": sorted(set(steps.values_list("pk", flat=True)) ^ set(debts)),
                "ripe": StepDebt.objects.filter(
                    obligation=None, closed_at=None, post__isnull=False, step__after=[]
                ).count(),
                "orders": len(orders),
                "ordered": sorted(of_orders.values_list("debtor__code", flat=True)),
                "told": Counter(Event.objects.filter(kind__startswith="respond.").values_list(
                    "kind", flat=True
                )),
                "noted": Counter(Entry.objects.filter(deed__startswith="responses.").values_list(
                    "deed", flat=True
                )),
                "logged": Entry.objects.filter(deed="duty.noted").count(),
                "silent": sorted(
                    set(Obligation.objects.filter(kind__in=("plan-step", "order")).values_list(
                        "pk", flat=True
                    ))
                    - set(Message.objects.values_list("purpose", flat=True))
                ),
            }
        )
    )  # fmt: skip


def _chief(key: str, stage: str) -> Actor:
    """Be whoever holds a post that the plan lets decide on a stage."""
    plan = Plan.objects.get(code=_code())
    spec = spec_at(plan.pk, plan.active or 1)
    declared = response_of(spec, key)
    entitled = starters(spec, declared, declared.stages[place_of(declared, stage)], facts_for(spec))
    person = next(held.person for held in holdings_on([post.id for post in entitled]))
    return as_person(actor("commander"), person)


def _start(key: str, stage: str) -> None:
    plan = Plan.objects.get(code=_code())
    start = services.Start(plan=plan.pk, key=key, stage=stage)
    services.start_response(start=start, by=_chief(key, stage))


def _move(key: str, stage: str) -> None:
    running = Response.objects.get(key=key, ended_at=None)
    turned = services.Turned(response=running.pk, turn=running.turn, stage=stage)
    services.move_response(turned=turned, by=_chief(key, stage))


def _order(key: str, stage: str) -> None:  # noqa: ARG001 - as every deed is called
    posts = list(Post.objects.filter(retired_at=None).order_by("code").values_list("pk", flat=True))
    given = services.Given(
        title="封闭大桥", response=Response.objects.get(key=key).pk, posts=posts[:4], once=ONCE
    )
    services.give_order(given=given, by=actor("commander"))


def _code() -> str:
    """Name the plan: the tests' own, or the demo county's."""
    return "typhoon-flood" if Plan.objects.filter(code="typhoon-flood").exists() else "flood"


DEEDS: dict[str, Callable[[str, str], None]] = {"start": _start, "raise": _move, "order": _order}
