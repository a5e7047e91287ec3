"""Two counties of `warn`, a commander and a village head in person, and a plan in force."""

from dataclasses import dataclass
from typing import Any

import pytest

from anlan.base.conftest import workspace_of_tests
from anlan.base.obligations import services as obligations
from anlan.base.obligations.models import Obligation
from anlan.base.people.models import Holding, Person, Phone
from anlan.base.permissions.actor import Actor
from anlan.base.vault import services as vault
from anlan.kernel.ids import new_id
from anlan.plans import services as plans
from anlan.plans.models import Plan
from anlan.respond.responses import services
from anlan.respond.responses.models import Response, StepDebt
from anlan.warn.services.receiving import receive_alert
from anlan.warn.services.relaying import relay_alert
from anlan.warn.tests.conftest import (
    A1,
    BY,
    CHARLIE,
    CHIEF,
    COUNTY,
    LEAD,
    OFFICER,
    SECTION,
    Turn,
    World,
    actor,
    home,
    national,
    row,
    turn,
    world,
)

__all__ = [
    "CHARLIE", "COUNTY", "LEAD", "OFFICER", "SECTION", "Turn", "World", "actor", "home", "turn",
    "workspace_of_tests", "world",
]  # fmt: skip

PLAN = """
code: flood
title: 演示防汛预案
region: '339901'
hazards: [rainstorm, flood, typhoon]
groups:
  - key: command
    title: 指挥部
    members:
      - {title: 总指挥, role: commander}
responses:
  - key: flood
    title: 防汛
    title_en: Flood
    hazards: [rainstorm, flood]
    expects: water
    stages:
      - key: '4'
        title: 防汛Ⅳ级
        level: 4
        started_by: [总指挥]
        triggers:
          - {text: 暴雨黄色预警, warning: {hazards: [rainstorm], level: 3}}
          - {text: 有河道站超警戒, figure: {name: gauges-over-warning, op: '>=', number: 1.0}}
        lead: 12h
      - key: '3'
        title: 防汛Ⅲ级
        level: 3
        started_by: [总指挥]
        triggers:
          - {text: 暴雨橙色预警, warning: {hazards: [rainstorm], level: 2}}
          - {text: 签署的预报达橙色, forecast: {hazards: [rainstorm, flood], level: 2}}
          - {text: 已有人员死亡或失踪, figure: {name: dead-or-missing, op: '>=', number: 1.0}}
        lead: 8h
      - {key: end, title: 防汛结束, started_by: [总指挥], ends: true}
  - key: wind
    title: 防台风
    hazards: [typhoon]
    stages:
      - key: '4'
        title: 防台风Ⅳ级
        level: 4
        started_by: [总指挥]
        triggers:
          - {text: 台风蓝色预警, warning: {hazards: [typhoon], level: 4}}
        lead: 24h
      - {key: end, title: 防台风结束, started_by: [总指挥], ends: true}
steps:
  - key: watch
    title: 带班领导到岗
    stages: [flood.4, wind.4]
    who: {role: duty-leader, at: county}
    deadline: {within: 1h}
    takes: 30min
    answers: [{name: on_post, label: 在岗人数, type: int, unit: 人, required: true}]
  - key: lists
    title: 核对转移名单
    stages: [flood.4]
    who: {role: village-head, at: village}
    deadline: {within: 3h}
    do: 逐户核对应转人数。
    takes: 2h
    answers: [{name: due, label: 应转, type: int, unit: 人, required: true}]
  - key: out
    title: 转移
    stages: [flood.4]
    who: {role: village-head, at: village}
    deadline: {within: 6h, before: 3h, expected: water}
    after: [lists]
    takes: 1h
    answers: [{name: rain, label: 雨量, type: number, unit: mm}]
  - key: sum
    title: 汇总转移
    stages: [flood.4]
    who: {group: command, title: 总指挥}
    deadline: {within: 12h}
    after: [out]
    takes: 1h
    answers: [{name: done, label: 已汇总, type: bool, required: true}]
  - key: dams
    title: 水库预泄
    stages: [flood.3]
    who: {role: duty-officer, at: county}
    deadline: {within: 2h}
    takes: 1h
    answers: [{name: photo, label: 照片, type: photo}, {name: note, label: 泄量}]
    verify: {group: command, title: 总指挥}
  - key: back
    title: 通知返回
    stages: [flood.end]
    who: {group: command, title: 总指挥}
    deadline: {within: 1d}
    answers: [{name: done, label: 已通知, type: bool, required: true}]
  - key: calm
    title: 解除
    stages: [wind.end]
    who: {group: command, title: 总指挥}
    deadline: {within: 1d}
    answers: [{name: done, label: 已解除, type: bool, required: true}]
"""


