"""CAP to one record: what is common and plain is mended and noted, the rest is refused by name."""

import math
import re

from anlan.protocols.alerting import places, words
from anlan.protocols.alerting.cap import shape
from anlan.protocols.alerting.elements import Elements
from anlan.protocols.alerting.mending import Mend, Notes
from anlan.protocols.alerting.message import (
    CAP_10,
    CAP_12,
    AlertMessage,
    Area,
    Info,
    Pair,
    Reference,
    Resource,
    Unreadable,
)
from anlan.protocols.alerting.times import read_time
from anlan.protocols.alerting.trees import Node

#: Elements of CAP 1.0 that later versions dropped, and signatures, which `signing` reads.
_PASSED = frozenset(("password", shape.SIGNATURE_NAMESPACE))
#: Words between spaces; those that hold spaces themselves are in quotation marks.
_QUOTED = re.compile(r'"([^"]*)"|(\S+)')
#: A type of event in the national system: 11B03.
_EVENT_CODE = re.compile(r"\d{2}[0-9A-Z]\d{2}")


def _elements(node: Node, parts: tuple[shape.Element, ...], path: str, notes: Notes) -> Elements:
    known = {part.name: part.repeated for part in parts}
    return Elements(node, known, path, notes, passed=_PASSED)


def read_cap(root: Node, notes: Notes) -> AlertMessage:
    """Read a CAP message of any version; `Unreadable` names the element that is wrong."""
    form = _form(root, notes)
    found = _elements(root, shape.ALERT, "alert", notes)

    def word(name: str, choices: tuple[str, ...]) -> str:
        return words.demanded(found.needed(name), choices, found.at(name), notes)

    return AlertMessage(
        form=form,
        identifier=found.needed("identifier"),
        sender=found.needed("sender"),
        sent=found.needed_time("sent"),
        status=word("status", words.STATUS).lower(),
        action=word("msgType", words.ACTION).lower(),
        scope=word("scope", words.SCOPE),
        source=found.text("source"),
        restriction=found.text("restriction"),
        addresses=_quoted(found.text("addresses")),
        codes=tuple(text for _, text in found.filled("code")),
        note=found.raw("note"),
        references=_references(found),
        incidents=_quoted(found.text("incidents")),
        infos=tuple(_info(node, path, form, notes) for path, node in found.nodes("info")),
        signed=any(child.space == shape.SIGNATURE_NAMESPACE for child in root.children),
        unknown=notes.unknown,
        mended=notes.mended,
    )


def _form(root: Node, notes: Notes) -> str:
    if not root.space:
        notes.mend("alert", Mend.NAMESPACE)
        return CAP_12
    form = shape.NAMESPACES.get(root.space)
    if form is None:
        raise Unreadable(f"不认识的命名空间「{root.space[:80]}」", element=root.name)
    return form


def _quoted(text: str) -> tuple[str, ...]:
    return tuple(quoted or bare for quoted, bare in _QUOTED.findall(text) if quoted or bare)


def _references(found: Elements) -> tuple[Reference, ...]:
    """Read "sender,identifier,sent" triples; one that is shorter says less and is noted."""
    return tuple(_reference(triple, found) for triple in found.text("references").split())


def _reference(triple: str, found: Elements) -> Reference:
    path, parts = found.at("references"), triple.split(",")
    if len(parts) < 3 or not all(parts):
        found.notes.mend(path, Mend.REFERENCE)
    if len(parts) == 1:
        return "", triple, None
    if len(parts) == 2:
        return parts[0], parts[1], None
    return ",".join(parts[:-2]), parts[-2], read_time(parts[-1], path, found.notes)


