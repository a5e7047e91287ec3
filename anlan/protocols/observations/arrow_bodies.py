"""Arrow IPC streams: columns stream (string or dictionary), time (timestamp), value (number).

A timestamp without a zone counts from 1970 UTC, as its integers do. Columns besides these are not
read. Nothing of a stream is used before Arrow has validated it in full.
"""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from anlan.protocols.observations.arrow_sizes import unpacked_bytes
from anlan.protocols.observations.columns import Columns, settle
from anlan.protocols.observations.shapes import (
    LATEST_MS,
    MOST_OBSERVATIONS,
    TOO_MANY,
    Decoded,
    Malformed,
    Rejection,
    TooLarge,
)
from anlan.protocols.observations.sheets import check_size

FIELDS = ("stream", "time", "value", "unit")
#: What compressed buffers may become.
MOST_UNPACKED = 128 * 1024 * 1024

NOT_ARROW = "不是合法的 Arrow IPC 流"
#: Whatever pyarrow raises at bytes that are no stream.
_FAULTS = (pa.ArrowException, OSError, ValueError, KeyError, TypeError, MemoryError, OverflowError)

_PER_MS = {"us": 1_000, "ns": 1_000_000}


def decode_arrow(body: bytes) -> Decoded:
    """Decode a stream; `Malformed` when it is none or lacks a column."""
    check_size(body)
    batches = _read(body)
    gathered = _Gathered()
    for batch in batches:
        gathered.add(batch)
    return gathered.decoded()


def _read(body: bytes) -> list[pa.RecordBatch]:
    try:
        if unpacked_bytes(body) > MOST_UNPACKED:
            raise TooLarge("解压后太大，请分批上报")
        with pa.ipc.open_stream(body) as looking:
            fields = _fields(looking.schema)
        options = pa.ipc.IpcReadOptions(included_fields=sorted(fields.values()), use_threads=False)
        batches, rows = [], 0
        with pa.ipc.open_stream(body, options=options) as reader:
            for batch in reader:
                batch.validate(full=True)
                rows += batch.num_rows
                if rows > MOST_OBSERVATIONS:
                    raise TooLarge(TOO_MANY)
                batches.append(batch)
    except _FAULTS:
        raise Malformed(NOT_ARROW) from None
    return batches


def _fields(schema: pa.Schema) -> dict[str, int]:
    """Find our columns; `Malformed` for one that is missing, there twice or of a wrong type."""
    found: dict[str, int] = {}
    for name in FIELDS:
        places = schema.get_all_field_indices(name)
        if len(places) != 1:
            if name == "unit" and not places:
                continue
            raise Malformed(f"应有一列 {name}")
        if not _FITS[name](schema.field(places[0]).type):
            raise Malformed(f"{name} 列的类型不对：{schema.field(places[0]).type}")
        found[name] = places[0]
    return found


def _is_text(kind: pa.DataType) -> bool:
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(plain) or pa.types.is_large_string(plain))


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))


_FITS = {
    "stream": _is_text,
    "unit": _is_text,
    "time": pa.types.is_timestamp,
    "value": _is_number,
}


class _Gathered:
    """The columns of all batches, texts numbered across them."""

    def __init__(self) -> None:
        self._sent = 0
        self._codes: dict[str, int] = {}
        self._units: dict[str, int] = {}
        self._parts: list[tuple[NDArray[Any], ...]] = []
        self._rejected: list[Rejection] = []

    def add(self, batch: pa.RecordBatch) -> None:
        """Add a validated batch; rows that lack something are rejected."""
        rows = batch.num_rows
        index = np.arange(self._sent, self._sent + rows, dtype=np.int32)
        self._sent += rows
        keep = np.ones(rows, np.bool_)
        for name in FIELDS[:3]:
            column = batch.column(name)
            if column.null_count or pa.types.is_dictionary(column.type):
                there = column.is_valid().to_numpy(zero_copy_only=False)
                absent = index[keep & ~there].tolist()
                self._rejected += [Rejection(at, f"缺少 {name}") for at in absent]
                keep &= there
        if not keep.all():
            batch = batch.filter(pa.array(keep))
        unit = np.full(int(keep.sum()), -1, np.int32)
        if "unit" in batch.schema.names:
            unit = _numbered(batch.column("unit"), self._units)
        self._parts.append(
            (
                _numbered(batch.column("stream"), self._codes),
                _milliseconds(batch.column("time")),
                _numbers(batch.column("value")),
                index[keep],
                unit,
            )
        )

    def decoded(self) -> Decoded:
        """Put the batches together."""
        kinds = (np.int32, np.int64, np.float64, np.int32, np.int32)
        none = tuple(np.empty(0, kind) for kind in kinds)
        columns = [np.concatenate(part) for part in zip(none, *self._parts, strict=True)]
        known = Columns(
            codes=list(self._codes),
            stream=columns[0],
            time=columns[1],
            value=columns[2],
            index=columns[3],
            units=list(self._units),
            unit=columns[4],
        )
        return settle(known, [], self._rejected, self._sent)


def _numbered(column: pa.Array, known: dict[str, int]) -> NDArray[np.int32]:
    """Give texts the numbers they have in `known`, new ones a new one, -1 to none."""
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    places = coded.indices.fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    used = np.unique(places) if len(coded.dictionary) > len(places) else None
    texts = coded.dictionary if used is None else coded.dictionary.take(pa.array(used))
    if used is not None:
        places = np.searchsorted(used, places)
    numbers = [known.setdefault(text, len(known)) if text else -1 for text in texts.to_pylist()]
    if not numbers:
        return np.full(len(places), -1, np.int32)
    found: NDArray[np.int32] = np.array(numbers, np.int32)[places]
    if coded.indices.null_count:
        found[coded.indices.is_null().to_numpy(zero_copy_only=False)] = -1
    return found


def _milliseconds(column: pa.Array) -> NDArray[np.int64]:
    unit = column.type.unit
    counted: NDArray[np.int64] = column.cast(pa.int64()).to_numpy()
    if unit == "s":
        return np.where(np.abs(counted) < LATEST_MS, counted, LATEST_MS) * 1000
    return counted // _PER_MS[unit] if unit in _PER_MS else counted


def _numbers(column: pa.Array) -> NDArray[np.float64]:
    found: NDArray[np.float64] = column.cast(pa.float64(), safe=False).to_numpy()
    return found
