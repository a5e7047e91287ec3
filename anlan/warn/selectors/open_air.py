"""What lies in the open now: for everybody, without a login."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
#: Alerts read by one statement.
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Open:
    """One alert in the open."""

    key: str
    identifier: str
    issued_at: datetime
    ended: bool
    cap: bytes
    digest: str
    entry: bytes
    line: "Line"


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


def lying_open(known: Collection[str] = ()) -> tuple[list[str], list[Open]]:
    """List what lies in the open, the newest first, by key; and of those not known all there is.

    A key is good as long as nothing about it changes: an alert that ends has another one.
    """
    rows = Published.objects.filter(_wanted(clock.now()), fault="", alert__identifier__isnull=False)
    found = {
        f"{pk}-{state}": pk
        for pk, state in rows.order_by("-alert_id").values_list("alert_id", "alert__state")[:MOST]
    }
    new = {pk: key for key, pk in found.items() if key not in known}
    return list(found), _read(new)


def _read(keys: Mapping[str, str]) -> list[Open]:
    pks = list(keys)
    lines = {pk: line for start in range(0, len(pks), CHUNK)
             for pk, line in _lines(pks[start : start + CHUNK])}  # fmt: skip
    columns = ("alert_id", "alert__identifier", "alert__issued_at", "cap", "digest", "entry")
    return [
        Open(keys[pk], identifier, issued, lines[pk].ended, bytes(cap), digest, bytes(entry),
             lines[pk])
        for start in range(0, len(pks), CHUNK)
        for pk, identifier, issued, cap, digest, entry in Published.objects.filter(
            pk__in=pks[start : start + CHUNK]
        ).values_list(*columns)
        if pk in lines
    ]  # fmt: skip


def next_change(found: Iterable[Open]) -> datetime | None:
    """Tell when the first end leaves the feed by itself; None when none is in it."""
    return min((one.issued_at + ENDS_STAY for one in found if one.ended), default=None)


def _lines(pks: Sequence[str]) -> Iterator[tuple[str, Line]]:
    """Read what the page shows of some alerts."""
    alerts = Alert.objects.filter(pk__in=pks, public=True).defer("area", "parts")
    colours, hazards = codes.table("warning-levels"), codes.table("hazards")
    for row in alerts:
        yield row.pk, Line(
            identifier=row.identifier or "", title=row.title, text=row.text,
            instruction=row.instruction, station=row.station, place=row.place, level=row.level,
            color=(colours[str(row.level)].text("color") or "") if row.level else "",
            hazard=hazards.name(row.hazard), hazard_en=hazards.name(row.hazard, "en"),
            sent_at=row.sent_at, expires_at=row.expires_at, ended=row.state == "ended",
        )  # fmt: skip


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
