"""The national message, XML or JSON, to one record."""

import re

from anlan import codes
from anlan.protocols.alerting import places, words
from anlan.protocols.alerting.cap.shape import SIGNATURE_NAMESPACE
from anlan.protocols.alerting.elements import Elements
from anlan.protocols.alerting.mending import Mend, Notes
from anlan.protocols.alerting.message import AlertMessage, Area, Info, Pair, Reference, Unreadable
from anlan.protocols.alerting.message12379.identifiers import sender_in
from anlan.protocols.alerting.trees import Node

#: Elements that CAP does not have: any of them tells the national message.
_MARKS = frozenset(("sendercode", "sendtime", "secclassification"))
_MARKS_OF_INFO = frozenset(("eventtype",))
_SEPARATED = re.compile(r"[,，;；、\s]+")
#: What the national message says when nothing is secret.
UNCLASSIFIED = "None"
#: Parameters that hold the texts for single channels: ``method:SMS``.
METHOD = "method:"

#: The elements of each container; those that may be repeated.
_ALERT = (
    *("identifier", "sender", "senderCode", "sendTime", "status", "msgType", "scope", "code"),
    *("secClassification", "note", "references", "info", "source"),
)
_INFO = (
    *("language", "eventType", "event", "urgency", "severity", "certainty", "effective"),
    *("onset", "expires", "senderName", "headline", "title", "description", "instruction"),
    *("web", "contact", "area"),
)
_AREA = ("areaDesc", "polygon", "circle", "geocode")
_REPEATED = frozenset(("code", "info", "area", "polygon", "circle", "geocode"))


def _members(node: Node, names: tuple[str, ...], path: str, notes: Notes) -> Elements:
    known = {name: name in _REPEATED for name in names}
    return Elements(node, known, path, notes, loose=True)


def is_national(root: Node) -> bool:
    """Tell the national message from CAP that lost its namespace."""
    if root.space:
        return False
    if any(child.name.lower() in _MARKS for child in root.children):
        return True
    infos = (child for child in root.children if child.name.lower() == "info")
    return any(part.name.lower() in _MARKS_OF_INFO for info in infos for part in info.children)


def read_national(root: Node, form: str, notes: Notes) -> AlertMessage:
    """Read a national message; `Unreadable` names the element that is wrong."""
    found = _members(root, _ALERT, "alert", notes)
    identifier = found.needed("identifier")
    name, code = found.text("sender"), found.text("senderCode")
    if not (name or code):
        raise Unreadable("缺少 sender 与 senderCode", element=found.at("sender"))
    status = words.demanded(found.needed("status"), words.STATUS, found.at("status"), notes)
    action = words.demanded(found.needed("msgType"), words.ACTION, found.at("msgType"), notes)
    return AlertMessage(
        form=form,
        identifier=identifier,
        sender=code or name,
        sent=found.needed_time("sendTime"),
        status=status.lower(),
        action=action.lower(),
        scope=_scope(found),
        restriction=_restriction(found),
        note=found.raw("note"),
        source=found.text("source") or name,
        references=_references(found),
        infos=_infos(found, name, _methods(found)),
        signed=any(child.space == SIGNATURE_NAMESPACE for child in root.children),
        unknown=notes.unknown,
        mended=notes.mended,
    )


def _scope(found: Elements) -> str:
    text = found.text("scope")
    if not text:
        found.notes.mend(found.at("scope"), Mend.ABSENT)
        return "Public"
    return words.demanded(text, words.SCOPE, found.at("scope"), found.notes)


def _restriction(found: Elements) -> str:
    text = found.text("secClassification")
    return "" if text == UNCLASSIFIED else text


def _references(found: Elements) -> tuple[Reference, ...]:
    """Read identifiers of earlier messages: they name their sender, not when they were sent."""
    named = (one for one in _SEPARATED.split(found.text("references")) if one)
    return tuple((sender_in(one), one, None) for one in named)


def _methods(found: Elements) -> tuple[Pair, ...]:
    """Read the texts meant for single channels, in the issuer's own words."""
    out: list[Pair] = []
    for _, code in found.nodes("code"):
        for child in code.children:
            name = next((p.text.strip() for p in child.children if p.name == "methodName"), "")
            text = next((p.text for p in child.children if p.name == "message"), "")
            if name and text.strip():
                out.append((METHOD + name, text))
            else:
                found.notes.strange(f"alert/code/{child.name}")
    return tuple(out)


def _infos(found: Elements, sender_name: str, methods: tuple[Pair, ...]) -> tuple[Info, ...]:
    nodes = [(path, node) for path, node in found.nodes("info") if node.children]
    if not nodes:
        raise Unreadable("缺少 info", element=found.at("info"))
    return tuple(_info(node, path, sender_name, methods, found.notes) for path, node in nodes)


def _info(node: Node, path: str, sender_name: str, methods: tuple[Pair, ...], notes: Notes) -> Info:
    found = _members(node, _INFO, path, notes)
    code = found.text("eventType")
    level = _level(found)
    row = codes.table("event-codes").get(code)
    areas = (_area(one, at, notes) for at, one in found.nodes("area") if one.children)
    return Info(
        language=found.text("language") or "zh-CN",
        event=found.text("event") or (row.name if row else ""),
        event_code=code,
        level=level,
        urgency=_word(found, "urgency", words.URGENCY),
        severity=words.severity_of_level(level),
        certainty=_word(found, "certainty", words.CERTAINTY),
        headline=found.raw("headline") or found.raw("title"),
        description=found.raw("description"),
        instruction=found.raw("instruction"),
        sender_name=found.text("senderName") or sender_name,
        effective=found.time("effective"),
        onset=found.time("onset"),
        expires=found.time("expires"),
        web=found.text("web"),
        contact=found.text("contact"),
        parameters=methods,
        areas=tuple(areas),
    )


def _level(found: Elements) -> int | None:
    text, path = found.text("severity"), found.at("severity")
    level = words.level_of_colour(text)
    if level is None and text and text.casefold() != words.UNKNOWN.casefold():
        level = words.level_of_severity(text.capitalize())
        found.notes.mend(path, Mend.WORD_FOREIGN)
    return level


def _word(found: Elements, name: str, choices: tuple[str, ...]) -> str:
    """Find a word the national system mostly leaves at Unknown or blank."""
    text = found.text(name)
    return words.wanted(text, choices, found.at(name), found.notes) if text else words.UNKNOWN


def _area(node: Node, path: str, notes: Notes) -> Area:
    found = _members(node, _AREA, path, notes)
    geocodes = tuple(pair for _, one in found.nodes("geocode") for pair in _geocodes(one))
    for _, value in geocodes:
        if not places.fits_region(value):
            notes.mend(found.at("geocode"), Mend.CODE_UNFIT)
    return Area(
        description=found.text("areaDesc"),
        codes=places.region_codes(geocodes),
        geocodes=geocodes,
        polygons=tuple(
            places.read_ring(text, at, notes, home=True) for at, text in found.filled("polygon")
        ),
        circles=tuple(
            places.read_circle(text, at, notes, home=True) for at, text in found.filled("circle")
        ),
    )


def _geocodes(node: Node) -> list[Pair]:
    """Split a list of codes; a code with a scheme's name, as CAP has it, is taken too."""
    if node.children:
        named = {child.name.lower(): child.text.strip() for child in node.children}
        name, text = named.get("valuename", ""), named.get("value", "")
    else:
        name, text = "", node.text
    return [(name, one) for one in _SEPARATED.split(text) if one]
