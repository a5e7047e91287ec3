"""An alert of ours as the message it is outside: a department's words, our own, its chain."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from shapely import MultiPolygon, Polygon, get_parts

from anlan import codes
from anlan.comms.outline import within
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Invalid
from anlan.protocols.alerting.atom import CAP_TYPE, Entry, Link
from anlan.protocols.alerting.message import (
    CAP_12,
    PASTED,
    AlertMessage,
    Area,
    Info,
    Reference,
    Ring,
)
from anlan.protocols.alerting.message12379.identifiers import Identifier
from anlan.protocols.alerting.reading import read_alert
from anlan.warn import outward
from anlan.warn.models import Alert, Published
from anlan.warn.reading import left_out
from anlan.warn.selectors.texts import noun_of

#: What an alert does -> what its message is.
ACTIONS = {"issue": "alert", "cancel": "cancel", "withdraw": "cancel"}
#: Of a kind of workspace the status of its messages: only live ones are actual.
STATUS = {"live": "actual", "exercise": "exercise", "demo": "test"}
MOST_SUMMARY = 500
#: Names in the national system tell seconds; so far about an alert others are looked at.
NEAR = timedelta(minutes=2)
EVACUATION = "evacuation-notice"


def message_of(alert: Alert) -> AlertMessage:
    """Make the message of an alert that goes out; its words are those of the alert."""
    status = STATUS[workspace.current().kind]
    return AlertMessage(
        form=CAP_12,
        identifier=alert.identifier or "",
        sender=outward.sender(alert.region_id),
        sent=alert.issued_at or clock.now(),
        status=status,
        action=ACTIONS.get(alert.action, "update"),
        source=alert.station,
        references=_references(alert),
        incidents=(alert.case,),
        infos=_infos(alert),
    )


def _references(alert: Alert) -> tuple[Reference, ...]:
    """Name every earlier message of the chain, so that whoever missed one is told all the same."""
    if alert.previous is None:
        return ()
    rows = Alert.objects.filter(root=alert.root, issued_at__isnull=False).exclude(pk=alert.pk)
    found = rows.order_by("id").values_list("identifier", "region_id", "issued_at")
    return tuple(
        (outward.sender(region), identifier or "", issued) for identifier, region, issued in found
    )


def _infos(alert: Alert) -> tuple[Info, ...]:
    areas = (_area(alert),)
    if alert.relayed and alert.received is not None and alert.received.form != PASTED:
        original = read_alert(bytes(alert.received.original.body))
        if original.infos:  # every language it came in, with its own urgency and certainty
            origin = _origin(alert)
            # Of several parts only what was relayed: the others hold elsewhere.
            whole = not left_out(original.infos)
            return tuple(
                replace(
                    one, areas=areas, sender_name=one.sender_name or alert.station,
                    parameters=(*one.parameters, *origin),
                )
                for one in original.infos
                if whole or one.level == alert.level
            )  # fmt: skip
    return (replace(_own(alert), areas=areas),)


def _own(alert: Alert) -> Info:
    hazard = codes.hazards().get(alert.hazard)
    return Info(
        event=noun_of(alert.kind, alert.hazard) if hazard or not alert.relayed else alert.title,
        event_code=hazard.event_code if hazard else "",
        categories=hazard.cap if hazard else (),
        level=alert.level,
        urgency=_urgency(alert),
        certainty="Likely",
        headline=alert.title,
        description=alert.text,
        instruction=alert.instruction,
        sender_name=alert.station,
        effective=alert.effective_at,
        expires=alert.expires_at,
        response_types=_responses(alert),
        parameters=_origin(alert),
    )


def _urgency(alert: Alert) -> str:
    if alert.action in ("cancel", "withdraw"):
        return "Past"
    return "Immediate" if alert.kind == EVACUATION else "Expected"


def _responses(alert: Alert) -> tuple[str, ...]:
    if alert.action in ("cancel", "withdraw"):
        return ("AllClear",)
    return ("Evacuate",) if alert.kind == EVACUATION else ("Prepare",)


def _origin(alert: Alert) -> tuple[tuple[str, str], ...]:
    """Tell whose words these are, where they are a department's."""
    row = alert.received
    if row is None:
        return ()
    pairs = (("original-identifier", row.identifier), ("original-sender", row.sender),
             ("original-sent", clock.local(row.sent_at).isoformat()))  # fmt: skip
    return tuple((name, value) for name, value in pairs if value)


