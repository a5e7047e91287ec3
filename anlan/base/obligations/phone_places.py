"""Where the phone is: by its own finding, in WGS-84, or by choosing the village where it may not.

Browsers give WGS-84. Whatever hands over a point of a Chinese web map says so (``datum``), and it
is brought into our own at the door.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from math import isfinite

from anlan.base.obligations.phone_door import Visit, whole
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.base.regions.models import Level, Region
from anlan.engines.geo.datum import WGS84, to_wgs84
from anlan.kernel.errors import Invalid

#: Villages to choose from: a township has some dozens.
MOST = 120


@dataclass(frozen=True)
class Spot:
    """A place as a phone tells it: a point, a village, or neither."""

    lon: float | None = None
    lat: float | None = None
    #: How far off the point may be (m).
    accuracy: int | None = None
    village: str = ""


def spot_of(fields: Mapping[str, str]) -> Spot:
    """Read where it is from the fields of a form; `Invalid` for a point that lies nowhere."""
    village = fields.get("village", "").strip()
    lon, lat = fields.get("lon", "").strip(), fields.get("lat", "").strip()
    if village:
        village = scope.normalise(village)
    if not (lon and lat):
        return Spot(village=village)
    try:
        x, y = float(lon), float(lat)
    except ValueError:
        x = y = float("nan")
    if not (isfinite(x) and isfinite(y) and abs(x) <= 180 and abs(y) <= 90):
        raise Invalid("定位不对", errors={"lon": ["定位不对"]})
    east, north = to_wgs84(x, y, fields.get("datum") or WGS84)
    accuracy = whole(fields.get("accuracy", ""))
    return Spot(round(float(east), 6), round(float(north), 6), accuracy, village)


def villages_around(region: str) -> list[tuple[str, str]]:
    """List where somebody may say it is: their own region first, then the others of the township.

    Whoever serves a whole county chooses a township.
    """
    level = scope.level_of(region)
    around = region
    if level > Level.TOWN:
        above = scope.ancestors(region)
        around = next((one for one in above if scope.level_of(one) == Level.TOWN), region)
    deeper = max(scope.level_of(around) + 1, Level.TOWN)
    rows = scope.below(Region.objects.filter(valid_to=None, level=deeper), around, "code")
    found = dict(rows.order_by("code").values_list("code", "name")[:MOST])
    return list({**regions.names([region]), **found}.items())


def chooser(visit: Visit) -> str:
    """Draw the two ways to say where it is."""
    return f"{by_place(visit)}{by_village(visit, visit.opened.actor.region)}"


def by_place(visit: Visit, *, go: bool = False) -> str:
    """Draw the button that asks the phone; `go` sends the form as soon as the phone knows."""
    return (
        "<input type=hidden name=lon><input type=hidden name=lat>"
        f"<input type=hidden name=accuracy><input type=hidden name=datum value={WGS84}>"
        f"<button class=plain type=button data-place{' data-go' if go else ''} hidden>"
        f"{visit.say('用我现在的位置')}</button><p class='meta placed' role=status></p>"
    )


def by_village(visit: Visit, chosen: str) -> str:
    """Draw the choice of a village."""
    options = "".join(
        f'<option value="{code}"{" selected" if code == chosen else ""}>{escape(name)}</option>'
        for code, name in villages_around(visit.opened.actor.region)
    )
    return (
        f"<label for=village>{visit.say('在哪个村')}</label>"
        f"<select id=village name=village data-village>{options}</select>"
    )
