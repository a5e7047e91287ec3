"""Places that the sea may reach: seats of villages and danger zones of storm surge."""

from typing import Final

from anlan.base.places.models import DangerZone
from anlan.base.regions.models import Level, Region
from anlan.forecast.adapters.shapes import ShorePlace
from anlan.forecast.selectors.gathering.asking import Asking, Gathered

HAZARD: Final = "storm-surge"
#: Kind of ``danger-zone-kinds`` that lies before the wall.
OUTSIDE: Final = "outside-seawall"


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
