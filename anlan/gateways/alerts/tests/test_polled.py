"""Warnings that come by a feed: the same door as those that are pushed, whatever went before."""

from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path

import pytest

from anlan.base.outbox.delivering import deliver_due
from anlan.gateways.alerts.polled import take_in
from anlan.gateways.sources.declaration import Declaration, read_text
from anlan.gateways.sources.polling import Fetched
from anlan.gateways.sources.runner import Runner
from anlan.gateways.sources.sharing import FOLDER, alone
from anlan.gateways.sources.shelf import Shelf
from anlan.gateways.sources.states import FILE, State, States
from anlan.gateways.sources.tests.far_side import Answer, Asked, far_side
from anlan.gateways.sources.tests.test_polling import feed_of, text_of
from anlan.kernel import clock
from anlan.sense.receipts import Receipt
from anlan.warn.models import Alert, Arrival, Received, Refused
from anlan.warn.services.ordering import Order, sign_order
from anlan.warn.services.receiving import receive_alert
from anlan.warn.tests.conftest import (
    BY,
    COUNTY,
    at,
    national,
    workspace_of_tests,
    world,
)
from anlan.warn.tests.test_proposing import account

__all__ = ["workspace_of_tests", "world"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

SOURCE = read_text("province", text_of("https://alerts.example"))
XML = "application/xml"


def taken(*bodies: bytes, source: Declaration = SOURCE) -> list[tuple[bool, str]]:
    messages = [Fetched(body, XML, "条目") for body in bodies]
    return [(one.again, one.element) for one in take_in(messages, source)]


def test_the_same_warning_by_push_and_by_feed_is_one_with_two_arrivals() -> None:
    body = national(sent=at(-5))
    first = receive_alert(original=body, by=BY)
    assert taken(body) == [(True, "")]
    row = Received.objects.get()
    assert row.pk == first
    assert set(Arrival.objects.values_list("way", flat=True)) == {"push", "poll"}
    assert Arrival.objects.get(way="poll").source == "省预警发布中心"


def test_what_cannot_be_read_is_kept_as_refused_and_the_rest_is_taken_in() -> None:
    sent = at(-5)
    broken = national(sent=sent).replace(b"<sendTime>", b"<sendTime>tomorrow ")
    found = taken(b"\x00 no message", broken, national(sent=sent))
    assert found[2] == (False, "")
    assert found[1][1].endswith("sendTime")
    assert Received.objects.count() == 1
    assert Refused.objects.filter(way="poll", seen_at=None).count() == 2


def test_after_an_outage_what_is_over_calls_nobody() -> None:
    now = clock.now()
    sign_order(
        order=Order(
            title="红色预警即转", region=COUNTY, trigger="received", kinds=["weather-signal"],
            level=1, reason="夜间", since=now - timedelta(hours=1), until=now + timedelta(days=30),
        ),
        by=account("commander", COUNTY),
    )  # fmt: skip
    over = national(sent=at(-600), expires=at(-300))
    assert taken(over) == [(False, "")]
    while deliver_due():
        pass
    row = Received.objects.get()
    assert (row.state, row.handling) == ("expired", "passed")
    assert not Alert.objects.exists()
    fresh = national(number="33990141600000_20260801090000", sent=at(-1), expires=at(180))
    assert taken(fresh) == [(False, "")]
    while deliver_due():
        pass
    assert Alert.objects.get().state == "issued"  # one that holds sets the same order off


def test_a_feed_of_a_real_server_fills_the_inbox(tmp_path: Path) -> None:
    body = national(sent=at(-5))

    def decide(asked: Asked) -> Answer:
        if asked.path == "/feed.atom":
            return Answer(feed_of(("one", "1.xml"), ("two", "2.xml")))
        return Answer(body if asked.path == "/1.xml" else b"<alert><broken>")

    def no_values(*_: object) -> "Future[Receipt]":
        raise AssertionError("a feed of warnings has no observations")

    with far_side(decide) as side:
        Shelf(tmp_path).write("province", text_of(side.address), seen="")
        runner = Runner(tmp_path, no_values, take_in=take_in, sharing=alone(tmp_path))
        assert runner.step() == 1
    state: State = States(tmp_path / FOLDER / FILE).get("province")
    assert (state.reason, state.last.accepted, state.last.rejected) == ("", 1, 1)
    assert Received.objects.get().way == "poll"
    assert Refused.objects.get().source == "省预警发布中心"
