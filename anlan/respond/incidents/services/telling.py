"""What somebody tells from a telephone, by the link of a message: with pictures, place and voice.

It comes to the desks of the township and the county as a telling, like a caller's word: kept from
its first word on, with its time, its place in our own datum and what hangs on it. A person takes it
in. The phone sends until it hears that it came; its own key makes what came twice one telling.
"""

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from anlan.base.files.services import destroy_files, hang_file
from anlan.base.obligations.services.pocket import check_photos, check_voice, hang_photos
from anlan.base.permissions.services.links import Opened, use_link
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.base.regions.models import Level
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.errors import Invalid, Unavailable
from anlan.kernel.ids import new_id
from anlan.respond.incidents import deed_names
from anlan.respond.incidents.models import Incident
from anlan.respond.incidents.services.looking import owe_look
from anlan.respond.incidents.services.noting import log, note
from anlan.respond.incidents.services.taking import Told, check_told, title_of

#: Tellings of one person in an hour: more is a broken phone, or somebody at play.
MOST_AN_HOUR = 30
#: A phone's own key of a telling.
KEY = re.compile(r"[0-9A-Za-z-]{1,40}")
#: A phone that had no signal says when it was told; later than this after it, the text tells both.
SOON = timedelta(minutes=2)
LONG_AGO = timedelta(days=4)
COUNTY_DIGITS = scope.LENGTHS[Level.COUNTY - 1]
#: What a telling is called a source of, by the level of who told it.
SOURCES: dict[int, str] = {Level.TOWN: "township", Level.VILLAGE: "village", Level.GRID: "village"}


@dataclass(frozen=True, kw_only=True)
class Telling:
    """One telling: what is told, the phone's key of it, when it was told, what hangs on it."""

    told: Told
    client: str
    said_at: datetime | None = None
    #: How far off the place may be (m); None is not known.
    accuracy: int | None = None
    photos: Sequence[bytes] = ()
    voice: bytes = b""


def tell_by_link(*, opened: Opened, telling: Telling) -> Incident:
    """Keep what a phone tells as a telling of the desk it belongs to, once.

    Raises `Invalid` for what cannot be or says nothing, `Unavailable` for too many in an hour.
    """
    once = _key(opened, telling)
    if not KEY.fullmatch(telling.client):
        raise Invalid("内容格式不对")
    with transaction.atomic():
        known = Incident.objects.filter(once=once).first()
        if known is not None:
            return known
        _check(opened, telling)
        row = _row(opened, telling, once)
        row.save(force_insert=True)
        hang_photos(telling.photos, (deed_names.SUBJECT, row.pk), row.home, opened)
        _hang_voice(telling.voice, row, opened)
        owed = owe_look(row, telling.told.what)
        facts = {"photos": len(telling.photos), "voice": bool(telling.voice), "owed": owed}
        note(row, "told", opened.actor, facts)
        log(row, "手机上报", "told", opened.actor)
        use_link(opened)
    return row


def _key(opened: Opened, telling: Telling) -> str:
    """Name a telling: by whose phone, its own key, and the words.

    Who goes back to a page that was sent and writes something else into it tells another thing.
    """
    words = hashlib.sha256(telling.told.what.strip().encode()).hexdigest()[:8]
    return f"{opened.person}:{telling.client}:{words}"


def destroy_told(*, cases: Collection[str]) -> int:
    """Destroy what hangs on the incidents of cases, in the caller's transaction."""
    rows = Incident.objects.filter(case__in=[case for case in cases if case])
    subjects = set(rows.values_list("pk", flat=True))
    return destroy_files(subject_kind=deed_names.SUBJECT, subjects=subjects)


def _check(opened: Opened, telling: Telling) -> None:
    told = telling.told
    check_told(told)
    check_photos(telling.photos)
    if telling.voice:
        check_voice(telling.voice)
    if not (told.what.strip() or told.kind or telling.photos or telling.voice):
        why = "写一句、拍一张或说一段，至少有一样"
        raise Invalid(why, errors={"what": [why]})
    since = clock.now() - timedelta(hours=1)
    if Incident.objects.filter(teller=opened.person, received_at__gt=since).count() >= MOST_AN_HOUR:
        raise Unavailable("一小时内上报太多，过一会儿再发；急事请直接打电话")


def _row(opened: Opened, telling: Telling, once: str) -> Incident:
    told, now = telling.told, clock.now()
    home = _home(opened, told)
    row = Incident(
        kind=told.kind, title=told.title.strip(), place=told.place.strip(), lon=told.lon,
        lat=told.lat, region_id=home, home=home, office=_desk(home), case=new_id(),
        happened_at=told.happened_at, received_at=now, received_by=opened.actor.ref,
        source=SOURCES.get(scope.level_of(opened.actor.region), "on-site"),
        figures={key: value for key, value in told.figures.items() if value is not None},
        teller=opened.person, once=once, changed_at=now,
    )  # fmt: skip
    row.title = row.title or title_of(row)
    what = {"what": _words(telling, now)}
    (sealed,) = vault.seal_many([(row.case, what)])
    row.what = sealed["what"] or ""
    return row


def _words(telling: Telling, now: datetime) -> str:
    """Write what was told, when, if it waited for a signal, and how sure the place is."""
    lines = [telling.told.what.strip()]
    if telling.said_at is not None and SOON < now - telling.said_at < LONG_AGO:
        at = f"{clock.local(telling.said_at):%m-%d %H:%M}"
        lines.append(f"（手机上记于 {at}，当时没有信号，现在送到）")
    if telling.told.lon is not None:
        known = telling.accuracy is not None
        lines.append(f"（手机定位，误差约 {telling.accuracy} 米）" if known else "（手机定位）")
    return "\n".join(line for line in lines if line)


def _home(opened: Opened, told: Told) -> str:
    """Tell where it is: where the point lies, else the village that was chosen, else their own.

    Always within the county of whoever tells: a link fills no other county's desk.
    """
    own = opened.actor.region
    county = scope.prefix(own)[:COUNTY_DIGITS]
    at = regions.at(told.lon, told.lat) if told.lon is not None and told.lat is not None else None
    offered = [at.code if at else "", scope.normalise(told.region) if told.region else ""]
    return next((code for code in offered if code and code.startswith(county)), own)


def _desk(home: str) -> str:
    """Tell whose desk it comes to first: the township's, where it is in one."""
    return next(
        (code for code in scope.ancestors(home) if scope.level_of(code) == Level.TOWN), home
    )


def _hang_voice(voice: bytes, row: Incident, opened: Opened) -> None:
    if voice:
        hang_file(
            name=f"语音 {clock.local(clock.now()):%m-%d %H.%M}", content=voice,
            subject=(deed_names.SUBJECT, row.pk), region=row.home, person=opened.person,
            by=opened.actor,
        )  # fmt: skip
