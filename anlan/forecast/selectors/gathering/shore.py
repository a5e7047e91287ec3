"""Places that the sea may reach, and heights by which a map of the shore is found out."""

from typing import Final

from anlan.base.places.models import DangerZone, Shelter
from anlan.base.regions.models import Level, Region
from anlan.forecast.adapters.shapes import Marks, ShorePlace
from anlan.forecast.selectors.gathering.asking import Asking, Gathered

HAZARD: Final = "storm-surge"
#: Kind of ``danger-zone-kinds`` that lies before the wall.
OUTSIDE: Final = "outside-seawall"
#: What heights of shelters stand on, by the register itself.
DATUM: Final = "1985 国家高程基准"


def places(asking: Asking) -> Gathered | None:
    """List every village by its seat, and the danger zones in use that a surge endangers."""
    villages = Region.objects.filter(asking.inside("code"), level=Level.VILLAGE, valid_to=None)
    found = [
        ShorePlace(region=row.code, lon=row.lon, lat=row.lat) for row in villages.order_by("code")
    ]
    known = {one.region for one in found}
    zones = DangerZone.objects.filter(asking.inside(), retired_at=None, region__in=known)
    found += [
        ShorePlace(
            region=row.region_id, zone=row.code, lon=row.lon, lat=row.lat,
            outside=row.kind == OUTSIDE,
        )
        for row in zones.order_by("code")
        if HAZARD in (row.hazards or ())
    ]  # fmt: skip
    return Gathered(tuple(found)) if found else None


def marks(asking: Asking) -> Gathered | None:
    """List the heights of the ground that registers hold: those of shelters."""
    rows = Shelter.objects.filter(
        asking.inside(), retired_at=None, height__isnull=False, lon__isnull=False, lat__isnull=False
    )
    told = rows.order_by("code").values_list("lon", "lat", "height")
    points = tuple((lon or 0.0, lat or 0.0, height or 0.0) for lon, lat, height in told)
    return Gathered(Marks(datum=DATUM, points=points)) if points else None
