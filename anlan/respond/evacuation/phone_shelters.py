"""The nearest shelter, behind the link of a short message: how far, how much room, whom to call."""

from html import escape

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from anlan import codes
from anlan.base.obligations.phone_door import Visit, serve
from anlan.base.obligations.phone_pages import PhonePage, offer
from anlan.base.obligations.phone_places import by_place, by_village, spot_of
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.respond.evacuation.selectors.nearby import COUNTY_DIGITS, Near, nearest_shelters

PAGE = offer(PhonePage("shelters", "避灾点", "Shelters", 3))


@require_safe
def shelters_page(request: HttpRequest, key: str) -> HttpResponse:
    """List the nearest shelters, from where the phone is or from a village."""
    return serve(request, key, _drawn)


def _drawn(visit: Visit) -> str:
    spot = spot_of(visit.request.GET.dict())
    own = visit.opened.actor.region
    here = spot.village if _is_of_county(spot.village, own) else own
    found = nearest_shelters(here, spot.lon, spot.lat)
    told = visit.say
    located = spot.lon is not None
    since = told("按现在的位置") if located else escape(regions.names([here]).get(here, ""))
    cards = "".join(_card(visit, one) for one in found)
    none = (
        f"<p class=wrong>{told('附近没有可用的避灾安置场所，请打值班电话')}</p>"
        if not found else ""
    )  # fmt: skip
    page = escape(visit.request.path)
    return (
        f"<h1>{told('最近的避灾安置场所')}</h1><p class=meta>{since}</p>"
        f'<form method=get action="{page}">{by_place(visit, go=True)}'
        f"<details><summary>{told('换一个村查找')}</summary>{by_village(visit, here)}"
        f"<p><button>{told('查找')}</button></p></details></form>{cards}{none}"
    )


def _is_of_county(village: str, own: str) -> bool:
    """Tell whether a village lies in the county of whoever asks: a link shows no other one."""
    known = village.startswith(scope.prefix(own)[:COUNTY_DIGITS]) and regions.names([village])
    return bool(known)


def _card(visit: Visit, one: Near) -> str:
    told, shelter = visit.say, one.shelter
    room = told("空位不明，先打电话问")
    if one.room is not None:
        room = told("还能住 {n} 人").replace("{n}", str(one.room))
    far = "" if one.metres is None else f"{_far(one.metres)} · "
    status = codes.table("shelter-status").name(shelter.status, visit.language)
    call = ""
    if one.phone:
        name = f" {escape(one.keeper)}" if one.keeper else ""
        call = (
            f'<a class=again href="tel:{escape(one.phone)}">{told("打电话")}{name} '
            f"{escape(one.phone)}</a>"
        )
    else:
        call = f"<span>{told('没有登记管理人电话')}</span>"
    return (
        f"<div class=task><b>{escape(shelter.name)}</b><span>{far}{room} · {escape(status)}</span>"
        f"<span>{escape(shelter.region.name)} {escape(shelter.address)}</span>{call}</div>"
    )


def _far(metres: float) -> str:
    """Write a distance as one walks it."""
    return f"{round(metres / 10) * 10} m" if metres < 1000 else f"{metres / 1000:.1f} km"
