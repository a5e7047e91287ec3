"""A county with a headquarters, two villages of which one has no head, and a small plan."""

import pytest

from anlan.base.conftest import migrated, workspace_of_tests
from anlan.base.people.tests import village
from anlan.base.permissions.actor import Actor, Holding
from anlan.base.regions import scope

__all__ = ["migrated", "workspace_of_tests"]

COUNTY, NEIGHBOUR = village.COUNTY, "339902000000"
UPPER, LOWER = village.NEAR, village.NEXT

PLAN = """
code: flood
title: 演示防汛预案
region: '339901'
hazards: [flood, rainstorm]
groups:
  - key: command
    title: 指挥部
    members:
      - {title: 总指挥, role: commander}
responses:
  - key: flood
    title: 防汛
    hazards: [flood]
    expects: water
    stages:
      - key: '4'
        title: 防汛Ⅳ级
        level: 4
        started_by: [总指挥]
        triggers:
          - text: 暴雨黄色预警
            warning: {hazards: [rainstorm], level: 3}
        lead: 12h
      - {key: end, title: 防汛结束, ends: true}
steps:
  - key: lists
    title: 核对转移名单
    stages: [flood.4]
    who: {role: village-head, at: village}
    deadline: {within: 3h}
    takes: 2h
    answers: [{name: due, label: 应转, type: int, unit: 人}]
  - key: out
    title: 转移
    stages: [flood.4]
    who: {role: village-head, at: village}
    deadline: {within: 6h, before: 3h, expected: water, at: '18:00'}
    after: [lists]
    takes: 3h
    answers: [{name: moved, label: 已转, type: int, unit: 人}]
  - key: back
    title: 返回
    stages: [flood.end]
    who: {group: command, title: 总指挥}
    deadline: {within: 1d}
    answers: [{name: done, label: 已通知, type: bool}]
templates:
  - {key: move, title: 转移通知, text: '{village}请转移', names: [village]}
"""


def actor(role: str, region: str = COUNTY, name: str = "") -> Actor:
    """Somebody with a role in a region."""
    return Actor(
        ref=f"user:{name or role}", user_id=name or role, name=name or role, region=region,
        roles=(Holding(role, scope.prefix(region)),),
    )  # fmt: skip


SECTION, COMMANDER = actor("section"), actor("commander")
OFFICER, VILLAGE = actor("duty-officer"), actor("village", UPPER)
CHARLIE = actor("commander", NEIGHBOUR, "charlie")


@pytest.fixture
def world(db: None, workspace_of_tests: object) -> None:  # noqa: ARG001
    """A commander who is there, a village head who is there, two villages without one."""
    village.make_regions()
    village.unit(region=COUNTY, name="云屿县人民政府")
    village.person("R1", "某指挥", COUNTY, "10000000001")
    village.person("R2", "某书记", UPPER, "10000000002")
    village.post("P-CHIEF", "commander", COUNTY, "R1")
    village.post("P-UP", "village-head", UPPER, "R2")
