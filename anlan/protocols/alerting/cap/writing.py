"""One record to CAP 1.2: valid by the schema, elements and bytes always in the same order."""

from anlan import codes
from anlan.kernel.errors import Invalid
from anlan.protocols.alerting import places, words
from anlan.protocols.alerting.cap import shape
from anlan.protocols.alerting.markup import Sheet, address
from anlan.protocols.alerting.message import AlertMessage, Area, Info, Pair, Reference, Resource
from anlan.protocols.alerting.times import cap_time

#: Scheme names under which our own two kinds of codes are written where the message has none.
EVENT_SCHEME, REGION_SCHEME = "CN-EVENT", "CN-REGION"


def write_cap(message: AlertMessage) -> bytes:
    """Write CAP 1.2; `Invalid` when an identifier or sender cannot stand in CAP.

    A message of another form loses what CAP has no place for; a word CAP does not know becomes
    Unknown, a missing category the one of the event's type.
    """
    sheet = Sheet()
    sheet.open("alert", f' xmlns="{shape.NAMESPACE}"')
    _head(sheet, message)
    for info in message.infos:
        _info(sheet, info)
    sheet.close("alert")
    return sheet.document()


def _head(sheet: Sheet, message: AlertMessage) -> None:
    sheet.leaf("identifier", _name(message.identifier, "identifier"))
    sheet.leaf("sender", _name(message.sender, "sender"))
    sheet.leaf("sent", cap_time(message.sent))
    sheet.leaf("status", _chosen(message.status.capitalize(), words.STATUS, "status"))
    sheet.leaf("msgType", _chosen(message.action.capitalize(), words.ACTION, "action"))
    sheet.some("source", message.source)
    sheet.leaf("scope", _chosen(message.scope, words.SCOPE, "scope"))
    sheet.some("restriction", message.restriction)
    sheet.some("addresses", _spaced(message.addresses))
    for code in message.codes:
        sheet.some("code", code)
    sheet.some("note", message.note)
    sheet.some("references", " ".join(_reference(one) for one in message.references))
    sheet.some("incidents", _spaced(message.incidents))


def _name(text: str, field: str) -> str:
    if not shape.NAME.fullmatch(text):
        detail = f"「{text[:60]}」不能写进 CAP：标识与发送者不能为空，不能有空格、逗号、< 和 &"
        raise Invalid(detail, errors={field: [detail]})
    return text


def _chosen(text: str, choices: tuple[str, ...], field: str) -> str:
    if text not in choices:
        detail = f"「{text[:60]}」不能写进 CAP，应为 {'、'.join(choices)} 之一"
        raise Invalid(detail, errors={field: [detail]})
    return text


def _spaced(texts: tuple[str, ...]) -> str:
    bare = (text.replace('"', "'") for text in texts)
    return " ".join(f'"{text}"' if any(map(str.isspace, text)) else text for text in bare if text)


def _reference(reference: Reference) -> str:
    sender, identifier, sent = reference
    parts = [_name(identifier, "references")]
    if sender or sent:
        parts.insert(0, sender and _name(sender, "references"))
    if sent:
        parts.append(cap_time(sent))
    return ",".join(parts)


def _info(sheet: Sheet, info: Info) -> None:
    sheet.open("info")
    if shape.LANGUAGE.fullmatch(info.language):
        sheet.leaf("language", info.language)
    for category in _categories(info):
        sheet.leaf("category", category)
    sheet.leaf("event", info.event)
    for response in info.response_types:
        if response in words.RESPONSE:
            sheet.leaf("responseType", response)
    sheet.leaf("urgency", _word(info.urgency, words.URGENCY))
    severity = info.severity or words.severity_of_level(info.level)
    sheet.leaf("severity", _word(severity, words.SEVERITY))
    sheet.leaf("certainty", _word(info.certainty, words.CERTAINTY))
    sheet.some("audience", info.audience)
    _pairs(sheet, "eventCode", _with(info.event_codes, EVENT_SCHEME, (info.event_code,)))
    for name, moment in (
        ("effective", info.effective),
        ("onset", info.onset),
        ("expires", info.expires),
    ):
        sheet.some(name, cap_time(moment) if moment else "")
    sheet.some("senderName", info.sender_name)
    sheet.some("headline", info.headline)
    sheet.some("description", info.description)
    sheet.some("instruction", info.instruction)
    sheet.some("web", address(info.web))
    sheet.some("contact", info.contact)
    _pairs(sheet, "parameter", info.parameters)
    for resource in info.resources:
        _resource(sheet, resource)
    for area in info.areas:
        _area(sheet, area)
    sheet.close("info")


def _word(text: str, choices: tuple[str, ...]) -> str:
    return text if text in choices else words.UNKNOWN


def _categories(info: Info) -> tuple[str, ...]:
    known = tuple(category for category in info.categories if category in words.CATEGORY)
    if known:
        return known
    hazard = codes.hazard_of_event(info.event_code) if info.event_code else None
    return hazard.cap if hazard else ("Other",)


def _with(pairs: tuple[Pair, ...], scheme: str, values: tuple[str, ...]) -> tuple[Pair, ...]:
    """Add the values that no pair has yet, under our own scheme."""
    there = {value for _, value in pairs}
    return (*pairs, *((scheme, value) for value in values if value and value not in there))


def _pairs(sheet: Sheet, name: str, pairs: tuple[Pair, ...]) -> None:
    for key, value in pairs:
        sheet.open(name)
        sheet.leaf("valueName", key)
        sheet.leaf("value", value)
        sheet.close(name)


def _resource(sheet: Sheet, resource: Resource) -> None:
    sheet.open("resource")
    sheet.leaf("resourceDesc", resource.description)
    sheet.leaf("mimeType", resource.media_type)
    sheet.some("size", "" if resource.size is None else str(resource.size))
    sheet.some("uri", address(resource.uri))
    sheet.some("derefUri", resource.content)
    sheet.some("digest", resource.digest)
    sheet.close("resource")


def _area(sheet: Sheet, area: Area) -> None:
    sheet.open("area")
    sheet.leaf("areaDesc", area.description)
    for ring in area.polygons:
        sheet.leaf("polygon", places.ring_text(ring))
    for circle in area.circles:
        sheet.leaf("circle", places.circle_text(circle))
    _pairs(sheet, "geocode", _with(area.geocodes, REGION_SCHEME, area.codes))
    for name, height in (("altitude", area.altitude), ("ceiling", area.ceiling)):
        sheet.some(name, "" if height is None else places.decimal(height))
    sheet.close("area")
