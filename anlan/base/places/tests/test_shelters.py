from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.people.models import Holding
from anlan.base.people.tests import village as v
from anlan.base.places import selectors
from anlan.base.places.models import DangerZone, Reservoir, Shelter
from anlan.kernel.errors import Invalid


@pytest.fixture
def world(db: None) -> None:  # noqa: ARG001 - asks for the database
    """Regions, a unit, a keeper's post held as A and B."""
    v.make_regions()
    v.unit()
    v.person("P1", "陈一", v.NEAR)
    v.person("P2", "陈二", v.NEAR)
    v.post("K1", "shelter-keeper", v.NEAR, holder="P1", deputy="P2")


def _shelter(**values: Any) -> str:
    given = {"code": "S1", "name": "礼堂", "level": "village", "stay": "short", "region": v.NEAR}
    return v.save("shelters", **{**given, **values})


GOOD = {
    "area": 300.0, "per_person": 3.0, "capacity": 100, "occupied": 0, "status": "idle",
    "facilities": ["water", "power", "toilet"], "keeper": "K1", "assessed_on": "2026-01-01",
}  # fmt: skip


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"capacity": 101}, "capacity"),
        ({"occupied": 101, "status": "open"}, "occupied"),
        ({"occupied": 5, "status": "out-of-use"}, "status"),
        ({"occupied": 5, "status": "idle"}, "status"),
        ({"capacity": -1}, "capacity"),
        ({"per_person": 0.0}, "per_person"),
        ({"lon": 121.5}, "lat"),
        ({"lon": 28.4, "lat": 121.5}, "lon"),
        ({"lon": 0.0, "lat": 0.0}, "lon"),
        ({"status": "asleep"}, "status"),
        ({"region": "999999999999"}, "region"),
    ],
)
def test_figures_that_contradict_each_other_are_refused(
    values: dict[str, Any], column: str
) -> None:
    with pytest.raises(Invalid) as refused:
        _shelter(**{**GOOD, **values})
    assert list(refused.value.errors) == [column]


@pytest.mark.usefixtures("world")
def test_more_people_than_beds_is_true_when_it_says_so() -> None:
    kept = _shelter(**{**GOOD, "occupied": 130, "status": "full"})
    assert selectors.rooms([kept]) == {kept: -30}


@pytest.mark.usefixtures("world")
def test_what_is_not_known_contradicts_nothing() -> None:
    kept = _shelter(capacity=500, occupied=None)
    assert selectors.rooms([kept]) == {kept: None}
    assert selectors.standards([kept]) == {kept: False}  # nobody keeps it: that much is known


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ({}, True),
        ({"assessed_on": None}, None),
        ({"assessed_on": "2019-01-01"}, False),
        ({"facilities": []}, None),
        ({"facilities": ["water"]}, False),
        ({"capacity": 40}, False),
        ({"capacity": None}, None),
        ({"per_person": None}, None),
        ({"keeper": None}, False),
        ({"keeper": None, "capacity": None}, False),
    ],
)
def test_a_shelter_is_up_to_standard_or_not_or_nobody_knows(
    values: dict[str, Any], verdict: bool | None
) -> None:
    kept = _shelter(**{**GOOD, **values})
    assert selectors.standards([kept]) == {kept: verdict}


@pytest.mark.usefixtures("world")
def test_keepers_are_whoever_holds_the_post_now() -> None:
    kept = _shelter(**GOOD)
    assert selectors.keepers([kept], "A") == {kept: "陈一"}
    assert selectors.keepers([kept], "B") == {kept: "陈二"}
    Holding.objects.filter(rank="A").update(until=v.day("2026-01-02"))
    assert selectors.keepers([kept], "A") == {}
    assert selectors.standards([kept]) == {kept: False}


@given(area=st.floats(1, 1e6), share=st.floats(0.1, 100), capacity=st.integers(0, 100_000))
def test_capacity_never_passes_when_the_people_do_not_fit(
    area: float, share: float, capacity: int
) -> None:
    row = Shelter(
        level="village", stay="short", area=area, per_person=share, capacity=capacity, status="idle"
    )
    fits = capacity * share <= area * (1 + 1e-9) + share * 1e-6
    try:
        row.clean()
    except ValidationError:
        assert not fits
    else:
        assert fits


@pytest.mark.parametrize(
    ("levels", "good"),
    [
        ({"dead_level": 60.0, "normal_level": 70.0, "check_level": 75.0, "crest": 77.0}, True),
        ({"dead_level": 60.0, "normal_level": 59.0}, False),
        ({"dead_level": 60.0, "crest": 59.0}, False),
        ({"normal_level": None, "crest": 59.0}, True),
        ({"curve": [[60.0, 1.0], [70.0, 20.0]]}, True),
        ({"curve": [[60.0, 1.0], [60.0, 20.0]]}, False),
        ({"curve": [[60.0]]}, False),
        ({"curve": "x"}, False),
    ],
)
def test_levels_of_a_reservoir_rise_from_dead_storage_to_the_crest(
    levels: dict[str, Any], good: bool
) -> None:
    row = Reservoir(size="small-1", **levels)
    if good:
        row.clean()
    else:
        with pytest.raises(ValidationError):
            row.clean()


@pytest.mark.parametrize(
    "wrong",
    [
        {"households": 10, "people": 9},
        {"thresholds": [[1, 40.0, 30.0]]},
        {"thresholds": [[1, 30.0]]},
        {"thresholds": ["x"]},
    ],
)
def test_a_danger_zone_with_impossible_figures_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        DangerZone(**wrong).clean()
