"""Providers in trouble: slow, silent, out of order, redirecting; and what is kept of it."""

import asyncio
import json
import logging
import time

import pytest

from anlan.base.jobs.worker import drain
from anlan.base.journal.models import Entry
from anlan.base.people.tests import village as v
from anlan.comms import reasons, services
from anlan.comms.models import Attempt, CarrierState, Message
from anlan.comms.selectors import health
from anlan.comms.services.sending.pace import Pace
from anlan.comms.tests.conftest import Home, Turn, World, actor, states
from anlan.comms.tests.providers import SMS, set_up
from anlan.comms.tests.sink import Asked, Told, accept, sink

pytestmark = pytest.mark.django_db

OFFICER = actor("duty-officer", v.COUNTY, "officer")


@pytest.mark.parametrize(
    ("told", "state", "outcome"),
    [
        (Told({"code": 0, "id": "T\0001"}), "sent", "sent"),
        (Told({"code": 7, "id": "", "msg": "no\0 such"}), "failed", "failed"),
        (Told(b"{\0}"), "unknown", "unknown"),
        (Told(b"a\0b", status=400), "failed", "failed"),
    ],
)
def test_a_zero_character_in_an_answer_stops_no_sender(
    home: Home, world: World, told: Told, state: str, outcome: str
) -> None:
    with sink(lambda _: told) as far:
        set_up(home, far.address)
        world.owe("head", case="C1")
        drain()
    assert len(far.asked) == 1
    assert states() == {state: 1}
    tried = Attempt.objects.get()
    assert tried.outcome == outcome
    assert "\0" not in tried.ticket + tried.detail


def test_a_provider_out_of_order_is_tried_again_and_everybody_gets_one(
    home: Home, world: World, turn: Turn
) -> None:
    wrong: list[bool] = [True]
    with sink(lambda asked: Told(status=502) if wrong[0] else accept(asked)) as far:
        set_up(home, far.address)
        world.owe("head", "next", case="C1")
        for _ in range(6):
            drain()
            turn.forward(seconds=30)
        assert states() == {"queued": 2}
        state = CarrierState.objects.get(key="mas")
        assert state.failures >= 3
        assert state.again_at is not None
        assert len(far.asked) < 12  # left alone for longer and longer, one request ventured
        wrong[0] = False
        far.asked.clear()
        for _ in range(3):
            turn.forward(minutes=2)
            drain()
        assert sorted(far.numbers()) == ["13900000001", "13900000003"]
    assert states() == {"sent": 2}
    assert CarrierState.objects.get(key="mas").failures == 0
    assert set(Attempt.objects.values_list("reason", flat=True)) == {reasons.CARRIER_DOWN, ""}


def test_what_one_provider_cannot_do_another_takes_over(home: Home, world: World) -> None:
    with sink(lambda _: Told(status=500)) as bad, sink() as good:
        set_up(home, bad.address)
        text = SMS.format(address=good.address, more="").replace(
            "enabled = true", "enabled = true\norder = 2"
        )
        home.channel("spare", text)
        world.owe("head", case="C1")
        drain()
        assert good.numbers() == ["13900000001"]
    message = Message.objects.get()
    assert (message.state, message.carrier, message.tries) == ("sent", "spare", 2)


def test_no_answer_leaves_it_unknown_and_the_same_is_asked_again_under_one_name(
    home: Home, world: World, turn: Turn
) -> None:
    answers = iter([None, Told({"code": 0, "id": "T1"})])
    with sink(lambda _: next(answers)) as far:
        set_up(home, far.address)
        world.owe("head", case="C1")
        drain()
        message = Message.objects.get()
        assert (message.state, message.reason) == ("unknown", reasons.NETWORK)
        turn.forward(seconds=30)
        drain()
        assert len(far.asked) == 2
    requests = set(Attempt.objects.values_list("request", flat=True))
    assert len(requests) == 1
    assert states() == {"sent": 1}


