"""What may be doubted about a value, one bit each; names in the table ``quality-flags``."""

from typing import Final

#: Outside what the stream can measure.
RANGE: Final = 1
#: Changed faster than the quantity can.
RATE: Final = 2
#: Stands apart from its neighbours in time (Hampel filter).
SPIKE: Final = 4
#: Has not changed for longer than the quantity can rest.
STUCK: Final = 8
#: First value after a gap: values were due before it and never came.
GAP: Final = 16
#: Measured at a time that has not come yet.
FUTURE: Final = 32
#: Came after later values of its stream, or long after it was measured.
LATE: Final = 64
#: The same stream and time came before.
DUPLICATE: Final = 128
#: Looks as if it were sent in another unit.
UNIT: Final = 256
#: Made by an exercise or a test, not by an instrument.
SIMULATED: Final = 512
#: Measured while the station was under maintenance.
MAINTENANCE: Final = 1024
#: Another value came later for the same stream and time.
REVISED: Final = 2048

#: A value with any of these changes no rule's state. LATE is left out of it: live rules leave
#: late values aside by their own look at the clock, and a back-test wants them.
BAD: Final = RANGE | SPIKE | STUCK | FUTURE | UNIT | MAINTENANCE

NAMES: Final = {
    "range": RANGE,
    "rate": RATE,
    "spike": SPIKE,
    "stuck": STUCK,
    "gap": GAP,
    "future": FUTURE,
    "late": LATE,
    "duplicate": DUPLICATE,
    "unit": UNIT,
    "simulated": SIMULATED,
    "maintenance": MAINTENANCE,
    "revised": REVISED,
}


def names(flags: int) -> list[str]:
    """List the codes of the set bits, as in the table ``quality-flags``.

    >>> names(RANGE | LATE)
    ['range', 'late']
    """
    return [name for name, bit in NAMES.items() if flags & bit]
