"""What registers tell."""

from dataclasses import dataclass

from anlan.kernel.events import Event, declare


@declare
@dataclass(frozen=True, kw_only=True)
class RowConfirmed(Event):
    """Somebody said that a row is still true."""

    register: str
    row: str
    by: str
