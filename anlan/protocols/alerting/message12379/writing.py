"""One record to the national message, in XML or JSON."""

from typing import Any, Literal

import orjson

from anlan.protocols.alerting import places, words
from anlan.protocols.alerting.markup import Sheet
from anlan.protocols.alerting.message import AlertMessage, Area, Info
from anlan.protocols.alerting.message12379.identifiers import is_sender, sender_in
from anlan.protocols.alerting.message12379.reading import METHOD, UNCLASSIFIED
from anlan.protocols.alerting.times import extended

Form = Literal["xml", "json"]


def write(message: AlertMessage, *, form: Form = "xml") -> bytes:
    """Write the national message: colours, 14-digit sender, Beijing times, one list of codes.

    What the national message has no place for (heights, files, categories) is left out.
    """
    members = _alert(message)
    if form == "json":
        return orjson.dumps(members, option=orjson.OPT_INDENT_2)
    sheet = Sheet()
    _element(sheet, "alert", members)
    return sheet.document()


def _element(sheet: Sheet, name: str, value: Any) -> None:
    if isinstance(value, dict):
        sheet.open(name)
        for key, inner in value.items():
            for one in inner if isinstance(inner, list) else (inner,):
                _element(sheet, key, one)
        sheet.close(name)
    else:
        sheet.leaf(name, value)


def _alert(message: AlertMessage) -> dict[str, Any]:
    """Lay a message out as members, in the order of the national message."""
    by_code = is_sender(message.sender)
    infos = message.infos or (Info(),)
    methods = [pair for pair in infos[0].parameters if pair[0].startswith(METHOD)]
    return {
        "identifier": message.identifier,
        "sender": message.source or ("" if by_code else message.sender),
        "senderCode": message.sender if by_code else sender_in(message.identifier),
        "sendTime": extended(message.sent),
        "status": message.status.capitalize(),
        "msgType": message.action.capitalize(),
        "scope": message.scope,
        "code": {
            "method": [
                {"methodName": name.removeprefix(METHOD), "message": text} for name, text in methods
            ]
        },
        "secClassification": message.restriction or UNCLASSIFIED,
        "note": message.note,
        "references": ",".join(identifier for _, identifier, _ in message.references),
        "info": [_info(info) for info in infos],
    }


def _info(info: Info) -> dict[str, Any]:
    return {
        "language": info.language or "zh-CN",
        "eventType": info.event_code,
        "urgency": info.urgency or words.UNKNOWN,
        "severity": words.colour_of_level(info.level),
        "certainty": info.certainty or words.UNKNOWN,
        **{
            name: extended(moment) if moment else ""
            for name, moment in (
                ("effective", info.effective),
                ("onset", info.onset),
                ("expires", info.expires),
            )
        },
        "senderName": info.sender_name,
        "headline": info.headline,
        "description": info.description,
        "instruction": info.instruction,
        "web": info.web,
        "area": [_area(area) for area in info.areas],
    }


def _area(area: Area) -> dict[str, Any]:
    sent = [value for _, value in area.geocodes]
    return {
        "areaDesc": area.description,
        "polygon": [places.ring_text(ring) for ring in area.polygons],
        "circle": [places.circle_text(circle) for circle in area.circles],
        "geocode": ",".join((*sent, *(code for code in area.codes if code not in sent))),
    }
