"""The table of whom an alert calls keeps what the defaults promise."""

import pytest

from anlan import codes
from anlan.base.obligations import ladders
from anlan.warn import callrules
from anlan.warn.callrules import GRADE_NAMES, RANKS, grade_of, rules

COUNTY_LEVEL, TOWN_LEVEL, VILLAGE_LEVEL = 3, 4, 5


def _roles(grade: str, hazard: str, level: int) -> set[str]:
    return {rule.role for rule in rules(grade, hazard) if level in rule.levels}


def test_every_rule_names_a_post_a_place_a_ladder_and_a_hazard_that_exist() -> None:
    posts = codes.table("posts")
    known = {row.code for row in codes.table("post-levels")}
    for row in codes.table("call-rules"):
        role = posts[row.text("role") or ""]
        assert set(row.several("at")) <= set(role.several("levels")) & known, row.code
        assert set(row.several("hazards")) <= set(codes.hazards()), row.code
        assert ladders.ladder(row.text("ladder") or ""), row.code
        assert row.text("level") in RANKS, row.code
        assert row.confidence == "M?", row.code


def test_red_calls_the_heads_yellow_the_deputies_and_blue_only_the_duty_rooms() -> None:
    assert {"commander", "deputy-commander", "bureau-head"} <= _roles("1", "typhoon", COUNTY_LEVEL)
    assert "township-head" in _roles("1", "typhoon", TOWN_LEVEL)
    assert {"village-head", "grid-worker", "helper"} <= _roles("1", "typhoon", VILLAGE_LEVEL)
    assert "commander" not in _roles("2", "typhoon", COUNTY_LEVEL)
    assert "township-head" not in _roles("3", "typhoon", TOWN_LEVEL)
    assert {"township-deputy", "duty-officer"} <= _roles("3", "typhoon", TOWN_LEVEL)
    assert _roles("4", "typhoon", TOWN_LEVEL) == {"duty-officer"}


def test_watchers_of_a_hazard_are_called_for_their_own() -> None:
    assert "geohazard-watcher" in _roles("1", "geological", VILLAGE_LEVEL)
    assert "geohazard-watcher" not in _roles("1", "heat", VILLAGE_LEVEL)
    assert "forest-guard" in _roles("2", "forest-fire", VILLAGE_LEVEL)
    assert "vessel-liaison" in _roles("3", "storm-surge", VILLAGE_LEVEL)


def test_what_must_be_left_now_calls_those_who_move_people_not_the_county() -> None:
    assert "transfer-responsible" in _roles("live", "flash-flood", VILLAGE_LEVEL)
    assert not _roles("live", "flash-flood", COUNTY_LEVEL)


@pytest.mark.parametrize("hazard", ["", "of-another-planet"])
def test_a_hazard_nobody_knows_still_calls_the_heads(hazard: str) -> None:
    assert "village-head" in _roles("1", hazard, VILLAGE_LEVEL)
    assert "geohazard-watcher" not in _roles("1", hazard, VILLAGE_LEVEL)


@pytest.mark.parametrize(
    ("kind", "level", "grade"),
    [
        ("weather-signal", 1, "1"), ("weather-signal", 4, "4"), ("flash-flood-live", None, "live"),
        ("evacuation-notice", None, "live"), ("risk-notice", None, "none"),
        ("weather-signal", None, "none"),
    ],
)  # fmt: skip
def test_an_alerts_grade_is_its_level_or_that_it_says_move_now(
    kind: str, level: int | None, grade: str
) -> None:
    assert grade_of(kind, level) == grade
    assert grade in GRADE_NAMES


def test_grades_are_ordered_by_gravity() -> None:
    assert callrules.graver("live", "1")
    assert callrules.graver("1", "2")
    assert not callrules.graver("2", "2")
    assert callrules.as_grave("2") == ["live", "1", "2"]
    assert all(kind in codes.table("issuers") for kind in ("flash-flood-live", "evacuation-notice"))
