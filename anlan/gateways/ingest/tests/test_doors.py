"""The doors of a real ingest process, used as devices and web processes use them."""

import json
import shutil
import socket
import subprocess
import threading
import time
from typing import Any

import pytest
from paho.mqtt.client import Client, MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from anlan.gateways.ingest.tests.conftest import Served, batch, connected, moment
from anlan.sense.relay import Ask
from anlan.sense.relay.beats import ingest_state

pytestmark = pytest.mark.slow

JSON = "application/json"


def post(served: Served, body: bytes, *, by: str = "one", kind: str = JSON) -> tuple[Any, Any]:
    return served.ask(Ask("observations", 0, served.device(by), kind), body)


def test_a_body_is_answered_once_it_is_stored(served: Served) -> None:
    body = batch(("one-0", 1.5), ("one-0", 2.5), ("nowhere", 3.0))
    answer, told = post(served, body)
    assert answer.status == 200
    assert (told["accepted"], told["duplicates"]) == (2, 0)
    assert [one["index"] for one in told["rejected"]] == [2]
    again, told = post(served, body)
    assert (again.status, told["accepted"], told["duplicates"]) == (200, 0, 2)


def test_a_device_writes_its_own_streams_only(served: Served) -> None:
    _, told = post(served, batch(("one-1", 1.0), ("two-1", 2.0)), by="two")
    assert (told["accepted"], [one["index"] for one in told["rejected"]]) == (1, [0])


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("", 401),
        ("Basic eDp5", 401),
        ("Device nobody:nothing", 401),
        ("Bearer nothing", 401),
    ],
)
def test_a_stranger_writes_nothing(served: Served, header: str, status: int) -> None:
    answer, told = served.ask(Ask("observations", 0, header, JSON), batch(("one-1", 1.0)))
    assert (answer.status, told) == (status, None)


def test_an_officer_writes_with_a_token_where_the_role_allows(served: Served) -> None:
    header = f"Bearer {served.keys['section']}"
    answer, told = served.ask(Ask("observations", 0, header, JSON), batch(("two-2", 1.0)))
    assert (answer.status, told["accepted"]) == (200, 1)
    refused = f"Bearer {served.keys['duty-officer']}"
    answer, _ = served.ask(Ask("observations", 0, refused, JSON), batch(("two-2", 1.0)))
    assert answer.status == 403


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", JSON, 400),
        (b"", "text/csv", 400),
        (b"x", "application/vnd.apache.arrow.stream", 400),
        (b"<a/>", "application/xml", 415),
        (b"[" + b"1," * 500_000 + b"1]", JSON, 413),
    ],
)
def test_a_body_nobody_can_read_is_refused_whole(
    served: Served, body: bytes, kind: str, status: int
) -> None:
    answer, _ = post(served, body, kind=kind)
    assert answer.status == status
    assert answer.detail


def test_other_media_types_come_in_too(served: Served) -> None:
    _, told = post(served, f"stream,time,value\none-2,{moment()},7".encode(), kind="text/csv")
    assert told["accepted"] == 1
    line = json.dumps({"stream": "one-2", "time": moment(), "value": 8})
    _, told = post(served, f"{line}\n{line[:-3]}\n".encode(), kind="application/x-ndjson")
    assert (told["accepted"], [one["index"] for one in told["rejected"]]) == (1, [1])


def test_many_questions_are_under_way_on_one_connection(served: Served) -> None:
    from anlan.sense.relay.calling import Caller

    with Caller(served.dir) as caller:
        ask = Ask("observations", 0, served.device(), JSON)
        numbers = [caller.send(ask, batch(("one-3", float(k)))) for k in range(50)]
        answers = [caller.receive() for _ in numbers]
    assert sorted(answer.number for answer, _ in answers) == numbers
    assert {answer.status for answer, _ in answers} == {200}


def test_what_is_no_frame_ends_that_connection_only(served: Served) -> None:
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(served.dir / "ingest.sock"))
        line.sendall(b"\xff" * 64)
        line.settimeout(10)
        assert line.recv(1) == b""
    assert post(served, batch(("one-3", 1.0)))[0].status == 200


def test_the_socket_opens_for_this_user_only(served: Served) -> None:
    assert (served.dir / "ingest.sock").stat().st_mode & 0o777 == 0o600


def test_others_can_see_that_it_lives(served: Served) -> None:
    state = ingest_state(served.dir)
    assert (state.alive, state.ready) == (True, True)
    assert {door["name"] for door in state.doors} >= {"http", "mqtt", "mqtts", "sources"}


def paho(served: Served, version: int, *, by: str = "one", client_id: str = "c") -> Client:
    client = Client(
        CallbackAPIVersion.VERSION2, client_id=client_id, protocol=MQTTProtocolVersion(version)
    )
    key, secret = served.keys[by]
    client.username_pw_set(key, secret)
    client.connect("127.0.0.1", served.port)
    client.loop_start()
    return client


@pytest.mark.parametrize("version", [4, 5])
def test_a_device_publishes_and_is_acknowledged_after_the_commit(
    served: Served, version: int
) -> None:
    client = paho(served, version, client_id=f"v{version}")
    before = served.door("mqtt")["accepted"]
    sent: list[MQTTMessageInfo] = [
        client.publish("anlan/obs", batch(*((f"one-{k}", 1.0) for k in range(5))), qos=1),
        client.publish(
            "anlan/obs/one-4", json.dumps({"time": moment(), "value": 3}), qos=1, retain=True
        ),
        client.publish("anlan/obs/one-4", json.dumps({"time": moment(), "value": 4}), qos=0),
    ]
    for one in sent:
        one.wait_for_publish(10)
        assert one.is_published()
    client.disconnect()
    client.loop_stop()
    deadline = time.monotonic() + 5
    while served.door("mqtt")["accepted"] < before + 7 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert served.door("mqtt")["accepted"] == before + 7


