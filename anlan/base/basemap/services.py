"""Writing the base map: a theme is replaced as a whole."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from django.db import transaction

from anlan.base.basemap.models import Drawing, Feature, Theme
from anlan.base.journal import services as journal
from anlan.base.journal.deeds import name_deed
from anlan.engines.geo.shapes import to_wgs84
from anlan.kernel import clock
from anlan.kernel.errors import Invalid
from anlan.kernel.ids import new_id

REPLACED = name_deed("basemap.replaced", "更换底图", "Replaced a layer of the base map")

BATCH = 500

#: From which zoom a feature is drawn that does not say so itself: by its kind, else by its rank.
ZOOM_OF_KIND = {
    "expressway": 5, "national": 6, "provincial": 7, "county": 9, "township": 11, "village": 12,
    "river": 7, "stream": 11, "lake": 7, "reservoir": 9,
}  # fmt: skip
ZOOM_OF_RANK = {1: 5, 2: 7, 3: 9, 4: 10, 5: 11, 6: 12, 7: 13, 8: 14}


@dataclass(frozen=True)
class Drawn:
    """A feature to be stored: a WGS-84 geometry and what the face needs to draw it."""

    shape: Any
    kind: str = ""
    name: str = ""
    rank: int | None = None
    minzoom: int | None = None


def replace_theme(*, theme: str, features: Iterable[Drawn], by: object) -> int:
    """Store a theme's features instead of those it had; tell how many.

    All or nothing, so that nobody sees half a coast. `Invalid` for an unknown theme or a geometry
    beyond repair.
    """
    if theme not in Theme.values:
        raise Invalid(f"没有底图图层「{theme}」；可用：{'、'.join(Theme.values)}")
    rows = _rows(theme, list(features))
    with transaction.atomic():
        Feature.objects.filter(theme=theme).delete()
        Feature.objects.bulk_create(rows, batch_size=BATCH)
        stamp = new_id()
        Drawing.objects.update_or_create(
            theme=theme, defaults={"stamp": stamp, "changed_at": clock.now()}
        )
        journal.record(
            deed=REPLACED, by=by, subject=("basemap", theme), facts={"features": len(rows)}
        )
    return len(rows)


def _rows(theme: str, features: Sequence[Drawn]) -> list[Feature]:
    shapes = [to_wgs84(shapely.force_2d(one.shape), datum="wgs84") for one in features]
    boxes = shapely.bounds(shapes).reshape(-1, 4).tolist()
    return [
        Feature(
            theme=theme, kind=one.kind, name=one.name, rank=one.rank, minzoom=_minzoom(one),
            wkb=shapely.to_wkb(shape), west=box[0], south=box[1], east=box[2], north=box[3],
        )
        for one, shape, box in zip(features, shapes, boxes, strict=True)
    ]  # fmt: skip


def _minzoom(one: Drawn) -> int:
    if one.minzoom is not None:
        return one.minzoom
    if one.kind in ZOOM_OF_KIND:
        return ZOOM_OF_KIND[one.kind]
    return ZOOM_OF_RANK.get(one.rank or 0, 0)
