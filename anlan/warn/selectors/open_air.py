"""What lies in the open now: for everybody, without a login."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from anlan import codes
from anlan.base.regions import selectors as regions
from anlan.kernel import clock
from anlan.warn.models import Alert, OpenEdition, Published

#: The end of an alert stays in the feed so long, for those who ask seldom.
ENDS_STAY = timedelta(hours=24)
#: Entries of the feed; of more than these the newest.
MOST = 2000


@dataclass(frozen=True, slots=True)
class Open:
    """One alert in the open."""

    identifier: str
    issued_at: datetime
    ended: bool
    cap: bytes
    digest: str
    entry: bytes


@dataclass(frozen=True, slots=True)
class Line:
    """One alert as the page shows it."""

    identifier: str
    title: str
    text: str
    instruction: str
    station: str
    place: str
    level: int | None
    color: str
    hazard: str
    hazard_en: str
    sent_at: datetime | None
    expires_at: datetime | None
    ended: bool


def edition() -> str:
    """Tell the stamp of what lies in the open; "" before anything ever did."""
    return OpenEdition.objects.values_list("stamp", flat=True).first() or ""


def _wanted(now: datetime) -> Q:
    ends = Q(alert__state="ended", alert__issued_at__gt=now - ENDS_STAY)
    return (Q(alert__ended_at=None) & Q(alert__issued_at__isnull=False)) | ends


def lying_open() -> list[Open]:
    """List what lies in the open, the newest first."""
    rows = Published.objects.filter(_wanted(clock.now()), fault="").order_by("-alert_id")
    columns = rows.values_list(
        "alert__identifier", "alert__issued_at", "alert__state", "cap", "digest", "entry"
    )
    return [
        Open(identifier, issued, state == "ended", bytes(cap), digest, bytes(entry))
        for identifier, issued, state, cap, digest, entry in columns[:MOST]
        if identifier and issued
    ]


def next_change(found: Sequence[Open]) -> datetime | None:
    """Tell when the first end leaves the feed by itself; None when none is in it."""
    return min((one.issued_at + ENDS_STAY for one in found if one.ended), default=None)


def lines() -> list[Line]:
    """List what the page shows, the worst first, then the newest."""
    rows = Published.objects.filter(_wanted(clock.now())).values_list("alert_id", flat=True)
    alerts = Alert.objects.filter(pk__in=list(rows[:MOST]), public=True).defer("area", "parts")
    colours, hazards = codes.table("warning-levels"), codes.table("hazards")
    found = [
        Line(
            identifier=row.identifier or "", title=row.title, text=row.text,
            instruction=row.instruction, station=row.station, place=row.place, level=row.level,
            color=(colours[str(row.level)].text("color") or "") if row.level else "",
            hazard=hazards.name(row.hazard), hazard_en=hazards.name(row.hazard, "en"),
            sent_at=row.sent_at, expires_at=row.expires_at, ended=row.state == "ended",
        )
        for row in alerts.order_by("-id")
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.ended, one.level or 9))


def document(identifier: str, *, national: bool = False) -> tuple[bytes, str] | None:
    """Read the bytes of one alert that lies or lay in the open, with their digest."""
    row = Published.objects.filter(alert__identifier=identifier, fault="").first()
    if row is None:
        return None
    if national:
        return None if row.national is None else (bytes(row.national), f"n-{row.digest}")
    return bytes(row.cap), row.digest


def whose() -> str:
    """Name the region whose alerts these are."""
    top = regions.top()
    return regions.names([top]).get(top, "") if top else ""
