"""What is published to NATS and where: bodies that travel together, and one address."""

from collections.abc import Sequence

import numpy as np
import pytest

from anlan.gateways.ingest.stream import bodies
from anlan.gateways.ingest.stream.place import Place
from anlan.kernel.errors import Invalid
from anlan.protocols.observations import Decoded, Rejection
from anlan.sense.intake.queueing import Submission


def decoded(codes: list[str], units: Sequence[str] = ()) -> Decoded:
    """One value of each stream, in minutes; with units the first half names one."""
    count = len(codes)
    unit = np.where(np.arange(count) < count // 2, 0, -1).astype(np.int32)
    return Decoded(
        codes=codes,
        stream=np.arange(count, dtype=np.int32),
        time=np.arange(count, dtype=np.int64) * 60_000,
        value=np.arange(count) / 8,
        index=np.arange(count, dtype=np.int32) * 2,
        sent=2 * count,
        rejected=[],
        units=list(units),
        unit=unit if units else None,
    )


def rows(one: Decoded) -> list[tuple[str, int, float, str]]:
    unit = np.full(len(one), -1) if one.unit is None else one.unit
    return [
        (one.codes[stream], time, value, one.units[named] if named >= 0 else "")
        for stream, time, value, named in zip(
            one.stream.tolist(), one.time.tolist(), one.value.tolist(), unit.tolist(), strict=True
        )
    ]


def test_bodies_travel_together_without_what_was_refused() -> None:
    first, second = decoded(["a", "b", "c", "d"], ["cm"]), decoded(["c", "e"])
    group = [Submission(one, None, 17, backfill=True) for one in (first, second)]
    (message,) = bodies.packed(group, {0: [Rejection(2, "no"), Rejection(6, "no")]})
    body, told = bodies.read(message)
    assert (body.received_ms, body.backfill) == (17, True)
    assert rows(told) == [rows(first)[0], rows(first)[2], *rows(second)]
    assert sorted(told.codes) == ["a", "c", "c", "e"]


def test_a_large_body_becomes_several_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "ROWS", 3)
    one = decoded([f"s-{k}" for k in range(8)], ["m"])
    messages = list(bodies.packed([Submission(one, None, 1, backfill=False)], {}))
    assert len(messages) == 3
    assert [row for message in messages for row in rows(bodies.read(message)[1])] == rows(one)


def test_a_body_of_which_nothing_is_left_is_no_message() -> None:
    group = [Submission(decoded(["a"]), None, 1, backfill=False)]
    assert list(bodies.packed(group, {0: [Rejection(0, "no")]})) == []


@pytest.mark.parametrize("cut", [0, 1, 20, -1])
def test_what_is_no_body_is_told(cut: int) -> None:
    (message,) = bodies.packed([Submission(decoded(["a", "b"]), None, 1, backfill=False)], {})
    with pytest.raises(Invalid, match="流里有一条"):
        bodies.read(message[:cut])
    with pytest.raises(Invalid, match="流里有一条"):
        bodies.read(message.replace(b"\x99\x01", b"\x99\x02", 1))


def test_the_place_is_read_from_one_address() -> None:
    assert Place.of("nats://n:4222") == Place(("nats://n:4222",), "anlan", 1)
    place = Place.of("nats://u:p@a:4222,tls://b/county?replicas=3")
    assert place == Place(("nats://u:p@a:4222", "tls://b"), "county", 3)
    assert place.shown == "a:4222, b:4222"
    assert place.subject(backfill=False) == "county.observations.live"


@pytest.mark.parametrize(
    "url",
    ["http://a", "nats://", "nats://a/x y", "nats://a/x?replicas=2", "nats://a/x.y", "redis://a,"],
)
def test_a_wrong_address_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(Invalid, match="STREAM_URL 应如"):
        Place.of(url)
