from datetime import datetime

import pytest

from anlan.base.people import selectors
from anlan.base.people.tests import village as v
from anlan.base.regions.models import Region
from anlan.kernel import clock
from anlan.kernel.errors import Invalid

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


@pytest.fixture
def posts(world: None) -> None:  # noqa: ARG001 - comes after it
    """Heads of three villages, a cadre, duty rooms of township and county."""
    for number, name in enumerate(("陈一", "陈二", "陈三", "陈四", "陈五", "陈六"), start=1):
        v.person(f"P{number}", name, v.TOWN)
    v.post("H1", "village-head", v.NEAR, holder="P1", deputy="P2")
    v.post("H2", "village-head", v.NEXT, holder="P2")
    v.post("H3", "village-head", v.FAR, holder="P3")
    v.post("C1", "stationed-cadre", v.NEAR, holder="P3")
    v.post("C2", "paired-cadre", v.NEAR, holder="P4")
    v.post("W1", "grid-worker", v.GRID, holder="P5")
    v.post("D1", "duty-officer", v.TOWN, holder="P5")
    v.post("D2", "duty-officer", v.TOWN, holder="P6")
    v.post("D3", "duty-officer", v.COUNTY, holder="P4")
    v.post("L1", "commander", v.COUNTY, holder="P3")


def _reach(code: str, relation: str) -> list[str]:
    from anlan.base.people.models import Post

    found = selectors.reach([v.post_of(code)], relation).get(v.post_of(code), [])
    return [Post.objects.get(pk=pk).code for pk in found]


@pytest.mark.usefixtures("posts")
@pytest.mark.parametrize(
    ("code", "relation", "expected"),
    [
        ("H1", "debtor", ["H1"]),
        ("H1", "deputy", ["H1"]),
        ("H2", "deputy", []),
        ("H1", "stationed", ["C1", "C2"]),
        ("W1", "stationed", ["C1", "C2"]),
        ("C1", "stationed", ["C2"]),
        ("D1", "stationed", []),
        ("H1", "duty-above", ["D1", "D2"]),
        ("H3", "duty-above", ["D3"]),
        ("D1", "duty-above", ["D3"]),
        ("D3", "duty-above", []),
        ("D1", "duty-own", ["D2"]),
        ("H1", "duty-own", []),
        ("L1", "duty-own", ["D3"]),
        ("H1", "neighbour", ["H2"]),
        ("H3", "neighbour", ["H2"]),
        ("W1", "neighbour", ["H2"]),
        ("D1", "neighbour", []),
    ],
)
def test_each_relation_finds_whom_to_turn_to(code: str, relation: str, expected: list[str]) -> None:
    assert sorted(_reach(code, relation)) == sorted(expected)


@pytest.mark.usefixtures("posts")
def test_whoever_sits_in_the_duty_room_now_comes_instead_of_everybody() -> None:
    today = clock.local(clock.now()).date().isoformat()
    v.save("duty-shifts", unit="U1", date=today, shift="whole", officer="P6")
    yesterday = (
        clock.local(clock.now()).date().fromordinal(clock.local(clock.now()).date().toordinal() - 1)
    )
    v.save("duty-shifts", unit="U1", date=yesterday.isoformat(), shift="whole", officer="P6")
    assert _reach("H1", "duty-above") == ["D2"]


@pytest.mark.usefixtures("posts")
@pytest.mark.parametrize("relation", list(selectors.RELATIONS))
def test_a_batch_takes_as_many_queries_as_one_post(
    relation: str, django_assert_max_num_queries: object
) -> None:
    every = [v.post_of(code) for code in ("H1", "H2", "H3", "C1", "W1", "D1")]
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        selectors.reach(every, relation)


@pytest.mark.usefixtures("posts")
@pytest.mark.parametrize("first", [v.NEAR, v.FAR])
def test_of_two_villages_equally_near_it_is_the_first_by_code(first: str) -> None:
    for code in (first, *({v.NEAR, v.FAR} - {first})):  # written last, a row may be read last
        side = 0.125 if code == v.NEAR else -0.125
        Region.objects.filter(code=code).update(lon=121.5 + side, lat=28.5)
    Region.objects.filter(code=v.NEXT).update(lon=121.5, lat=28.5)
    assert _reach("H2", "neighbour") == ["H1"]


def test_an_unknown_relation_is_refused() -> None:
    with pytest.raises(Invalid):
        selectors.reach(["x"], "friend")


def test_a_night_watch_ends_on_the_next_morning() -> None:
    v.person("P1", "陈一", v.TOWN)
    v.save("duty-shifts", unit="U1", date="2026-05-01", shift="night", officer="P1")
    zone = clock.LOCAL_ZONE
    kept = [
        bool(selectors.on_duty(regions=[v.TOWN], at=datetime(2026, 5, day, hour, 30, tzinfo=zone)))
        for day, hour in ((1, 19), (1, 20), (2, 7), (2, 8))
    ]
    assert kept == [False, True, True, False]


def test_the_rota_shows_days_nobody_planned() -> None:
    v.person("P1", "陈一", v.TOWN)
    v.save("duty-shifts", unit="U1", date="2026-05-01", officer="P1")
    told = selectors.rota(v.township(), v.day("2026-05-01"), v.day("2026-05-03"))
    assert [(row["date"].day, row["gap"]) for row in told] == [(1, True), (2, True), (3, True)]
    assert told[0]["officer"]["name"] == "陈一"
    assert told[0]["lead"] is None
    assert selectors.rota(v.township(v.OTHER), v.day("2026-05-01"), v.day("2026-05-03")) == []
