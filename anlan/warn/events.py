"""What warn tells the modules above: an alert (预警) came in, or one went out.

Three things are kept apart throughout: the grade of an event, the level of an alert, the level of a
response. Here `level` is the alert's.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from anlan.kernel.events import Event, declare
from anlan.sense.events import Level


@declare
@dataclass(frozen=True, kw_only=True)
class AlertReceived(Event):
    """A department's alert came in and is kept byte for byte.

    Its text belongs to the station that wrote it and may not be altered, so the text is not in
    here: `message` refers to the stored bytes and `digest` proves them. Nor is the area's outline,
    which may have thousands of corners: ask `warn.selectors` for it by `alert`.
    """

    #: Public id under which we keep it.
    alert: str
    #: Id of the stored original, exactly as it came.
    message: str
    #: SM3 of the original's bytes, 64 hexadecimal digits.
    digest: str
    #: The sender's own identifier, e.g. ``11010841600000_20211229072633``; "" when it has none.
    identifier: str = ""
    #: The station's name as it wrote it (``云屿县气象台``); never shortened, never translated.
    station: str
    #: Key of the hazard in ``codes/hazards``; "" when the event type is not one of ours.
    hazard: str
    #: Event type as it was sent, e.g. ``11B03``; "" when a person pasted the text.
    event_code: str = ""
    #: None when the sender gave no colour or one that we do not know.
    level: Level | None
    #: What the sender does: issues, changes or ends an alert.
    action: Literal["alert", "update", "cancel"]
    #: Only ``actual`` may reach a telephone.
    status: Literal["actual", "exercise", "system", "test", "draft"]
    #: The narrowest region code that holds all of `regions`.
    region: str
    #: Every region code the area touches, as stored.
    regions: tuple[str, ...]
    #: Ids of our alerts that this one changes or ends.
    replaces: tuple[str, ...] = ()
    #: The time the station wrote on it.
    sent_at: datetime
    #: When it begins to hold; None when it does not say, which means at once.
    effective_at: datetime | None = None
    #: When it ends by itself; None when it does not say.
    expires_at: datetime | None = None
    #: When it reached our door (workspace time).
    received_at: datetime


@declare
@dataclass(frozen=True, kw_only=True)
class AlertIssued(Event):
    """An alert became public by a named person's deed. Sent once an issue, update or end.

    Two ways lead here. Relaying (`relayed`): a department's alert passed on word for word, with its
    station and time; the main flow. Issuing in one's own competence: the government's own alerts,
    risk notices, monitoring reminders, evacuation notices; the code table ``issuers`` says which.
    """

    #: Public id of the alert that went out.
    alert: str
    #: The kind, a key of the code table ``issuers``, e.g. ``weather-signal`` or ``risk-notice``.
    kind: str
    #: Whether it is a department's alert passed on word for word.
    relayed: bool
    #: The received alert it relays or answers to; "" when there is none.
    received: str = ""
    #: Key of the hazard in ``codes/hazards``.
    hazard: str
    #: None for kinds that carry no level (risk notices, reminders, evacuation notices).
    level: Level | None
    #: The level before this issue; None when it is the first.
    was: Level | None = None
    #: What was done. ``raise`` calls again; an equal level (``extend``, ``update``) does not.
    action: Literal["issue", "update", "raise", "lower", "extend", "cancel"]
    #: The narrowest region code that holds all of `regions`.
    region: str
    #: Every region code it is for, as stored.
    regions: tuple[str, ...]
    #: Reference of the actor who signed, e.g. ``user:01K...``; never a handler or a job.
    by: str
    #: The standing order under which it went out without a hand; "" when a person acted.
    standing_order: str = ""
    #: When it became public (workspace time).
    issued_at: datetime
    #: When it begins to hold; None is at once.
    effective_at: datetime | None = None
    #: When it ends by itself; None when it has no end.
    expires_at: datetime | None = None


@declare
@dataclass(frozen=True, kw_only=True)
class AlertsExpired(Event):
    """Alerts of ours ran out by themselves: nobody ended them, their time was over."""

    alerts: tuple[str, ...]


@declare
@dataclass(frozen=True, kw_only=True)
class VillageSilent(Event):
    """A village shows no sign of life: no answer, no receipt, no sensor."""

    #: Id of the row that keeps what showed it.
    village: str
    #: The alert whose calls nobody answered; "" where nobody was called.
    alert: str
    hazard: str
    level: Level | None
    #: The village, as stored.
    region: str
    #: Posts called there.
    posts: int
    #: The last sign of life, or when its posts were called.
    since: datetime
    found_at: datetime
