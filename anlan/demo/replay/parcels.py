"""What devices send: observations of one gateway as a body or as MQTT messages."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.demo.days.recording import Recording

#: Observations of one body or message at most.
LARGEST: Final = {"mqtt": 100, "json": 1000, "csv": 1000, "ndjson": 1000, "arrow": 5000}
TYPES: Final = {
    "json": "application/json",
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
    "arrow": "application/vnd.apache.arrow.stream",
}

#: One observation: code, RFC 3339 time, value.
Row = tuple[str, str, float]


@dataclass(frozen=True, slots=True)
class Parcel:
    """Observations that go out together. ``topic`` is empty but for MQTT."""

    gateway: str
    way: str
    topic: str
    body: bytes
    count: int


def spelt(ms: int) -> str:
    """Write a time as devices do."""
    return datetime.fromtimestamp(ms / 1000, tz=UTC).isoformat(timespec="milliseconds")


def pack(recording: Recording, rows: NDArray[np.intp], gateway: str, way: str) -> Iterator[Parcel]:
    """Pack observations, given by their places, in the order they are sent."""
    size = LARGEST[way]
    for first in range(0, rows.size, size):
        part = rows[first : first + size]
        codes = [recording.codes[k] for k in recording.stream[part].tolist()]
        times = [spelt(ms) for ms in recording.time[part].tolist()]
        told = list(zip(codes, times, recording.value[part].tolist(), strict=True))
        if way == "mqtt":
            yield _message(gateway, told)
        else:
            yield Parcel(gateway, way, "", _BODIES[way](told), len(told))


def _message(gateway: str, rows: Sequence[Row]) -> Parcel:
    """One observation goes to its stream's own topic, several go as a batch."""
    if len(rows) > 1:
        return Parcel(gateway, "mqtt", "anlan/obs", _json(rows), len(rows))
    code, time, value = rows[0]
    body = json.dumps({"time": time, "value": value}).encode()
    return Parcel(gateway, "mqtt", f"anlan/obs/{code}", body, 1)


def _named(row: Row) -> dict[str, object]:
    return {"stream": row[0], "time": row[1], "value": row[2]}


def _json(rows: Sequence[Row]) -> bytes:
    return json.dumps({"observations": [_named(row) for row in rows]}).encode()


def _ndjson(rows: Sequence[Row]) -> bytes:
    return b"".join(json.dumps(_named(row)).encode() + b"\n" for row in rows)


def _csv(rows: Sequence[Row]) -> bytes:
    lines = (f"{code},{time},{value!r}\n" for code, time, value in rows)
    return ("stream,time,value\n" + "".join(lines)).encode()


def _arrow(rows: Sequence[Row]) -> bytes:
    import pyarrow as pa

    codes, times, values = zip(*rows, strict=True)
    read = [datetime.fromisoformat(time) for time in times]
    table = pa.table(
        {
            "stream": pa.array(codes).dictionary_encode(),
            "time": pa.array(read, pa.timestamp("ms", tz="UTC")),
            "value": pa.array(values, pa.float64()),
        }
    )
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


_BODIES: Final[dict[str, Callable[[Sequence[Row]], bytes]]] = {
    "json": _json,
    "ndjson": _ndjson,
    "csv": _csv,
    "arrow": _arrow,
}