def _area(alert: Alert) -> Area:
    """Tell where it holds: our regions; the outline too, unless it was narrowed to fewer."""
    return Area(
        description=alert.place or "、".join(alert.regions),
        codes=tuple(alert.regions),
        polygons=_rings(outline_of(alert)),
    )


def outline_of(alert: Alert) -> Any | None:
    """Give the outline an alert of ours holds for, as GeoJSON, to the last of its corners.

    None where there is none, or where it was narrowed to fewer regions than the outline covers.
    """
    whole = alert.received is None or sorted(alert.received.regions) == sorted(alert.regions)
    return alert.area or None if whole else None


def _rings(area: Any) -> tuple[Ring, ...]:
    if not area:
        return ()
    parts: Sequence[Any] = area["coordinates"]
    polygons = parts if area["type"] == "MultiPolygon" else [parts]
    return tuple(tuple((x, y) for x, y, *_ in polygon[0]) for polygon in polygons)


def national_of(alert: Alert, message: AlertMessage) -> AlertMessage | None:
    """Give the message the names of the national system; None where we have none there.

    It names those before it in the chain as they are called there; one that is not there cannot be
    named. The caller has seen to it that nobody else names one at the same time.
    """
    code = outward.names().national_sender
    if not code:
        return None
    earlier = (
        Published.objects.filter(alert__root=alert.root).exclude(pk=alert.pk).order_by("alert_id")
    )
    references = tuple(
        (code, name, None) for name in earlier.values_list("national_name", flat=True) if name
    )
    infos = tuple(
        replace(info, areas=tuple(map(_within_limit, info.areas))) for info in message.infos
    )
    name = _free_name(code, message.sent)
    if not name:
        return None  # a thousand alerts in two minutes: each has its CAP all the same
    return replace(message, identifier=name, sender=code, references=references, infos=infos)


def _free_name(code: str, sent: datetime) -> str:
    """Find a name that no alert of ours has: ten a second, then those of the seconds after."""
    near = Published.objects.filter(at__gt=sent - NEAR, at__lt=sent + NEAR)
    taken = set(near.values_list("national_name", flat=True))
    names = (
        str(
            Identifier(
                area=code[:6], organisation=code[6:9], unit=code[9:12], extension=code[12:],
                entered=sent + timedelta(seconds=seconds), serial=serial,
            )
        )
        for seconds in range(int(NEAR.total_seconds()))
        for serial in range(10)
    )  # fmt: skip
    return next((name for name in names if name not in taken), "")


def _within_limit(area: Area) -> Area:
    """Draw an area with no more points than the national system takes, still covering all of it.

    Where so few cannot, the codes stand for it: they cover it as well.
    """
    most = outward.names().national_points
    if not most or sum(map(len, area.polygons)) <= most:
        return area
    try:
        shape = within(MultiPolygon([Polygon(ring) for ring in area.polygons]), most)
    except Invalid:
        return replace(area, polygons=())
    parts = get_parts(shape)
    return replace(area, polygons=tuple(tuple(part.exterior.coords) for part in parts))


def entry_of(alert: Alert) -> Entry:
    """Make the alert's entry of the feed; its address is relative to the feed."""
    return Entry(
        id=f"urn:anlan:{alert.identifier}",
        title=alert.title,
        updated=alert.issued_at,
        published=alert.issued_at,
        author=alert.station,
        summary=alert.text[:MOST_SUMMARY],
        categories=tuple(one for one in (alert.hazard, str(alert.level or "")) if one),
        links=(Link(href=f"{alert.identifier}.xml", rel="alternate", type=CAP_TYPE),),
    )