def _info(node: Node, path: str, form: str, notes: Notes) -> Info:
    found = _elements(node, shape.INFO, path, notes)
    event_codes = _pairs(found, "eventCode", form)
    severity = _severity(found)

    def word(name: str, choices: tuple[str, ...]) -> str:
        return words.wanted(found.text(name), choices, found.at(name), notes)

    def several(name: str, choices: tuple[str, ...]) -> tuple[str, ...]:
        met = (words.listed(text, choices, at, notes) for at, text in found.filled(name))
        return tuple(word for word in met if word is not None)

    if not found.text("event"):
        notes.mend(found.at("event"), Mend.ABSENT)
    return Info(
        language=_language(found),
        event=found.text("event"),
        event_code=next((code for _, code in event_codes if _EVENT_CODE.fullmatch(code)), ""),
        categories=several("category", words.CATEGORY),
        level=words.level_of_severity(severity),
        urgency=word("urgency", words.URGENCY),
        severity=severity,
        certainty=_certainty(found, form),
        audience=found.text("audience"),
        headline=found.raw("headline"),
        description=found.raw("description"),
        instruction=found.raw("instruction"),
        sender_name=found.text("senderName"),
        effective=found.time("effective"),
        onset=found.time("onset"),
        expires=found.time("expires"),
        web=found.text("web"),
        contact=found.text("contact"),
        parameters=_pairs(found, "parameter", form),
        event_codes=event_codes,
        response_types=several("responseType", words.RESPONSE),
        resources=tuple(_resource(one, at, notes) for at, one in found.nodes("resource")),
        areas=tuple(_area(one, at, form, notes) for at, one in found.nodes("area")),
    )


def _language(found: Elements) -> str:
    text = found.text("language")
    if text and not shape.LANGUAGE.fullmatch(text):
        found.notes.mend(found.at("language"), Mend.WORD_FORM)
        text = text.replace("_", "-")
    return text if shape.LANGUAGE.fullmatch(text) else ""


def _severity(found: Elements) -> str:
    text, path = found.text("severity"), found.at("severity")
    level = words.level_of_colour(text)
    if level is not None:
        found.notes.mend(path, Mend.COLOUR)
        return words.severity_of_level(level)
    return words.wanted(text, words.SEVERITY, path, found.notes)


def _certainty(found: Elements, form: str) -> str:
    text = found.text("certainty")
    if form == CAP_10 and text == "Very Likely":  # CAP 1.1 says to take it for this
        return "Likely"
    return words.wanted(text, words.CERTAINTY, found.at("certainty"), found.notes)


def _pairs(found: Elements, name: str, form: str) -> tuple[Pair, ...]:
    """Read name and value: two elements each, in CAP 1.0 a text "name=value"."""
    out: list[Pair] = []
    for path, node in found.nodes(name):
        if form == CAP_10 and not node.children:
            key, _, value = node.text.strip().partition("=")
            pair = (key.strip(), value.strip())
        else:
            parts = _elements(node, shape.PAIR, path, found.notes)
            pair = (parts.text("valueName"), parts.text("value"))
        if any(pair):
            out.append(pair)
    return tuple(out)


def _resource(node: Node, path: str, notes: Notes) -> Resource:
    found = _elements(node, shape.RESOURCE, path, notes)
    size = found.text("size")
    if size and not (size.isascii() and size.isdigit() and len(size) < 16):
        raise Unreadable("size 应是字节数", element=found.at("size"))
    return Resource(
        description=found.text("resourceDesc"),
        media_type=found.text("mimeType"),
        size=int(size) if size else None,
        uri=found.text("uri"),
        content=found.text("derefUri"),
        digest=found.text("digest"),
    )


def _area(node: Node, path: str, form: str, notes: Notes) -> Area:
    found = _elements(node, shape.AREA, path, notes)
    geocodes = _pairs(found, "geocode", form)
    return Area(
        description=found.text("areaDesc"),
        codes=places.region_codes(geocodes),
        geocodes=geocodes,
        polygons=tuple(places.read_ring(text, at, notes) for at, text in found.filled("polygon")),
        circles=tuple(places.read_circle(text, at, notes) for at, text in found.filled("circle")),
        altitude=_height(found, "altitude"),
        ceiling=_height(found, "ceiling"),
    )


def _height(found: Elements, name: str) -> float | None:
    text = found.text(name)
    if not text:
        return None
    if not shape.DECIMAL.fullmatch(text) or not math.isfinite(height := float(text)):
        raise Unreadable(f"{name} 应是数字", element=found.at(name))
    return height
