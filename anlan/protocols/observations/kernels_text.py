"""The small parts of a pass over bytes: white space, strings, numbers, times, interning.

Nothing here raises: every index is checked against `end`.
"""

import numpy as np
from numpy.typing import NDArray

from anlan.protocols.compiled import compiled

Bytes = NDArray[np.uint8]

QUOTE, COMMA, COLON, MINUS, PLUS, DOT, BACKSLASH = 34, 44, 58, 45, 43, 46, 92
OPEN, CLOSE, OPEN_LIST, CLOSE_LIST = 123, 125, 91, 93
ZERO, NINE = 48, 57

#: How a number was read: not at all, exactly, or left to be rounded.
NO, EXACT, HARD = 0, 1, 2

#: Largest integer below which every integer is a float.
_WHOLE = 9_007_199_254_740_992
_TENS = 10.0 ** np.arange(23)


@compiled
def skip_space(buf: Bytes, i: int, end: int) -> int:
    """Return the first place that is no JSON white space."""
    while i < end and (buf[i] == 32 or buf[i] == 10 or buf[i] == 13 or buf[i] == 9):
        i += 1
    return i


@compiled
def find_quote(buf: Bytes, i: int, end: int) -> int:
    """Return the place of the quote that ends a plain string, -1 when it is not plain."""
    while i < end:
        byte = buf[i]
        if byte == QUOTE:
            return i
        if byte == BACKSLASH or byte < 32:
            return -1
        i += 1
    return -1


@compiled
def _digit(buf: Bytes, i: int) -> int:
    """Return a digit's value; outside 0 to 9 it was none."""
    return int(buf[i]) - ZERO


@compiled
def _digits(buf: Bytes, i: int, n: int) -> int:
    """Read n digits; -1 when one is none. The caller has checked that they are inside."""
    total = 0
    for k in range(i, i + n):
        digit = _digit(buf, k)
        if digit < 0 or digit > 9:
            return -1
        total = total * 10 + digit
    return total


@compiled
def _days(year: int, month: int, day: int) -> int:
    """Count days from 1970-01-01 in the proleptic Gregorian calendar; -1e9 for no such day."""
    none = -1_000_000_000
    if month < 1 or month > 12 or day < 1:
        return none
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    longest = 31
    if month == 4 or month == 6 or month == 9 or month == 11:
        longest = 30
    elif month == 2:
        longest = 29 if leap else 28
    if day > longest:
        return none
    # Howard Hinnant, "chrono-compatible low-level date algorithms" (days_from_civil).
    y = year - 1 if month <= 2 else year
    era = y // 400
    yoe = y - era * 400
    doy = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return era * 146_097 + yoe * 365 + yoe // 4 - yoe // 100 + doy - 719_468


@compiled
def _clock(buf: Bytes, i: int) -> int:
    """Read ``hh:mm:ss`` as seconds, -1 when it is not one."""
    if buf[i + 2] != COLON or buf[i + 5] != COLON:
        return -1
    hour, minute, second = _digits(buf, i, 2), _digits(buf, i + 3, 2), _digits(buf, i + 6, 2)
    if hour < 0 or minute < 0 or second < 0 or hour > 23 or minute > 59 or second > 59:
        return -1
    return hour * 3600 + minute * 60 + second


@compiled
def _offset(buf: Bytes, i: int, end: int) -> int:
    """Read the rest as ``Z`` or ``+hh:mm`` in seconds; a huge number when it is neither."""
    none = 1_000_000
    left = end - i
    if left == 1 and (buf[i] == 90 or buf[i] == 122):
        return 0
    if left != 6 or (buf[i] != PLUS and buf[i] != MINUS) or buf[i + 3] != COLON:
        return none
    hour, minute = _digits(buf, i + 1, 2), _digits(buf, i + 4, 2)
    if hour < 0 or minute < 0 or hour > 23 or minute > 59:
        return none
    seconds = hour * 3600 + minute * 60
    return -seconds if buf[i] == MINUS else seconds


NO_TIME = -(1 << 62)


@compiled
def read_time(buf: Bytes, i: int, end: int) -> int:
    """Read an RFC 3339 time as milliseconds since 1970; NO_TIME when it is not plainly one."""
    if end - i < 20 or end - i > 40 or buf[i + 4] != MINUS or buf[i + 7] != MINUS:
        return NO_TIME
    if buf[i + 10] != 84 and buf[i + 10] != 32 and buf[i + 10] != 116:
        return NO_TIME
    year, month, day = _digits(buf, i, 4), _digits(buf, i + 5, 2), _digits(buf, i + 8, 2)
    seconds = _clock(buf, i + 11)
    if year < 0 or month < 0 or day < 0 or seconds < 0:
        return NO_TIME
    days = _days(year, month, day)
    at = i + 19
    thousandths, place = 0, 100
    if buf[at] == DOT:
        at += 1
        first = at
        while at < end and ZERO <= buf[at] <= NINE:
            thousandths += _digit(buf, at) * place
            place //= 10
            at += 1
        if at == first:
            return NO_TIME
    if at >= end:
        return NO_TIME
    offset = _offset(buf, at, end)
    if offset == 1_000_000 or days == -1_000_000_000:
        return NO_TIME
    return (days * 86_400 + seconds - offset) * 1000 + thousandths


