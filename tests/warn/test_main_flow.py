"""The main flow of a county by its clock: a warning, the calls, and a response nobody starts."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from anlan.base.conftest import workspace_of_tests
from anlan.base.jobs.worker import drain
from anlan.base.obligations.models import Obligation, Rung
from anlan.base.people.models import Person, Phone
from anlan.base.permissions.models import Grant, User
from anlan.base.permissions.services.tokens import create_token
from anlan.base.vault import services as vault
from anlan.comms.models import Attempt, Message
from anlan.comms.tests.conftest import Home, home
from anlan.comms.tests.providers import SMS, set_up
from anlan.comms.tests.sink import Sink, sink
from anlan.kernel import clock
from anlan.kernel.ids import new_id
from anlan.protocols.alerting.reading import read_alert
from anlan.warn.models import Alert, Published, Received, ResponseDue
from anlan.warn.tests import calling as v
from anlan.warn.tests.conftest import (
    BY,
    COUNTY,
    WEST,
    World,
    box,
    national,
    passing,
    row,
    world,
)

__all__ = ["home", "passing", "workspace_of_tests", "world"]

pytestmark = [pytest.mark.django_db, pytest.mark.story]

#: As stations write: two kinds of spaces, line ends, quotes, a character outside the first plane.
WORDS = "云屿县气象台  继续发布\n　暴雨红色预警信号：“预计”未来3小时 云岭乡𠮷 100毫米以上降水。"
LINK = re.compile(r"https://yj\.example(/m/[\w-]+)")
WORDED = SMS.replace(
    'text = "{{text}}"', 'text = "{{text}}", body = "{{body}}", issuer = "{{issuer}}"'
)


@pytest.fixture
def people(world: World, passing: Callable[..., datetime]) -> Callable[..., datetime]:  # noqa: ARG001
    """Everybody who holds a post has a telephone, and time goes on when it is told to."""
    v.make_posts()
    for place, person in enumerate(Person.objects.order_by("code"), start=1):
        key = new_id()
        Phone.objects.create(
            **row(id=key, person=person, rank=1, kind="mobile",
                  number=vault.seal(key, f"139{place:08d}"), region_id=person.region_id)
        )  # fmt: skip
    return passing


@pytest.fixture
def far(home: Home) -> Iterator[Sink]:
    with sink() as made:
        set_up(home, made.address, text=WORDED)
        yield made


@pytest.fixture
def officer(people: Any) -> Client:  # noqa: ARG001 - the county must be there
    return account("duty-officer")


def account(role: str) -> Client:
    user = User.objects.create(username=role, name=role, region=COUNTY)
    Grant.objects.create(user=user, role=role, prefix="339901", by=BY.ref, at=clock.now())
    text, _ = create_token(user=user, name="t", by=BY)
    return Client(headers={"authorization": f"Bearer {text}"})


def ask(officer: Client, path: str, body: Any = None) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
    kind = "application/xml" if isinstance(body, bytes) else "application/json"
    told = officer.post(f"/api/v1{path}", raw, content_type=kind)
    assert told.status_code in (200, 201, 204), told.content
    return told.json() if told.content else None


def relayed(officer: Client) -> tuple[Alert, bytes]:
    original = national(
        sent=clock.now() - timedelta(minutes=2), text=WORDS, codes=(WEST,),
        polygon=box(121.0, 28.0, 121.2, 28.2), expires=clock.now() + timedelta(hours=12),
    )  # fmt: skip
    received = ask(account("department"), "/alerts/inbox", original)["id"]
    told = ask(officer, f"/alerts/received/{received}/relay")
    drain()
    return Alert.objects.get(pk=told["alert"]), original


def turned(kind: str) -> list[tuple[str, str]]:
    """List whom the rungs of the obligations of a kind turned to, in order."""
    rungs = Rung.objects.filter(obligation__kind=kind).order_by("id")
    return [(one.whom, one.post.code if one.post else "") for one in rungs.select_related("post")]


def test_words_station_and_time_are_the_same_bytes_in_every_place(
    officer: Client, far: Sink
) -> None:
    alert, original = relayed(officer)
    kept = Received.objects.get()
    assert bytes(kept.original.body) == original
    assert officer.get(f"/api/v1/alerts/received/{kept.pk}/original").content == original
    sent = clock.now() - timedelta(minutes=2)
    for row_ in (kept, alert):
        assert (row_.text, row_.station, row_.sent_at) == (WORDS, "云屿县气象台", sent)
    # In what leaves for every telephone, and behind its link.
    asked = [one.json for one in far.asked if "回1收到" in one.json["text"]]
    assert {one["body"] for one in asked} == {WORDS}
    assert {one["issuer"] for one in asked} == {"云屿县气象台"}
    assert len(asked) == len(v.WEST_RED) - len(v.VACANT)
    link = LINK.search(asked[0]["text"])
    assert link
    assert WORDS in Client().get(link[1]).content.decode()
    # In what lies in the open: read back from our CAP.
    message = read_alert(bytes(Published.objects.get(pk=alert.pk).cap))
    info = message.infos[0]
    assert (info.description, info.sender_name, message.source) == (
        WORDS, "云屿县气象台", "云屿县气象台",
    )  # fmt: skip
    assert datetime.fromisoformat(dict(info.parameters)["original-sent"]) == sent
    assert len(info.areas[0].polygons[0]) == 5


def test_a_response_nobody_starts_climbs_while_the_calls_go_their_way(
    officer: Client, far: Sink, people: Callable[..., datetime]
) -> None:
    alert, _ = relayed(officer)
    assert v.called() == v.WEST_RED
    due = ResponseDue.objects.get()
    assert (due.alert_id, due.answered_at) == (alert.pk, None)
    assert turned("response-due") == [("debtor", "P-DUTY")]

    # The villages answer by their links; the response does not follow by itself.
    answered = {"A1-HEAD", "W-HEAD"}
    for asked in list(far.asked):
        post = Obligation.objects.get(
            pk=Message.objects.get(pk=asked.json["uid"][:26]).purpose
        ).debtor.code
        link = LINK.search(asked.json["text"])
        if post in answered and link:
            assert Client().post(link[1], {"reply": "on-post"}).status_code == 200
    drain()
    board = officer.get(f"/api/v1/alerts/{alert.pk}/board").json()
    assert board["counts"]["answered"] == len(answered)
    assert ResponseDue.objects.get().answered_at is None

    # Its minutes pass: the commander, again, and the level above; the silent are climbed past.
    limit = due.due_at - clock.now()
    people(seconds=limit.total_seconds() - 1)
    drain()
    assert turned("response-due") == [("debtor", "P-DUTY")]
    people(seconds=2)
    drain()
    assert turned("response-due")[1:] == [("commander", "P-CHIEF")]
    for _ in range(8):
        people(minutes=5)
        drain()
    whom = [one for one, _ in turned("response-due")]
    assert whom == ["debtor", "commander", "commander", "duty-above"]
    owed = Obligation.objects.get(kind="response-due")
    assert (owed.answered_at, owed.climb_at) == (None, None)
    assert owed.lapsed_at is not None
    silent = Obligation.objects.filter(kind="call", answered_at=None)
    assert {one.debtor.code for one in silent} == v.WEST_RED - answered
    assert all(one.climb_at is None for one in silent)

    # Those who answered heard nothing of it any more; who answers late stops the clock.
    for one in Obligation.objects.filter(kind="call", debtor__code__in=answered):
        tries = Attempt.objects.filter(message__purpose=one.pk)
        assert all(one.answered_at and it.began_at <= one.answered_at for it in tries)
    ask(officer, f"/alerts/responses/{due.pk}/answer", {"answer": "started", "level": 1})
    due.refresh_from_db()
    assert (due.answer, due.started) == ("started", 1)
    assert Obligation.objects.get(kind="response-due").state == "closed"
