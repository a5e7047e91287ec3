"""A declaration, read and checked."""

from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from anlan.kernel.clock import LOCAL_ZONE
from anlan.protocols.declared.auth import Auth
from anlan.protocols.declared.requests import Request, Sign, Test, Tls
from anlan.protocols.mapping import Form, Mapping, Path
from anlan.protocols.mapping.times import ISO


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose platform it is, and whom to call when it is silent."""

    unit: str
    person: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Within:
    """Which streams of its region a source may write; what is empty narrows nothing."""

    #: Codes of the units their stations belong to.
    units: tuple[str, ...] = ()
    #: Codes of the gateways that report them.
    gateways: tuple[str, ...] = ()
    #: Their own codes, where ``*`` stands for anything.
    streams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often, how long, how fast. Seconds."""

    every_s: float = 300.0
    #: Without a newer value for so long the source is stale.
    stale_s: float = 900.0
    #: Values older than this when they come are back-fill: stored, and no alarm of today.
    late_s: float = 900.0
    timeout_s: float = 20.0
    #: Most requests a minute; 0 does not hold back.
    per_minute: float = 0.0
    #: The longest wait after failures.
    backoff_s: float = 900.0


@dataclass(frozen=True, slots=True)
class Answer:
    """How an answer is judged besides its HTTP status."""

    ok: Test | None = None
    expired: Test | None = None
    message: Path | None = None
    largest_mb: float = 32.0


@dataclass(frozen=True, slots=True)
class Paging:
    """How the pages of one answer are walked."""

    kind: str = "none"
    size: int = 100
    first: int = 1
    #: Ends at an empty page, a short one, the total, or a flag.
    end: str = "empty"
    total: Path | None = None
    more: Test | None = None
    #: The next cursor, or the next address.
    next: Path | None = None
    start: str = ""
    #: Whether the cursor goes on where the last pull ended.
    keep: bool = False
    most: int = 1000


@dataclass(frozen=True, slots=True)
class Window:
    """The times asked for. Seconds."""

    first_s: float = 86_400.0
    overlap_s: float = 1_800.0
    chunk_s: float = 21_600.0
    #: Gaps further back are given up.
    reach_s: float = 30 * 86_400.0
    #: The other side needs so long until its newest values are complete.
    delay_s: float = 0.0
    format: str = ISO
    zone: tzinfo = LOCAL_ZONE


@dataclass(frozen=True, slots=True)
class Warnings:
    """What comes is a feed of warnings, not observations."""

    #: Where its messages may lie besides the feed's own address: ``host`` or ``host:port``.
    hosts: tuple[str, ...] = ()
    #: The largest message.
    largest_kb: int = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One source."""

    key: str
    title: str
    title_en: str
    region: str
    owner: Owner
    scope: Within
    note: str
    enabled: bool
    schedule: Schedule
    request: Request
    auth: Auth
    sign: Sign | None
    answer: Answer
    paging: Paging
    window: Window | None
    #: One round of requests for each of these; empty: one round.
    each: tuple[str, ...]
    tls: Tls
    proxy: str
    form: Form
    mapping: Mapping
    #: Of a feed of warnings; then `mapping` is empty.
    warnings: Warnings | None = None
    #: Digest of the text: another text is another version.
    version: str = ""
    #: The tables as written, for a form.
    fields: Map[str, Any] = field(default_factory=dict)
