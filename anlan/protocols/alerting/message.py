"""One record for every form of warning message: CAP, the national message, a pasted text.

Readers fill it, writers write it. It holds what was sent and nothing that was guessed; the bytes
themselves are kept by whoever received them.
"""

from dataclasses import dataclass, field
from datetime import datetime

from anlan.kernel.errors import Invalid

#: The forms a message can have come in.
CAP_12, CAP_11, CAP_10 = "cap-1.2", "cap-1.1", "cap-1.0"
NATIONAL_XML, NATIONAL_JSON, PASTED = "national-xml", "national-json", "pasted"

#: A place on the ground, (lon, lat) in degrees WGS-84.
Point = tuple[float, float]
#: A closed ring: the first point is repeated as the last.
Ring = tuple[Point, ...]
#: lon, lat, radius in kilometres.
Circle = tuple[float, float, float]
#: A name and its value, as sent.
Pair = tuple[str, str]
#: Sender, identifier and time sent of an earlier message; None where the form does not say when.
Reference = tuple[str, str, datetime | None]


class Unreadable(Invalid):
    """A message that cannot be read; `element` is the path of what is wrong in it."""

    code = "unreadable"

    def __init__(self, detail: str, *, element: str = "") -> None:
        super().__init__(detail, errors={element: [detail]})
        self.element = element


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """A file that goes with a message; nothing ever fetches its address by itself."""

    description: str
    media_type: str = ""
    size: int | None = None
    uri: str = ""
    #: The file itself in base 64, where the message carries it.
    content: str = ""
    #: SHA-1 of the file, hexadecimal.
    digest: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Area:
    """Where a message holds."""

    description: str = ""
    #: Region codes as sent, digits only (6, 9 or 12).
    codes: tuple[str, ...] = ()
    #: Every code as sent with the name of its scheme, whatever the scheme.
    geocodes: tuple[Pair, ...] = ()
    polygons: tuple[Ring, ...] = ()
    circles: tuple[Circle, ...] = ()
    #: Feet above mean sea level, as CAP has it.
    altitude: float | None = None
    ceiling: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Info:
    """What a message says in one language."""

    language: str = "zh-CN"
    event: str = ""
    #: Type of event in five characters, such as 11B03.
    event_code: str = ""
    categories: tuple[str, ...] = ()
    #: 1 red, 2 orange, 3 yellow, 4 blue; None when not known.
    level: int | None = None
    urgency: str = ""
    #: In CAP's words, also of a national message, whose own word is the colour (`level`).
    severity: str = ""
    certainty: str = ""
    audience: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    sender_name: str = ""
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    web: str = ""
    contact: str = ""
    parameters: tuple[Pair, ...] = ()
    event_codes: tuple[Pair, ...] = ()
    response_types: tuple[str, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertMessage:
    """A warning message. Every time in it is aware."""

    form: str
    identifier: str
    #: The sender's own code or address; of a national message its 14 digits, where given.
    sender: str
    sent: datetime
    #: actual exercise system test draft
    status: str = "actual"
    #: alert update cancel ack error
    action: str = "alert"
    #: Public Restricted Private
    scope: str = "Public"
    restriction: str = ""
    addresses: tuple[str, ...] = ()
    note: str = ""
    #: Of a national message the issuing body's name.
    source: str = ""
    references: tuple[Reference, ...] = ()
    incidents: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    infos: tuple[Info, ...] = ()
    #: Whether it carries a signature; whether that is good, `signing.verify` tells.
    signed: bool = False
    #: Paths of elements we do not know.
    unknown: tuple[str, ...] = ()
    #: Path and kind of each thing that was wrong and is plain enough to be read all the same.
    mended: tuple[Pair, ...] = field(default=(), compare=False)
