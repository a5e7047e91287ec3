"""Boundaries are written here from the instruments' tables, not from the rule files."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan import codes
from anlan.kernel.errors import Invalid, Missing

#: Rule, figure, and the least value of each grade from ordinary up to worst.
LEAST: list[tuple[str, str, dict[str, float]]] = [
    ("work-safety-accident", "deaths", {"4": 0, "3": 3, "2": 10, "1": 30}),
    ("work-safety-accident", "serious_injuries", {"4": 0, "3": 10, "2": 50, "1": 100}),
    ("work-safety-accident", "direct_loss_wan", {"4": 0, "3": 1000, "2": 5000, "1": 10000}),
    ("fire", "deaths", {"4": 0, "3": 3, "2": 10, "1": 30}),
    ("fire", "serious_injuries", {"4": 0, "3": 10, "2": 50, "1": 100}),
    ("fire", "direct_loss_wan", {"4": 0, "3": 1000, "2": 5000, "1": 10000}),
    ("forest-fire", "burned_forest_ha", {"3": 1, "2": 100, "1": 1000}),
    ("forest-fire", "deaths", {"4": 1, "3": 3, "2": 10, "1": 30}),
    ("forest-fire", "serious_injuries", {"4": 1, "3": 10, "2": 50, "1": 100}),
    ("forest-fire", "other_woodland", {"4": 1}),
    ("grassland-fire", "burned_grass_ha", {"4": 10, "3": 1000, "2": 5000, "1": 8000}),
    ("grassland-fire", "deaths", {"3": 1, "2": 3, "1": 10}),
    ("grassland-fire", "serious_injuries", {"4": 1, "3": 3}),
    ("grassland-fire", "casualties", {"2": 10, "1": 20}),
    ("grassland-fire", "direct_loss_wan", {"4": 0.5, "3": 50, "2": 300, "1": 500}),
    ("geological-damage", "deaths", {"4": 0, "3": 3, "2": 10, "1": 30}),
    ("geological-damage", "direct_loss_wan", {"4": 0, "3": 100, "2": 500, "1": 1000}),
    ("geological-threat", "to_evacuate", {"4": 0, "3": 100, "2": 500, "1": 1000}),
    ("geological-threat", "possible_loss_wan", {"4": 0, "3": 500, "2": 5000, "1": 10000}),
    ("earthquake", "deaths", {"4": 0, "3": 10, "2": 50, "1": 300}),
    ("earthquake", "loss_gdp_percent", {"4": 0, "1": 1}),
    ("environment", "deaths", {"4": 0, "3": 3, "2": 10, "1": 30}),
    ("environment", "poisoned", {"4": 0, "3": 10, "2": 50, "1": 100}),
    ("environment", "evacuated", {"4": 0, "3": 5000, "2": 10000, "1": 50000}),
    ("environment", "direct_loss_wan", {"4": 0, "3": 500, "2": 2000, "1": 10000}),
    ("urban-rail", "deaths", {"4": 1, "3": 3, "2": 10, "1": 30}),
    ("urban-rail", "serious_injuries", {"4": 1, "3": 10, "2": 50, "1": 100}),
    ("urban-rail", "direct_loss_wan", {"4": 50, "3": 1000, "2": 5000, "1": 10000}),
    ("urban-rail", "interruption_h", {"4": 2, "3": 6, "2": 24}),
]
BOUNDS = [(rule, figure, g, low) for rule, figure, least in LEAST for g, low in least.items()]

#: The grade just below the beginning of another one; None is what all zeros give.
LOWER: dict[tuple[str, str, str], str | None] = {
    (rule, figure, above): below
    for rule, figure, least in LEAST
    for below, above in pairwise([None, *least])
    if above is not None
}
LOWER[("forest-fire", "burned_forest_ha", "3")] = "4"  # any burned forest is an ordinary fire


@pytest.mark.parametrize(("rule", "figure", "grade", "least"), BOUNDS)
def test_a_grade_begins_with_its_number_and_not_below(
    rule: str, figure: str, grade: str, least: float
) -> None:
    zeros: dict[str, float | None] = dict.fromkeys(codes.rule(rule).figures, 0.0)
    reached = codes.grade(rule, zeros | {figure: least})
    assert reached.grade == grade
    assert not reached.is_lower_bound
    assert figure in reached.by
    if least > 0:
        below = codes.grade(rule, zeros | {figure: math.nextafter(least, 0)})
        floor = codes.grade(rule, zeros).grade
        assert below.grade == (LOWER[(rule, figure, grade)] or floor)


@pytest.mark.parametrize(
    ("magnitude", "density", "grade"),
    [
        (7.0, 1, "1"), (6.99, 1, "2"), (6.0, 1, "2"), (5.99, 1, "3"), (5.0, 1, "3"),
        (4.99, 1, "4"), (4.0, 1, "4"), (3.99, 1, None),
        (6.0, 2, "1"), (5.99, 2, "2"), (5.0, 2, "2"), (4.99, 2, "3"), (4.0, 2, "3"), (3.9, 2, None),
        (8.0, 0, None),
    ],
)  # fmt: skip
def test_an_earthquake_is_first_graded_by_magnitude_and_population(
    magnitude: float, density: float, grade: str | None
) -> None:
    found = codes.grade(
        "earthquake-initial", {"magnitude": magnitude, "population_density": density}
    )
    assert found.grade == grade
    assert not found.is_lower_bound


@pytest.mark.parametrize(
    ("hours", "drop", "coldest", "grade"),
    [
        (24, 8, 4, "3"), (24, 7.9, 4, None), (24, 8, 4.1, None), (24, 10, 2, "2"),
        (24, 10, 2.1, "3"), (24, 12, 0, "1"), (24, 12, 0.1, "2"), (24, 11.9, 0, "2"),
        (48, 10, 4, "3"), (48, 9.9, 4, None), (48, 12, 2, "2"), (48, 14, 0, "1"),
        (72, 12, 4, "3"), (72, 11.9, 4, None), (72, 14, 2, "2"), (72, 16, 0, "1"),
    ],
)  # fmt: skip
def test_a_cold_wave_needs_both_the_fall_and_the_cold(
    hours: int, drop: float, coldest: float, grade: str | None
) -> None:
    figures: dict[str, float | None] = {f"temperature_drop_{h}h": 0.0 for h in (24, 48, 72)}
    figures |= {f"temperature_drop_{hours}h": drop, "temperature_min": coldest}
    assert codes.grade("cold-wave", figures).grade == grade


def test_a_grade_from_incomplete_figures_is_a_lower_bound() -> None:
    found = codes.grade("work-safety-accident", {"deaths": 3})
    assert (found.grade, found.is_lower_bound) == ("3", True)
    assert found.by == ("deaths",)
    assert found.unknown == ("serious_injuries", "direct_loss_wan")
    assert (found.source, found.confidence) == (codes.rule(found.rule).source, "V")


def test_the_worst_grade_is_final_whatever_is_not_known() -> None:
    found = codes.grade("work-safety-accident", {"deaths": 30, "serious_injuries": None})
    assert (found.grade, found.is_lower_bound) == ("1", False)
    assert found.unknown == ("serious_injuries", "direct_loss_wan")


def test_an_unknown_figure_that_cannot_raise_the_grade_leaves_it_final() -> None:
    # Other woodland speaks only for the ordinary grade, which is reached already.
    settled = {"burned_forest_ha": 0.5, "deaths": 0, "serious_injuries": 0}
    found = codes.grade("forest-fire", settled)
    assert (found.grade, found.is_lower_bound, found.unknown) == ("4", False, ("other_woodland",))


def test_nothing_known_gives_no_grade_and_says_so() -> None:
    found = codes.grade("work-safety-accident", {"deaths": None})
    assert (found.grade, found.is_lower_bound, found.by) == (None, True, ())
    assert found.unknown == ("deaths", "serious_injuries", "direct_loss_wan")
    assert found.code() is None


def test_a_known_zero_is_not_unknown() -> None:
    zeros = {"deaths": 0.0, "serious_injuries": 0.0, "direct_loss_wan": 0.0}
    found = codes.grade("work-safety-accident", zeros)
    assert (found.grade, found.is_lower_bound, found.unknown) == ("4", False, ())
    none_burned = codes.grade("forest-fire", dict.fromkeys(codes.rule("forest-fire").figures, 0.0))
    assert (none_burned.grade, none_burned.is_lower_bound) == (None, False)


def test_a_sum_nobody_gave_is_added_up_when_its_parts_are_known() -> None:
    parts = {"deaths": 2.0, "serious_injuries": 18.0}
    found = codes.grade("grassland-fire", parts | {"burned_grass_ha": 0, "direct_loss_wan": 0})
    assert (found.grade, found.by, found.unknown) == ("1", ("casualties",), ())
    assert "casualties" in codes.grade("grassland-fire", {"deaths": 2.0}).unknown


def test_a_grade_knows_its_name_in_its_own_table() -> None:
    big = codes.grade("geological-damage", {"deaths": 30}).code()
    assert big is not None
    assert (big.name, big.name_en) == ("特大型", "Extra large")


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf])
def test_a_figure_that_cannot_be_is_refused(value: float) -> None:
    with pytest.raises(Invalid, match="不可能") as caught:
        codes.grade("work-safety-accident", {"deaths": value})
    assert "deaths" in caught.value.errors


def test_a_figure_of_another_rule_is_refused() -> None:
    with pytest.raises(Invalid, match="疏散"):
        codes.grade("work-safety-accident", {"evacuated": 5})


def test_an_unknown_rule_is_missing() -> None:
    with pytest.raises(Missing):
        codes.grade("picnic", {})


RULES = sorted(rule.key for rule in codes.rules())
amounts = st.one_of(
    st.none(),
    st.floats(0, 60_000, allow_nan=False),
    st.sampled_from([0.0, 1.0, 3.0, 10.0, 30.0, 50.0, 100.0, 1000.0, 5000.0, 10000.0]),
)


def severity(grade: str | None) -> int:
    return 0 if grade is None else 5 - int(grade)


@given(st.sampled_from(RULES), st.data())
def test_a_worse_figure_never_lowers_a_grade(rule: str, data: st.DataObject) -> None:
    names = codes.rule(rule).figures
    # A sum nobody gave is added up from its parts, so that giving it may contradict them.
    free = [name for name in names if name not in codes.rule(rule).sums]
    figures = {name: data.draw(amounts, label=name) for name in free}
    name = data.draw(st.sampled_from(free), label="the figure that gets worse")
    start = figures[name] or 0.0
    lower_is_worse = codes.table("grade-figures")[name].text("worse") == "lower"
    step = data.draw(st.floats(0, 20_000), label="step")
    worse = start - step if lower_is_worse else start + step
    before = codes.grade(rule, figures | {name: start})
    after = codes.grade(rule, figures | {name: worse})
    assert severity(after.grade) >= severity(before.grade)


@given(st.sampled_from(RULES), st.data())
def test_learning_a_figure_never_lowers_a_grade_and_never_raises_a_final_one(
    rule: str, data: st.DataObject
) -> None:
    figures = {name: data.draw(amounts, label=name) for name in codes.rule(rule).figures}
    name = data.draw(st.sampled_from(sorted(figures)), label="the figure that becomes known")
    before = codes.grade(rule, figures | {name: None})
    after = codes.grade(rule, figures | {name: figures[name]})
    if name in codes.rule(rule).sums:
        return
    assert severity(after.grade) >= severity(before.grade)
    if not before.is_lower_bound:
        assert after.grade == before.grade
