"""Rungs that count from the deadline: whoever sets the deadline moves the ladder with it."""

from datetime import timedelta
from pathlib import Path

import pytest

from anlan.base.obligations.ladders import Span, ladder, read
from anlan.base.obligations.models import Obligation, Rung
from anlan.base.obligations.services import climb_due
from anlan.base.obligations.tests.conftest import START, County, Turn
from anlan.kernel.errors import Invalid

LADDER = """
[{key}]
title = "试"
until = "answered"
{within}
rungs = [
  {{ after = "0min", whom = "debtor", channels = ["app"] }},
  {{ after = "{late}", whom = "commander", channels = ["voice"] }},
  {{ after = "{later}", whom = "duty-above", channels = ["sheet"] }},
]
"""


@pytest.mark.parametrize("minutes", [5, 45])
@pytest.mark.django_db
def test_the_commander_hears_when_the_deadline_of_this_very_debt_has_passed(
    county: County, turn: Turn, minutes: int
) -> None:
    debt = county.owe(ladder="response-due", answer_within=Span(minutes, "minute"))
    climb_due()
    assert Obligation.objects.get(pk=debt).rung == 1
    turn.forward(minutes=minutes - 1)
    assert climb_due() == 0
    turn.forward(minutes=1)
    assert climb_due() == 1
    assert Rung.objects.filter(obligation=debt).order_by("-id").first().whom == "commander"  # type: ignore[union-attr]
    turn.forward(minutes=5)
    assert climb_due() == 1


def test_due_is_the_deadline_of_the_debt_and_other_rungs_count_from_its_beginning() -> None:
    steps = ladder("response-due")
    late = START + timedelta(minutes=7)
    assert steps.due(START, 1, late) == late
    assert steps.due(START, 0, late) == START


@pytest.mark.parametrize(
    ("within", "late", "later"),
    [("", "due", "due+5min"), ('answer_within = "5min"', "due+5min", "due"),
     ('answer_within = "5min"', "due", "10min")],
)  # fmt: skip
def test_a_ladder_whose_late_rungs_make_no_sense_is_refused(
    tmp_path: Path, within: str, late: str, later: str
) -> None:
    file = tmp_path / "ladders.toml"
    file.write_text(LADDER.format(key="x", within=within, late=late, later=later), "utf-8")
    with pytest.raises(Invalid):
        read(file)
