"""What is published: the rows of many bodies that may be stored, together in one message."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from anlan.kernel.errors import Invalid
from anlan.protocols.observations import Decoded, Rejection
from anlan.sense.intake.queueing import Submission

FORMAT: Final = 1
#: Rows of one message: less than half of what a server takes (1 MB), codes included.
ROWS: Final = 12_000


class Body(msgspec.Struct, frozen=True, array_like=True):
    """One message. Arrays are little-endian; times are ms since 1970 UTC."""

    format: int
    received_ms: int
    backfill: bool
    codes: list[str]
    units: list[str]
    #: Place in `codes` (int32), time (int64), value (float64), place in `units` or -1 (int32).
    stream: bytes
    time: bytes
    value: bytes
    unit: bytes


def packed(
    group: Sequence[Submission], refused: Mapping[int, Sequence[Rejection]]
) -> Iterator[bytes]:
    """Write the rows of bodies that were not refused, as messages of a size servers take."""
    columns: list[list[NDArray[Any]]] = [[np.empty(0, kind)] for kind in ("i4", "i8", "f8", "i4")]
    stream, time, value, unit = columns
    codes: list[str] = []
    units: list[str] = []
    for place, one in enumerate(group):
        body = one.decoded
        gone = [it.index for it in refused.get(place, ())]
        good = ~np.isin(body.index, gone)
        named = np.full(len(body), -1, np.int32) if body.unit is None else body.unit
        stream.append((body.stream + len(codes))[good])
        time.append(body.time[good])
        value.append(body.value[good])
        unit.append(np.where(named < 0, -1, named + len(units))[good])
        codes += body.codes
        units += body.units
    rows = [np.concatenate(parts) for parts in columns]
    for begin in range(0, len(rows[0]), ROWS):
        yield _message(group[0], [part[begin : begin + ROWS] for part in rows], codes, units)


def _message(
    first: Submission, rows: Sequence[NDArray[Any]], codes: list[str], units: list[str]
) -> bytes:
    stream, time, value, unit = rows
    used, stream = np.unique(stream, return_inverse=True)
    return msgspec.msgpack.encode(
        Body(
            format=FORMAT,
            received_ms=first.received_ms,
            backfill=first.backfill,
            codes=[codes[place] for place in used.tolist()],
            units=units,
            stream=stream.astype("<i4").tobytes(),
            time=time.astype("<i8").tobytes(),
            value=value.astype("<f8").tobytes(),
            unit=unit.astype("<i4").tobytes(),
        )
    )


_DECODER: Final = msgspec.msgpack.Decoder(Body)


def read(message: bytes) -> tuple[Body, Decoded]:
    """Read a message; `Invalid` for one that is none of ours."""
    try:
        body = _DECODER.decode(message)
        stream, unit = (np.frombuffer(part, "<i4") for part in (body.stream, body.unit))
        time, value = np.frombuffer(body.time, "<i8"), np.frombuffer(body.value, "<f8")
    except (msgspec.DecodeError, ValueError) as error:
        raise Invalid(f"流里有一条不是观测：{error}") from error
    alike = len(stream) == len(time) == len(value) == len(unit)
    if body.format != FORMAT or not alike or not _within(stream, 0, len(body.codes)):
        raise Invalid("流里有一条观测读不懂，可能是更新的版本发的")
    if not _within(unit, -1, len(body.units)) or not np.isfinite(value).all():
        raise Invalid("流里有一条观测读不懂")
    return body, Decoded(
        codes=body.codes,
        stream=stream.astype(np.int32),
        time=time.astype(np.int64),
        value=value.astype(np.float64),
        index=np.arange(len(time), dtype=np.int32),
        sent=len(time),
        rejected=[],
        units=body.units,
        unit=unit.astype(np.int32) if body.units else None,
    )


def _within(places: NDArray[np.integer[Any]], low: int, end: int) -> bool:
    return not len(places) or (int(places.min()) >= low and int(places.max()) < end)
