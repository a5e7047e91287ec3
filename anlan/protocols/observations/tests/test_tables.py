"""CSV and Arrow, and any bytes at all."""

import io
import json
from collections.abc import Sequence

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.protocols.observations import Malformed, TooLarge
from anlan.protocols.observations.arrow_bodies import decode_arrow
from anlan.protocols.observations.bodies import UnknownType, decode
from anlan.protocols.observations.csv_bodies import decode_csv
from anlan.protocols.observations.json_bodies import decode_ndjson
from anlan.protocols.observations.media import ARROW, CSV, JSON, NDJSON
from anlan.protocols.observations.tests.test_json import AT, GOOD, rows

TIME = GOOD["time"]


def table(*lines: str, header: str = "stream,time,value") -> bytes:
    return "\n".join((header, *lines)).encode()


def test_a_table_becomes_columns() -> None:
    decoded = decode_csv(table(f"HY-01,{TIME},1.5", "", f" 雨-2 , {TIME} ,-0.25\r", ""))
    assert rows(decoded) == [(0, "HY-01", AT, 1.5), (1, "雨-2", AT, -0.25)]


def test_columns_may_come_in_any_order_quoted_and_with_others_between() -> None:
    header = '\ufeff"value",note,Unit,time,stream\r'
    decoded = decode_csv(table(f"1.5,x,cm,{TIME},A\r", f'"2","a, b",,"{TIME}","B"', header=header))
    assert rows(decoded) == [(0, "A", AT, 1.5), (1, "B", AT, 2.0)]
    assert decoded.units == ["cm"]
    assert decoded.unit is not None
    assert decoded.unit.tolist() == [0, -1]


def test_a_chinese_table_of_the_old_character_set_is_read() -> None:
    body = f"监测项;时间;数值\n水位一;{TIME};3".encode("gb18030")
    decoded = decode(body, 'text/csv; charset="GB2312"')
    assert rows(decoded) == [(0, "水位一", AT, 3.0)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f"A,{TIME}", "应有 3 列，这一行有 2 列"),
        (f"A,{TIME},1,2", "这一行有 4 列"),
        (f",{TIME},1", "缺少 stream"),
        ("A,,1", "缺少 time"),
        (f"A,{TIME},", "缺少 value"),
        (f"A,{TIME},一", "value 应为数字"),
        (f"A,{TIME},1_000", "value 应为数字"),
        (f"A,{TIME},NaN", "不是有限数"),
        (f"A,{TIME},1e999", "不是有限数"),
        ("A,2026-07-01 08:00:00,1", "缺少时区"),
        ("A,07/01/2026,1", "无法识别"),
    ],
)
def test_one_bad_row_is_rejected_alone(line: str, reason: str) -> None:
    decoded = decode_csv(table(f"A,{TIME},1", line, f"A,{TIME},3"))
    assert [row[0] for row in rows(decoded)] == [0, 2]
    assert [one.index for one in decoded.rejected] == [1]
    assert reason in decoded.rejected[0].reason


@pytest.mark.parametrize("value", ["+1", "1.", ".5", "1E3", "-0"])
def test_numbers_are_read_as_spreadsheets_write_them(value: str) -> None:
    assert rows(decode_csv(table(f"A,{TIME},{value}"))) == [(0, "A", AT, float(value))]


@pytest.mark.parametrize("body", [b"", b"A,b,c", b"stream,time\n", b"stream,time,value,value\n"])
def test_a_table_without_its_header_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        decode_csv(body)


def test_an_unknown_character_set_is_refused() -> None:
    with pytest.raises(Malformed):
        decode(table(), "text/csv; charset=punycode")


def arrow(
    stream: pa.Array, time: pa.Array, value: pa.Array, *more: tuple[str, pa.Array],
    compression: str | None = None, times: int = 1,
) -> bytes:  # fmt: skip
    columns = {"stream": stream, "time": time, "value": value, **dict(more)}
    batch = pa.record_batch(columns)
    sink = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_stream(sink, batch.schema, options=options) as writer:
        for _ in range(times):
            writer.write_batch(batch)
    return sink.getvalue()


STREAMS = pa.array(["A", "B", None, "A", "A", "A"])
TIMES = pa.array([AT, AT + 1, AT, None, AT, AT], pa.timestamp("ms", tz="UTC"))
VALUES = pa.array([1.5, 2.0, 3.0, 4.0, None, float("nan")])


@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string())]
)
def test_an_arrow_stream_becomes_columns(kind: pa.DataType, compression: str | None) -> None:
    more = ("other", pa.array([{"x": 1}] * 6))
    body = arrow(STREAMS.cast(kind), TIMES, VALUES, more, compression=compression, times=2)
    decoded = decode_arrow(body)
    assert rows(decoded) == [
        (0, "A", AT, 1.5), (1, "B", AT + 1, 2.0), (6, "A", AT, 1.5), (7, "B", AT + 1, 2.0)
    ]  # fmt: skip
    told = ["缺少 stream", "缺少 time", "缺少 value", "value 不是有限数"]
    assert [one.index for one in decoded.rejected] == [2, 3, 4, 5, 8, 9, 10, 11]
    assert [one.reason for one in decoded.rejected] == told * 2


