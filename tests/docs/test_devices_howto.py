"""What the guide to devices sends is what the doors take: the same value, at the same moment."""

import re
from datetime import datetime

from anlan.codes import quantities
from anlan.gateways.ingest.brokers.declaration import read_broker
from anlan.gateways.ingest.payloads import payload_of
from anlan.protocols.observations.bodies import decode
from anlan.protocols.observations.json_bodies import decode_messages
from anlan.protocols.observations.shapes import Decoded

from .written import DOCS, fences

GUIDE = DOCS / "howto" / "devices.md"
TEXT = GUIDE.read_text(encoding="utf-8")
CODE, VALUE = "YX-RIVER-01", 12.35
MOMENT = int(datetime.fromisoformat("2026-07-01T08:00:00+08:00").timestamp() * 1000)


def same(read: Decoded) -> None:
    assert (read.codes, read.value.tolist(), read.time.tolist()) == ([CODE], [VALUE], [MOMENT])
    assert not read.rejected


def test_the_batch_of_the_guide_is_read_over_http_and_mqtt() -> None:
    (body,) = (text.encode() for _, _, text in fences(GUIDE, "json"))
    same(decode(body, "application/json"))
    same(decode_messages([payload_of("anlan/obs", body)]).decoded)


def test_the_single_message_of_the_guide_is_read_by_its_topic() -> None:
    sent = re.search(r"-t (\S+) -m '([^']+)'", TEXT)
    assert sent
    same(decode_messages([payload_of(sent[1], sent[2].encode())]).decoded)


def test_the_heading_the_guide_gives_for_csv_is_taken() -> None:
    heading = re.search(r"`text/csv`（表头 `([^`]+)`）", TEXT)
    assert heading
    body = f"{heading[1]}\n{CODE},2026-07-01T08:00:00+08:00,{VALUE}\n".encode()
    same(decode(body, "text/csv"))


def test_lines_of_json_are_taken_by_the_type_the_guide_names() -> None:
    assert "`application/x-ndjson`（一行一条）" in TEXT
    line = f'{{"stream": "{CODE}", "time": "2026-07-01T08:00:00+08:00", "value": {VALUE}}}\n'
    same(decode(line.encode(), "application/x-ndjson"))


def test_the_broker_of_the_guide_is_one_and_its_topics_name_streams() -> None:
    (text, *_) = (text for _, _, text in fences(GUIDE, "toml"))
    broker = read_broker("water", text)
    assert broker.host == "10.1.2.3"
    assert broker.stream_of("sl/3301/YX-RIVER-01/up") == CODE


def test_a_unit_of_another_scale_is_converted_as_the_guide_says() -> None:
    assert '`"unit": "cm"`' in TEXT
    assert quantities.convert([1235.0], "cm", "water-level").tolist() == [VALUE]
