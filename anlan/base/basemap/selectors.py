"""What the base map is: where it lies, and which raster maps the operator puts under it."""

from functools import lru_cache
from typing import Any

from django.db.models import Max, Min

from anlan.base.basemap.models import Drawing, Feature, Theme
from anlan.base.basemap.pictures import pictures
from anlan.base.regions.models import Boundary, Level

Box = tuple[float, float, float, float]


def basemap() -> dict[str, Any]:
    """Describe the base map for `/meta`: `bounds` and `center` are None when nothing is stored."""
    box = bounds()
    return {
        "layers": list(Theme.values),
        "bounds": box,
        "center": None if box is None else ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2),
        "attribution": "",
        "raster": [one.described() for one in pictures()],
    }


def bounds() -> Box | None:
    """Tell west, south, east, north of the regions' boundaries; without any, of the drawn land.

    The land reaches beyond the county, as its neighbours do; what people look at does not.
    """
    stamps = tuple(Drawing.objects.order_by("theme").values_list("stamp", flat=True))
    return _box(Boundary.objects.filter(region__level__lte=Level.COUNTY)) or _drawn(stamps)


@lru_cache(maxsize=4)
def _drawn(stamps: tuple[str, ...]) -> Box | None:
    return _box(Feature.objects.filter(theme=Theme.LAND)) if stamps else None


def _box(rows: Any) -> Box | None:
    found = rows.aggregate(Min("west"), Min("south"), Max("east"), Max("north"))
    if found["west__min"] is None:
        return None
    return (found["west__min"], found["south__min"], found["east__max"], found["north__max"])
