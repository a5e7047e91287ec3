"""Coverage to the household: what counts as reached, and what never does."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan import codes
from anlan.base.households.models import Household, Resident
from anlan.base.journal.models import Entry
from anlan.base.obligations.services import Reply, answer, respond
from anlan.base.people.models import Holding, Post
from anlan.base.permissions.models import User
from anlan.base.regions.models import Region
from anlan.base.vault import services as vault
from anlan.kernel.errors import Forbidden, Missing
from anlan.kernel.ids import new_id
from anlan.warn.selectors.board import Query, board
from anlan.warn.selectors.coverage import coverage
from anlan.warn.services.calls import Asked, read_coverage
from anlan.warn.tests import calling as v
from anlan.warn.tests.conftest import (
    A1,
    A2,
    B1,
    BY,
    CHARLIE,
    COUNTY,
    OFFICER,
    TOWNSHIP,
    WEST,
    World,
    actor,
    row,
)  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def posts(world: World) -> dict[str, Post]:  # noqa: ARG001 - comes after it
    User.objects.create(pk="duty-officer", username="duty-officer", name="值班员", region=COUNTY)
    return v.make_posts()


def _household(code: str, ways: list[str], region: str = A1, **more: Any) -> str:
    key, seal = new_id(), new_id()
    phone = more.pop("phone", "")
    Household.objects.create(
        **row(id=key, code=code, seal=seal, region_id=region, reach=ways, size=3,
              head=vault.seal(seal, "王小明"), address=vault.seal(seal, "溪边 3 号"),
              phone=vault.seal(seal, phone) if phone else "", **more)
    )  # fmt: skip
    return key


def _resident(household: str, *, phone: str = "", groups: Sequence[str] = ()) -> None:
    key = new_id()
    Resident.objects.create(
        **row(id=key, code=key, household_id=household, region_id=A1, groups=list(groups),
              name=vault.seal(key, "王老太"), phone=vault.seal(key, phone) if phone else "")
    )  # fmt: skip


def _told(region: str = A1, alert: str = "") -> dict[str, tuple[str, str]]:
    codes_ = dict(Household.objects.values_list("pk", "code"))
    found = coverage(OFFICER, region, alert).judged
    return {codes_[one.door.id]: (one.way, one.reason) for one in found}


def test_on_a_quiet_day_a_way_counts_when_it_could_be_taken(posts: dict[str, Post]) -> None:
    head, vacant = posts["A1-HEAD"].pk, posts["A2-HEAD"].pk
    _household("number", ["smartphone"], phone="13800001234")
    _household("no-number", ["phone"])
    resident = _household("resident", ["phone"])
    _resident(resident, phone="13800005678")
    _household("helped", ["helper"], helper_id=head)
    _household("nobody-helps", ["helper"], helper_id=vacant)
    _household("knock", ["knock"])
    _household("loud", ["loudspeaker"])
    _household("unsaid", [])
    _household("second", ["phone", "loudspeaker", "knock"])
    assert _told() == {
        "number": ("smartphone", ""), "no-number": ("", "no-number"),
        "resident": ("phone", ""), "helped": ("helper", ""), "nobody-helps": ("", "vacant"),
        "knock": ("knock", ""), "loud": ("", "unreliable"), "unsaid": ("", "unknown"),
        "second": ("knock", ""),
    }  # fmt: skip


def test_where_nobody_serves_nobody_knocks() -> None:
    Holding.objects.all().delete()
    _household("knock", ["knock"])
    assert _told() == {"knock": ("", "nobody")}


def test_an_unreliable_way_never_counts_whatever_else_is_known() -> None:
    table = codes.table("reach-ways")
    assert [one.code for one in table if not one.flag("reliable")] == ["loudspeaker"]
    _household("loud", ["loudspeaker"], phone="13800001234")
    alert = v.issued(regions=(A1,))
    v.call(alert)
    answer(obligation=v.owed("A1-HEAD").pk, by=BY, reply=Reply(answers={"reply": "acted"}))
    assert _told() == _told(alert=alert.pk) == {"loud": ("", "unreliable")}


def test_in_an_alert_a_way_counts_when_those_responsible_said_so(posts: dict[str, Post]) -> None:
    head, vacant = posts["A1-HEAD"].pk, posts["A2-HEAD"].pk
    _household("helped", ["helper"], helper_id=head)
    _household("phone", ["phone"], phone="13800001234")
    _household("knock", ["knock"], transfer_lead_id=head)
    _household("alone", ["knock"])
    _household("nobody-helps", ["helper"], helper_id=vacant)
    alert = v.issued(regions=(A1,))
    v.call(alert)
    silent = {
        "helped": ("", "silent"), "phone": ("", "not-told"), "knock": ("", "silent"),
        "alone": ("", "not-told"), "nobody-helps": ("", "vacant"),
    }  # fmt: skip
    assert _told(alert=alert.pk) == silent
    answer(obligation=v.owed("A1-HEAD").pk, by=BY, reply=Reply(answers={"reply": "received"}))
    # Who helps knows of it; whom they help does not yet.
    knows = silent | {"helped": ("", "told"), "knock": ("", "told")}
    assert _told(alert=alert.pk) == knows
    answer(obligation=v.owed("A1-MOVE").pk, by=BY, reply=Reply(answers={"reply": "acted"}))
    assert {way for way, _ in _told(alert=alert.pk).values()} == {"helper", "phone", "knock"}


@pytest.mark.parametrize("said", ["on-post", "acted"])
def test_a_helper_reaches_their_own_households_once_they_are_on_post(
    posts: dict[str, Post], said: str
) -> None:
    """Households of one helper are not another's, and asking for help takes nothing back."""
    _household("own", ["helper"], helper_id=posts["A1-HEAD"].pk)
    _household("led", ["helper"], transfer_lead_id=posts["A1-HEAD"].pk, region=A2)
    _household("other", ["helper"], helper_id=posts["A1-MOVE"].pk, region=A2)
    alert = v.issued(regions=(A1, A2))
    v.call(alert)
    for code in ("A1-HEAD", "A1-MOVE"):
        answer(obligation=v.owed(code).pk, by=BY, reply=Reply(answers={"reply": "received"}))
    known = read_coverage(asked=Asked(region=WEST, alert=alert.pk), by=OFFICER)
    assert (known["counts"]["reached"], known["counts"]["unreached"]) == (0, 3)
    assert {item["reason"] for item in known["households"]} == {"told"}
    for reply in (said, "need-help"):
        respond(obligation=v.owed("A1-HEAD").pk, by=BY, reply=Reply(answers={"reply": reply}))
        assert _told(WEST, alert.pk) == {
            "own": ("helper", ""), "led": ("helper", ""), "other": ("", "told"),
        }  # fmt: skip
    counts = board(OFFICER, alert.pk, Query())["counts"]
    assert (counts["answered"], counts["reported"], counts["need_help"]) == (2, 1, 1)