@compiled
def read_number(buf: Bytes, i: int, end: int) -> tuple[int, float, int]:
    """Read a JSON number; returns what follows it, the number, and NO, EXACT or HARD."""
    negative = i < end and buf[i] == MINUS
    if negative:
        i += 1
    if i >= end or buf[i] < ZERO or buf[i] > NINE:
        return i, 0.0, NO
    if buf[i] == ZERO and i + 1 < end and ZERO <= buf[i + 1] <= NINE:
        return i, 0.0, NO
    whole, digits, power = 0, 0, 0
    while i < end and ZERO <= buf[i] <= NINE:
        if digits < 18:
            whole = whole * 10 + _digit(buf, i)
        if whole != 0:
            digits += 1
        i += 1
    if i < end and buf[i] == DOT:
        i += 1
        first = i
        while i < end and ZERO <= buf[i] <= NINE:
            if digits < 18:
                whole = whole * 10 + _digit(buf, i)
                power -= 1
            if whole != 0:
                digits += 1
            i += 1
        if i == first:
            return i, 0.0, NO
    if i < end and (buf[i] == 101 or buf[i] == 69):
        i, exponent = _exponent(buf, i + 1, end)
        if i < 0:
            return i, 0.0, NO
        power += exponent
    if digits > 17 or whole > _WHOLE or power < -22 or power > 22:
        return i, 0.0, HARD
    number = whole * _TENS[power] if power >= 0 else whole / _TENS[-power]
    return i, -number if negative else number, EXACT


@compiled
def _exponent(buf: Bytes, i: int, end: int) -> tuple[int, int]:
    negative = i < end and buf[i] == MINUS
    if negative or (i < end and buf[i] == PLUS):
        i += 1
    first, total = i, 0
    while i < end and ZERO <= buf[i] <= NINE:
        total = min(total * 10 + _digit(buf, i), 100_000)
        i += 1
    if i == first:
        return -1, 0
    return i, -total if negative else total


@compiled
def pass_scalar(buf: Bytes, i: int, end: int) -> int:
    """Pass a plain string, number, true, false or null; -1 for anything else."""
    if i >= end:
        return -1
    if buf[i] == QUOTE:
        closing = find_quote(buf, i + 1, end)
        return closing + 1 if closing >= 0 else -1
    if buf[i] == MINUS or ZERO <= buf[i] <= NINE:
        after, _, kind = read_number(buf, i, end)
        return after if kind != NO else -1
    for word in (b"true", b"false", b"null"):
        n = len(word)
        if end - i >= n:
            same = True
            for k in range(n):
                same = same and buf[i + k] == word[k]
            if same:
                return i + n
    return -1


@compiled
def pass_value(buf: Bytes, i: int, end: int) -> int:
    """Return what follows a value, by its brackets and quotes alone; -1 when it does not end."""
    depth = 0
    while i < end:
        byte = buf[i]
        if byte == QUOTE:
            i += 1
            while i < end and buf[i] != QUOTE:
                i += 2 if buf[i] == BACKSLASH else 1
            if i >= end:
                return -1
        elif byte in (OPEN, OPEN_LIST):
            depth += 1
        elif byte in (CLOSE, CLOSE_LIST):
            if depth == 0:
                return i
            depth -= 1
            if depth == 0:
                return i + 1
        elif byte == COMMA and depth == 0:
            return i
        i += 1
    return -1


@compiled
def intern(
    buf: Bytes,
    start: int,
    end: int,
    table: NDArray[np.int32],
    spans: NDArray[np.int32],
    known: int,
) -> int:
    """Return the number of a text; `known`, and its span is noted, when it is new."""
    mixed = np.uint64(14_695_981_039_346_656_037)  # FNV-1a
    for k in range(start, end):
        mixed = (mixed ^ np.uint64(buf[k])) * np.uint64(1_099_511_628_211)
    mask = len(table) - 1
    slot = int(mixed ^ (mixed >> np.uint64(32))) & mask
    size = end - start
    while table[slot] > 0:
        number = table[slot] - 1
        at = spans[number, 0]
        if spans[number, 1] - at == size:
            same = True
            for k in range(size):
                if buf[at + k] != buf[start + k]:
                    same = False
                    break
            if same:
                return int(number)
        slot = (slot + 1) & mask
    table[slot] = known + 1
    spans[known, 0], spans[known, 1] = start, end
    return known


@compiled
def trimmed(buf: Bytes, i: int, end: int) -> tuple[int, int]:
    """Take blanks off both ends."""
    while i < end and (buf[i] == 32 or buf[i] == 9 or buf[i] == 13):
        i += 1
    while i < end and (buf[end - 1] == 32 or buf[end - 1] == 9 or buf[end - 1] == 13):
        end -= 1
    return i, end
