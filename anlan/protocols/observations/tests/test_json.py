"""JSON in all its dresses: what the fast pass reads is what careful reading reads."""

import json
import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.protocols.observations import Decoded, Malformed, TooLarge
from anlan.protocols.observations.elements import Refused, read_json
from anlan.protocols.observations.json_bodies import (
    Message,
    decode_json,
    decode_messages,
    decode_ndjson,
)
from anlan.protocols.observations.shapes import MOST_OBSERVATIONS

GOOD = {"stream": "HY-01", "time": "2026-07-01T08:00:00+08:00", "value": 1.5}
AT = 1_782_864_000_000


def rows(decoded: Decoded) -> list[tuple[int, str, int, float]]:
    codes = [decoded.codes[place] for place in decoded.stream.tolist()]
    return list(
        zip(decoded.index.tolist(), codes, decoded.time.tolist(), decoded.value.tolist(),
            strict=True)
    )  # fmt: skip


def batch(*elements: object) -> bytes:
    return json.dumps({"observations": elements}).encode()


def test_a_batch_becomes_columns() -> None:
    decoded = decode_json(batch(GOOD, {**GOOD, "stream": "雨-2", "value": -3}, GOOD))
    assert rows(decoded) == [(0, "HY-01", AT, 1.5), (1, "雨-2", AT, -3.0), (2, "HY-01", AT, 1.5)]
    assert (decoded.sent, decoded.rejected, decoded.units, decoded.unit) == (3, [], [], None)
    assert decoded.codes == ["HY-01", "雨-2"]


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        ({"time": GOOD["time"], "value": 1}, "缺少 stream"),
        ({**GOOD, "stream": 7}, "stream 应为文本"),
        ({**GOOD, "stream": ""}, "stream 为空"),
        ({**GOOD, "stream": "x" * 65}, "超过 64"),
        ({**GOOD, "stream": "a\nb"}, "不可见"),
        ({"stream": "A", "value": 1}, "缺少 time"),
        ({**GOOD, "time": None}, "缺少 time"),
        ({**GOOD, "time": 1782864000}, "不是数字"),
        ({**GOOD, "time": "2026-07-01T08:00:00"}, "缺少时区"),
        ({**GOOD, "time": "2026-02-30T08:00:00Z"}, "无法识别"),
        ({**GOOD, "time": "yesterday"}, "无法识别"),
        ({**GOOD, "time": "1870-01-01T00:00:00Z"}, "超出范围"),
        ({**GOOD, "time": "2126-01-01T00:00:00Z"}, "超出范围"),
        ({"stream": "A", "time": GOOD["time"]}, "缺少 value"),
        ({**GOOD, "value": None}, "缺少 value"),
        ({**GOOD, "value": "1.5"}, "value 应为数字"),
        ({**GOOD, "value": True}, "value 应为数字"),
        ({**GOOD, "value": math.nan}, "不是有限数"),
        ({**GOOD, "value": -math.inf}, "不是有限数"),
        ({**GOOD, "value": 10**400}, "不是有限数"),
        ({**GOOD, "unit": 3}, "unit"),
        ("text", "对象"),
        (None, "对象"),
        ([GOOD], "对象"),
        (12, "对象"),
    ],
)
def test_one_bad_element_is_rejected_alone(element: object, reason: str) -> None:
    decoded = decode_json(batch(GOOD, element, GOOD))
    assert [one.index for one in decoded.rejected] == [1]
    assert reason in decoded.rejected[0].reason
    assert [row[0] for row in rows(decoded)] == [0, 2]
    assert decoded.sent == 3


@pytest.mark.parametrize(
    "text",
    [
        '{"stream":"HY-01" "value":1}',
        '{"stream":"HY-01","time":"2026-07-01T08:00:00+08:00","value":01}',
        '{"stream":"HY-01","time":"2026-07-01T08:00:00+08:00","value":1.}',
        '{"stream":"HY-01","time":"2026-07-01T08:00:00+08:00","value":+1}',
        '{"stream":"HY-01","time":"2026-07-01T08:00:00+08:00","value":1,}',
        "{'stream':'HY-01'}",
    ],
)
def test_an_element_that_is_no_json_is_rejected_alone(text: str) -> None:
    good = json.dumps(GOOD)
    decoded = decode_json(f'{{"observations":[{good},{text},{good}]}}'.encode())
    assert [one.index for one in decoded.rejected] == [1]
    assert "JSON" in decoded.rejected[0].reason
    assert [row[0] for row in rows(decoded)] == [0, 2]


def test_fields_nobody_knows_are_kept_out() -> None:
    extra = {"quality": 1, "note": 'a "quoted" \\ text', "nested": {"deep": [1, {"x": None}]}}
    decoded = decode_json(batch({**extra, **GOOD}, {**GOOD, **extra}, {**GOOD, "ok": True}))
    assert [row[1:] for row in rows(decoded)] == [("HY-01", AT, 1.5)] * 3


def test_a_named_unit_is_told() -> None:
    decoded = decode_json(batch({**GOOD, "unit": "cm"}, GOOD, {**GOOD, "unit": "m", "a": [1]}))
    assert decoded.units == ["cm", "m"]
    assert decoded.unit is not None
    assert decoded.unit.tolist() == [0, -1, 1]


