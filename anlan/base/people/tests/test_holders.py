import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from anlan.base.people import selectors
from anlan.base.people.models import Holding, Post
from anlan.base.people.tests import village as v
from anlan.base.permissions.actor import Actor
from anlan.kernel.errors import Invalid

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def _names(code: str, on: str) -> list[tuple[str, str]]:
    held = selectors.holders_of([v.post_of(code)], v.day(on)).get(v.post_of(code), [])
    return [(one["rank"], one["name"]) for one in held]


def test_a_successor_ends_the_predecessor_by_arriving() -> None:
    v.person("P1", "陈旧", v.NEAR)
    v.person("P2", "王新", v.NEAR)
    v.post("G1", "village-head", v.NEAR, holder="P1")
    v.hold("G1", "P2", since="2026-12-01")
    assert _names("G1", "2026-11-30") == [("A", "陈旧")]
    assert _names("G1", "2026-12-01") == [("A", "王新")]


def test_a_post_left_without_a_successor_is_a_gap() -> None:
    v.person("P1", "陈旧", v.NEAR)
    v.post("G1", "village-head", v.NEAR, holder="P1")
    assert not selectors.gaps(on=v.day("2026-01-01")).exists()
    Holding.objects.update(until=v.day("2026-03-01"))
    assert _names("G1", "2026-03-01") == []
    assert [post.code for post in selectors.gaps(on=v.day("2026-03-01"))] == ["G1"]


def test_a_gap_stays_a_gap_when_somebody_left_before_the_last_one_left() -> None:
    v.person("P1", "陈旧", v.NEAR)
    v.person("P2", "王新", v.NEAR)
    v.post("G1", "village-head", v.NEAR, holder="P1")
    later = v.hold("G1", "P2", since="2025-01-01")
    Holding.objects.filter(pk=later).update(until=v.day("2025-06-01"))
    assert _names("G1", "2025-07-01") == []
    assert selectors.gaps(on=v.day("2025-07-01")).count() == 1


def test_a_deputy_alone_leaves_the_post_vacant() -> None:
    v.person("P1", "陈旧", v.NEAR)
    v.post("G1", "village-head", v.NEAR, deputy="P1")
    assert _names("G1", "2026-01-01") == [("B", "陈旧")]
    assert selectors.gaps().count() == 1


def test_an_officer_answers_for_the_posts_held_as_a_or_b() -> None:
    who = v.person("P1", "陈旧", v.NEAR)
    v.person("P2", "王新", v.NEAR)
    v.post("G1", "village-head", v.NEAR, holder="P1")
    v.post("G2", "village-deputy", v.NEAR, holder="P2", deputy="P1")
    v.post("G3", "helper", v.NEAR, holder="P2")
    actor = Actor(ref="user:X", user_id="X", name="陈旧", person=who, via="session")
    assert set(selectors.posts_of(actor)) == {v.post_of("G1"), v.post_of("G2")}
    assert selectors.posts_of(Actor(ref="user:Y", user_id="Y", name="无", via="session")) == ()


def test_holders_of_a_thousand_posts_take_three_queries(
    django_assert_max_num_queries: object,
) -> None:
    v.person("P1", "陈旧", v.NEAR)
    for number in range(5):
        v.post(f"G{number}", "helper", v.NEAR, holder="P1")
    ids = [v.post_of(f"G{number}") for number in range(5)]
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        assert len(selectors.holders_of(ids)) == 5


def test_a_sheet_for_an_election_is_imported_through_the_register() -> None:
    v.person("P1", "陈旧", v.NEAR)
    v.person("P2", "王新", v.NEAR)
    v.post("G1", "village-head", v.NEAR, holder="P1")
    v.save("holdings", post="G1", person="P2", rank="A岗", since="2026-10-01")
    assert _names("G1", "2026-11-01") == [("A", "王新")]
    with pytest.raises(Invalid):
        v.save("holdings", post="G1", person="P2", rank="A", since="2026-10-01", until="2026-09-01")


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    stays=st.lists(
        st.tuples(st.integers(1, 300), st.none() | st.integers(1, 60)), min_size=1, max_size=6,
        unique_by=lambda stay: stay[0],
    ),
    asked=st.integers(1, 360),
)  # fmt: skip
def test_gaps_and_holders_never_disagree(stays: list[tuple[int, int | None]], asked: int) -> None:
    Holding.objects.all().delete()
    if not Post.objects.exists():
        v.person("P1", "陈旧", v.NEAR)
        v.post("G1", "village-head", v.NEAR)
    start = v.day("2026-01-01").toordinal()
    for begin, length in stays:
        made = v.hold("G1", "P1", since=v.day("2026-01-01").fromordinal(start + begin).isoformat())
        if length is not None:
            end = v.day("2026-01-01").fromordinal(start + begin + length)
            Holding.objects.filter(pk=made).update(until=end)
    on = v.day("2026-01-01").fromordinal(start + asked)
    held = selectors.holders_of([v.post_of("G1")], on)
    assert bool(held) != selectors.gaps(on=on).filter(code="G1").exists()
