"""A plan's file: read with the line of every slip, written so that it is the same plan."""

import pytest

from anlan.plans.spec.yaml import LARGEST, read_plan, write_plan
from anlan.plans.tests.conftest import PLAN
from anlan.protocols.declared.taking import Wrong


def test_a_plan_written_is_read_as_the_same_plan() -> None:
    plan = read_plan(PLAN)
    assert read_plan(write_plan(plan)) == plan
    assert write_plan(read_plan(write_plan(plan))) == write_plan(plan)


def test_what_looks_like_a_time_or_a_word_stays_text() -> None:
    text = PLAN.replace("at: '18:00'", "at: 18:00").replace("title: 转移通知", "title: no")
    plan = read_plan(text)
    assert plan.steps[1].deadline.at == "18:00"
    assert plan.templates[0].title == "no"


@pytest.mark.parametrize(
    ("change", "into", "line", "said"),
    [
        ("level: 4\n", "level: 7\n", 19, "不在可选之列"),
        ("level: 4\n", "level: four\n", 19, "应是数字"),
        ("region: '339901'", "region: 339901", 4, "应是文字，请加引号"),
        ("takes: 2h", "takess: 2h", 27, "不认识「takess」"),
        ("    title: 返回\n", "", 42, "缺少「title」"),
        ("hazards: [flood, rainstorm]", "hazards: flood", 5, "应是一组"),
    ],
)
def test_a_slip_is_told_with_its_line(change: str, into: str, line: int, said: str) -> None:
    assert PLAN.count(change) >= 1
    with pytest.raises(Wrong) as caught:
        read_plan(PLAN.replace(change, into, 1))
    problem = caught.value.problems[0]
    assert said in problem.reason
    assert problem.line == line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("code: [", "不是有效的 YAML"),
        ("a: &x 1\nb: *x", "不能用 * 引用"),
        ("code: a\ncode: b", "「code」写了两次"),
        ("- 1", "应以 code"),
        ("", "应以 code"),
        ("!!python/object/apply:os.system ['true']", "不是有效的 YAML"),
        ("x: " + "a" * LARGEST, "超过"),
    ],
)
def test_hostile_and_broken_files_are_refused_with_a_sentence(text: str, said: str) -> None:
    with pytest.raises(Wrong, match=said.replace("*", r"\*")):
        read_plan(text)


def test_a_file_of_nested_aliases_costs_nothing() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
    )
    with pytest.raises(Wrong, match="引用"):
        read_plan(bomb)