def test_an_alert_counts_the_households_of_its_own_regions() -> None:
    _household("here", ["knock"])
    _household("there", ["knock"], region=A2)
    alert = v.issued(regions=(A1,))
    assert set(_told(WEST, alert.pk)) == {"here"}
    assert set(_told(WEST)) == {"here", "there"}


def test_who_is_not_reached_is_listed_masked_and_reading_it_is_journalled(
    posts: dict[str, Post],
) -> None:
    Region.objects.filter(code=A1).update(households=10)
    key = _household("loud", ["loudspeaker"], helper_id=posts["A1-HEAD"].pk)
    _resident(key, groups=["elderly", "alone"])
    _household("knock", ["knock"])
    told = read_coverage(asked=Asked(region=WEST), by=OFFICER)
    assert told["counts"] == {
        "households": 2, "people": 6, "reached": 1, "unreliable": 1, "unreached": 0, "unknown": 0,
    }  # fmt: skip
    (item,) = told["households"]
    assert (item["name"], item["address"], item["reason"]) == ("王**", "溪边 3 号", "unreliable")
    assert item["helper_name"] == "A1-HEAD"
    assert len(item["special"]) == 2
    assert [(place["region"], place["reached"]) for place in told["places"]] == [(A1, 1)]
    assert told["unknown"] == ["1 个村（社区）没有逐户登记，约 8 户不在统计内"]
    ways = {one["way"]: one["households"] for one in told["ways"]}
    assert ways == {"smartphone": 0, "phone": 0, "helper": 0, "loudspeaker": 1, "knock": 1}
    entry = Entry.objects.get(deed="calls.unreached-read")
    assert (entry.by, entry.region) == ("user:duty-officer", WEST)


def test_nothing_is_journalled_where_no_household_was_read() -> None:
    _household("knock", ["knock"])
    read_coverage(asked=Asked(region=WEST), by=OFFICER)
    assert not Entry.objects.filter(deed="calls.unreached-read").exists()


def test_each_sees_the_households_of_their_own_regions_and_charlie_none() -> None:
    _household("west", ["loudspeaker"])
    _household("east", ["loudspeaker"], region=B1)
    seen = {
        who.name: [item["code"] for item in read_coverage(asked=Asked(), by=who)["households"]]
        for who in (OFFICER, TOWNSHIP, CHARLIE)
    }
    assert seen == {
        "duty-officer": ["west", "east"], "township": ["west"], "charlie": [],
    }  # fmt: skip
    with pytest.raises(Forbidden):
        read_coverage(asked=Asked(), by=actor("grid", A1))
    with pytest.raises(Missing):
        read_coverage(asked=Asked(alert=v.issued().pk), by=CHARLIE)


def test_pages_do_not_overlap() -> None:
    for number in range(5):
        _household(f"H{number}", ["loudspeaker"])
    pages = [read_coverage(asked=Asked(page=page, size=2), by=OFFICER) for page in (1, 2, 3, 4)]
    seen = [item["code"] for told in pages for item in told["households"]]
    assert sorted(seen) == [f"H{number}" for number in range(5)]
    assert {told["total"] for told in pages} == {5}


def test_coverage_asks_as_many_queries_of_twelve_households_as_of_one() -> None:
    alert = v.issued(regions=(A1,))
    v.call(alert)
    asked = Asked(region=WEST, alert=alert.pk)
    counts = []
    for numbers in (range(1), range(1, 12)):
        for number in numbers:
            _household(f"H{number}", ["loudspeaker"])
        with CaptureQueriesContext(connection) as queries:
            read_coverage(asked=asked, by=OFFICER)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 18  # on PostgreSQL; SQLite needs one less
