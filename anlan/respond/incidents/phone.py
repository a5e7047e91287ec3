"""Reporting from a phone, behind the link of a short message: a picture, the place, a few words.

The form is kept in the phone until it has arrived (`phone_queue`); without a script it is sent as
any form is, and pressing twice is one report.
"""

from datetime import datetime
from html import escape

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from anlan import codes
from anlan.base.door.phrases import said
from anlan.base.obligations.phone import photo_field, recording, voice_field
from anlan.base.obligations.phone_door import Visit, field, line, serve, whole
from anlan.base.obligations.phone_pages import PhonePage, offer
from anlan.base.obligations.phone_places import chooser, spot_of
from anlan.base.obligations.services.phone import LARGEST_VOICE
from anlan.base.obligations.services.pocket import LARGEST_PHOTO, MOST_PHOTOS
from anlan.base.regions import selectors as regions
from anlan.kernel.ids import new_id
from anlan.respond.incidents.models import Incident
from anlan.respond.incidents.services.taking import Told
from anlan.respond.incidents.services.telling import Telling, tell_by_link

#: Asked on a phone of all the figures; the desk asks for the rest.
FIGURES = ("trapped", "missing", "deaths")
#: Characters of what is told.
LONGEST = 1000

PAGE = offer(PhonePage("report", "上报险情", "Report", 2))


@require_http_methods(["GET", "HEAD", "POST"])
def report_page(request: HttpRequest, key: str) -> HttpResponse:
    """Show the form, or take what is told with it."""
    return serve(request, key, _drawn)


def _drawn(visit: Visit) -> str | HttpResponse:
    if visit.request.method != "POST":
        return _form(visit)
    row = tell_by_link(opened=visit.opened, telling=_read(visit))
    told = "已报到{desk}值班室，编号 {number}".format(
        desk=regions.names([row.office]).get(row.office, ""), number=row.pk
    )
    if visit.is_kept:
        return line(said(told, visit.language))
    again = f'<p><a class=again href="?">{visit.say("再报一件")}</a></p>'
    return f"<p class=done role=status>✓ {visit.say(told)}</p>{_summary(row)}{again}"


def _summary(row: Incident) -> str:
    return f"<p class=meta>{escape(row.title)}</p>"


def _read(visit: Visit) -> Telling:
    posted, files = visit.request.POST, visit.request.FILES
    fields = {name: field(posted, name) for name in posted}
    spot = spot_of(fields)
    figures = {key: whole(fields.get(key, "")) for key in FIGURES}
    spoken = files.get("voice")
    photos = [one for one in files.getlist("photo") if one.size][: MOST_PHOTOS + 1]
    return Telling(
        told=Told(
            kind=fields.get("kind", ""), what=fields.get("what", ""), region=spot.village,
            place=fields.get("place", ""), lon=spot.lon, lat=spot.lat,
            figures={key: value for key, value in figures.items() if value is not None},
        ),
        client=fields.get("client", ""), said_at=_moment(fields.get("said_at", "")),
        accuracy=spot.accuracy,
        # One byte more than may come tells that there is more.
        photos=[one.read(LARGEST_PHOTO + 1) for one in photos],
        voice=spoken.read(LARGEST_VOICE + 1) if spoken else b"",
    )  # fmt: skip


def _moment(text: str) -> datetime | None:
    """Read the phone's own time; None for what is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _form(visit: Visit) -> str:
    told = visit.say
    kinds = "".join(
        f'<option value="{row.code}">{escape(row.label(visit.language))}</option>'
        for row in codes.table("incident-kinds")
    )
    table = codes.table("incident-figures")
    figures = "".join(
        f"<label for={key}>{visit.either(table[key].name, table[key].name_en)}</label>"
        f"<input id={key} name={key} inputmode=numeric maxlength=6>"
        for key in FIGURES
    )
    return (
        f"<h1>{told('上报险情')}</h1>"
        f'<form method=post action="{escape(visit.request.path)}" enctype=multipart/form-data '
        f'data-keep="{told("险情")}"><input type=hidden name=client value={new_id()}>'
        "<input type=hidden name=said_at>"
        f"{photo_field(visit, '照片')}"
        f"<label for=what>{told('出了什么事')}</label>"
        f"<textarea id=what name=what maxlength={LONGEST}></textarea>{recording(visit)}"
        f"{chooser(visit)}"
        f"<label for=place>{told('具体在哪里（可不填）')}</label>"
        "<input id=place name=place maxlength=200>"
        f"<details><summary>{told('种类、伤亡、录音文件（可不填）')}</summary>"
        f"<label for=kind>{told('种类')}</label><select id=kind name=kind>"
        f"<option value=''>{told('不知道，请值班室判断')}</option>{kinds}</select>"
        f"<p class=meta>{told('不清楚的空着，空着不是没有')}</p>{figures}{voice_field(visit)}"
        f"</details><div class=acts><button>{told('上报')}</button></div></form>"
    )