@pytest.mark.parametrize(
    ("unit", "given", "expected"),
    [
        ("s", 1_782_864_000, AT),
        ("us", AT * 1000 + 999, AT),
        ("ns", -1, -1),
        ("ms", AT, AT),
    ],
)
def test_times_of_any_unit_are_cut_to_milliseconds(unit: str, given: int, expected: int) -> None:
    time = pa.array([given], pa.timestamp(unit))
    decoded = decode_arrow(arrow(pa.array(["A"]), time, pa.array([7], pa.int32())))
    assert rows(decoded) == [(0, "A", expected, 7.0)]


def test_times_too_far_are_rejected_and_do_not_overflow() -> None:
    time = pa.array([2**62, -(2**62)], pa.timestamp("s"))
    decoded = decode_arrow(arrow(pa.array(["A", "A"]), time, pa.array([7.0, 8.0])))
    assert ["超出范围" in one.reason for one in decoded.rejected] == [True, True]


def test_a_unit_column_is_told() -> None:
    unit = pa.array(["cm", None, "m", "m", "m", "m"])
    decoded = decode_arrow(arrow(STREAMS, TIMES, VALUES, ("unit", unit)))
    assert (decoded.units[:1], decoded.unit is not None and decoded.unit.tolist()) == (
        ["cm"],
        [0, -1],
    )


@pytest.mark.parametrize(
    "columns",
    [
        {"time": TIMES, "value": VALUES},
        {"stream": VALUES, "time": TIMES, "value": VALUES},
        {"stream": STREAMS, "time": STREAMS, "value": VALUES},
        {"stream": STREAMS, "time": TIMES, "value": STREAMS},
    ],
)
def test_a_column_that_is_missing_or_wrong_is_refused(columns: dict[str, pa.Array]) -> None:
    sink = io.BytesIO()
    batch = pa.record_batch(columns)
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    with pytest.raises(Malformed):
        decode_arrow(sink.getvalue())


def test_a_small_body_that_unpacks_to_a_large_one_is_refused() -> None:
    rows_ = 3_000_000
    body = arrow(
        pa.DictionaryArray.from_arrays(pa.array([0] * 100, pa.int32()), pa.array(["A"])).take(
            pa.array([0]).take(pa.array([0] * rows_))
        ),
        pa.array([AT], pa.timestamp("ms")).take(pa.array([0] * rows_)),
        pa.array([1.0]).take(pa.array([0] * rows_)),
        compression="zstd",
        times=4,
    )
    assert len(body) < 1_000_000
    with pytest.raises(TooLarge):
        decode_arrow(body)


def test_a_type_nobody_reads_is_refused() -> None:
    with pytest.raises(UnknownType):
        decode(b"<x/>", "application/xml")


SAMPLES: Sequence[tuple[str, bytes]] = [
    (JSON, json.dumps({"observations": [GOOD, {**GOOD, "x": [1]}]}).encode()),
    (NDJSON, (json.dumps(GOOD) + "\n").encode() * 3),
    (CSV, table(f"A,{TIME},1", f'"B",{TIME},2')),
    (ARROW, arrow(STREAMS, TIMES, VALUES)),
    (ARROW, arrow(STREAMS.dictionary_encode(), TIMES, VALUES, compression="lz4", times=2)),
]


def account_for(body: bytes, kind: str) -> None:
    try:
        decoded = decode(body, kind)
    except (Malformed, TooLarge):
        return
    indices = sorted([*decoded.index.tolist(), *(one.index for one in decoded.rejected)])
    assert indices == list(range(decoded.sent))
    assert all(one.reason for one in decoded.rejected)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([JSON, NDJSON, CSV, ARROW]), st.binary(max_size=200))
def test_any_bytes_are_refused_or_accounted_for(kind: str, body: bytes) -> None:
    account_for(body, kind)


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(SAMPLES), st.data())
def test_bytes_changed_on_the_way_are_refused_or_accounted_for(
    sample: tuple[str, bytes], data: st.DataObject
) -> None:
    kind, body = sample
    changed = bytearray(body)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(changed) - 1))
        changed[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(changed)))
    account_for(bytes(changed[:cut] if data.draw(st.booleans()) else changed), kind)


@pytest.mark.parametrize("kind", [JSON, NDJSON, CSV])
def test_deep_and_long_bodies_are_accounted_for(kind: str) -> None:
    for body in (b'{"a":' * 20_000, b"[" * 20_000 + b"]" * 20_000, b'"' * 9_999, b"9" * 50_000):
        account_for(body, kind)
    deep = b'{"stream":"A","x":' + b"[" * 20_000 + b"]" * 20_000 + b"}"
    assert [one.index for one in decode_ndjson(deep).rejected] == [0]
