"""Placing people: never more than a shelter holds, nearest first, nobody dropped."""

from hypothesis import given
from hypothesis import strategies as st

from anlan.respond.evacuation.nearest import Group, Room, place


def room(key: str, lon: float, left: int) -> Room:
    return Room(key, lon, 28.4, left)


def group(key: str, people: int | None, lon: float | None = 121.5, *wanted: str) -> Group:
    return Group(key, people, lon, 28.4, wanted)


def test_whoever_comes_first_takes_the_nearest_with_room_for_all_of_them() -> None:
    rooms = [room("far", 121.6, 10), room("near", 121.51, 4)]
    placed = place([group("a", 3), group("b", 2), group("c", 1)], rooms)
    assert [one.shelter for one in placed] == ["near", "far", "near"]
    assert [one.left for one in rooms] == [8, 0]


def test_the_shelter_a_list_names_counts_more_than_a_nearer_one() -> None:
    rooms = [room("near", 121.51, 10), room("named", 121.6, 2)]
    placed = place([group("a", 2, 121.5, "named"), group("b", 2, 121.5, "named")], rooms)
    assert [one.shelter for one in placed] == ["named", "near"]


def test_whoever_finds_no_place_says_why() -> None:
    rooms = [room("near", 121.51, 2), room("beyond", 123.0, 100)]
    placed = place([group("big", 3), group("?", None), group("nowhere", 3, None)], rooms)
    assert [(one.shelter, one.why) for one in placed] == [
        ("", "no-room"), ("", "unknown-size"), ("", "unlocated"),
    ]  # fmt: skip
    assert place([group("a", 1)], [])[0].why == "no-shelter"


@given(
    st.lists(st.tuples(st.integers(1, 9), st.floats(121.4, 121.6)), max_size=40),
    st.lists(st.tuples(st.integers(1, 20), st.floats(121.4, 121.6)), max_size=6),
)
def test_no_shelter_ever_takes_more_than_it_holds(
    people: list[tuple[int, float]], holds: list[tuple[int, float]]
) -> None:
    groups = [group(str(at), n, lon) for at, (n, lon) in enumerate(people)]
    placed = place(groups, [room(str(at), lon, n) for at, (n, lon) in enumerate(holds)])
    assert [one.group for one in placed] == [one.key for one in groups]
    taken = [0] * len(holds)
    for one, (n, _) in zip(placed, people, strict=True):
        assert bool(one.shelter) != bool(one.why)
        if one.shelter:
            taken[int(one.shelter)] += n
    assert all(n <= most for n, (most, _) in zip(taken, holds, strict=True))
