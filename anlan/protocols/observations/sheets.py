"""What a compiled pass fills, and what becomes of it: odd elements, hard numbers, ranges."""

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from anlan.protocols.observations import kernels
from anlan.protocols.observations.columns import Columns, settle
from anlan.protocols.observations.elements import Reading, Refused
from anlan.protocols.observations.kernels_text import Bytes
from anlan.protocols.observations.shapes import (
    MOST_BYTES,
    MOST_OBSERVATIONS,
    TOO_MANY,
    Decoded,
    Rejection,
    TooLarge,
)

#: Reads an odd element: its bytes, and which part of the buffer it came from.
OddReader = Callable[[bytes, int], Reading]


def check_size(body: bytes) -> None:
    """Refuse a body of too many bytes; `TooLarge`."""
    if len(body) > MOST_BYTES:
        raise TooLarge(f"一次最多 {MOST_BYTES // 2**20} MB，请分批上报")


def check_room(sheet: kernels.Sheet) -> None:
    """Refuse a body of too many observations; `TooLarge`."""
    if sheet.counts[kernels.INDEX] > MOST_OBSERVATIONS:
        raise TooLarge(TOO_MANY)


def new_sheet(most: int) -> kernels.Sheet:
    """Make room for `most` elements; pages nobody writes cost nothing."""
    most = min(most, MOST_OBSERVATIONS) + 1
    return kernels.Sheet(
        counts=np.zeros(kernels.COUNTS, np.int64),
        time=np.empty(most, np.int64),
        value=np.empty(most, np.float64),
        place=np.empty((most, kernels.PLACES), np.int32),
        odd=np.empty((most, 4), np.int32),
    )


def finish(
    buf: bytes, sheet: kernels.Sheet, read_odd: OddReader, rejected: Sequence[Rejection] = ()
) -> Decoded:
    """Turn a filled sheet into columns; odd elements are read one by one."""
    counts = sheet.counts.tolist()
    rows = counts[kernels.ROWS]
    view, place = np.frombuffer(buf, np.uint8), sheet.place[:rows]
    if counts[kernels.HARDS]:
        _round_hard_numbers(view, place, sheet.value, counts[kernels.HARDS])
    codes, stream = _numbered(view, place, kernels.CODE)
    units: list[str] = []
    unit = np.full(rows, -1, np.int32)
    if counts[kernels.NAMED_UNITS]:
        units, unit = _numbered(view, place, kernels.UNIT_AT)
    known = Columns(
        codes=codes,
        stream=stream,
        time=sheet.time[:rows],
        value=sheet.value[:rows],
        index=np.ascontiguousarray(place[:, kernels.AT_INDEX]),
        units=units,
        unit=unit,
    )
    odd: list[tuple[int, Reading]] = []
    refusals = list(rejected)
    for start, end, index, part in sheet.odd[: counts[kernels.ODD]].tolist():
        try:
            odd.append((index, read_odd(buf[start:end], part)))
        except Refused as refused:
            refusals.append(Rejection(index, str(refused)))
    return settle(known, odd, refusals, counts[kernels.INDEX])


def _numbered(
    view: Bytes, place: NDArray[np.int32], column: int
) -> tuple[list[str], NDArray[np.int32]]:
    """Give equal texts of a column equal numbers.

    Bytes that are no UTF-8 become lone surrogates.
    """
    rows = len(place)
    table = np.zeros(1 << (2 * rows).bit_length(), np.int32)
    spans = np.empty((rows, 2), np.int32)
    numbers = np.empty(rows, np.int32)
    known = kernels.number_texts(view, place, column, table, spans, numbers)
    size = int((spans[:known, 1] - spans[:known, 0]).sum()) + known
    text = np.empty(size, np.uint8)
    kernels.join_texts(view, spans, known, text)
    # No text holds a line end: JSON forbids it, a table's row ends there, topics are looked at.
    texts = text.tobytes().decode("utf-8", "surrogateescape").split("\n")[:known]
    return texts, numbers


def _round_hard_numbers(
    view: Bytes, place: NDArray[np.int32], value: NDArray[np.float64], count: int
) -> None:
    rows, ends = np.empty(count, np.int32), np.zeros(count + 1, np.int32)
    text = np.empty(int((place[:, kernels.NUMBER_END] - place[:, kernels.NUMBER]).sum()), np.uint8)
    kernels.copy_numbers(view, place, rows, ends, text)
    texts = pa.StringArray.from_buffers(count, pa.py_buffer(ends), pa.py_buffer(text))
    try:
        numbers = pc.cast(texts, pa.float64()).to_numpy()
    except pa.ArrowInvalid:  # one of them is too large for it
        numbers = np.array([float(text.as_py()) for text in texts])
    value[rows] = numbers
