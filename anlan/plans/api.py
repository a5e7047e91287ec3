"""Plans over HTTP: listed, opened, taken in and given out as YAML, approved."""

from typing import Any

from django.http import HttpResponse
from ninja import Body, Router, Schema

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.permissions.gate import permit
from anlan.kernel import clock
from anlan.plans import services
from anlan.plans.selectors import facts, plans
from anlan.plans.spec.yaml import read_plan, write_plan

router = Router(tags=["预案"])


class Written(Schema):
    """A plan as YAML."""

    text: str


class Word(Schema):
    """Why, or under which document."""

    note: str = ""


@router.get("/plans", summary="预案列表")
def list_plans(request: ApiRequest, region: str = "") -> HttpResponse:
    """List the plans one may see."""
    permit(request.actor, plans.VIEW)
    return answer({"items": plans.listed(request.actor, region), "as_of": clock.now()})


@router.post("/plans", summary="存为预案草稿", response={201: dict[str, Any]})
def draft_plan(request: ApiRequest, given: Written) -> HttpResponse:
    """Keep a plan as a draft; the one in force stays in force."""
    made = services.draft_plan(text=given.text, by=request.actor)
    return answer(plans.one(request.actor, made.pk), 201)


@router.post("/plans/check", summary="核对预案")
def check_plan(request: ApiRequest, given: Written) -> HttpResponse:
    """Say what a plan's text would bring, keeping nothing."""
    permit(request.actor, "plans.edit")
    spec = read_plan(given.text)
    permit(request.actor, "plans.edit", spec.region)
    return answer(_told(plans.described(spec, facts.facts_for(spec)), request.language))


@router.get("/plans/{plan}", summary="一份预案")
def get_plan(request: ApiRequest, plan: str) -> HttpResponse:
    """Read one plan with its versions."""
    return answer(plans.one(request.actor, plan))


@router.get("/plans/{plan}/opened", summary="预案内容")
def open_plan(request: ApiRequest, plan: str, number: int | None = None) -> HttpResponse:
    """Read what a version says: groups, stages, steps with who owes them today, findings."""
    return answer(_told(plans.opened(request.actor, plan, number), request.language))


@router.get("/plans/{plan}/yaml", summary="预案文件（YAML）")
def write_yaml(request: ApiRequest, plan: str, number: int | None = None) -> HttpResponse:
    """Give a version out as YAML; taken in again it is the same plan."""
    row = plans.seen(request.actor, plan)
    text = write_plan(plans.spec_of(row, number))
    response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{row.code}.yaml"'
    return response


@router.post("/plans/{plan}/submit", summary="报批预案")
def submit_plan(request: ApiRequest, plan: str) -> HttpResponse:
    """Send the newest version for approval."""
    services.submit_plan(plan=plan, by=request.actor)
    return answer(plans.one(request.actor, plan))


@router.post("/plans/{plan}/approve", summary="批准预案")
def approve_plan(request: ApiRequest, plan: str, given: Body[Word] = Word()) -> HttpResponse:
    """Approve the newest version; it is in force from now on."""
    services.approve_plan(plan=plan, note=given.note, by=request.actor)
    return answer(plans.one(request.actor, plan))


@router.post("/plans/{plan}/return", summary="退回预案")
def return_plan(request: ApiRequest, plan: str, given: Word) -> HttpResponse:
    """Send the newest version back with a reason."""
    services.return_plan(plan=plan, reason=given.note, by=request.actor)
    return answer(plans.one(request.actor, plan))


@router.post("/plans/{plan}/retire", summary="废止预案")
def retire_plan(request: ApiRequest, plan: str, given: Body[Word] = Word()) -> HttpResponse:
    """Abolish a plan."""
    services.retire_plan(plan=plan, reason=given.note, by=request.actor)
    return answer(plans.one(request.actor, plan))


def _told(described: dict[str, Any], language: str) -> dict[str, Any]:
    described["findings"] = [
        {"gravity": one.gravity, "kind": one.kind, "where": one.where,
         "sentence": one.sentence(language)}
        for one in described["findings"]
    ]  # fmt: skip
    return described
