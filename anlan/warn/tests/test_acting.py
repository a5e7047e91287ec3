"""Standing orders: what they leave to a person, and when they act again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from anlan import codes
from anlan.base.permissions.actor import Actor
from anlan.codes import loader
from anlan.warn.models import Alert, Received, StandingOrder
from anlan.warn.selectors import inbox
from anlan.warn.services.acting import act_on_alarm, act_on_received
from anlan.warn.services.drafting import Change, follow_alert
from anlan.warn.services.issuing import issue_alert
from anlan.warn.services.ordering import sign_order
from anlan.warn.services.receiving import receive_alert
from anlan.warn.tests.conftest import A1, A2, BY, COUNTY, OFFICER, World, at
from anlan.warn.tests.test_proposing import CASE, QUAKE, account, alarm, order, quake
from anlan.warn.tests.test_signed import Station, cap, folder, quakes, trusted

__all__ = ["folder", "quakes", "trusted"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


@pytest.fixture
def commander(world: World) -> Actor:  # noqa: ARG001 - regions must be there
    return account("commander", COUNTY)


@pytest.fixture
def relays(commander: Actor) -> str:
    return sign_order(order=order(), by=commander)


@pytest.fixture
def shelf() -> Iterator[None]:
    kept = loader.shelf()
    yield
    loader.put(kept)


def held(received: str) -> set[str]:
    row = Received.objects.get(pk=received)
    assert (row.state, row.handling) == ("standing", "waiting")
    assert not Alert.objects.exists()
    return {value for code, value in row.notes if code == "held"}


def receive(data: bytes) -> str:
    return receive_alert(original=data, by=BY)


@pytest.mark.usefixtures("relays")
@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"number": "33990141600000_20260801080000"}, "not-competent"),  # a weather station's code
        ({"polygon": "28.01,121.41 28.01,121.59 28.19,121.59 28.19,121.41 28.01,121.41"},
         "disagree"),
        ({"codes": ("339901999000",)}, "widened"),
        ({"sent": at(60)}, "ahead"),
    ],
)  # fmt: skip
def test_what_a_person_must_verify_is_left_to_one_and_says_why(
    more: dict[str, Any], why: str
) -> None:
    row = quake(**more)
    assert act_on_received(received=row) == ""
    assert why in held(row)
    act_on_received(received=row)  # told twice
    notes = inbox.one(OFFICER, row)["notes"]
    said = [note for note in notes if (note["code"], note["value"]) == ("held", why)]
    assert len(said) == 1
    assert said[0]["text"].startswith("有预置授权，但没有自动转发：")
    assert codes.table("order-doubts").name(why, "en") in said[0]["text_en"]


@pytest.mark.usefixtures("relays", "trusted")
def test_what_a_stranger_signed_is_left_to_a_person() -> None:
    row = receive(Station("云屿县地震台").sign(cap()))
    assert act_on_received(received=row) == ""
    assert "stranger" in held(row)


@pytest.mark.parametrize("form", ["cap", "national"])
def test_an_unsigned_message_of_who_signs_otherwise_is_left_to_a_person(
    trusted: Station, commander: Actor, form: str
) -> None:
    sign_order(order=order(signed_only=False), by=commander)
    receive(trusted.sign(cap("urn:oid:1.2.156.2").replace(b"Actual", b"Test")))
    bare = receive(cap()) if form == "cap" else quake(station="云屿县地震台")
    assert act_on_received(received=bare) == ""
    assert held(bare) == {"signature-missing"}


def test_where_signers_are_trusted_an_order_asks_for_signatures_unless_it_says_otherwise(
    trusted: Station, commander: Actor
) -> None:
    signed = sign_order(order=order(), by=commander)
    assert StandingOrder.objects.get(pk=signed).signed_only
    row = quake()
    assert act_on_received(received=row) == ""
    assert held(row) == {"unsigned"}
    assert act_on_received(received=receive(trusted.sign(cap())))
    sign_order(order=order(signed_only=False), by=commander)
    assert act_on_received(received=row)


def test_where_nobody_is_trusted_yet_an_order_acts_on_what_came_by_a_departments_account(
    relays: str,
) -> None:
    assert not StandingOrder.objects.get(pk=relays).signed_only
    assert act_on_received(received=quake())


@pytest.mark.usefixtures("relays", "shelf")
def test_what_stops_an_order_is_a_table(tmp_path: Path) -> None:
    (tmp_path / "order-doubts.csv").write_text(
        "# source: 试\n# confidence: O\ncode,stops:bool\nnot-competent,false\n", "utf-8"
    )
    codes.overlay(tmp_path)
    assert act_on_received(received=quake(number=QUAKE.replace("419", "416")))


# Alarms.


def act(**more: Any) -> Alert | None:
    return Alert.objects.filter(pk=act_on_alarm(event=alarm(**more))).first()


@pytest.fixture
def plant(commander: Actor) -> str:
    """Leave to issue the government's own alert when something leaks."""
    given = order(
        title="泄漏报警", trigger="alarm", kinds=("government-alert",), hazards=("hazchem",),
        level=3, parts={"caution": "有毒气体泄漏", "measures": "向上风向撤离"}, minutes=120,
    )  # fmt: skip
    return sign_order(order=given, by=commander)


