"""Loudspeakers: which of them sound for whom, what they fetch; nobody counts as reached."""

import time
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client

from anlan.base.jobs.worker import drain
from anlan.base.obligations.models import Obligation
from anlan.base.people.tests import village as v
from anlan.comms import reasons, services
from anlan.comms.channels import CHANNELS
from anlan.comms.models import Attempt, Message
from anlan.comms.states import LIFECYCLE
from anlan.comms.tests.conftest import Home, World, actor
from anlan.comms.tests.sink import Told, sink

pytestmark = pytest.mark.django_db

OFFICER = actor("township", v.TOWN, "officer")


def _devices(*regions: str) -> dict[str, str]:
    """Replace the shipped device by others."""
    more = "\n".join(
        f'[[devices]]\nid = "D{number}"\nregion = "{region}"'
        for number, region in enumerate(regions, start=1)
    )
    return {"[[devices]]                           # ←": f"{more}\n[[devices]]  # ←"}


def test_no_kind_for_a_place_ever_reaches_anybody() -> None:
    places = [one for one in CHANNELS.values() if one.to_place]
    assert {one.key for one in places} == {"robot", "webhook", "loudspeaker", "group"}
    assert not any(one.reaches(state.code) for one in places for state in LIFECYCLE.states)


def test_a_village_is_sounded_once_by_its_own_devices_and_no_others(
    home: Home, world: World
) -> None:
    with sink(lambda _: Told({"code": 0, "data": {"taskId": "T1"}})) as far:
        home.preset("loudspeaker", far.address, **_devices(v.NEAR, v.NEXT, v.TOWN, v.NEAR))
        world.owe("head", "mute", case="C1", ladder=home.ladder("loudspeaker"))
        drain()
    (asked,) = far.asked
    assert asked.json["terminals"] == ["D1", "D3", "D4"]  # its own two, and the township's
    assert "防台风会议" in asked.json["text"]
    assert asked.headers["Authorization"] == "Bearer the-loudspeaker"
    assert sorted(Message.objects.values_list("state", "reason")) == [
        ("cancelled", "joined"), ("sent", ""),
    ]  # fmt: skip


def test_what_the_device_played_is_played_and_nobody_is_reached_by_it(
    home: Home, world: World
) -> None:
    with sink(lambda _: Told({"code": 0})) as far:
        home.preset("loudspeaker", far.address, **_devices(v.NEAR))
        (owed,) = world.owe("head", case="C1", ladder=home.ladder("loudspeaker"))
        drain()
    message = Message.objects.get()
    for state, stands in (("PLAYING", "sent"), ("PLAYED", "delivered")):
        told = Client().post(
            "/api/v1/comms/receipts/loudspeaker?key=the-loudspeaker-hook",
            {"taskId": f"{message.pk}01", "state": state}, content_type="application/json",
        )  # fmt: skip
        assert told.status_code == 200
        message.refresh_from_db()
        assert message.state == stands
    assert Obligation.objects.get(pk=owed).state == "issued"


def test_a_place_without_a_device_fails_in_sight_and_is_sent_again_once_there_is_one(
    home: Home, world: World
) -> None:
    with sink(lambda _: Told({"code": 0})) as far:
        home.preset("loudspeaker", far.address, **_devices(v.NEXT))
        world.owe("head", case="C1", ladder=home.ladder("loudspeaker"))
        world.owe("next", case="C1", ladder="plain", region=v.NEXT)
        drain()
        assert [one.json["terminals"] for one in far.asked] == [["D1"]]
        silent = Message.objects.get(state="failed")
        assert silent.reason == reasons.NO_DEVICE
        home.preset("loudspeaker", far.address, **_devices(v.NEXT, v.NEAR))
        services.resend_messages(which=services.Which(messages=[silent.pk]), by=OFFICER)
        drain()
        assert far.asked[1].json["terminals"] == ["D2"]
    silent.refresh_from_db()
    assert silent.state == "sent"


def test_a_ladder_that_names_loudspeakers_fails_nothing_where_there_are_none(
    home: Home, world: World
) -> None:
    world.owe("head", case="C1", ladder=home.ladder("loudspeaker", "voice"))
    drain()
    assert Message.objects.get().channel == "voice"


def test_two_platforms_each_sound_where_their_devices_stand(home: Home, world: World) -> None:
    with sink(lambda _: Told({"code": 0})) as one, sink(lambda _: Told({"code": 0})) as other:
        home.preset("loudspeaker", one.address, key="horns-a", **_devices(v.NEAR))
        home.preset("loudspeaker", other.address, key="horns-b", **_devices(v.NEXT))
        world.owe("head", case="C1", ladder=home.ladder("loudspeaker"))
        world.owe("next", case="C1", ladder="plain", region=v.NEXT)
        drain()
    assert (len(one.asked), len(other.asked)) == (1, 1)
    assert set(Message.objects.values_list("state", "carrier")) == {
        ("sent", "horns-a"), ("sent", "horns-b"),
    }  # fmt: skip


def test_after_a_crash_a_loudspeaker_does_not_sound_again(home: Home, world: World) -> None:
    with sink(lambda _: None) as far:
        home.preset("loudspeaker", far.address, **_devices(v.NEAR))
        world.owe("head", case="C1", ladder=home.ladder("loudspeaker"))
        drain()
        drain()
    message = Message.objects.get()
    assert (message.state, message.due_at, len(far.asked)) == ("unknown", None, 1)


def test_a_device_fetches_its_recording_until_the_address_is_over(
    home: Home, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.settings('[comms]\nlink_base = "https://yj.example"\n')
    sounds = home.dir / "conf" / "sounds"
    sounds.mkdir(parents=True)
    (sounds / "alarm.mp3").write_bytes(b"ID3 here it howls")
    with sink(lambda _: Told({"code": 0})) as far:
        home.preset("loudspeaker-audio", far.address, **_devices(v.NEAR))
        world.owe("head", case="C1", ladder=home.ladder("loudspeaker"))
        drain()
    address = urlsplit(far.asked[0].json["url"])
    assert address.netloc == "yj.example"
    got = Client().get(address.path)
    assert (got.status_code, got.headers["Content-Type"]) == (200, "audio/mpeg")
    assert b"".join(got.streaming_content) == b"ID3 here it howls"  # type: ignore[attr-defined]
    assert Client().get(f"{address.path}x").status_code == 404
    assert Client().get("/api/v1/comms/sounds/..%2Fsecret").status_code == 404
    over = time.time() + timedelta(minutes=16).total_seconds()
    monkeypatch.setattr(time, "time", lambda: over)
    assert Client().get(address.path).status_code == 404


def test_a_recording_that_is_not_there_is_said_so(home: Home, world: World) -> None:
    home.settings('[comms]\nlink_base = "https://yj.example"\n')
    with sink() as far:
        home.preset("loudspeaker-audio", far.address, **_devices(v.NEAR))
        world.owe("head", case="C1", ladder=home.ladder("loudspeaker"))
        drain()
    assert far.asked == []
    assert Message.objects.get().reason == reasons.NO_SOUND
    assert Attempt.objects.count() == 0
