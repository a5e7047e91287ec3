"""What forms tell the modules above them."""

from dataclasses import dataclass

from anlan.kernel.events import Event, declare


@declare
@dataclass(frozen=True, kw_only=True)
class RoundOpened(Event):
    """A form was sent to its regions once more."""

    form: str
    round: str
    number: int
    #: Code of the region whose form it is.
    region: str


@declare
@dataclass(frozen=True, kw_only=True)
class SheetSubmitted(Event):
    """A region's figures came in, for the first time or corrected."""

    form: str
    round: str
    sheet: str
    #: Code of the region the figures are of.
    region: str
    #: From 1; above it a correction.
    revision: int
