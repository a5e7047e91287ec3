"""What requests about forecasts look like."""

from datetime import datetime
from typing import Any

from ninja import Schema


class RunsQuery(Schema):
    """What a list of runs is asked for."""

    model: str = ""
    hazard: str = ""
    state: str = ""
    signing: str = ""
    region: str = ""
    storm: str = ""
    page: int = 1
    size: int = 50


class Asked(Schema):
    """A run that is asked for; what is empty is as the model's declaration says."""

    model: str
    region: str = ""
    storm: str = ""
    based_at: datetime | None = None
    hours: float | None = None
    seed: int | None = None
    settings: dict[str, Any] = {}
    inputs: dict[str, Any] = {}


class Deed(Schema):
    """What is said with a deed on a run."""

    reason: str = ""
    note: str = ""
    version: int | None = None


class VerificationQuery(Schema):
    """Which verification is asked for."""

    model: str = ""
    station: str = ""
    since: datetime | None = None
    until: datetime | None = None
