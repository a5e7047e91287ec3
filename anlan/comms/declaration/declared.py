"""A declared channel, read and checked."""

from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from datetime import tzinfo
from re import Pattern

from anlan.kernel.clock import LOCAL_ZONE
from anlan.protocols.declared.auth import Auth
from anlan.protocols.declared.requests import Request, Sign, Test, Tls
from anlan.protocols.declared.templates import Template, Tree
from anlan.protocols.mapping.declared import Form
from anlan.protocols.mapping.selectors import Path
from anlan.protocols.mapping.times import ISO


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the provider takes them, and how it is asked again. Seconds."""

    #: Recipients a second; 0 does not hold back.
    per_second: float = 0.0
    #: Requests under way at once.
    lines: int = 8
    timeout_s: float = 10.0
    #: Waits after the first, second ... failed try; the last repeats.
    retry_s: tuple[float, ...] = (5.0, 15.0, 30.0, 60.0, 120.0)
    #: Nobody tries any longer than this after a message was queued.
    give_up_s: float = 1800.0
    #: How long a receipt is waited for before the message counts as without one.
    receipt_s: float = 600.0
    #: Whether a connection is kept for the next request.
    keep_alive: bool = True


@dataclass(frozen=True, slots=True)
class Words:
    """How a text is fitted to what the provider takes."""

    #: Which part of the wording: short, full, spoken or long.
    use: str = "short"
    prefix: str = ""
    suffix: str = ""
    #: What the provider itself puts before every text: never sent, counted as its characters.
    signature: str = ""
    #: Characters it may have; 0 is any number.
    longest: int = 0


@dataclass(frozen=True, slots=True)
class Outline:
    """How ``{area}``, the outline a matter holds for, is drawn."""

    #: Points of all its rings together, the closing ones counted; 0 is any number.
    most: int = 0
    #: geojson: the geometry; cap: a list of "lat,lon lat,lon ...".
    form: str = "geojson"


@dataclass(frozen=True, slots=True)
class Approved:
    """A text the provider has approved, called by its number and given values."""

    id: str
    #: Kinds it is for; empty is every kind that has none of its own.
    kinds: tuple[str, ...] = ()
    params: Map[str, Template] = field(default_factory=dict)
    #: The text itself, its params in braces, so that it is known what people read; else None.
    text: Template | None = None
    #: Characters one value may have; longer ones are cut. 0 is any number.
    longest: int = 0


@dataclass(frozen=True, slots=True)
class Device:
    """Something that sounds in a place, as the provider calls it."""

    id: str
    #: Its region as a prefix: it sounds for that and for what lies inside, never for a larger one.
    region: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Sounds:
    """Recordings a device fetches: files of ``conf/sounds/`` by kind of message, ``*`` for all."""

    files: Map[str, str]
    #: How long the address a device is told lets it in, in seconds.
    life_s: float = 900.0


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One request, for one recipient or several."""

    request: Request
    #: Recipients a request may name.
    batch: int = 1
    #: What stands for each recipient in ``{items}``.
    item: Tree = None
    #: What stands between numbers in ``{numbers}``.
    separator: str = ","


@dataclass(frozen=True, slots=True)
class Answer:
    """How an answer to a request is judged besides its HTTP status."""

    form: Form | None = None
    #: Of plain text: named groups are the fields.
    pattern: Pattern[str] | None = None
    ok: Test | None = None
    #: Come back later: too fast, too many.
    busy: Test | None = None
    #: This number does not exist.
    dead: Test | None = None
    #: The token is over.
    expired: Test | None = None
    message: Path | None = None
    #: What the provider calls the request, or each recipient where `each` leads to a list.
    ticket: Path | None = None
    each: Path | None = None
    number: Path | None = None
    #: Where those of the recipients are listed whom the provider does not know.
    strangers: Path | None = None


@dataclass(frozen=True, slots=True)
class Pull:
    """A provider that is asked for what it has to tell, since it tells nothing of itself."""

    request: Request
    every_s: float
    #: How its request is signed; None as the channel's own.
    sign: Sign | None = None
    ok: Test | None = None
    expired: Test | None = None


@dataclass(frozen=True, slots=True)
class Inward:
    """What the provider tells us: receipts, or replies."""

    form: Form
    records: Path
    #: A receipt is found by the provider's ticket or by our own key, whichever it tells.
    ticket: Path | None = None
    key: Path | None = None
    number: Path | None = None
    at: Path | None = None
    at_format: str = ISO
    # Of receipts:
    code: Path | None = None
    delivered: frozenset[str] = frozenset()
    dead: frozenset[str] = frozenset()
    #: Codes that say nothing final yet.
    pending: frozenset[str] = frozenset()
    # Of replies:
    text: Path | None = None
    #: What the provider wants to hear.
    answer: str = '{"code":0}'
    pull: Pull | None = None


@dataclass(frozen=True, slots=True)
class Hook:
    """How the provider proves that it is the provider."""

    #: Where the secret is kept, never the secret.
    secret: str
    #: A header, or else a name in the query.
    header: str = ""
    query: str = "key"


@dataclass(frozen=True, slots=True)
class Bounces:
    """A mailbox (IMAP) that mails which could not be delivered come back to."""

    host: str
    port: int
    username: str
    #: Where its password is kept, never the password.
    secret: str
    security: str = "tls"
    folder: str = "INBOX"
    every_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Mail:
    """A server that takes mail."""

    host: str
    port: int
    sender: str
    username: str = ""
    secret: str = ""
    #: none, starttls or tls.
    security: str = "starttls"
    bounces: Bounces | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One declared channel."""

    key: str
    title: str
    title_en: str
    #: http or smtp: how it is spoken to.
    kind: str
    #: The word of a ladder it serves.
    channel: str
    enabled: bool
    #: Who is tried first of several that serve the same word.
    order: int
    note: str
    pace: Pace
    words: Words
    approved: tuple[Approved, ...]
    outgoing: Outgoing | None
    mail: Mail | None
    auth: Auth
    sign: Sign | None
    #: Name in braces -> where its secret is kept.
    secrets: Map[str, str]
    answer: Answer
    receipt: Inward | None
    reply: Inward | None
    hook: Hook | None
    tls: Tls
    proxy: str
    devices: tuple[Device, ...] = ()
    sounds: Sounds | None = None
    outline: Outline = Outline()
    time_format: str = ISO
    time_zone: tzinfo = LOCAL_ZONE
    #: Digest of the text: another text is another version.
    version: str = ""

    def asked_as(self, what: str) -> str:
        """Name the row that tells how asking it for receipts or replies fares."""
        return f"{self.key[:30]}.{what}"
