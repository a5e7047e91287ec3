"""What incidents tell the modules above: one was taken in, its grade was confirmed.

A call that turns out to be about a matter that is known already is joined to it and tells nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from anlan.kernel.events import Event, declare


@dataclass(frozen=True, kw_only=True)
class _OfIncident(Event):
    """What every fact about an incident tells."""

    #: Public id of the incident.
    incident: str
    #: Key of ``incident-kinds``; "" while nobody knows.
    kind: str
    #: Key of the hazard in ``codes/hazards``; "" when the kind has none.
    hazard: str
    #: The narrowest region known to hold the place, as stored.
    region: str
    #: WGS-84 degrees of the place; None when it is known by name only.
    lon: float | None = None
    lat: float | None = None
    #: The event's grade (1 gravest) as a person confirmed it; None while nobody has.
    grade: int | None = None
    #: What the known figures show at least; None where no rule fits.
    at_least: int | None = None
    #: Figures by key of ``incident-figures``; what is unknown is left out.
    figures: dict[str, float]
    #: Reference of the person who did it.
    by: str


@declare
@dataclass(frozen=True, kw_only=True)
class IncidentReported(_OfIncident):
    """An incident was taken in (接报) by a person. Sent once an incident."""

    #: When it happened; None while nobody knows.
    happened_at: datetime | None = None
    #: When it was told to the desk (workspace time).
    received_at: datetime


@declare
@dataclass(frozen=True, kw_only=True)
class IncidentGraded(_OfIncident):
    """A person confirmed an incident's grade, or confirmed another."""

    #: The grade before; None when it is the first.
    was: int | None = None
    graded_at: datetime
