"""The guide to forms is followed: its form is drawn, sent, answered and merged as it says."""

import json
from typing import Any

import pytest

from anlan.base.conftest import workspace_of_tests
from anlan.base.forms import selectors, services
from anlan.base.forms.api.forms import FormIn
from anlan.base.forms.models import Round
from anlan.base.forms.tests.conftest import DUTY, TOWN, Turn, people, turn
from anlan.base.forms.values import said
from anlan.base.obligations.ladders import ladder
from anlan.base.people.tests import village as v
from anlan.base.permissions import rights

from .written import DOCS, fences, spans

__all__ = ["people", "turn", "workspace_of_tests"]
GUIDE = DOCS / "howto" / "forms.md"


@pytest.fixture
def drawn() -> dict[str, Any]:
    """The form of the guide."""
    ((_, _, text),) = fences(GUIDE, "json")
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.mark.django_db
def test_the_form_of_the_guide_is_drawn_sent_answered_and_merged(
    people: None,  # noqa: ARG001
    turn: Turn,
    drawn: dict[str, Any],
) -> None:
    form = services.draw_form(drawn=FormIn(**drawn).drawn(), by=DUTY)
    services.schedule_form(form=form, schedule={"every_hours": 2}, by=DUTY)
    first = Round.objects.get(pk=services.open_round(form=form, after=0, by=DUTY))
    sheet = first.sheets.get(region=v.TOWN)
    services.submit_sheet(
        sheet=sheet.pk, by=TOWN,
        filled=services.Filled(rows=[{"moved": 12, "stuck": 3, "power": True}], version=1),
    )  # fmt: skip
    found = selectors.merged(DUTY, first.pk)
    assert [said(column, found.total(column)) for column in found.figures] == [
        "≥12", "≥3", "≥15", "", "≥1",
    ]  # fmt: skip
    turn.forward(hours=10)
    assert services.open_due() == 1
    second = Round.objects.get(form=form, number=2).sheets.get(region=v.TOWN)
    assert services.copy_last(sheet=second.pk, version=1, by=TOWN) == 1


def test_every_right_and_ladder_the_guide_names_is_there() -> None:
    named = {span for span in spans(GUIDE) if span.startswith("forms.")}
    assert named == {action for action in rights.table().actions if action.startswith("forms.")}
    assert "`form` 阶梯" in GUIDE.read_text(encoding="utf-8")
    assert ladder("form").until == "answered"
