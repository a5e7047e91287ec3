"""Responses as the pages show them: the list, the head of one, its turns."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q

from anlan.base.people import selectors as people
from anlan.base.people.models import Post
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit, visible
from anlan.base.regions import selectors as regions
from anlan.kernel import clock
from anlan.kernel.errors import Missing
from anlan.plans.selectors.facts import facts_for
from anlan.plans.selectors.steps import InForce, response_of, spec_at, starters
from anlan.respond.responses.models import Response, StepDebt, Turn
from anlan.respond.responses.selectors.asking import asked_by, sight
from anlan.respond.responses.selectors.leftover import leftover
from anlan.respond.responses.selectors.proposals import VIEW, deciders
from anlan.respond.responses.states import EXPECTED, TURNS

#: So many that ended are listed.
ENDED = 50
#: Told to be done: what was struck off is closed without a report.
_DONE = Q(obligation__state="closed", obligation__reported_at__isnull=False)
_OPEN = Q(obligation__closed_at=None, obligation__isnull=False, closed_at=None)
#: How debts of steps are counted, by what they come to.
COUNTS = {
    "total": Count("pk"),
    "done": Count("pk", filter=_DONE),
    "owed": Count("pk", filter=_OPEN),
    "late": Count("pk", filter=_OPEN & Q(obligation__lapsed_at__isnull=False)),
    "unsigned": Count("pk", filter=_OPEN & Q(obligation__answered_at=None)),
    "to_verify": Count("pk", filter=_OPEN & Q(obligation__state="reported")),
    "waiting": Count("pk", filter=Q(obligation=None, closed_at=None, post__isnull=False)),
    "nobody": Count("pk", filter=Q(obligation=None, closed_at=None, post=None)),
    "stand_in": Count("pk", filter=Q(stand_in=True)),
    "carried": Count("pk", filter=Q(closed_at__isnull=False, obligation__closed_at=None)
                     & Q(obligation__isnull=False)),
    "struck": Count("pk", filter=~_DONE & (Q(obligation__closed_at__isnull=False)
                                           | Q(obligation=None, closed_at__isnull=False))),
}  # fmt: skip


def listed(actor: Actor, region: str = "") -> dict[str, Any]:
    """List running responses, the gravest first, and the last that ended."""
    permit(actor, VIEW)
    rows = visible(Response.objects.all(), actor, VIEW, within=region)
    rows = rows.select_related("plan", "region")
    running = list(rows.filter(ended_at=None).order_by("level", "-pk"))
    ended = list(rows.filter(ended_at__isnull=False).order_by("-ended_at")[:ENDED])
    counts = counts_of([row.pk for row in running])
    return {
        "items": [{**_row(row), "counts": counts.get(row.pk, {})} for row in running],
        "ended": [_row(row) for row in ended],
        "as_of": clock.now(),
    }


def counts_of(responses: Sequence[str]) -> dict[str, dict[str, int]]:
    """Count what the debts of responses come to; one query."""
    rows = StepDebt.objects.filter(step__response__in=responses).values_list("step__response")
    told = rows.annotate(**COUNTS).order_by()
    return {pk: dict(zip(COUNTS, counts, strict=True)) for pk, *counts in told}


def seen(actor: Actor, response: str) -> Response:
    """Find a response the actor may see; `Missing` else."""
    row = Response.objects.select_related("plan", "region").filter(pk=response).first()
    if row is None or not may(actor, VIEW, row.region_id):
        raise Missing("没有这个响应")
    return row


def one(actor: Actor, response: str) -> dict[str, Any]:
    """Read a response: its head, turns, counts, what its end waits for, what may be done."""
    row = seen(actor, response)
    left = leftover(row)
    return {
        **_row(row), "counts": counts_of([row.pk]).get(row.pk, {}),
        "turns": _turns(row, actor), "asks": _asks(row),
        "left": {
            "total": left.total, "to_verify": sum(left.to_verify.values()),
            "steps": [
                {"step": pk, "title": title, "count": n, "to_verify": left.to_verify.get(pk, 0)}
                for pk, title, n in left.steps
            ],
            "orders": [{"order": pk, "title": title, "count": n} for pk, title, n in left.orders],
        },
        "may": {
            "start": row.ended_at is None and may(actor, "responses.start", row.region_id),
            "order": row.ended_at is None and may(actor, "responses.order", row.region_id),
        },
        "region_names": regions.names(row.regions),
        "as_of": clock.now(),
    }  # fmt: skip


def _asks(row: Response) -> dict[str, Any] | None:
    """Say which stage the situation asks for now; None where nothing asks, or it is over."""
    if row.ended_at is not None:
        return None
    spec = spec_at(row.plan_id, row.version)
    asked = asked_by(InForce(row.plan, row.version, spec), sight())
    here = next((one for one in asked if one.response.key == row.key), None)
    if here is None or here.place < 0:
        return None
    stage = here.response.stages[here.place]
    return {"stage": stage.key, "title": stage.title, "place": here.place}


def stages(actor: Actor, response: str) -> list[dict[str, Any]]:
    """List the stages a response may go to, with who may decide on each."""
    row = seen(actor, response)
    permit(actor, "responses.start", row.region_id)
    spec = spec_at(row.plan_id, row.version)
    declared, facts = response_of(spec, row.key), facts_for(spec)
    return [
        {
            "key": stage.key, "title": stage.title, "level": stage.level, "place": place,
            "here": place == row.place, "ends": stage.ends,
            "deciders": deciders(
                actor, row.region_id, [post.id for post in starters(spec, declared, stage, facts)]
            ),
        }
        for place, stage in enumerate(declared.stages)
    ]  # fmt: skip


def _row(row: Response) -> dict[str, Any]:
    return {
        "id": row.pk, "plan": row.plan_id, "plan_title": row.plan.title, "version": row.version,
        "key": row.key, "title": row.title, "stage": row.stage, "stage_title": row.stage_title,
        "level": row.level, "worst": row.worst, "region": row.region_id,
        "region_name": row.region.name, "regions": row.regions, "case": row.case,
        "expects": row.expects, "expects_label": EXPECTED[row.expects][0],
        "expects_label_en": EXPECTED[row.expects][1], "expected_at": row.expected_at,
        "place": row.place, "turn": row.turn, "started_at": row.started_at,
        "ended_at": row.ended_at,
    }  # fmt: skip


def _turns(row: Response, actor: Actor) -> list[dict[str, Any]]:
    turns = list(row.turns.order_by("number"))
    names = permissions.names_of({turn.by for turn in turns})
    persons = people.names_of({turn.person_id for turn in turns if turn.person_id})
    posts = dict(
        Post.objects.filter(pk__in=[turn.post_id for turn in turns]).values_list("pk", "title")
    )
    return [
        {
            "number": turn.number, "verb": turn.verb, "verb_label": TURNS[turn.verb][0],
            "verb_label_en": TURNS[turn.verb][1], "at": turn.at,
            "by_name": names.get(turn.by, turn.by), "stage_was": turn.stage_was,
            "stage": turn.stage, "level": turn.level, "reason": turn.reason, "oral": turn.oral,
            "post_title": posts.get(turn.post_id or "", ""),
            "person_name": persons.get(turn.person_id or "", ""), "said_at": turn.said_at,
            "signed_at": turn.signed_at, "may_sign": _may_sign(turn, actor),
        }
        for turn in turns
    ]  # fmt: skip


def _may_sign(turn: Turn, actor: Actor) -> bool:
    waits = turn.oral and turn.signed_at is None
    return waits and bool(actor.person) and actor.person == turn.person_id
