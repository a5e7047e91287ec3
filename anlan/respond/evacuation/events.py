"""What evacuations tell the modules above: ordered, over, and who went back too soon."""

from dataclasses import dataclass
from datetime import datetime

from anlan.kernel.events import Event, declare


@declare
@dataclass(frozen=True, kw_only=True)
class EvacuationOrdered(Event):
    """A person ordered a batch of people to leave. `evacuation.selectors` counts them."""

    #: Public id of the batch.
    evacuation: str
    hazards: tuple[str, ...]
    #: The narrowest region that holds all villages, and their codes.
    region: str
    villages: tuple[str, ...]
    by: str
    ordered_at: datetime


@declare
@dataclass(frozen=True, kw_only=True)
class DangerLifted(Event):
    """A person declared that it is safe again in some villages: people may return."""

    evacuation: str
    region: str
    villages: tuple[str, ...]
    by: str
    lifted_at: datetime


@declare
@dataclass(frozen=True, kw_only=True)
class PeopleStrayed(Event):
    """People went back before anybody declared that it is safe; nobody is named here."""

    evacuation: str
    #: Code of the village they went back to.
    village: str
    #: How many, as far as known.
    people: int
    by: str
    strayed_at: datetime