def test_a_device_with_a_wrong_key_is_refused(served: Served) -> None:
    client = Client(CallbackAPIVersion.VERSION2, client_id="thief")
    client.username_pw_set(served.keys["one"][0], "wrong")
    told: list[str] = []
    done = threading.Event()

    def connected_(_c: Any, _d: Any, _f: Any, reason: Any, _p: Any) -> None:
        told.append(str(reason))
        done.set()

    client.on_connect = connected_
    client.connect("127.0.0.1", served.port)
    client.loop_start()
    assert done.wait(10)
    client.disconnect()
    client.loop_stop()
    assert told[0] == "Bad user name or password"


def test_mqtt_5_says_what_was_wrong(served: Served) -> None:
    client = paho(served, 5, client_id="five")
    told: dict[int, int] = {}
    client.on_publish = lambda _c, _d, mid, reason, _p: told.__setitem__(mid, reason.value)
    sent = {
        "bad topic": client.publish("weather/x", b"1", qos=1),
        "bad payload": client.publish("anlan/obs", b"{", qos=1),
        "not mine": client.publish("anlan/obs", batch(("two-0", 1.0)), qos=1),
        "half": client.publish("anlan/obs", batch(("two-0", 1.0), ("one-0", 9.0)), qos=1),
    }
    for one in sent.values():
        one.wait_for_publish(10)
    client.disconnect()
    client.loop_stop()
    assert {name: told[one.mid] for name, one in sent.items()} == {
        "bad topic": 0x90, "bad payload": 0x99, "not mine": 0x83, "half": 0,
    }  # fmt: skip


def test_a_second_connection_of_the_same_client_takes_over(served: Served) -> None:
    first, gone = paho(served, 5, client_id="twin"), threading.Event()
    reasons: list[int] = []

    def lost(_c: Any, _d: Any, _f: Any, reason: Any, _p: Any) -> None:
        reasons.append(reason.value)
        gone.set()
        first.loop_stop()

    first.on_disconnect = lost
    other = paho(served, 5, by="two", client_id="twin")  # another's client of the same name
    assert not gone.wait(0.5)
    second = paho(served, 5, client_id="twin")
    assert gone.wait(10)
    assert reasons[0] == 0x8E
    for client in (second, other):
        client.publish("anlan/obs", b"[]", qos=1).wait_for_publish(10)
        client.disconnect()
        client.loop_stop()


def test_who_does_not_speak_mqtt_is_cut_off(served: Served) -> None:
    with connected(served.port) as line:
        line.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert line.recv(100) == b""


def test_a_revoked_key_ends_the_connection(served: Served) -> None:
    told = served.workspace.do(
        "import sys, json\n"
        "from anlan.base.permissions.actor import system\n"
        "from anlan.sense.models import Gateway\n"
        "from anlan.sense.services.keys import create_key\n"
        "gateway = Gateway.objects.get(code='G-one')\n"
        "made = create_key(name='x', by=system('test'), gateway=gateway.pk)\n"
        "print(json.dumps([made.key.pk, made.secret]))"
    )
    key, secret = json.loads(told.splitlines()[-1])
    served.keys["brief"] = [key, secret]
    client, gone = paho(served, 5, by="brief", client_id="brief"), threading.Event()
    client.on_disconnect = lambda *_: gone.set()
    client.publish("anlan/obs", batch(("one-0", 1.0)), qos=1).wait_for_publish(10)
    served.workspace.do(
        "import sys\n"
        "from anlan.base.permissions.actor import system\n"
        "from anlan.sense.services.keys import revoke_key\n"
        "revoke_key(key=sys.argv[1], by=system('test'))",
        key,
    )
    time.sleep(1.2)
    client.publish("anlan/obs", batch(("one-0", 2.0)), qos=1)
    assert gone.wait(10)
    client.loop_stop()


@pytest.mark.mosquitto
@pytest.mark.parametrize("version", ["311", "5"])
def test_mosquitto_pub_sends_a_batch_and_single_values(served: Served, version: str) -> None:
    program = shutil.which("mosquitto_pub")
    assert program, "mosquitto_pub is not installed"
    key, secret = served.keys["two"]
    base = [program, "-p", str(served.port), "-u", key, "-P", secret, "-q", "1", "-V", version]
    before = served.door("mqtt")["accepted"]
    one = json.dumps({"time": moment(), "value": 2.5})
    lines = "".join(json.dumps({"time": moment(), "value": k}) + "\n" for k in range(20))
    for command, given in (
        ([*base, "-t", "anlan/obs/two-3", "-m", one], None),
        ([*base, "-t", "anlan/obs", "-s"], batch(("two-3", 1.0), ("two-4", 2.0))),
        ([*base, "-t", "anlan/obs/two-4", "-l"], lines.encode()),
    ):
        done = subprocess.run(command, input=given, capture_output=True, timeout=20, check=False)
        assert done.returncode == 0, done.stderr
    assert served.door("mqtt")["accepted"] == before + 1 + 2 + 20
    wrong = subprocess.run(
        [*base[:6], "bad", *base[7:], "-t", "anlan/obs", "-m", "[]"], capture_output=True,
        timeout=20, check=False,
    )  # fmt: skip
    assert wrong.returncode != 0
