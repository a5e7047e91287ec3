"""Needs against what is kept: enough, too little, too little together, nobody knows."""

from dataclasses import replace

import pytest

from anlan.plans.checking import check_plan
from anlan.plans.spec.yaml import read_plan
from anlan.plans.tests.conftest import PLAN
from anlan.plans.tests.test_checking import facts

LISTS, OUT = "    takes: 2h\n", "    takes: 3h\n"


def found(needs: dict[str, str], **stores: int | None) -> list[tuple[str, str, str]]:
    """Check the plan with needs of its steps, by the line they stand after."""
    text = PLAN
    for line, need in needs.items():
        text = text.replace(line, f"{line}    needs: [{need}]\n")
    known = replace(facts(), items={"tent": ("帐篷", "顶")}, stores=stores)
    return [(one.kind, one.where, one.sentence()) for one in check_plan(read_plan(text), known)]


@pytest.mark.parametrize(
    ("need", "stores", "said"),
    [
        ("{item: tent, amount: 10}", {"tent": 10}, []),
        ("{item: tent, amount: 11}", {"tent": 10}, ["「帐篷」要 11 顶，库存可用 10 顶"]),
        ("{item: tent, amount: 6, each: true}", {"tent": 10}, ["「帐篷」要 12 顶，库存可用 10 顶"]),
        ("{item: tent, amount: 1}", {}, ["物资储备台账里查不到「帐篷」有多少，不知道够不够"]),
        ("{item: tent, amount: 1}", {"tent": None},
         ["物资储备台账里查不到「帐篷」有多少，不知道够不够"]),
        ("{item: tents, amount: 1}", {"tent": 10}, ["没有物资「tents」"]),
    ],
)  # fmt: skip
def test_a_need_is_held_against_what_is_kept(
    need: str, stores: dict[str, int | None], said: list[str]
) -> None:
    assert [words for *_, words in found({OUT: need}, **stores)] == said


def test_steps_of_one_response_draw_on_the_same_store() -> None:
    both = {LISTS: "{item: tent, amount: 6}", OUT: "{item: tent, amount: 6}"}
    assert found(both, tent=12) == []
    assert found(both, tent=10) == [
        ("stock-short-together", "steps/out",
         "连同已经开始的步骤，「帐篷」要 12 顶，库存可用 10 顶"),
    ]  # fmt: skip
