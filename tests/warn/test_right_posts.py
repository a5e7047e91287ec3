"""A red rainstorm warning reaches every post of the regions it covers, and no other."""

import json
import math
import random
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.test import Client

from anlan.base.conftest import workspace_of_tests
from anlan.base.jobs.worker import drain
from anlan.base.obligations.models import Obligation
from anlan.base.permissions.actor import system
from anlan.base.permissions.models import Grant, User
from anlan.base.permissions.services.tokens import create_token
from anlan.comms.models import Message
from anlan.comms.tests.conftest import Home, home
from anlan.comms.tests.providers import set_up
from anlan.comms.tests.sink import Sink, sink
from anlan.kernel import clock
from anlan.warn.models import Alert, Received
from anlan.warn.tests.conftest import national
from tests.warn import ground
from tests.warn.ground import COUNTY, Point, covered, expected

__all__ = ["home", "workspace_of_tests"]

pytestmark = [pytest.mark.django_db, pytest.mark.story]

EVERYTHING = set(ground.villages())


@pytest.fixture
def officer(db: None) -> Client:  # noqa: ARG001 - asks for the database
    """The county, and the officer at its desk."""
    ground.make()
    user = User.objects.create(username="duty", name="值班员", region=COUNTY)
    Grant.objects.create(
        user=user, role="duty-officer", prefix="339901", by="system:test", at=clock.now()
    )
    text, _ = create_token(user=user, name="t", by=system("test"))
    return Client(headers={"authorization": f"Bearer {text}"})


@pytest.fixture
def far(home: Home) -> Iterator[Sink]:
    """A provider of short messages that takes everything and forgets nothing."""
    with sink() as made:
        set_up(home, made.address)
        yield made


def pushed(officer: Client, **more: Any) -> str:
    """Push a warning through the door."""
    told = officer.post("/api/v1/alerts/inbox", national(**more), content_type="application/xml")
    assert told.status_code == 201, told.content
    return str(told.json()["id"])


def relayed(officer: Client, received: str, expect: int = 200, **said: Any) -> Any:
    told = officer.post(
        # The officer handed it in, and has asked the station.
        f"/api/v1/alerts/received/{received}/relay", json.dumps({"accepted": ["verify"], **said}),
        content_type="application/json",
    )  # fmt: skip
    assert told.status_code == expect, told.content
    drain()
    return told.json()


def called() -> set[str]:
    return set(Obligation.objects.filter(kind="call").values_list("debtor__code", flat=True))


def spelled(ring: Sequence[Point]) -> str:
    return " ".join(f"{lat:.6f},{lon:.6f}" for lon, lat in [*ring, ring[0]])


def star(seed: int, corners: int, reach: float) -> list[Point]:
    """Draw an outline with many teeth somewhere over the county, to the sixth decimal."""
    chance = random.Random(seed)
    lon = chance.uniform(ground.WEST, ground.WEST + ground.STEP * ground.COLUMNS)
    lat = chance.uniform(ground.SOUTH, ground.SOUTH + ground.STEP * ground.ROWS)
    return [
        (
            round(lon + reach * chance.uniform(0.4, 1) * math.cos(2 * math.pi * n / corners), 6),
            round(lat + reach * chance.uniform(0.4, 1) * math.sin(2 * math.pi * n / corners), 6),
        )
        for n in range(corners)
    ]


def check(places: set[str]) -> None:
    """Compare who is called, and for whom there is a message, with our own reckoning."""
    assert called() == expected(places)
    # Nobody holds these posts: each of them is a gap that somebody sees, not a message that left.
    told = Message.objects.filter(purpose_kind="obligation", kind="call", channel="sms")
    assert set(told.values_list("reason", flat=True)) <= {"vacant"}
    assert Obligation.objects.filter(kind="call", pk__in=told.values("purpose")).count() == len(
        expected(places)
    )


@pytest.mark.parametrize("seed", range(8))
def test_an_outline_calls_the_villages_it_lies_over_and_those_above_them(
    officer: Client, seed: int
) -> None:
    area = star(seed, 5 + seed * 9, 0.02 + 0.012 * seed)
    places = covered(area)
    assert places
    relayed(officer, pushed(officer, codes=(), polygon=spelled(area)))
    check(places)


def test_an_outline_of_6208_corners_is_kept_to_the_last_and_rings_each_right_telephone_once(
    officer: Client, far: Sink
) -> None:
    numbers = ground.hold()
    area = star(3, 6208, 0.07)
    received = pushed(officer, codes=(), polygon=spelled(area))
    relayed(officer, received)
    wanted = expected(covered(area))
    assert called() == wanted
    # The other villages, the city above and the neighbour have telephones as well.
    assert wanted < set(numbers)
    # The county has no watch, so its commander owes the answer about the response: one more.
    commander = Obligation.objects.get(kind="response-due").debtor.code
    assert commander == f"{COUNTY}-0"
    assert sorted(far.numbers()) == sorted(numbers[code] for code in [*wanted, commander])
    outline = Received.objects.get(pk=received).area
    assert outline is not None
    assert [tuple(point) for point in outline["coordinates"][0][0]] == [*area, area[0]]


def test_an_outline_along_a_border_calls_nobody_across_it(officer: Client) -> None:
    middle = ground.village_code(2, 3)
    relayed(officer, pushed(officer, codes=(), polygon=spelled(ground.villages()[middle])))
    assert covered(ground.villages()[middle]) == {middle}
    check({middle})


def test_a_circle_calls_the_villages_it_reaches(officer: Client) -> None:
    area = ground.circle(121.13, 28.09, 5.0)
    relayed(officer, pushed(officer, codes=(), circle="28.09,121.13 5"))
    check(covered(area))


@pytest.mark.parametrize(
    ("codes", "places"),
    [
        ((ground.town_code(1),), {one for one in EVERYTHING if one.startswith("339901102")}),
        ((ground.village_code(0, 0), ground.village_code(4, 6)),
         {ground.village_code(0, 0), ground.village_code(4, 6)}),
        ((COUNTY,), EVERYTHING),
        (("339900000000",), EVERYTHING),
        (("339901",), EVERYTHING),
    ],
)  # fmt: skip
def test_codes_call_whatever_lies_below_them(
    officer: Client, codes: tuple[str, ...], places: set[str]
) -> None:
    relayed(officer, pushed(officer, codes=codes))
    assert called() == expected(places)


def test_where_codes_and_outline_are_given_both_must_hold_a_village(officer: Client) -> None:
    area = star(5, 40, 0.08)
    town = ground.town_code(2)
    both = {one for one in covered(area) if one.startswith(town[:9])}
    assert both
    assert both < covered(area)
    relayed(officer, pushed(officer, codes=(town,), polygon=spelled(area)))
    check(both)


@pytest.mark.parametrize(
    "more",
    [
        {"codes": ()},
        {"codes": ("440100",)},
        {"codes": (), "polygon": "30.0,110.0 30.0,110.1 30.1,110.1 30.0,110.0"},
    ],
    ids=["no area", "another province", "an outline elsewhere"],
)
def test_without_an_area_of_ours_nothing_is_sent(officer: Client, more: dict[str, Any]) -> None:
    told = officer.post("/api/v1/alerts/inbox", national(**more), content_type="application/xml")
    if told.status_code == 201:
        refused = relayed(officer, told.json()["id"], expect=422)
        assert "regions" in refused["errors"]
    else:
        assert told.status_code == 403
    assert not called()
    assert not Alert.objects.filter(issued_at__isnull=False).exists()
    assert not Message.objects.exists()
