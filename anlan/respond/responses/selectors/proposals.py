"""Proposals as the page shows them: what asks, who may start it, what the gap clock waits for."""

from collections.abc import Sequence
from typing import Any

from anlan import codes
from anlan.base.people import selectors as people
from anlan.base.people.models import Post
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit, visible
from anlan.kernel import clock
from anlan.kernel.errors import Missing
from anlan.plans.models import Plan
from anlan.plans.selectors.facts import facts_for
from anlan.plans.selectors.steps import (
    InForce,
    in_force,
    response_of,
    spec_at,
    starters,
    steps_for,
)
from anlan.plans.spec.shape import FIGURES
from anlan.respond.responses.models import Proposal, Response
from anlan.respond.responses.selectors.asking import Sight, asked_by, sight, unplanned
from anlan.respond.responses.states import EXPECTED, PROPOSAL, SOURCES
from anlan.warn.models import ResponseDue
from anlan.warn.selectors.choices import phones_of

VIEW = "responses.view"
#: So many that were decided are shown below those to be decided.
PAST = 20


def listed(actor: Actor) -> dict[str, Any]:
    """List what is to be decided and what was, what the gap clock asks for and no plan does."""
    permit(actor, VIEW)
    rows = visible(Proposal.objects.all(), actor, VIEW).select_related("plan", "region")
    open_ = list(rows.filter(closed_at=None).order_by("level", "-pk"))
    past = list(rows.filter(closed_at__isnull=False).order_by("-closed_at")[:PAST])
    plans = [one for one in in_force() if may(actor, VIEW, one.plan.region_id)]
    seen = sight()
    return {
        "items": _described(open_, actor), "past": _described(past, actor), "due": _due(actor),
        "unplanned": [
            {"id": one.id, "title": one.title, "hazard": one.hazard, "level": one.level,
             "at": one.at}
            for one in unplanned(plans, seen) if _concerns(actor, one.regions)
        ],
        "unknown": _unknown(plans, seen),
        "plans": [_startable(one, actor) for one in plans],
        "as_of": clock.now(),
    }  # fmt: skip


def _concerns(actor: Actor, regions: Sequence[str]) -> bool:
    return any(may(actor, VIEW, region) for region in regions)


def _unknown(plans: Sequence[InForce], seen: Sight) -> list[dict[str, str]]:
    """Name the figures that plans ask of and nobody counts: not known is not nought."""
    names = {name for plan in plans for asked in asked_by(plan, seen) for name in asked.unknown}
    return [{"name": name, "label": FIGURES[name][0]} for name in sorted(names & FIGURES.keys())]


def _startable(one: InForce, actor: Actor) -> dict[str, Any]:
    """Say which responses of a plan there are to start, and which run."""
    running = dict(Response.objects.filter(plan=one.plan, ended_at=None).values_list("key", "pk"))
    return {
        "plan": one.plan.pk, "code": one.plan.code, "title": one.plan.title,
        "region": one.plan.region_id, "version": one.version,
        "may_start": may(actor, "responses.start", one.plan.region_id),
        "responses": [
            {
                "key": response.key, "title": response.title, "title_en": response.title_en,
                "expects": response.expects, "expects_label": EXPECTED[response.expects][0],
                "expects_label_en": EXPECTED[response.expects][1],
                "running": running.get(response.key, ""),
                "stages": [
                    {"key": stage.key, "title": stage.title, "level": stage.level}
                    for stage in response.stages if not stage.ends
                ],
            }
            for response in one.spec.responses
        ],
    }  # fmt: skip


def _described(rows: Sequence[Proposal], actor: Actor) -> list[dict[str, Any]]:
    names = permissions.names_of({row.closed_by for row in rows if row.closed_by})
    return [
        {
            "id": row.pk, "plan": row.plan_id, "plan_title": row.plan.title, "key": row.key,
            "title": row.title, "stage": row.stage, "stage_title": row.stage_title,
            "level": row.level, "region": row.region_id, "region_name": row.region.name,
            "state": row.state, "state_label": PROPOSAL[row.state][0],
            "state_label_en": PROPOSAL[row.state][1], "reasons": _reasons(row.reasons),
            "made_at": row.made_at, "changed_at": row.changed_at, "closed_at": row.closed_at,
            "closed_by_name": names.get(row.closed_by, ""), "note": row.note,
            "response": row.response_id,
            "may_decide": row.closed_at is None and may(actor, "responses.start", row.region_id),
        }
        for row in rows
    ]  # fmt: skip


def _reasons(reasons: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            **one, "source_label": SOURCES[one["source"]][0],
            "source_label_en": SOURCES[one["source"]][1],
            "unit": FIGURES.get(one["id"], ("", ""))[1] if one["source"] == "figure" else "",
        }
        for one in reasons
    ]  # fmt: skip


def _due(actor: Actor) -> list[dict[str, Any]]:
    """List what the gap clock asks for and nobody has answered."""
    rows = visible(ResponseDue.objects.filter(closed_at=None), actor, VIEW)
    levels = codes.table("response-levels")
    return [
        {
            "id": row.pk, "alert": row.alert_id, "title": row.alert.title, "region": row.region_id,
            "region_name": row.region.name, "response": row.response,
            "response_label": levels.name(str(row.response)) if row.response else "",
            "response_label_en": levels.name(str(row.response), "en") if row.response else "",
            "due_at": row.due_at, "late": row.due_at <= clock.now(),
            "obligation": row.obligation, "hazard": row.hazard,
        }
        for row in rows.select_related("alert", "region").order_by("due_at")
    ]  # fmt: skip


def prospect(actor: Actor, plan: str, key: str, stage: str) -> dict[str, Any]:
    """Say what starting a stage would mean: who may decide, how many steps, whose they are."""
    row = Plan.objects.filter(pk=plan, retired_at=None).first()
    if row is None or row.active is None or not may(actor, VIEW, row.region_id):
        raise Missing("没有这份预案")
    spec = spec_at(row.pk, row.active)
    declared, facts = response_of(spec, key), facts_for(spec)
    wanted = next((one for one in declared.stages if one.key == stage), None)
    if wanted is None:
        raise Missing("预案里没有这一级")
    owing = steps_for(spec, declared, stage, facts)
    entitled = [one.id for one in starters(spec, declared, wanted, facts)]
    return {
        "title": wanted.title, "level": wanted.level, "expects": declared.expects,
        "steps": len(owing), "debts": sum(len(one.posts) for one in owing),
        "nobody": sum(len(one.vacant) or (not one.posts) for one in owing),
        "deciders": deciders(actor, row.region_id, entitled),
    }  # fmt: skip


def deciders(actor: Actor, region: str, posts: Sequence[str]) -> list[dict[str, Any]]:
    """List posts that may decide, whose they are and their telephones (masked); `mine` is one's."""
    holders = people.holders_of(posts)
    persons = [held["person"] for some in holders.values() for held in some]
    phones = phones_of(persons) if may(actor, "responses.start", region) else {}
    own = set(people.posts_of(actor))
    titles = _titles(posts)
    return [
        {
            "post": pk, "title": titles.get(pk, pk), "mine": pk in own,
            "persons": [
                {**held, "phones": phones.get(held["person"], [])} for held in holders.get(pk, [])
            ],
        }
        for pk in posts
    ]  # fmt: skip


def _titles(posts: Sequence[str]) -> dict[str, str]:
    return dict(Post.objects.filter(pk__in=posts).values_list("pk", "title"))