def as_person(who: Actor, person: str) -> Actor:
    """Let an actor be a person."""
    return Actor(
        ref=who.ref, user_id=who.user_id, name=who.name, roles=who.roles, person=person,
        region=who.region,
    )  # fmt: skip


def installed(made: World, code: str, name: str, number: str) -> str:
    """Put a person with a telephone on a post; returns their id."""
    post, key, phone = made.posts[code], new_id(), new_id()
    region = post.region_id
    Person.objects.create(
        **row(id=key, code=f"N-{code}", name=vault.seal(key, name), region_id=region)
    )
    Phone.objects.create(
        **row(id=phone, person_id=key, rank=1, number=vault.seal(phone, number), region_id=region)
    )
    Holding.objects.create(
        **row(post=post, person_id=key, rank="A", since="2026-01-01", region_id=region)
    )
    return key


@dataclass
class Scene:
    """A county with a plan in force."""

    plan: Plan
    world: World
    chief: Actor
    head: Actor

    def start(self, **more: Any) -> str:
        """Start Ⅳ of the flood response as the commander."""
        given = {"plan": self.plan.pk, "key": "flood", "stage": "4", **more}
        return services.start_response(start=services.Start(**given), by=self.chief)

    def move(self, response: str, stage: str, **more: Any) -> None:
        """Take a response to another stage as the commander."""
        turned = services.Turned(response=response, turn=turn_of(response), stage=stage, **more)
        services.move_response(turned=turned, by=self.chief)

    def end(self, response: str) -> None:
        """End a response as the commander."""
        end = services.End(response=response, turn=turn_of(response), reason="雨停")
        services.end_response(end=end, by=self.chief)


@pytest.fixture
def scene(world: World) -> Scene:
    """Write and approve the plan."""
    chief = installed(world, "P-CHIEF", "某指挥长", "10000000001")
    head = installed(world, "P-A1", "某书记", "10000000002")
    plan = plans.draft_plan(text=PLAN, by=SECTION)
    plans.submit_plan(plan=plan.pk, by=SECTION)
    plan = plans.approve_plan(plan=plan.pk, by=CHIEF)
    village = actor("village", A1)
    return Scene(plan, world, as_person(CHIEF, chief), as_person(village, head))


def turn_of(response: str) -> int:
    """Tell which turn a response is at."""
    return Response.objects.get(pk=response).turn


def relay(number: int = 0, **more: Any) -> str:
    """Relay a warning of the county's weather station."""
    given = {"number": f"33990141600000_2026080108000{number}", **more}
    received = receive_alert(original=national(**given), by=BY)
    return relay_alert(received=received, by=OFFICER)


def debts(response: str, step: str) -> dict[str, StepDebt]:
    """List the debts of a step by region."""
    rows = StepDebt.objects.filter(step__response=response, step__key=step)
    return {row.region_id: row for row in rows.select_related("obligation", "step")}


def owed(debt: StepDebt) -> Obligation:
    """Read what a debt owes now."""
    debt.refresh_from_db()
    assert debt.obligation_id
    return Obligation.objects.get(pk=debt.obligation_id)


def do(debt: StepDebt, by: Actor = LEAD, **answers: Any) -> None:
    """Sign for a step and report it."""
    obligation = owed(debt).pk
    obligations.answer(obligation=obligation, by=by)
    obligations.report(obligation=obligation, by=by, reply=obligations.Reply(answers=answers))
