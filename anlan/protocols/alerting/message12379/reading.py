"""The national message, XML or JSON, to one record."""

import re
from datetime import datetime

from anlan import codes
from anlan.protocols.alerting import places, words
from anlan.protocols.alerting.mending import Mend, Notes
from anlan.protocols.alerting.message import AlertMessage, Area, Info, Pair, Reference, Unreadable
from anlan.protocols.alerting.message12379.identifiers import sender_in
from anlan.protocols.alerting.times import read_time
from anlan.protocols.alerting.trees import Node

#: Elements that CAP does not have: any of them tells the national message.
_MARKS = frozenset(("sendercode", "sendtime", "secclassification"))
_MARKS_OF_INFO = frozenset(("eventtype",))
_SEPARATED = re.compile(r"[,，;；、\s]+")
#: What the national message says when nothing is secret.
UNCLASSIFIED = "None"
#: Parameters that hold the texts for single channels: ``method:SMS``.
METHOD = "method:"

_ALERT = frozenset(
    (
        *("identifier", "sender", "sendercode", "sendtime", "status", "msgtype", "scope", "code"),
        *("secclassification", "note", "references", "info", "source"),
    )
)
_INFO = frozenset(
    (
        *("language", "eventtype", "event", "urgency", "severity", "certainty", "effective"),
        *("onset", "expires", "sendername", "headline", "title", "description", "instruction"),
        *("web", "contact", "area"),
    )
)
_AREA = frozenset(("areadesc", "polygon", "circle", "geocode"))


class _Members:
    """The children of a node by lower-case name; the rest is noted as unknown."""

    def __init__(self, node: Node, known: frozenset[str], path: str, notes: Notes) -> None:
        self.path, self.notes = path, notes
        self._found: dict[str, list[Node]] = {}
        for child in node.children:
            name = child.name.lower()
            if name in known and not child.space:
                self._found.setdefault(name, []).append(child)
            else:
                notes.strange(f"{path}/{child.name}")

    def at(self, name: str) -> str:
        """Give the path of a child."""
        return f"{self.path}/{name}"

    def all(self, name: str) -> list[Node]:
        """List the children of a name."""
        return self._found.get(name.lower(), [])

    def raw(self, name: str) -> str:
        """Return the text of a child as it stands, "" when it is blank."""
        nodes = self.all(name)
        if len(nodes) > 1:  # two readers could take different ones
            raise Unreadable(f"{name} 有 {len(nodes)} 个，只能有一个", element=self.at(name))
        return nodes[0].text if nodes and nodes[0].text.strip() else ""

    def text(self, name: str) -> str:
        """Return the trimmed text of a child."""
        return self.raw(name).strip()

    def needed(self, name: str) -> str:
        """Return the trimmed text of a child that must be there."""
        text = self.text(name)
        if not text:
            raise Unreadable(f"缺少 {name}", element=self.at(name))
        return text

    def time(self, name: str) -> datetime | None:
        """Return the time in a child, None when it is blank."""
        return read_time(self.text(name), self.at(name), self.notes, national=True)


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
    found = _Members(root, _ALERT, "alert", notes)
    identifier = found.needed("identifier")
    name, code = found.text("sender"), found.text("senderCode")
    if not (name or code):
        raise Unreadable("缺少 sender 与 senderCode", element=found.at("sender"))
    sent = read_time(found.needed("sendTime"), found.at("sendTime"), notes, national=True)
    if sent is None:
        raise Unreadable("缺少 sendTime", element=found.at("sendTime"))
    status = words.demanded(found.needed("status"), words.STATUS, found.at("status"), notes)
    action = words.demanded(found.needed("msgType"), words.ACTION, found.at("msgType"), notes)
    return AlertMessage(
        form=form,
        identifier=identifier,
        sender=code or name,
        sent=sent,
        status=status.lower(),
        action=action.lower(),
        scope=_scope(found),
        restriction=_restriction(found),
        note=found.raw("note"),
        source=found.text("source") or name,
        references=_references(found),
        infos=_infos(found, name, _methods(found)),
        unknown=notes.unknown,
        mended=notes.mended,
    )


def _scope(found: _Members) -> str:
    text = found.text("scope")
    if not text:
        found.notes.mend(found.at("scope"), Mend.ABSENT)
        return "Public"
    return words.demanded(text, words.SCOPE, found.at("scope"), found.notes)


def _restriction(found: _Members) -> str:
    text = found.text("secClassification")
    return "" if text == UNCLASSIFIED else text


def _references(found: _Members) -> tuple[Reference, ...]:
    """Read identifiers of earlier messages: they name their sender, not when they were sent."""
    named = (one for one in _SEPARATED.split(found.text("references")) if one)
    return tuple((sender_in(one), one, None) for one in named)


def _methods(found: _Members) -> tuple[Pair, ...]:
    """Read the texts meant for single channels, in the issuer's own words."""
    out: list[Pair] = []
    for code in found.all("code"):
        for child in code.children:
            name = next((p.text.strip() for p in child.children if p.name == "methodName"), "")
            text = next((p.text for p in child.children if p.name == "message"), "")
            if name and text.strip():
                out.append((METHOD + name, text))
            else:
                found.notes.strange(f"alert/code/{child.name}")
    return tuple(out)


def _infos(found: _Members, sender_name: str, methods: tuple[Pair, ...]) -> tuple[Info, ...]:
    nodes = [node for node in found.all("info") if node.children]
    if not nodes:
        raise Unreadable("缺少 info", element=found.at("info"))
    return tuple(
        _info(node, f"alert/info[{place}]", sender_name, methods, found.notes)
        for place, node in enumerate(nodes, 1)
    )


def _info(node: Node, path: str, sender_name: str, methods: tuple[Pair, ...], notes: Notes) -> Info:
    found = _Members(node, _INFO, path, notes)
    code = found.text("eventType")
    level = _level(found)
    row = codes.table("event-codes").get(code)
    areas = enumerate((one for one in found.all("area") if one.children), 1)
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
        areas=tuple(_area(one, f"{path}/area[{place}]", notes) for place, one in areas),
    )


def _level(found: _Members) -> int | None:
    text, path = found.text("severity"), found.at("severity")
    level = words.level_of_colour(text)
    if level is None and text and text.casefold() != words.UNKNOWN.casefold():
        level = words.level_of_severity(text.capitalize())
        found.notes.mend(path, Mend.WORD_FOREIGN)
    return level


def _word(found: _Members, name: str, choices: tuple[str, ...]) -> str:
    """Find a word the national system mostly leaves at Unknown or blank."""
    text = found.text(name)
    return words.wanted(text, choices, found.at(name), found.notes) if text else words.UNKNOWN


def _area(node: Node, path: str, notes: Notes) -> Area:
    found = _Members(node, _AREA, path, notes)
    geocodes = tuple(pair for one in found.all("geocode") for pair in _geocodes(one))
    for _, value in geocodes:
        if not places.fits_region(value):
            notes.mend(found.at("geocode"), Mend.CODE_UNFIT)
    return Area(
        description=found.text("areaDesc"),
        codes=places.region_codes(geocodes),
        geocodes=geocodes,
        polygons=tuple(
            places.read_ring(text, at, notes, home=True) for at, text in _shapes(found, "polygon")
        ),
        circles=tuple(
            places.read_circle(text, at, notes, home=True) for at, text in _shapes(found, "circle")
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


def _shapes(found: _Members, name: str) -> list[tuple[str, str]]:
    nodes = ((f"{found.at(name)}[{n}]", one.text) for n, one in enumerate(found.all(name), 1))
    return [(path, text) for path, text in nodes if text.strip()]
