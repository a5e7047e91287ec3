"""What relief tells: a region handed in a loss report.

The figures are plain numbers by field of the code table ``loss-fields``: whoever writes a report
or lays the material of a consultation together needs nothing else of this module.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from anlan.kernel.events import Event, declare


@declare
@dataclass(frozen=True, kw_only=True)
class LossesReported(Event):
    """A region's loss report is there, and stays as it is; the next one corrects it."""

    #: Id of the matter whose losses are counted.
    matter: str
    #: Id of the report.
    report: str
    #: Which report of this region it is, from 1.
    number: int
    phase: Literal["first", "progress", "final"]
    #: Key of the hazard in ``codes/hazards``.
    hazard: str
    region: str
    #: The moment for which the figures hold.
    as_of: datetime
    #: Field -> number; a field that is not in it is not known.
    figures: dict[str, float]
    #: Fields whose number is a lower bound: something below did not tell it.
    at_least: tuple[str, ...] = ()
    #: Regions below that had not reported.
    missing: tuple[str, ...] = ()
    #: Reference of the person who handed it in.
    by: str
    reported_at: datetime


@declare
@dataclass(frozen=True, kw_only=True)
class LossesSteady(Event):
    """A named person said that the losses of a matter grow no more; the verified report is due."""

    matter: str
    hazard: str
    region: str
    by: str
    steady_at: datetime
