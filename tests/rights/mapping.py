"""How each address of the one map is asked, and a view somebody of the county saved."""

from anlan.base.permissions.models import User
from anlan.govern.atlas.models import SavedView
from anlan.kernel import clock
from tests.declarations.demo_rows import COUNTY
from tests.rights.asking import Ask

VIEW = {"name": "走查", "query": "z=9"}
POINT = {"type": "Point", "coordinates": [121.6, 28.4]}


def save(ids: dict[str, str]) -> None:
    """Save a view that is shared in the county."""
    row = SavedView.objects.create(
        name="共用", query="z=9", owner=User.objects.get(pk=ids["user"]), region_id=COUNTY,
        shared=True, saved_at=clock.now(),
    )  # fmt: skip
    ids["map-view"] = row.pk


MAPS: dict[str, tuple[Ask, ...]] = {
    "GET /map/layers": (Ask("/map/layers"),),
    "GET /map/layers/{key}.geojson": tuple(
        Ask(f"/map/layers/{key}.geojson", note=key)
        for key in ("live-alarms", "live-incidents", "live-owed", "live-stations",
                    "live-surge", "live-typhoon", "live-warnings")
    ),
    "GET /map/here": (Ask("/map/here?lon=121.6&lat=28.4&radius_m=5000"),),
    "POST /map/buffer": (Ask("/map/buffer", {"shape": POINT, "metres": 100}),),
    "GET /map/views": (Ask("/map/views"),),
    "POST /map/views": (Ask("/map/views", VIEW),),
    "DELETE /map/views/{view}": (Ask("/map/views/{map-view}"),),
}  # fmt: skip
