"""What senders pack is what the product's own decoders read back."""

import json

import numpy as np
import pytest

from anlan.demo.days.recording import About, Recording, ordered
from anlan.demo.replay.parcels import LARGEST, TYPES, pack
from anlan.protocols.observations.bodies import decode


def _recording(count: int) -> Recording:
    place = np.arange(count)
    columns = {
        "stream": place % 3,
        "time": 1_786_406_400_000 + place * 1000,
        "value": np.round(place * 0.1, 3),
        "sent": 1_786_406_405_000 + place * 1000,
        "again": np.zeros(count, bool),
    }
    about = About("x", "x", "x", int(columns["sent"][0]), int(columns["sent"][-1]))
    return ordered(about, ("A-1", "A-2", "B-1"), columns)


@pytest.mark.parametrize("way", ["json", "csv", "ndjson", "arrow"])
def test_a_body_says_what_was_recorded(way: str) -> None:
    recording = _recording(250)
    (parcel,) = pack(recording, np.arange(250), "GW", way)
    read = decode(parcel.body, TYPES[way])
    assert parcel.count == read.sent == 250
    assert not read.rejected
    assert [read.codes[k] for k in read.stream.tolist()] == [
        recording.codes[k] for k in recording.stream.tolist()
    ]
    np.testing.assert_array_equal(read.time, recording.time)
    np.testing.assert_array_equal(read.value, recording.value)


def test_messages_hold_a_hundred_and_a_lone_value_goes_to_its_own_topic() -> None:
    recording = _recording(201)
    first, second, third = pack(recording, np.arange(201), "GW", "mqtt")
    assert (first.count, second.count, third.count) == (LARGEST["mqtt"], LARGEST["mqtt"], 1)
    assert (first.topic, third.topic) == ("anlan/obs", f"anlan/obs/{recording.codes[200 % 3]}")
    assert decode(second.body, TYPES["json"]).value.tolist() == recording.value[100:200].tolist()
    lone = json.loads(third.body)
    assert lone == {"time": "2026-08-11T00:03:20.000+00:00", "value": 20.0}