@pytest.fixture
def moves(commander: Actor) -> str:
    """Leave to tell people to move."""
    given = order(
        title="立即转移", trigger="alarm", kinds=("evacuation-notice",), hazards=("flash-flood",),
        level=2, parts={"measures": "立即转移"}, minutes=120,
    )  # fmt: skip
    return sign_order(order=given, by=commander)


@pytest.mark.usefixtures("plant")
def test_an_order_raises_its_alert_when_the_matter_worsens() -> None:
    first = act(hazard="hazchem", level=2)
    assert first is not None
    worse = act(hazard="hazchem", level=1, was=2)
    assert worse is not None
    first.refresh_from_db()
    assert (worse.action, worse.level, worse.state, worse.root) == ("raise", 1, "issued", first.pk)
    assert first.state == "updated"
    assert act(hazard="hazchem", level=1, was=2) is None
    assert act(hazard="hazchem", level=2) is None


@pytest.mark.usefixtures("plant")
def test_what_a_person_raised_as_far_is_not_raised_again(commander: Actor) -> None:
    first = act(hazard="hazchem", level=3)
    assert first is not None
    raised = follow_alert(alert=first.pk, action="raise", change=Change(level=1), by=OFFICER)
    issue_alert(alert=raised, by=commander)
    assert act(hazard="hazchem", level=2, was=3) is None


@pytest.mark.usefixtures("plant")
def test_what_a_person_took_back_goes_out_anew_only_for_something_worse() -> None:
    first = act(hazard="hazchem", level=2)
    assert first is not None
    back = follow_alert(alert=first.pk, action="withdraw", change=Change(reason="x"), by=OFFICER)
    issue_alert(alert=back, by=OFFICER)
    assert act(hazard="hazchem", level=2) is None
    again = act(hazard="hazchem", level=1, was=2)
    assert again is not None
    assert (again.action, again.level, again.root) == ("issue", 1, again.pk)


@pytest.mark.usefixtures("moves")
def test_a_notice_without_a_level_is_updated_when_the_matter_worsens() -> None:
    first = act(level=2)
    assert first is not None
    worse = act(level=1, was=2)
    assert worse is not None
    assert (worse.action, worse.state, worse.previous_id) == ("update", "issued", first.pk)
    assert act(level=1, was=2) is None


@pytest.mark.usefixtures("moves")
def test_another_place_of_the_same_matter_is_told_too() -> None:
    assert act(level=1, region=A1)
    other = act(level=1, region=A2, alarm="A2")
    assert other is not None
    assert (other.case, other.regions) == (CASE, [A2])
    assert act(level=1, region=A2, alarm="A3") is None
