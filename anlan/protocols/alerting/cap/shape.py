"""The shape of CAP 1.2 as data: elements in the order of the schema, how often, of what kind.

Source: OASIS Common Alerting Protocol 1.2, section 3.2 and the schema of its section 3.4.
"""

import re
from dataclasses import dataclass, field

from anlan.protocols.alerting import words
from anlan.protocols.alerting.message import CAP_10, CAP_11, CAP_12

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
SIGNATURE_NAMESPACE = "http://www.w3.org/2000/09/xmldsig#"
NAMESPACES = {
    NAMESPACE: CAP_12,
    "urn:oasis:names:tc:emergency:cap:1.1": CAP_11,
    "http://www.incident.com/cap/1.0": CAP_10,
}

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d", re.ASCII)
LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")
INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
#: What CAP asks of identifiers and senders, because references are written with them.
NAME = re.compile(r"[^\s,<&]+")


@dataclass(frozen=True)
class Element:
    """One element of a container."""

    name: str
    least: int = 0
    #: None: as many as there are.
    most: int | None = 1
    choices: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None
    parts: "tuple[Element, ...]" = field(default=(), repr=False)

    @property
    def repeated(self) -> bool:
        """Tell whether there may be several."""
        return self.most is None


PAIR = (Element("valueName", 1), Element("value", 1))

RESOURCE = (
    Element("resourceDesc", 1),
    Element("mimeType", 1),
    Element("size", pattern=INTEGER),
    Element("uri"),
    Element("derefUri"),
    Element("digest"),
)

AREA = (
    Element("areaDesc", 1),
    Element("polygon", most=None),
    Element("circle", most=None),
    Element("geocode", most=None, parts=PAIR),
    Element("altitude", pattern=DECIMAL),
    Element("ceiling", pattern=DECIMAL),
)

INFO = (
    # Empty is the default of the schema.
    Element("language", pattern=re.compile(f"({LANGUAGE.pattern})?")),
    Element("category", 1, None, words.CATEGORY),
    Element("event", 1),
    Element("responseType", 0, None, words.RESPONSE),
    Element("urgency", 1, choices=words.URGENCY),
    Element("severity", 1, choices=words.SEVERITY),
    Element("certainty", 1, choices=words.CERTAINTY),
    Element("audience"),
    Element("eventCode", most=None, parts=PAIR),
    Element("effective", pattern=TIME),
    Element("onset", pattern=TIME),
    Element("expires", pattern=TIME),
    Element("senderName"),
    Element("headline"),
    Element("description"),
    Element("instruction"),
    Element("web"),
    Element("contact"),
    Element("parameter", most=None, parts=PAIR),
    Element("resource", most=None, parts=RESOURCE),
    Element("area", most=None, parts=AREA),
)

ALERT = (
    Element("identifier", 1, pattern=NAME),
    Element("sender", 1, pattern=NAME),
    Element("sent", 1, pattern=TIME),
    Element("status", 1, choices=words.STATUS),
    Element("msgType", 1, choices=words.ACTION),
    Element("source"),
    Element("scope", 1, choices=words.SCOPE),
    Element("restriction"),
    Element("addresses"),
    Element("code", most=None),
    Element("note"),
    Element("references"),
    Element("incidents"),
    Element("info", most=None, parts=INFO),
)
