"""The board of a response: its steps with who owes them, by stage and by group; by township."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q

from anlan.base.people import selectors as people
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import condition
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.plans.selectors.steps import response_of, spec_at
from anlan.plans.spec.shape import PlanSpec, Step
from anlan.respond.responses.models import Response, StepDebt, StepRun
from anlan.respond.responses.selectors.proposals import VIEW
from anlan.respond.responses.selectors.responses import COUNTS, seen
from anlan.respond.responses.states import STANDINGS

TOWN = scope.LENGTHS[3]
SIZE = 100
#: What is counted of each township.
SUMS = ("total", "done", "owed", "late", "waiting", "nobody")


def board(actor: Actor, response: str) -> dict[str, Any]:
    """Tell what every step that began comes to; a fixed number of queries."""
    row = seen(actor, response)
    spec = spec_at(row.plan_id, row.version)
    runs = list(row.steps.select_related("same__response").order_by("rank"))
    counts = _counts(runs, actor)
    said = {step.key: step for step in spec.steps}
    titles = {step.key: step.title for step in spec.steps}
    return {
        "stages": [
            {"key": one.key, "title": one.title, "level": one.level}
            for one in response_of(spec, row.key).stages
        ],
        "steps": [
            {
                **_step(run, said.get(run.key), spec, counts.get(run.same_id or run.pk, {})),
                "after": [titles.get(key, key) for key in run.after],
            }
            for run in runs
        ],
        "towns": _towns(row, actor),
        "standings": [
            {"key": key, "label": zh, "label_en": en} for key, (zh, en) in STANDINGS.items()
        ],
    }  # fmt: skip


def _inside(actor: Actor) -> Q:
    """Narrow debts to those in regions of which the actor may see responses."""
    wanted = condition(actor, VIEW, "region_id")
    return Q() if wanted is None else wanted


def _counts(runs: Sequence[StepRun], actor: Actor) -> dict[str, dict[str, Any]]:
    rows = StepDebt.objects.filter(
        _inside(actor), step__in=[run.same_id or run.pk for run in runs]
    ).values_list("step")
    told = rows.annotate(**COUNTS).order_by()
    return {pk: dict(zip(COUNTS, counts, strict=True)) for pk, *counts in told}


def _step(
    run: StepRun, said: Step | None, spec: PlanSpec, counts: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "id": run.pk, "key": run.key, "title": run.title, "stage": run.stage,
        "group": _group(said, spec), "at": said.who.at if said and said.who.role else "county",
        "do": said.do if said else "", "begun_at": run.begun_at,
        "verified": bool(said and said.verify),
        "same": run.same.response.title if run.same else "",
        "counts": {key: counts.get(key, 0) for key in COUNTS},
    }  # fmt: skip


def _group(said: Step | None, spec: PlanSpec) -> str:
    """Name the group that owes a step; "" where posts owe it by their role."""
    key = said.who.group if said else ""
    return next((one.title for one in spec.groups if one.key == key), "")


def _towns(row: Response, actor: Actor) -> list[dict[str, Any]]:
    """Count by township, the county's own last."""
    rows = StepDebt.objects.filter(_inside(actor), step__response=row).values_list("region_id")
    towns: dict[str, list[int]] = {}
    for region, *counts in rows.annotate(**{key: COUNTS[key] for key in SUMS}).order_by():
        sums = towns.setdefault(scope.pad(region[:TOWN]), [0] * len(SUMS))
        for place, count in enumerate(counts):
            sums[place] += count
    names = regions.names(towns)
    return [
        {"region": code, "name": names.get(code, code), **dict(zip(SUMS, sums, strict=True))}
        for code, sums in sorted(towns.items())
    ]


def debts(
    actor: Actor, response: str, step: str, *, only: str = "", page: int = 1
) -> dict[str, Any]:
    """List who owes one step, or what a township owes, and what it comes to."""
    row = seen(actor, response)
    rows = StepDebt.objects.filter(_inside(actor))
    if step in ("", "-"):
        rows = rows.filter(step__response=row)
    else:
        run = row.steps.filter(pk=step).values_list("pk", "same_id").first()
        rows = rows.filter(step__in=[one for one in run or () if one])
    if only:
        rows = scope.below(rows, only)
    total = rows.count()
    start = (max(page, 1) - 1) * SIZE
    shown = list(
        rows.select_related("post", "region", "obligation", "step").order_by(
            "step__rank", "region_id", "pk"
        )[start : start + SIZE]
    )
    holders = people.holders_of([one.post_id for one in shown if one.post_id])
    return {"items": [_debt(one, holders) for one in shown], "total": total, "size": SIZE}


def _debt(one: StepDebt, holders: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    owed, key = one.obligation, standing_of(one)
    label, label_en = STANDINGS[key]
    return {
        "id": one.pk, "step": one.step_id, "step_title": one.step.title,
        "region": one.region_id, "region_name": one.region.name,
        "post": one.post.title if one.post else None,
        "holders": [held["name"] for held in holders.get(one.post_id or "", [])],
        "obligation": one.obligation_id, "due_at": one.due_at, "stand_in": one.stand_in,
        "standing": key, "standing_label": label, "standing_label_en": label_en,
        "signed_at": owed.answered_at if owed else None,
        "done_at": (owed.reported_at or owed.closed_at) if owed else None, "note": one.note,
    }  # fmt: skip


def standing_of(one: StepDebt) -> str:
    """Tell what one debt comes to."""
    owed = one.obligation
    if owed is None:
        return "struck" if one.closed_at else "waiting" if one.post_id else "nobody"
    if owed.closed_at is not None:
        return "done" if owed.state == "closed" and owed.reported_at else "struck"
    if one.closed_at is not None:
        return "carried"
    return "late" if owed.lapsed_at is not None else "owed"
