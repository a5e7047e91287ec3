"""Alarm rules over HTTP: written, said aloud, tried on the past, switched on and off."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Body, Field, Router, Schema

from anlan.base.door.api import json_response as answer
from anlan.base.door.asking import ApiRequest
from anlan.base.door.phrases import said
from anlan.base.permissions.gate import permit
from anlan.kernel import clock
from anlan.sense.selectors import backtest, limit_tables, rules
from anlan.sense.services import rules as deeds

router = Router(tags=["报警规则"])


class Draft(Schema):
    """A rule that is not kept yet."""

    spec: dict[str, Any]
    region: str


class New(Draft):
    """A rule to keep."""

    code: str


class Edit(Schema):
    """The next version of a rule; with `version` only if nobody changed it since."""

    spec: dict[str, Any]
    region: str = ""
    version: int | None = None


class Trial(Draft):
    """A draft and the past it is tried on."""

    since: datetime = Field(alias="from")
    until: datetime = Field(alias="to")


class Switch(Schema):
    """Which version to put in force (the newest), or why a rule is switched off."""

    number: int | None = None
    reason: str = ""


class Taking(Schema):
    """The region that takes the shipped rules over."""

    region: str


@router.get("/sense/rules", summary="报警规则列表")
def list_rules(request: ApiRequest, region: str = "") -> HttpResponse:
    """List the rules one may see, each with its sentence."""
    permit(request.actor, rules.VIEW)
    return answer({"items": rules.listed(request.actor, region), "as_of": clock.now()})


@router.post("/sense/rules", summary="新建报警规则", response={201: dict[str, Any]})
def create_rule(request: ApiRequest, given: New) -> HttpResponse:
    """Write a new rule as a draft."""
    made = deeds.create_rule(
        code=given.code, region=given.region, spec=given.spec, by=request.actor
    )
    return answer(rules.one(request.actor, made.pk), 201)


@router.post("/sense/rules/sentence", summary="把规则说成一句话")
def say_rule(request: ApiRequest, draft: Draft) -> HttpResponse:
    """Say a draft aloud, tell what is wrong with it and what it would watch."""
    told = rules.spoken(request.actor, draft.spec, draft.region)
    told["errors"] = {
        column: [said(one, request.language) for one in sentences]
        for column, sentences in told["errors"].items()
    }
    told["reason"] = said(told["reason"], request.language)
    return answer(told)


@router.post("/sense/rules/backtest", summary="规则回测")
def try_rule(request: ApiRequest, trial: Trial) -> HttpResponse:
    """Tell where a draft would have fired over the stored history."""
    told = backtest.backtest(request.actor, trial.spec, trial.region, trial.since, trial.until)
    told["reason"] = said(told["reason"], request.language)
    return answer(told)


@router.get("/sense/rules/tables", summary="可作限值的码表")
def list_limit_tables(request: ApiRequest, quantity: str, hazard: str = "") -> HttpResponse:
    """List the code tables that hold limits of a quantity, the hazard's first."""
    permit(request.actor, rules.VIEW)
    return answer({"items": limit_tables.limit_tables(quantity, hazard)})


@router.post("/sense/rules/defaults", summary="载入默认规则")
def take_defaults(request: ApiRequest, given: Taking) -> HttpResponse:
    """Take the shipped rules over as drafts of a region; nothing is switched on."""
    return answer({"codes": deeds.load_defaults(region=given.region, by=request.actor)})


@router.get("/sense/rules/{rule}", summary="一条报警规则")
def get_rule(request: ApiRequest, rule: str) -> HttpResponse:
    """Read one rule with its versions."""
    return answer(rules.one(request.actor, rule))


@router.patch("/sense/rules/{rule}", summary="修改报警规则")
def edit_rule(request: ApiRequest, rule: str, given: Edit) -> HttpResponse:
    """Write the next version; the one in force stays in force."""
    deeds.edit_rule(rule=rule, spec=given.spec, by=request.actor, version=given.version)
    return answer(rules.one(request.actor, rule))


@router.post("/sense/rules/{rule}/enable", summary="启用报警规则")
def enable_rule(request: ApiRequest, rule: str, given: Body[Switch] = Switch()) -> HttpResponse:
    """Put a version in force."""
    deeds.enable_rule(rule=rule, by=request.actor, number=given.number)
    return answer(rules.one(request.actor, rule))


@router.post("/sense/rules/{rule}/disable", summary="停用报警规则")
def disable_rule(request: ApiRequest, rule: str, given: Body[Switch] = Switch()) -> HttpResponse:
    """Switch a rule off; what it raised and still stands is cleared."""
    deeds.disable_rule(rule=rule, by=request.actor, reason=given.reason)
    return answer(rules.one(request.actor, rule))


@router.post("/sense/rules/{rule}/retire", summary="作废报警规则")
def retire_rule(request: ApiRequest, rule: str) -> HttpResponse:
    """Withdraw a rule for good."""
    deeds.retire_rule(rule=rule, by=request.actor)
    return answer(rules.one(request.actor, rule))
