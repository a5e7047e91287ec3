"""What was recognised in a pasted text, ready to be confirmed: each field with where it stands."""

from typing import Any

from anlan import codes
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import prefixes
from anlan.base.regions import scope
from anlan.base.regions.models import Level, Region
from anlan.kernel import clock
from anlan.kernel.errors import Invalid
from anlan.protocols.alerting.pasted import Recognised, recognise
from anlan.warn.reading import LONGEST_TEXT, chosen, hazard_of

ACTION = "alerts.receive"
#: Names of regions looked for in a text; villages of one county are some hundreds.
MOST_NAMES = 8000


def recognised(text: str, actor: Actor) -> list[dict[str, Any]]:
    """Recognise the warnings in a text; nothing is kept, nothing counts before it is confirmed.

    Regions are those of the actor that the text names; a name that several bear is left to choose.
    """
    if not text.strip():
        raise Invalid("请粘贴预警全文", errors={"text": ["请粘贴预警全文"]})
    if len(text) > LONGEST_TEXT:
        raise Invalid("文字太长", errors={"text": [f"不超过 {LONGEST_TEXT} 字"]})
    places = _names(actor)
    found = recognise(text, clock.now(), known_places=places)
    return [_one(one, text, places) for one in found]


def _names(actor: Actor) -> dict[str, list[str]]:
    rows = Region.objects.filter(
        scope.within(prefixes(actor, ACTION), "code"), valid_to=None, level__lte=Level.VILLAGE
    ).order_by("level", "code")
    names: dict[str, list[str]] = {}
    for code, name in rows.values_list("code", "name")[:MOST_NAMES]:
        names.setdefault(name, []).append(code)
    return names


def _one(found: Recognised, text: str, places: dict[str, list[str]]) -> dict[str, Any]:
    message = found.message
    info = chosen(message.infos)
    hazard = hazard_of(info)
    regions, doubtful = _regions(found, places)
    return {
        "text": text[found.start : found.end],
        "start": found.start,
        "end": found.end,
        "station": info.sender_name or message.source,
        "sent_at": message.sent,
        "action": message.action,
        "status": message.status,
        "hazard": hazard,
        "hazard_label": codes.table("hazards").name(hazard),
        "hazard_label_en": codes.table("hazards").name(hazard, "en"),
        "level": info.level,
        "headline": info.headline,
        "expires_at": info.expires,
        "regions": regions,
        "doubtful_regions": doubtful,
        "missing": list(found.missing),
        "confidence": str(found.confidence),
        "fields": [
            {
                "field": one.field, "value": one.value, "start": one.start, "end": one.end,
                "confidence": str(one.confidence),
            }
            for one in found.fields
        ],
    }  # fmt: skip


def _regions(
    found: Recognised, places: dict[str, list[str]]
) -> tuple[list[dict[str, str]], list[str]]:
    """Tell the regions the text names, and the names that could be several or none of ours."""
    sure, doubtful = [], []
    for one in found.all("region"):
        codes_ = places.get(str(one.value), [])
        if len(codes_) == 1:
            sure.append({"code": codes_[0], "name": str(one.value)})
        else:
            doubtful.append(str(one.value))
    return sure, doubtful
