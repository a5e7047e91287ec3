"""The manual call sheet is always there: of every open call, whatever its colour and the machines.

A blue call is not rung by anybody as long as short messages work. When they do not, everybody it
is for stands on the sheet already.
"""

from datetime import timedelta

import pytest

from anlan import codes
from anlan.base.jobs.worker import drain
from anlan.base.obligations.ladders import ladder_at
from anlan.base.people.models import Post
from anlan.comms.channels import channel_of
from anlan.comms.models import Message
from anlan.comms.selectors.sheet import Query, sheet
from anlan.comms.tests.conftest import Home
from anlan.comms.tests.providers import set_up
from anlan.comms.tests.sink import Told, sink
from anlan.warn.models import Alert
from anlan.warn.selectors.board import Query as Board
from anlan.warn.selectors.board import board
from anlan.warn.selectors.checks.impact import impact
from anlan.warn.tests import calling as v
from anlan.warn.tests.conftest import EAST, OFFICER, Turn, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def posts(world: World) -> dict[str, Post]:  # noqa: ARG001 - comes after it
    made = v.make_posts()
    v.give_telephones()
    return made


def _lines(alert: Alert | None = None) -> list[dict[str, object]]:
    query = Query(alert=alert.pk if alert else "", size=2000)
    lines: list[dict[str, object]] = sheet(OFFICER, query).told["items"]
    return lines


def _held() -> set[str]:
    """List the posts called that somebody holds."""
    called = v.called(owing=True) - set(v.VACANT)
    assert called
    return set(Post.objects.filter(code__in=called).values_list("pk", flat=True))


def _called(level: int) -> Alert:
    alert = v.issued(level=level)
    v.call(alert)
    v.told()
    return alert


def test_every_ladder_of_a_call_has_a_line_for_the_telephone_from_its_first_rung_on(
    turn: Turn,
) -> None:
    named = {str(row.text("ladder")) for row in codes.table("call-rules")}
    assert {"call-blue", "call-yellow", "call-red"} <= named
    for hour in (4, 16):  # by day and by night
        turn.at = turn.at.replace(hour=hour)
        for key in named:
            words = ladder_at(key, turn.at).rungs[0].channels
            assert any(channel_of(one).by_hand for one in words), key


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_where_short_messages_are_dead_everybody_called_is_on_the_sheet(
    home: Home, level: int
) -> None:
    with sink(lambda _: Told(status=503)) as far:
        set_up(home, far.address)
        alert = _called(level)
        drain()
    assert set(Message.objects.filter(channel="sms").values_list("state", flat=True)) <= {
        "queued", "failed", "cancelled",
    }  # fmt: skip
    lines = _lines(alert)
    assert {line["post"] for line in lines} == _held()
    for line in lines:
        assert line["phones"]
        assert alert.text in str(line["spoken"])


def test_whoever_answers_leaves_the_sheet_of_a_blue_call(home: Home) -> None:
    with sink() as far:
        set_up(home, far.address)
        alert = _called(4)
        drain()
        before = {line["post_title"] for line in _lines(alert)}
        v.answered("A1-HEAD")
        drain()
    left = {line["post_title"] for line in _lines(alert)}
    assert len(left) == len(before) - 1


def test_nobody_waits_for_a_sheet_that_stands_by(home: Home, turn: Turn) -> None:
    with sink() as far:
        set_up(home, far.address, "per_second = 1")
        ahead = impact(v.issued(level=4), OFFICER)
        alert = _called(4)
        told = board(OFFICER, alert.pk, Board())["forecast"]
        by_channel = {one.channel: one for one in ahead.loads}
        assert by_channel["sheet"].messages == by_channel["sms"].messages > 0
        assert ahead.minutes == by_channel["sms"].minutes < by_channel["sheet"].minutes
        assert [one["channel"] for one in told["channels"]] == ["sms"]
        assert told["last_at"] - turn.at == timedelta(seconds=by_channel["sms"].messages)
        drain()
    after = board(OFFICER, alert.pk, Board())["forecast"]
    assert (after["waiting"], after["last_at"]) == (0, None)


def test_lines_that_stand_by_come_after_those_that_must_be_rung() -> None:
    blue = _called(4)
    red = v.issued(level=1, regions=(EAST,), hazard="flood", case="C-RED")
    v.call(red)
    v.told()
    channels = [line["channel"] for line in _lines()]
    assert {"sheet", "voice"} == set(channels)
    assert channels == sorted(channels, key=lambda one: one == "sheet")
    assert len(_lines(blue)) == channels.count("sheet")
