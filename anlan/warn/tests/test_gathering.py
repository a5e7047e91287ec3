"""Messages that come at the same moment: each caller gets the answer of its own."""

import threading
from typing import Any

import pytest
from django.db import connection

from anlan.kernel.errors import AnlanError, Forbidden
from anlan.protocols.alerting.message import Unreadable
from anlan.warn.models import Received, Refused
from anlan.warn.services.receiving import Inbound, Taken
from anlan.warn.services.receiving.gathering import Gatherer
from anlan.warn.tests.conftest import BY, VILLAGE, at, national

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("world")]


def together(asked: dict[str, tuple[bytes, Any]]) -> dict[str, Taken | AnlanError]:
    """Hand messages in from as many threads at once."""
    gatherer = Gatherer()
    found: dict[str, Taken | AnlanError] = {}
    ready = threading.Barrier(len(asked))

    def hand_in(name: str, body: bytes, by: Any) -> None:
        ready.wait(10)
        try:
            found[name] = gatherer.receive(Inbound(original=body), by)
        except AnlanError as error:
            found[name] = error
        finally:
            connection.close()

    threads = [
        threading.Thread(target=hand_in, args=(name, body, by))
        for name, (body, by) in asked.items()
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return found


def test_everybody_is_told_of_the_own_message_and_no_fault_is_shared() -> None:
    sent = at(-5)
    asked: dict[str, tuple[bytes, Any]] = {
        f"{n}": (
            national(number=f"33990141600000_2026080108000{n}", sent=sent, text=f"第{n}条"),
            BY,
        )
        for n in range(8)
    }
    asked["again"] = (asked["3"][0], BY)
    asked["broken"] = (b"<alert>", BY)
    asked["village"] = (national(number="33990141600000_20260801090000", sent=sent), VILLAGE)
    found = together(asked)
    rows = {row.text: row.pk for row in Received.objects.all()}
    assert len(rows) == 8
    for n in range(8):
        taken = found[f"{n}"]
        assert isinstance(taken, Taken)
        assert taken.received == rows[f"第{n}条"]
    again, third = found["again"], found["3"]
    assert isinstance(again, Taken)
    assert isinstance(third, Taken)
    assert again.received == third.received
    assert {again.again, third.again} == {True, False}
    broken = found["broken"]
    assert isinstance(broken, Taken)
    assert isinstance(broken.refusal, Unreadable)
    assert Refused.objects.count() == 1
    assert isinstance(found["village"], Forbidden)


def test_one_alone_is_taken_as_ever() -> None:
    found = together({"one": (national(sent=at(-5)), BY)})
    taken = found["one"]
    assert isinstance(taken, Taken)
    assert Received.objects.get().pk == taken.received
