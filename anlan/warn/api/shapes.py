"""What requests about alerts look like."""

from datetime import datetime
from typing import Any

from ninja import Schema


class AlertsQuery(Schema):
    """What a list of alerts is asked for."""

    state: str = "in-force"
    region: str = ""
    hazard: str = ""
    level: str = ""
    kind: str = ""
    relayed: bool | None = None
    case: str = ""
    q: str = ""
    since: datetime | None = None
    until: datetime | None = None
    page: int = 1
    size: int = 50


class InboxQuery(Schema):
    """What the inbox is asked for."""

    state: str = "waiting"
    region: str = ""
    hazard: str = ""
    level: str = ""
    station: str = ""
    way: str = ""
    q: str = ""
    since: datetime | None = None
    until: datetime | None = None
    page: int = 1
    size: int = 50


class Written(Schema):
    """An alert of our own as it is filled in; what is empty comes from the tables."""

    kind: str
    hazard: str = ""
    level: int | None = None
    regions: list[str] = []
    area: dict[str, Any] | None = None
    place: str = ""
    caution: str = ""
    measures: str = ""
    issuer: str = ""
    effective_at: datetime | None = None
    expires_at: datetime | None = None
    title: str = ""
    text: str = ""


class Edited(Written):
    """A draft as it shall be; with `version` only if nobody changed it since."""

    version: int | None = None


class Deed(Schema):
    """What a deed on an alert says; each uses its own part."""

    version: int | None = None
    #: Findings of the check that were seen and do not change the decision.
    accepted: list[str] = []
    #: Why one person acts where two should.
    alone: str = ""
    reason: str = ""
    # update, raise, lower, extend, cancel, withdraw
    level: int | None = None
    regions: list[str] = []
    expires_at: datetime | None = None
    caution: str = ""
    measures: str = ""
    text: str = ""
    # oral
    post: str = ""
    person: str = ""
    phone: str = ""
    number: str = ""
    said_at: datetime | None = None


class Handled(Schema):
    """What a deed on a department's message says."""

    #: Where it goes; None is everywhere it says.
    regions: list[str] | None = None
    #: Findings of the check that were seen and do not change the decision.
    accepted: list[str] = []
    reason: str = ""


class Pasted(Schema):
    """A text as it was pasted."""

    text: str


class Confirmed(Schema):
    """A pasted warning with the fields a person confirmed."""

    text: str
    station: str
    sent_at: datetime
    hazard: str
    level: int | None = None
    action: str = "alert"
    headline: str = ""
    regions: list[str] = []
    place: str = ""
    expires_at: datetime | None = None
    source: str = ""


class OrderGiven(Schema):
    """A standing order to sign."""

    title: str
    region: str
    trigger: str
    kinds: list[str]
    hazards: list[str] = []
    level: int | None = None
    parts: dict[str, str] = {}
    minutes: int | None = None
    #: Only what is signed by one we trust; None is so wherever a certificate is trusted.
    signed_only: bool | None = None
    reason: str = ""
    since: datetime | None = None
    until: datetime


class ResponseAnswer(Schema):
    """How what an alert asks for is answered."""

    answer: str
    level: int | None = None
    measures: list[str] = []
    reason: str = ""
