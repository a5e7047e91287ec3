"""Identifiers seen outside: 26 characters that sort by the time they were made.

130 bits in Crockford's base 32: 48 bits of milliseconds, 12 bits of a counter within the
millisecond, 16 bits of node, 52 bits of chance, two spare zero bits in front. Integers would break
in JavaScript and in federation; random UUIDs would scatter every index.
"""

import os
import secrets
import threading
import time

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 26
_DECODE = {char: value for value, char in enumerate(ALPHABET)}
_COUNTER_MAX = (1 << 12) - 1

# Three characters at a time, and two: nine look-ups instead of 26 shifts.
_PAIRS = [a + b for a in ALPHABET for b in ALPHABET]
_TRIPLES = [pair + char for pair in _PAIRS for char in ALPHABET]


class Source:
    """Makes ids for one node; safe between threads, strictly increasing within the process."""

    def __init__(self, node: int) -> None:
        self.node = node & 0xFFFF
        self._lock = threading.Lock()
        self._millis = 0
        self._count = 0
        self._pid = os.getpid()

    def new(self) -> str:
        """Make the next id."""
        with self._lock:
            millis = time.time_ns() // 1_000_000
            if millis <= self._millis:  # same millisecond, or the clock stepped back
                millis = self._millis
                self._count += 1
                if self._count > _COUNTER_MAX:
                    millis, self._count = millis + 1, 0
            else:
                self._count = 0
            self._millis = millis
            count = self._count
        number = (((millis << 12 | count) << 16) | self.node) << 52 | secrets.randbits(52)
        return encode(number)


def floor_of(millis: int) -> str:
    """Write what sorts before every id made at this Unix millisecond or later."""
    return encode(millis << 80)


def encode(number: int) -> str:
    """Write a number below 2**130 as 26 characters."""
    # Halves that a processor's words hold, as far as may be.
    upper, lower = number >> 60, number & (1 << 60) - 1
    return (
        f"{_PAIRS[upper >> 60]}{_TRIPLES[upper >> 45 & 0x7FFF]}{_TRIPLES[upper >> 30 & 0x7FFF]}"
        f"{_TRIPLES[upper >> 15 & 0x7FFF]}{_TRIPLES[upper & 0x7FFF]}{_TRIPLES[lower >> 45]}"
        f"{_TRIPLES[lower >> 30 & 0x7FFF]}{_TRIPLES[lower >> 15 & 0x7FFF]}"
        f"{_TRIPLES[lower & 0x7FFF]}"
    )


def decode(text: str) -> int:
    """Read the number back; ValueError when `text` is not an id."""
    if len(text) != LENGTH or any(char not in _DECODE for char in text):
        raise ValueError(f"not an id: {text!r}")
    number = 0
    for char in text:
        number = number << 5 | _DECODE[char]
    return number


def is_id(text: str) -> bool:
    """Tell whether `text` has the form of an id."""
    return len(text) == LENGTH and all(char in _DECODE for char in text)


def node_of(text: str) -> int:
    """Tell which node made an id."""
    return decode(text) >> 52 & 0xFFFF


def millis_of(text: str) -> int:
    """Tell the Unix milliseconds at which an id was made."""
    return decode(text) >> 80


_source = Source(secrets.randbits(16))


def use_node(node: int) -> None:
    """Give this process's ids a node number (0..65535); each server of a federation has its own."""
    global _source
    _source = Source(node)


def new_id() -> str:
    """Make an id on this process's node."""
    return _source.new()
