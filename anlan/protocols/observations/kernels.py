"""One pass over the bytes of a body, compiled; runs without the interpreter's lock.

The kernels read what nearly every sender writes and touch nothing else: an element they do not
know by heart (an escape in a string, a nested field, a wrong type) is left to `oddities` with its
place. They never raise: every index is checked against `end`.

Strings are interned by content: a code that occurs a thousand times is one entry. Numbers of more
than 53 bits or with large exponents are only checked here and copied out, so that a correctly
rounding parser turns all of them at once into floats.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from anlan.protocols.compiled import compiled
from anlan.protocols.observations.kernels_text import (
    CLOSE,
    CLOSE_LIST,
    COLON,
    COMMA,
    HARD,
    NO,
    NO_TIME,
    OPEN,
    QUOTE,
    Bytes,
    find_quote,
    intern,
    pass_scalar,
    pass_value,
    read_number,
    read_time,
    skip_space,
    trimmed,
)

STREAM, TIME, VALUE, UNIT = 1, 2, 4, 8
NEEDED = STREAM | TIME | VALUE
NEWLINE = 10

#: Places in `Sheet.counts`.
ROWS, ODD, INDEX, HARDS, NAMED_UNITS = range(5)
COUNTS = 5

#: Columns of `Sheet.place`: where a row's texts stand in the buffer, and its index.
CODE, CODE_END, NUMBER, NUMBER_END, UNIT_AT, UNIT_END, AT_INDEX = range(7)
PLACES = 7
#: Columns of `Sheet.odd`.
START, END, ODD_INDEX, PART = range(4)

#: Answer of `read_array`: more elements than the sheet has room for.
TOO_MANY = -(1 << 62)


class Sheet(NamedTuple):
    """What a pass fills. Few arrays: compiled code pays for each one it hands on.

    NUMBER and NUMBER_END are equal where `value` is exact already.
    """

    counts: NDArray[np.int64]
    time: NDArray[np.int64]
    value: NDArray[np.float64]
    place: NDArray[np.int32]
    odd: NDArray[np.int32]


class Cells(NamedTuple):
    """One element: where its code, number and unit stand, and what its time is; next < 0 is odd."""

    next: int
    code_start: int
    code_end: int
    time: int
    number_start: int
    number_end: int
    number: float
    exact: int
    unit_start: int
    unit_end: int


@compiled
def _field(buf: Bytes, i: int, end: int) -> int:
    """Tell which field a key names; 0 for one we do not know."""
    n = end - i
    if n == 6 and buf[i] == 115 and buf[i + 1] == 116 and buf[i + 2] == 114:
        return STREAM if buf[i + 3] == 101 and buf[i + 4] == 97 and buf[i + 5] == 109 else 0
    if n == 4 and buf[i] == 116:
        return TIME if buf[i + 1] == 105 and buf[i + 2] == 109 and buf[i + 3] == 101 else 0
    if n == 5 and buf[i] == 118 and buf[i + 1] == 97 and buf[i + 2] == 108:
        return VALUE if buf[i + 3] == 117 and buf[i + 4] == 101 else 0
    if n == 4 and buf[i] == 117:
        return UNIT if buf[i + 1] == 110 and buf[i + 2] == 105 and buf[i + 3] == 116 else 0
    return 0


@compiled
def _odd() -> Cells:
    return Cells(-1, 0, 0, 0, 0, 0, 0.0, NO, 0, 0)


@compiled
def _read_object(buf: Bytes, i: int, end: int, code_start: int, code_end: int) -> Cells:
    """Read one observation that begins at ``{``; code_start >= 0 is a code told elsewhere."""
    told = code_start >= 0
    seen = STREAM if told else 0
    when, number, exact = 0, 0.0, NO
    number_start, number_end, unit_start, unit_end = 0, 0, 0, 0
    i = skip_space(buf, i + 1, end)
    while True:
        if i >= end or buf[i] != QUOTE:
            return _odd()
        key = i + 1
        key_end = find_quote(buf, key, end)
        i = skip_space(buf, key_end + 1, end)
        if key_end < 0 or i >= end or buf[i] != COLON:
            return _odd()
        i = skip_space(buf, i + 1, end)
        field = _field(buf, key, key_end)
        if i >= end or seen & field:
            return _odd()
        seen |= field
        if field == VALUE:
            number_start = i
            i, number, exact = read_number(buf, i, end)
            number_end = i
            if exact == NO:
                return _odd()
        elif field == 0:
            i = pass_scalar(buf, i, end)
            if i < 0:
                return _odd()
        else:
            closing = find_quote(buf, i + 1, end) if buf[i] == QUOTE else -1
            if closing < 0:
                return _odd()
            if field == TIME:
                when = read_time(buf, i + 1, closing)
                if when == NO_TIME:
                    return _odd()
            elif field == STREAM:
                code_start, code_end = i + 1, closing
            else:
                unit_start, unit_end = i + 1, closing
            i = closing + 1
        i = skip_space(buf, i, end)
        if i >= end or (buf[i] != COMMA and buf[i] != CLOSE):
            return _odd()
        if buf[i] == CLOSE:
            break
        i = skip_space(buf, i + 1, end)
    if seen & NEEDED != NEEDED:
        return _odd()
    return Cells(
        i + 1, code_start, code_end, when, number_start, number_end, number, exact, unit_start,
        unit_end,
    )  # fmt: skip


@compiled
def is_full(sheet: Sheet) -> bool:
    """Whether another element has no room."""
    return bool(sheet.counts[INDEX] >= len(sheet.time))


@compiled
def _note_odd(sheet: Sheet, start: int, end: int, part: int) -> None:
    row = sheet.odd[sheet.counts[ODD]]
    row[START], row[END], row[ODD_INDEX], row[PART] = start, end, sheet.counts[INDEX], part
    sheet.counts[ODD] += 1
    sheet.counts[INDEX] += 1


@compiled
def _note(sheet: Sheet, cells: Cells) -> None:
    counts = sheet.counts
    row = counts[ROWS]
    sheet.time[row], sheet.value[row] = cells.time, cells.number
    place = sheet.place[row]
    place[CODE], place[CODE_END] = cells.code_start, cells.code_end
    place[UNIT_AT], place[UNIT_END] = cells.unit_start, cells.unit_end
    place[NUMBER], place[NUMBER_END] = cells.number_start, cells.number_start
    place[AT_INDEX] = counts[INDEX]
    if cells.exact == HARD:
        place[NUMBER_END] = cells.number_end
        counts[HARDS] += 1
    if cells.unit_end > cells.unit_start:
        counts[NAMED_UNITS] += 1
    counts[ROWS] = row + 1
    counts[INDEX] += 1


@compiled
def read_array(buf: Bytes, i: int, end: int, part: int, sheet: Sheet) -> int:
    """Read elements from after ``[``; returns what follows ``]``, or ``-1 - place`` of a fault."""
    i = skip_space(buf, i, end)
    if i < end and buf[i] == CLOSE_LIST:
        return i + 1
    while i < end:
        if is_full(sheet):
            return TOO_MANY
        cells = _odd()
        if buf[i] == OPEN:
            cells = _read_object(buf, i, end, -1, -1)
        if cells.next >= 0:
            _note(sheet, cells)
            i = cells.next
        else:
            after = pass_value(buf, i, end)
            if after <= i:
                return -1 - i
            _note_odd(sheet, i, after, part)
            i = after
        i = skip_space(buf, i, end)
        if i >= end:
            break
        if buf[i] == CLOSE_LIST:
            return i + 1
        if buf[i] != COMMA:
            return -1 - i
        i = skip_space(buf, i + 1, end)
    return -1 - end


@compiled
def read_single(
    buf: Bytes, i: int, end: int, code_start: int, code_end: int, part: int, sheet: Sheet
) -> None:
    """Read one element that fills the place between i and end; code_start < 0: it names its own."""
    at = skip_space(buf, i, end)
    if at < end and buf[at] == OPEN:
        cells = _read_object(buf, at, end, code_start, code_end)
        if cells.next >= 0 and skip_space(buf, cells.next, end) == end:
            _note(sheet, cells)
            return
    _note_odd(sheet, i, end, part)


@compiled
def read_lines(buf: Bytes, i: int, end: int, sheet: Sheet) -> None:
    """Read one element a line; lines of white space alone do not count."""
    while i < end:
        stop = i
        while stop < end and buf[stop] != NEWLINE:
            stop += 1
        if skip_space(buf, i, stop) < stop and not is_full(sheet):
            read_single(buf, i, stop, -1, -1, 0, sheet)
        i = stop + 1


@compiled
def _read_record(buf: Bytes, i: int, end: int, separator: int, places: NDArray[np.int64]) -> Cells:
    """Read one line of CSV without quotes; `places` are the columns of code, time, value, unit."""
    spans = np.zeros(8, np.int64)
    column, start = 0, i
    for k in range(i, end + 1):
        if k < end and buf[k] == QUOTE:
            return _odd()
        if k == end or buf[k] == separator:
            for field in range(4):
                if places[field] == column:
                    spans[2 * field], spans[2 * field + 1] = trimmed(buf, start, k)
            column, start = column + 1, k + 1
    if column != places[4]:
        return _odd()
    when = read_time(buf, spans[2], spans[3])
    after, number, exact = read_number(buf, spans[4], spans[5])
    if spans[1] == spans[0] or when == NO_TIME or exact == NO or after != spans[5]:
        return _odd()
    return Cells(
        end, spans[0], spans[1], when, spans[4], spans[5], number, exact, spans[6], spans[7]
    )


@compiled
def read_records(
    buf: Bytes, i: int, end: int, separator: int, places: NDArray[np.int64], sheet: Sheet
) -> None:
    """Read lines of CSV below the header; empty lines do not count."""
    while i < end:
        stop = i
        while stop < end and buf[stop] != NEWLINE:
            stop += 1
        if skip_space(buf, i, stop) < stop and not is_full(sheet):
            cells = _read_record(buf, i, stop, separator, places)
            if cells.next >= 0:
                _note(sheet, cells)
            else:
                _note_odd(sheet, i, stop, 0)
        i = stop + 1


@compiled
def number_texts(
    buf: Bytes,
    place: NDArray[np.int32],
    column: int,
    table: NDArray[np.int32],
    spans: NDArray[np.int32],
    numbers: NDArray[np.int32],
) -> int:
    """Give equal texts of a column equal numbers, -1 to an empty one; return how many differ."""
    known = 0
    for row in range(len(numbers)):
        start, end = place[row, column], place[row, column + 1]
        numbers[row] = -1
        if end > start or column == CODE:
            numbers[row] = intern(buf, start, end, table, spans, known)
            if numbers[row] == known:
                known += 1
    return known


@compiled
def copy_numbers(
    buf: Bytes,
    place: NDArray[np.int32],
    rows: NDArray[np.int32],
    ends: NDArray[np.int32],
    text: Bytes,
) -> int:
    """Copy numbers left to be rounded behind each other; returns their bytes."""
    size, k = 0, 0
    for row in range(len(place)):
        start, end = place[row, NUMBER], place[row, NUMBER_END]
        if end > start and k < len(rows):
            for i in range(start, end):
                text[size] = buf[i]
                size += 1
            rows[k], ends[k + 1] = row, size
            k += 1
    return size


@compiled
def join_texts(buf: Bytes, spans: NDArray[np.int32], known: int, text: Bytes) -> None:
    """Write texts behind each other, a line each; `text` has room for them."""
    at = 0
    for k in range(known):
        for i in range(spans[k, 0], spans[k, 1]):
            text[at] = buf[i]
            at += 1
        text[at] = NEWLINE
        at += 1
