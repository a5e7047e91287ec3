import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.engines.threshold import tailings

levels = st.lists(st.sampled_from([None, 1, 2, 3, 4]), max_size=8)


@pytest.mark.parametrize(
    ("points", "level"),
    [
        ([], None),
        ([None, None], None),
        ([4], 4),
        ([4, 4, 4], 4),
        ([4, 4, 4, 4], 3),
        ([3, 3], 3),
        ([3, 3, 3], 2),
        ([2], 2),
        ([2, 2], 1),
        ([1], 1),
        ([4, 4, 4, 3], 3),
        ([4, 4, 3, 3], 3),
        ([4, 3, 3, 3], 2),
        ([3, 3, 2], 2),
    ],
)
def test_so_many_points_at_one_level_make_the_next(
    points: list[int | None], level: int | None
) -> None:
    assert tailings.escalated(points) == level


def test_items_add_up_to_the_pond_as_points_add_up_to_an_item() -> None:
    blue: dict[str, list[int | None]] = {name: [4] for name in "abcd"}
    assert tailings.worst(blue) == 3
    assert tailings.worst({"a": [4, 4, 4, 4], "b": [3], "c": [3]}) == 2
    assert tailings.worst({**blue, "e": [3]}) == 3
    assert tailings.worst({**blue, "e": [3], "f": [3]}) == 2
    assert tailings.worst({**blue, "e": [3], "f": [3], "g": [2]}) == 1
    assert tailings.worst({"a": [2], "b": [2]}) == 1
    assert tailings.worst({"a": [None], "b": []}) is None
    assert tailings.items({"a": [4, 4, 4, 4], "b": [None]}) == {"a": 3, "b": None}


@given(levels.map(lambda found: [one for one in found if one]), st.integers(0, 9))
def test_the_ways_to_a_level_are_all_there_are(items: list[int], more: int) -> None:
    whole = [*items, *[4] * more]
    reached = {
        level
        for level in (1, 2, 3, 4)
        for way in tailings.ways(level)
        if all(sum(one <= at for one in whole) >= many for at, many in way.items())
    }
    found = tailings.carried(whole)
    assert reached == (set() if found is None else set(range(found, 5)))


@given(levels, st.sampled_from([1, 2, 3, 4]))
def test_an_item_more_never_makes_the_pond_better(items: list[int | None], more: int) -> None:
    before, after = tailings.carried(items), tailings.carried([*items, more])
    assert after is not None
    assert after <= min(more, before or 4)


@given(levels, st.sampled_from([1, 2, 3, 4]))
def test_one_more_point_never_makes_it_better(points: list[int | None], more: int) -> None:
    before, after = tailings.escalated(points), tailings.escalated([*points, more])
    assert after is not None
    assert after <= more
    assert before is None or after <= before


def test_a_level_outside_the_four_is_refused() -> None:
    with pytest.raises(ValueError, match="5"):
        tailings.worst({"a": [5]})
