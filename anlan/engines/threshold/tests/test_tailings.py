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
    assert tailings.worst({"a": [2], "b": [2]}) == 1
    assert tailings.worst({"a": [None], "b": []}) is None
    assert tailings.items({"a": [4, 4, 4, 4], "b": [None]}) == {"a": 3, "b": None}


@given(levels, st.sampled_from([1, 2, 3, 4]))
def test_one_more_point_never_makes_it_better(points: list[int | None], more: int) -> None:
    before, after = tailings.escalated(points), tailings.escalated([*points, more])
    assert after is not None
    assert after <= more
    assert before is None or after <= before


def test_a_level_outside_the_four_is_refused() -> None:
    with pytest.raises(ValueError, match="5"):
        tailings.worst({"a": [5]})
