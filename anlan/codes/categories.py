"""The two national code systems for kinds of events, and the way between them.

The five-character system (11B03) is what the warning network speaks; GB/T 35561-2017 has five
digits. Neither document could be read in full when the tables were made, so the rows carry M and
M? flags: confirm them before exchanging codes with another system.
"""

from datetime import date

from anlan.codes import loader


def to_gbt35561(code: str, on: date | None = None) -> str | None:
    """Return the GB/T 35561 code of a five-character code, else of its subclass, else its class."""
    rows = loader.table("gbt35561-codes", on)
    for wanted in (code, code[:3] + "00", code[:2] + "000"):
        for row in rows:
            if wanted in row.several("event_codes"):
                return row.code
    return None


def from_gbt35561(code: str, on: date | None = None) -> tuple[str, ...]:
    """Return the five-character codes a GB/T 35561 code stands for, the main one first."""
    row = loader.table("gbt35561-codes", on).get(code)
    return row.several("event_codes") if row else ()
