"""What the checker finds: each planted fault, and nothing else."""

import pytest

from anlan.plans.checking import Facts, PostFact, check_plan
from anlan.plans.spec.shape import PlanSpec
from anlan.plans.spec.yaml import read_plan
from anlan.plans.tests.conftest import PLAN

CHIEF = PostFact("P-CHIEF", "总指挥", "commander", "339901000000", "county", ("r1",), True)
UP = PostFact("P-UP", "上坑村书记", "village-head", "339901101201", "village", ("r2",), True)
DOWN = PostFact("P-DOWN", "下坑村书记", "village-head", "339901101202", "village", ("r3",), True)


def facts(*posts: PostFact) -> Facts:
    return Facts(
        posts=posts or (CHIEF, UP, DOWN),
        regions={
            "339901000000": ("云屿县", "county"), "339901101201": ("上坑村", "village"),
            "339901101202": ("下坑村", "village"),
        },
        roles={"commander": ("county",), "village-head": ("village",)},
        hazards={"flood", "rainstorm"}, ladders={"notice"}, registers={"vessels"}, teams={"T1"},
    )  # fmt: skip


def changed(change: str, into: str) -> PlanSpec:
    assert change in PLAN
    return read_plan(PLAN.replace(change, into))


def kinds(plan: PlanSpec, *posts: PostFact) -> list[tuple[str, str]]:
    return [(one.kind, one.where) for one in check_plan(plan, facts(*posts))]


def test_a_sound_plan_has_no_findings() -> None:
    assert kinds(read_plan(PLAN)) == []


@pytest.mark.parametrize(
    ("change", "into", "found"),
    [
        ("role: village-head, at: village", "role: mayor, at: village", "unknown-role"),
        ("role: village-head, at: village", "role: village-head, at: county", "role-at-level"),
        ("stages: [flood.end]", "stages: [flood.9]", "unknown-name"),
        ("after: [lists]", "after: [list]", "unknown-name"),
        ("hazards: [flood]", "hazards: [floods]", "unknown-name"),
        ("deadline: {within: 1d}", "deadline: {}", "no-deadline"),
        ("deadline: {within: 1d}", "deadline: {within: soon}", "unreadable-time"),
        ("deadline: {within: 1d}", "deadline: {before: 2h}", "no-deadline"),
        ("{group: command, title: 总指挥}", "{group: command, title: 组长}", "unknown-name"),
        ("{group: command, title: 总指挥}", "{group: command, post: P}", "debtor-unclear"),
        ("key: out", "key: lists", "twice"),
        ("'{village}请转移'", "'{town}请转移'", "unknown-name"),
        ("'{village}请转移'", "'{village请转移'", "template-braces"),
        ("lead: 12h", "lead: 5h", "slower-than-lead"),
        ("deadline: {within: 3h}\n    takes: 2h", "deadline: {within: 1h}\n    takes: 2h",
         "slower-than-lead"),
        ("    answers: [{name: done, label: 已通知, type: bool}]\n", "", "not-told"),
        ("stages: [flood.end]", "stages: [flood.4]", "stage-without-steps"),
        ("    takes: 3h\n", "    takes: 3h\n    vital: true\n", "nobody-verifies"),
        ("    takes: 3h\n", "    takes: 3h\n    verify: {post: P-NONE}\n", "nobody-to-verify"),
        ("    takes: 3h\n", "    takes: 3h\n    verify: {role: village-head, at: village}\n",
         "verifies-itself"),
    ],
)  # fmt: skip
def test_each_fault_is_found(change: str, into: str, found: str) -> None:
    assert found in [kind for kind, _ in kinds(changed(change, into))]


def test_steps_that_wait_for_each_other_are_found_with_the_whole_circle() -> None:
    plan = changed("    takes: 2h\n", "    takes: 2h\n    after: [out]\n")
    circle = [one for one in check_plan(plan, facts()) if one.kind == "circular-wait"]
    assert [one.sentence() for one in circle] == [
        "互相等待，谁也开始不了：核对转移名单 → 转移 → 核对转移名单"
    ]


def test_a_step_that_waits_for_what_begins_only_later_is_found() -> None:
    plan = changed("    takes: 2h\n", "    takes: 2h\n    after: [back]\n")
    assert ("waits-for-later", "steps/lists") in kinds(plan)


def test_a_post_nobody_holds_a_dead_telephone_and_a_village_left_out_are_gaps() -> None:
    gone = PostFact("P-UP", "上坑村书记", "village-head", "339901101201", "village", (), False)
    mute = PostFact("P-CHIEF", "总指挥", "commander", "339901000000", "county", ("r1",), False)
    found = check_plan(read_plan(PLAN), facts(mute, gone))
    assert {(one.gravity, one.kind) for one in found} == {
        ("gap", "vacant-post"), ("gap", "dead-phone"), ("gap", "region-without-post"),
    }  # fmt: skip
    assert any("下坑村" in one.sentence() for one in found)


def test_one_team_in_two_places_is_found_unless_one_waits_for_the_other() -> None:
    one = "    takes: 2h\n"
    two = "    takes: 3h\n"
    booked = PLAN.replace(one, f"{one}    team: T1\n").replace(two, f"{two}    team: T1\n")
    assert "double-booked" not in [kind for kind, _ in kinds(read_plan(booked))]
    apart = booked.replace("    after: [lists]\n", "")
    assert ("double-booked", "steps/out") in kinds(read_plan(apart))


def test_a_step_that_began_earlier_is_not_waited_for_twice() -> None:
    graver = PLAN.replace(
        "      - {key: end",
        "      - {key: '3', title: 防汛Ⅲ级, level: 3, lead: 10h,"
        " triggers: [{text: 橙色}]}\n      - {key: end",
    ).replace("stages: [flood.4]\n    who: {role: village-head, at: village}\n    deadline:"
              " {within: 6h", "stages: [flood.3]\n    who: {role: village-head, at: village}\n"
              "    deadline: {within: 3h")  # fmt: skip
    assert kinds(read_plan(graver)) == []


def test_whoever_verifies_what_waits_for_it_has_seen_it_too() -> None:
    vital = PLAN.replace("    takes: 2h\n", "    takes: 2h\n    vital: true\n")
    assert ("nobody-verifies", "steps/lists") in kinds(read_plan(vital))
    verified = vital.replace(
        "    takes: 3h\n", "    takes: 3h\n    verify: {group: command, title: 总指挥}\n"
    )
    assert kinds(read_plan(verified)) == []


def test_a_village_out_of_reach_of_every_verifier_is_a_gap_with_its_name() -> None:
    grid = PostFact("P-G", "网格长", "grid-worker", "339901101202001", "grid", ("r4",), True)
    plan = changed("    takes: 3h\n", "    takes: 3h\n    verify: {role: grid-worker, at: grid}\n")
    (found,) = [
        one
        for one in check_plan(plan, facts(CHIEF, UP, DOWN, grid))
        if one.kind == "region-unverified"
    ]
    assert found.sentence() == "1 个地区没有人核实：上坑村"