def test_a_redirect_is_refused_and_nobody_is_followed(home: Home, world: World) -> None:
    with sink() as trap:
        moved = Told(status=302, headers={"Location": f"{trap.address}/send"})
        with sink(lambda _: moved) as far:
            set_up(home, far.address)
            world.owe("head", case="C1")
            drain()
            assert len(far.asked) == 1
        assert trap.asked == []
    assert Message.objects.get().reason == reasons.REFUSED
    assert "302" in Attempt.objects.get().detail


def test_secrets_and_numbers_are_in_no_row_no_answer_and_no_log(
    home: Home, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    def echo(asked: Asked) -> Told:
        return Told({"code": 9, "msg": f"bad {asked.json['pwd']} for {asked.json['phone']}"})

    with caplog.at_level(logging.DEBUG), sink(echo) as far:
        set_up(home, far.address)
        world.owe("head", case="C1")
        drain()
    kept = [*Attempt.objects.values_list("detail", flat=True), caplog.text]
    kept += [entry.detail.body for entry in Entry.objects.select_related("detail")]
    kept.append(json.dumps(health.channels(OFFICER), default=str))
    assert "*** for 139****0001" in kept[0]
    assert not [text for text in kept if "sesame-open" in text or "13900000001" in text]


def test_a_secret_that_is_not_there_is_said_and_mended_without_a_restart(
    home: Home, world: World, turn: Turn
) -> None:
    with sink() as far:
        set_up(home, far.address)
        (home.dir / "secrets" / "sms").unlink()
        world.owe("head", case="C1")
        drain()
        assert states() == {"queued": 1}
        assert "secrets/sms" in CarrierState.objects.get(key="mas").last_error
        home.secret("sms", "sesame-open")
        turn.forward(minutes=1)
        drain()
    assert states() == {"sent": 1}


def test_a_number_that_does_not_exist_gives_way_to_the_next_and_is_remembered(
    home: Home, world: World
) -> None:
    def decide(asked: Asked) -> Told:
        dead = asked.json["phone"] == "13900000001"
        return Told({"code": 10, "msg": "空号"}) if dead else accept(asked)

    with sink(decide) as far:
        set_up(home, far.address)
        world.owe("head", case="C1")
        drain()
        assert far.numbers() == ["13900000001", "13900000002"]
    assert world.phone("head").dead
    assert states() == {"sent": 1}


def test_what_failed_is_sent_again_once_the_cause_is_mended(home: Home, world: World) -> None:
    wrong: list[bool] = [True]
    refuse = Told({"code": 5, "msg": "余额不足"})
    with sink(lambda asked: refuse if wrong[0] else accept(asked)) as far:
        set_up(home, far.address)
        world.owe("head", "next", case="C1")
        drain()
        assert states() == {"failed": 2}
        wrong[0] = False
        which = services.Which(channel="sms", reason=reasons.REFUSED)
        assert services.resend_messages(which=which, by=OFFICER) == 2
        drain()
    assert states() == {"sent": 2}
    assert set(Message.objects.values_list("tries", flat=True)) == {2}
    assert Entry.objects.filter(deed="comms.resent").exists()


def test_a_channel_nobody_has_set_up_fails_in_sight(home: Home, world: World) -> None:
    home.settings('[comms]\nlink_base = "https://yj.example"\n')
    world.owe("head", case="C1")
    drain()
    assert Message.objects.get().reason == reasons.NO_CARRIER


def test_no_more_lines_are_held_than_the_file_allows(home: Home, world: World) -> None:
    under_way, most = [0], [0]

    def slow(asked: Asked) -> Told:
        under_way[0] += 1
        most[0] = max(most[0], under_way[0])
        time.sleep(0.05)
        under_way[0] -= 1
        return accept(asked)

    with sink(slow) as far:
        set_up(home, far.address, text=SMS.replace("lines = 4", "lines = 2"))
        for number in range(4):
            world.owe("head", "next", case=f"C{number}")
        drain()
        assert len(far.asked) == 8
    assert most[0] <= 2


@pytest.mark.parametrize("per_second", [0, 50])
def test_turns_are_given_out_at_the_declared_rate(
    per_second: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)
    pace = Pace(per_second)
    for _ in range(3):
        asyncio.run(pace.take(10))
    assert slept == ([] if not per_second else [pytest.approx(0.2), pytest.approx(0.4)])
