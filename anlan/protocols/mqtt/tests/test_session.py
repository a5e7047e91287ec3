"""The server's side of MQTT, fed with bytes as clients write them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.protocols.mqtt import Message, Reason, Session
from anlan.protocols.mqtt.fields import Fields, write_properties, write_text, write_varint
from anlan.protocols.mqtt.reasons import Broken
from anlan.protocols.mqtt.session import RECEIVE_MAXIMUM

V3, V5 = 4, 5
LIMIT = 100_000


def packet(kind: int, body: bytes, flags: int = 0) -> bytes:
    return bytes((kind << 4 | flags,)) + write_varint(len(body)) + body


def connect(
    version: int = V3, *, client: str = "c1", flags: int = 0xC2, properties: bytes = b"\0",
    will: bytes = b"",
) -> bytes:  # fmt: skip
    body = write_text("MQTT") + bytes((version, flags)) + (60).to_bytes(2, "big")
    body += (properties if version == V5 else b"") + write_text(client) + will
    body += write_text("key") if flags & 0x80 else b""
    body += write_text("secret") if flags & 0x40 else b""
    return packet(1, body)


def publish(
    topic: str = "anlan/obs/A", payload: bytes = b"x", *, packet_id: int = 0,
    version: int = V3, properties: bytes = b"\0", qos: int | None = None,
) -> bytes:  # fmt: skip
    qos = qos if qos is not None else int(packet_id > 0)
    body = write_text(topic) + (packet_id.to_bytes(2, "big") if qos else b"")
    return packet(3, body + (properties if version == V5 else b"") + payload, qos << 1)


def opened(version: int = V3, **more: bytes) -> Session:
    session = Session(LIMIT)
    assert session.receive(connect(version, **more)) == []  # type: ignore[arg-type]
    assert session.connect is not None
    session.accept()
    session.output()
    return session


@pytest.mark.parametrize("version", [V3, V5])
def test_a_client_is_let_in_and_its_messages_are_acknowledged(version: int) -> None:
    session = Session(LIMIT)
    first = publish(packet_id=7, version=version)
    # A client need not wait for CONNACK.
    assert session.receive(connect(version) + first) == []
    assert session.connect is not None
    assert (session.connect.username, session.connect.password) == ("key", b"secret")
    assert (session.connect.client_id, session.connect.keep_alive_s) == ("c1", 60)
    assert session.accept() == [Message("anlan/obs/A", b"x", 7)]
    told = session.output()
    assert told[:1] == b"\x20"
    assert told[2:4] == b"\0\0"
    session.acknowledge(7)
    assert session.output() == b"\x40\x02\x00\x07"
    assert session.receive(publish(version=version)) == [Message("anlan/obs/A", b"x", 0)]
    session.acknowledge(0)
    assert session.output() == b""


def test_the_connack_of_3_1_1_is_four_bytes() -> None:
    session = Session(LIMIT)
    session.receive(connect())
    session.accept()
    assert session.output() == b"\x20\x02\x00\x00"


@pytest.mark.parametrize(
    ("version", "reason", "told"),
    [
        (V3, Reason.BAD_USER_OR_PASSWORD, b"\x20\x02\x00\x04"),
        (V3, Reason.NOT_AUTHORIZED, b"\x20\x02\x00\x05"),
        (V3, Reason.SERVER_BUSY, b"\x20\x02\x00\x03"),
        (V5, Reason.BAD_USER_OR_PASSWORD, b"\x20\x03\x00\x86\x00"),
    ],
)
def test_a_stranger_is_told_why(version: int, reason: Reason, told: bytes) -> None:
    session = Session(LIMIT)
    session.receive(connect(version) + publish(version=version))
    session.refuse(reason)
    assert (session.output(), session.over) == (told, True)
    assert session.receive(publish(version=version)) == []


@pytest.mark.parametrize("level", [3, 6])
def test_other_versions_are_refused_with_the_code_they_understand(level: int) -> None:
    session = Session(LIMIT)
    name = b"MQIsdp" if level == 3 else b"MQTT"
    body = len(name).to_bytes(2, "big") + name + bytes((level, 2, 0, 60)) + write_text("c")
    session.receive(packet(1, body))
    assert (session.output(), session.over) == (b"\x20\x02\x00\x01", True)


def test_bytes_may_come_one_by_one() -> None:
    session = Session(LIMIT)
    bytes_ = connect() + publish(packet_id=1, payload=b"long" * 100) + packet(12, b"")
    messages: list[Message] = []
    for byte in bytes_:
        messages += session.receive(bytes((byte,)))
        if session.connect is not None and not session.open:
            messages += session.accept()
    assert [len(one.payload) for one in messages] == [400]
    assert session.output().endswith(b"\xd0\x00")


def test_subscriptions_are_refused_each() -> None:
    v3, v5 = opened(V3), opened(V5)
    v3.receive(packet(8, b"\0\x05" + (write_text("a/#") + b"\1") * 2, 2))
    assert v3.output() == b"\x90\x04\0\x05\x80\x80"
    v5.receive(packet(8, b"\0\x05\0" + (write_text("a/#") + b"\1") * 2, 2))
    assert v5.output() == b"\x90\x05\0\x05\0\x87\x87"
    v3.receive(packet(10, b"\0\x06" + write_text("a"), 2))
    assert v3.output() == b"\xb0\x02\0\x06"
    v5.receive(packet(10, b"\0\x06\0" + write_text("a"), 2))
    assert v5.output() == b"\xb0\x04\0\x06\0\x11"


def test_qos_2_ends_the_connection() -> None:
    v3, v5 = opened(V3), opened(V5)
    assert v3.receive(publish(packet_id=3, qos=2)) == []
    assert (v3.output(), v3.over) == (b"", True)
    v5.receive(publish(packet_id=3, qos=2, version=V5))
    told = v5.output()
    assert (told[0], told[2], v5.over) == (0xE0, Reason.QOS_NOT_SUPPORTED, True)


def test_a_topic_alias_stands_for_its_topic() -> None:
    session = opened(V5)
    named = write_properties({0x23: 5})
    assert session.receive(publish("anlan/obs/B", version=V5, properties=named))[0].topic
    again = session.receive(publish("", version=V5, properties=named))
    assert again == [Message("anlan/obs/B", b"x", 0)]
    session.receive(publish("", version=V5, properties=write_properties({0x23: 6})))
    assert session.over
    beyond = opened(V5)
    beyond.receive(publish("t", version=V5, properties=write_properties({0x23: 65})))
    assert beyond.output()[2] == Reason.TOPIC_ALIAS_INVALID


def test_more_messages_than_the_receive_maximum_end_the_connection() -> None:
    session = opened(V5)
    for packet_id in range(1, RECEIVE_MAXIMUM + 1):
        assert session.receive(publish(packet_id=packet_id, version=V5))
    session.receive(publish(packet_id=RECEIVE_MAXIMUM + 1, version=V5))
    assert session.output()[2] == Reason.RECEIVE_MAXIMUM_EXCEEDED


def test_a_failure_is_told_with_its_reason_where_the_client_wants_it() -> None:
    session = opened(V5)
    session.receive(publish(packet_id=9, version=V5))
    session.acknowledge(9, Reason.PAYLOAD_FORMAT_INVALID, "坏")
    told = session.output()
    assert told[2:5] == b"\0\x09\x99"
    assert told.endswith("坏".encode())
    terse = opened(V5, properties=write_properties({0x17: 0}))
    terse.receive(publish(packet_id=9, version=V5))
    terse.acknowledge(9, Reason.PAYLOAD_FORMAT_INVALID, "坏")
    assert terse.output()[2:] == b"\0\x09\x99\0"


def test_a_server_that_goes_says_so_in_version_5() -> None:
    session = opened(V5)
    session.end(Reason.SERVER_SHUTTING_DOWN)
    assert session.output() == b"\xe0\x02\x8b\x00"
    old = opened(V3)
    old.end(Reason.SERVER_SHUTTING_DOWN)
    assert (old.output(), old.over) == (b"", True)


def test_a_will_is_passed_over() -> None:
    will = write_text("status") + b"\0\x04gone"
    session = Session(LIMIT)
    session.receive(connect(flags=0xC6, will=will))
    assert session.connect is not None
    assert session.connect.username == "key"
    five = Session(LIMIT)
    five.receive(connect(V5, flags=0xC6, will=b"\0" + will))
    assert five.connect is not None
    assert five.connect.password == b"secret"


@pytest.mark.parametrize(
    "data",
    [
        publish(),  # before CONNECT
        packet(1, b"\0\x04HTTP\4\2\0\0\0\0"),
        connect(flags=0xC3),
        connect(flags=0x42),
        connect(client="", flags=0xC0),
        connect(V5, properties=write_properties({0x15: "SCRAM"})),
        connect(V5, properties=write_properties({0x21: 0})),
        connect(V5, properties=b"\x02\x7f\x00"),
        b"GET / HTTP/1.1\r\n\r\n",
        packet(1, b"x" * 5_000),
        b"\x10\xff\xff\xff\xff\x01",
    ],
)
def test_what_is_no_connect_ends_the_connection(data: bytes) -> None:
    session = Session(LIMIT)
    assert session.receive(data) == []
    assert session.over
    assert session.fault


@pytest.mark.parametrize(
    "data",
    [
        connect(),
        publish("a/+", b""),
        publish("", b""),
        packet(3, b"\0\x01a\0\0", 2),  # packet id 0
        packet(3, b"\0\x01a", 6),  # QoS 3
        packet(3, b"\0\x02\xff\xfe"),
        packet(3, b"\0\x01\0"),
        packet(12, b"x"),
        packet(12, b"", 1),
        packet(4, b"\0\1"),
        packet(6, b"\0\1", 2),
        packet(8, b"\0\1", 2),
        packet(2, b"\0\0"),
        packet(15, b""),
        b"\x30\xff\xff\xff\x7f",
    ],
)
def test_what_may_not_come_ends_the_connection(data: bytes) -> None:
    session = opened()
    assert session.receive(data) == []
    assert session.over
    assert session.fault


def test_a_farewell_is_no_fault() -> None:
    session = opened()
    session.receive(packet(14, b""))
    assert (session.over, session.fault) == (True, "")


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([V3, V5]),
    st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.builds(packet, st.integers(0, 15), st.binary(max_size=40), st.integers(0, 15)),
        ),
        max_size=6,
    ),
    st.booleans(),
)
def test_any_bytes_are_read_or_end_the_connection(
    version: int, pieces: list[bytes], let_in: bool
) -> None:
    session = opened(version) if let_in else Session(LIMIT)
    for piece in pieces:
        for message in session.receive(piece):
            session.acknowledge(message.packet_id)
        if session.connect is not None and not session.over and not session.open:
            session.accept()
    session.end(Reason.SERVER_SHUTTING_DOWN)
    assert isinstance(session.output(), bytes)


@given(st.integers(0, 268_435_455))
def test_lengths_are_written_as_they_are_read(value: int) -> None:
    at = Fields(write_varint(value))
    assert at.varint() == value
    at.end()


def test_a_length_written_too_long_is_refused() -> None:
    with pytest.raises(Broken):
        Fields(b"\x80\x00").varint()
