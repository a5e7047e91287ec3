"""At least how grave: unknown figures make a lower bound, a person confirms."""

import pytest

from anlan.base.outbox.models import Event
from anlan.kernel.errors import Conflict, Invalid
from anlan.respond.incidents import services
from anlan.respond.incidents.selectors.floors import floor
from anlan.respond.incidents.tests.conftest import BLAST, LEAD, OFFICER, Wall, taken


def test_a_grade_from_incomplete_figures_is_a_lower_bound_and_says_why() -> None:
    shown = floor("hazchem", {"deaths": 3})
    assert shown is not None
    assert (shown.grade, shown.is_lower_bound) == (3, True)
    assert shown.label() == "至少较大"
    assert shown.why() == "失踪（下落不明）、重伤、直接经济损失未知，查清后只会更高"
    assert shown.label("en") == "At least: Fairly serious"


def test_nothing_known_is_at_least_ordinary() -> None:
    shown = floor("construction", {})
    assert shown is not None
    assert shown.label() == "至少一般"


def test_the_missing_count_among_the_dead() -> None:
    shown = floor("hazchem", {"deaths": 2, "missing": 8})
    assert shown is not None
    assert shown.grade == 2


def test_what_is_all_known_is_no_lower_bound_and_the_worst_never_is() -> None:
    every = floor(
        "hazchem",
        {"deaths": 0, "missing": 0, "serious_injuries": 0, "direct_loss_wan": 12},
    )
    worst = floor("hazchem", {"deaths": 30})
    assert every is not None
    assert worst is not None
    assert (every.label(), every.why()) == ("一般", "")
    assert (worst.label(), worst.is_lower_bound) == ("特别重大", False)


def test_a_kind_without_a_rule_is_left_to_people() -> None:
    assert floor("mass-incident", {"deaths": 3}) is None
    assert floor("", {}) is None


def test_a_forest_fire_of_which_nothing_is_known_has_no_grade_yet() -> None:
    shown = floor("forest-fire", {})
    assert shown is not None
    assert (shown.grade, shown.label()) == (None, "还不能定级")


@pytest.mark.usefixtures("world")
def test_a_person_confirms_and_goes_below_the_figures_only_with_a_reason() -> None:
    row = taken(BLAST)
    with pytest.raises(Invalid) as caught:
        services.confirm_grade(incident=row.pk, grade=4, by=OFFICER)
    assert set(caught.value.errors) == {"why"}
    with pytest.raises(Invalid):
        services.confirm_grade(incident=row.pk, grade=7, by=OFFICER)
    services.confirm_grade(incident=row.pk, grade=3, by=OFFICER)
    with pytest.raises(Conflict):
        services.confirm_grade(incident=row.pk, grade=3, by=LEAD)
    row.refresh_from_db()
    assert (row.state, row.grade, row.graded_by) == ("graded", 3, OFFICER.ref)
    assert Event.objects.filter(kind="respond.IncidentGraded").count() == 1


def test_a_graver_grade_begins_the_clocks_it_asks_for(world: Wall) -> None:
    row = taken()
    assert "county-province-phone" not in {one.rule for one in row.clocks.all()}
    world.go(hours=1)
    services.confirm_grade(incident=row.pk, grade=2, by=LEAD)
    begun = row.clocks.get(rule="county-province-phone")
    assert begun.started_at == world.at
    services.confirm_grade(incident=row.pk, grade=4, by=LEAD)
    begun.refresh_from_db()
    assert begun.closed_at is not None
    assert begun.met_by is None
