"""A county with boundaries, and four thousand warnings of its departments in chains, as bytes.

Three forms in turn: the national message as XML and as JSON, and CAP 1.2. A matter is one station's
warning of one hazard: issued, changed eight times, ended; every message but the first names those
before it. Every second matter has an outline of 40 corners, the others region codes.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from anlan.protocols.alerting.cap.writing import write_cap
from anlan.protocols.alerting.message import CAP_12, AlertMessage, Area, Info
from anlan.protocols.alerting.message12379 import writing as national

CITY, COUNTY = "339900000000", "339901000000"
TOWNS = [f"339901{100 + number:03d}000" for number in range(14)]
VILLAGES = [f"{town[:9]}{200 + number:03d}" for town in TOWNS for number in range(15)]
WEST, SOUTH, STEP = 121.2, 28.1, 0.04

#: Type of the national system and its name; each a hazard of its own.
EVENTS = (
    ("11B01", "台风"), ("11B03", "暴雨"), ("11B04", "暴雪"), ("11B05", "寒潮"), ("11B06", "大风"),
    ("11B07", "沙尘暴"), ("11B09", "高温"), ("11B14", "雷电"), ("11B15", "冰雹"), ("11B17", "大雾"),
)  # fmt: skip
STEPS = 10
XML = "application/xml"


def seed_county() -> None:
    """Make the regions: a county of 14 townships and 210 villages, side by side as boxes."""
    import shapely

    from anlan.base.regions.models import Boundary, Edition, Region
    from anlan.kernel import clock
    from anlan.kernel.ids import new_id

    rows = [("330000000000", "某省", 1, None), (CITY, "某市", 2, "330000000000")]
    rows += [(COUNTY, "云屿县", 3, CITY)]
    rows += [(code, f"第{number}镇", 4, COUNTY) for number, code in enumerate(TOWNS, 1)]
    rows += [(code, f"{code[6:]}村", 5, f"{code[:9]}000") for code in VILLAGES]
    Region.objects.bulk_create(
        [Region(code=code, name=name, level=level, parent_id=up) for code, name, level, up in rows]
    )
    edges = {COUNTY: (0.0, 0.0, 14.0, 15.0)}
    edges |= {code: (at, 0.0, at + 1, 15.0) for at, code in enumerate(TOWNS)}
    edges |= {
        code: (at // 15, at % 15, at // 15 + 1, at % 15 + 1) for at, code in enumerate(VILLAGES)
    }
    made = []
    for code, (left, low, right, high) in edges.items():
        box = (WEST + left * STEP, SOUTH + low * STEP, WEST + right * STEP, SOUTH + high * STEP)
        west, south, east, north = box
        made.append(
            Boundary(
                region_id=code, wkb=shapely.to_wkb(shapely.box(*box)), west=west, south=south,
                east=east, north=north, datum="wgs84",
            )
        )  # fmt: skip
    Boundary.objects.bulk_create(made)
    # As an import leaves it: what processes keep of the regions in memory holds.
    Edition.objects.create(stamp=new_id(), changed_at=clock.now())


def warnings(count: int, name: str, now: datetime) -> Iterator[tuple[str, bytes]]:
    """Write so many messages: (content type, bytes), in the order they would be sent."""
    matters = count // STEPS
    for step in range(STEPS):
        sent = now - timedelta(minutes=STEPS - step)
        for matter in range(matters):
            yield _message(matter, step, name, sent)


def _message(matter: int, step: int, name: str, sent: datetime) -> tuple[str, bytes]:
    station, event = matter // len(EVENTS), EVENTS[matter % len(EVENTS)]
    form = matter % 3
    message = AlertMessage(
        form=CAP_12,
        identifier=_identifier(name, matter, step, form, sent),
        sender=f"339901416{station:05d}",
        sent=sent,
        status="actual",
        action="alert" if step == 0 else "cancel" if step == STEPS - 1 else "update",
        source=f"第{station}气象台",
        references=tuple(
            (f"339901416{station:05d}", _identifier(name, matter, back, form, at), at)
            for back in range(step)
            for at in (sent - timedelta(minutes=step - back),)
        ),
        infos=(_info(matter, step, name, station, event),),
    )
    if form == 0:
        return XML, write_cap(message)
    if form == 1:
        return XML, national.write(message, form="xml")
    return "application/json", national.write(message, form="json")


def _identifier(name: str, matter: int, step: int, form: int, sent: datetime) -> str:
    if form == 0:
        return f"bench-{name}-{matter}-{step}"
    station, event = divmod(matter, len(EVENTS))
    # Identifiers of the national system tell seconds; stations, rounds and steps keep apart.
    moment = sent.replace(second=event * 5, microsecond=0)
    return f"339901416{station:05d}_{moment:%Y%m%d%H%M%S}_{int(name) % 10}"


def _info(matter: int, step: int, name: str, station: int, event: tuple[str, str]) -> Info:
    code, noun = event
    town = matter % len(TOWNS)
    level = (4, 3, 2, 1, 1, 1, 2, 3, 3, 3)[step]
    colour = {1: "红", 2: "橙", 3: "黄", 4: "蓝"}[level]
    area = Area(description=f"第{town + 1}镇", codes=(TOWNS[town],))
    if matter % 2:
        area = replace(area, codes=(), polygons=(_ring(town),))
    return Info(
        event=noun, event_code=code, categories=("Met",), level=level,
        severity={1: "Extreme", 2: "Severe", 3: "Moderate", 4: "Minor"}[level],
        urgency="Expected", certainty="Likely",
        headline=f"第{station}气象台发布{noun}{colour}色预警",
        description=f"预计未来6小时第{town + 1}镇有{noun}，第{step + 1}次发布（{name}-{matter}）。"
        * 3,
        instruction="请有关单位和人员做好防范准备。",
        sender_name=f"第{station}气象台",
        areas=(area,),
    )  # fmt: skip


def _ring(town: int) -> tuple[tuple[float, float], ...]:
    """Draw a round outline that touches some villages of a township."""
    lon, lat = WEST + (town + 0.5) * STEP, SOUTH + 7.5 * STEP
    corners = [
        (round(lon + 0.03 * math.cos(turn), 5), round(lat + 0.2 * math.sin(turn), 5))
        for turn in (math.tau * number / 40 for number in range(40))
    ]
    return (*corners, corners[0])


def seed_alerts(count: int, by: Any) -> None:
    """Put so many alerts of our own in force, each for a village and a hazard.

    Their words, signed messages and called rounds are the product's; what leads there (draft,
    check, journal) is not gone through a thousand times: that is measured afterwards.
    """
    from django.db import transaction

    from anlan.base.cases.services import Matter, open_cases
    from anlan.base.db.inserting import insert_rows
    from anlan.kernel import clock
    from anlan.warn.models import CallRound
    from anlan.warn.selectors import callees, texts
    from anlan.warn.selectors.filling import Content, unsaved
    from anlan.warn.services.publishing import publish_alert
    from anlan.warn.services.sending_out import identifier_of

    now, rows = clock.now(), []
    for number in range(count):
        alert = unsaved(Content(**content(number)), by)
        alert.identifier, alert.state, alert.version = identifier_of(alert), "issued", 2
        alert.issued_at = alert.sent_at = alert.effective_at = now
        alert.issued_by, alert.text = by.ref, texts.stamped(alert.text, now)
        rows.append(alert)
    matters = [Matter(hazard=row.hazard, region=row.region_id, title=row.title) for row in rows]
    with transaction.atomic():
        for alert, case in zip(rows, open_cases(matters=matters, by=by), strict=True):
            alert.case = case
        insert_rows(rows)
        rounds = [(alert, callees.call_of(alert)) for alert in rows]
        insert_rows([
            CallRound(
                root=alert.root, alert=alert, grade=call.grade, number=1, case=alert.case,
                caller_id=call.caller, regions=list(call.regions), began_at=now, began_by=by.ref,
                done_at=now,
            )
            for alert, call in rounds
        ])  # fmt: skip
        for alert in rows:
            publish_alert(alert)


#: Findings that an officer would look at; here there is nobody.
ACCEPTED = ("no-end", "duplicate", "often-day", "often-hour", "no-posts", "words", "segments")
HAZARDS = ("hazchem", "fire", "gas", "mine", "crowd-crush")


def content(number: int) -> dict[str, Any]:
    """Fill in an alert of our own."""
    village = VILLAGES[number % len(VILLAGES)]
    return {
        "kind": "government-alert",
        "hazard": HAZARDS[number // len(VILLAGES) % len(HAZARDS)],
        "level": 3 + number % 2,
        "regions": [village],
    }