def test_a_bare_list_one_observation_and_fields_in_another_order_are_read() -> None:
    for body in (
        json.dumps([GOOD]),
        json.dumps(GOOD),
        json.dumps({"sender": "x", "observations": [GOOD]}),
        json.dumps({"observations": [GOOD], "sender": {"observations": []}}),
        "\ufeff" + json.dumps({"observations": [GOOD]}, indent=2),
    ):
        assert rows(decode_json(body.encode())) == [(0, "HY-01", AT, 1.5)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"nothing",
        b"3",
        b"{}",
        b'{"observations": 3}',
        b'{"observations": [',
        batch(GOOD, GOOD)[:-20],
        batch(GOOD)[:-1],
        batch(GOOD) + b"x",
        b'{"observations": [], "observations": []}',
        b'[{"stream":"A"},]',
        b"[" * 100_000,
    ],
)
def test_a_body_of_which_nothing_can_be_read_is_refused_whole(body: bytes) -> None:
    with pytest.raises(Malformed):
        decode_json(body)


def test_an_empty_batch_is_nothing() -> None:
    decoded = decode_json(b'{"observations": []}')
    assert (decoded.sent, len(decoded), decoded.rejected) == (0, 0, [])


def test_more_observations_than_one_body_may_have_are_refused() -> None:
    with pytest.raises(TooLarge):
        decode_json(b"[" + b"1," * MOST_OBSERVATIONS + b"1]")
    with pytest.raises(TooLarge):
        decode_ndjson(b"1\n" * (MOST_OBSERVATIONS + 1))


def test_a_line_cut_off_costs_that_line_only() -> None:
    good = json.dumps(GOOD).encode()
    decoded = decode_ndjson(good + b"\r\n\n  \n" + good + b"\n" + good[:-9])
    assert [row[0] for row in rows(decoded)] == [0, 1]
    assert [(one.index, one.reason) for one in decoded.rejected] == [(2, "不是合法的 JSON")]


numbers = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**25), 10**25),
    st.floats(-1e6, 1e6).map(lambda value: round(value, 3)),
)
moments = st.datetimes(
    datetime(1901, 1, 1), datetime(2099, 1, 1),  # noqa: DTZ001 - given a zone below
    timezones=st.integers(-1439, 1439).map(lambda m: timezone(timedelta(minutes=m))),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.text(min_size=1, max_size=9), moments, numbers), max_size=5))
def test_what_is_written_is_what_is_read(given: list[tuple[str, datetime, float]]) -> None:
    given = [one for one in given if one[0].isprintable()]
    body = [{"stream": code, "time": at.isoformat(), "value": value} for code, at, value in given]
    for ascii_only in (True, False):
        decoded = decode_json(json.dumps(body, ensure_ascii=ascii_only).encode())
        assert rows(decoded) == [
            (k, code, (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1),
             float(value))
            for k, (code, at, value) in enumerate(given)
        ]  # fmt: skip


ALPHABET = st.sampled_from(
    ['{"stream":"A"', ',"time":"2026-07-01T08:00:00Z"', ',"value":1.5', "}", "]", "[", "{", '"',
     "\\", ",", ":", " ", "1", "-", ".", "e9", "nul", "true", "\n", "Z", "+08:00", "\x00", "é"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(ALPHABET, max_size=14).map("".join))
def test_the_fast_pass_agrees_with_careful_reading(text: str) -> None:
    line = text.replace("\n", "").encode()
    try:
        expected = read_json(line)
    except Refused:
        expected = None
    found = rows(decode_ndjson(line))
    assert found == ([(0, *expected[:3])] if expected else [])


def test_messages_are_read_together_and_fail_apart() -> None:
    one = json.dumps({"time": GOOD["time"], "value": 4}).encode()
    read = decode_messages(
        [
            Message(one, "HY-09"),
            Message(batch(GOOD, {"stream": "A"})),
            Message(b"{[", None),
            Message(batch(GOOD, GOOD)[:-5]),
            Message(json.dumps(GOOD).encode(), "HY-09"),
            Message(json.dumps(GOOD).encode(), "HY-01"),
            Message(b"", "HY-01"),
        ]
    )
    assert [(row[0], row[1]) for row in rows(read.decoded)] == [
        (0, "HY-09"),
        (1, "HY-01"),
        (6, "HY-01"),
    ]
    assert [one.index for one in read.decoded.rejected] == [2, 3, 4, 5, 7]
    assert read.starts == [0, 1, 3, 4, 5, 6, 7, 8]
    assert [bool(fault) for fault in read.faults] == [False, False, True, True, *[False] * 3]


def test_a_topic_that_names_no_possible_stream_is_refused_by_itself() -> None:
    one = json.dumps({"time": GOOD["time"], "value": 4}).encode()
    codes = ["a\nb", "A", "", "x" * 65]
    read = decode_messages([Message(one, code) for code in codes])
    assert [(row[0], row[1]) for row in rows(read.decoded)] == [(1, "A")]
    assert [bool(fault) for fault in read.faults] == [True, False, True, True]
