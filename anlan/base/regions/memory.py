"""What this process keeps of the regions in memory, renewed when their edition changes."""

import threading
from dataclasses import dataclass
from typing import Final

import shapely

from anlan.base.db.asking import ask
from anlan.base.regions.gazetteer import Gazetteer
from anlan.base.regions.models import Boundary, Region
from anlan.engines.geo.polygons import PolygonIndex

CHUNK: Final = 20_000


@dataclass(frozen=True)
class Atlas:
    """Boundaries of open regions: an index over them and the code of each."""

    index: PolygonIndex
    codes: list[str]
    levels: list[int]


class _Kept:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.stamp = ""
        self.atlas: Atlas | None = None
        self.gazetteer: Gazetteer | None = None

    def renew(self) -> None:
        """Forget everything when the edition is another; without any edition, always.

        Rows written past the import service leave no edition behind (tests, a restored table):
        then nothing may be trusted to memory.
        """
        stamp = edition()
        if stamp != self.stamp or not stamp:
            self.stamp, self.atlas, self.gazetteer = stamp, None, None


_kept = _Kept()


def edition() -> str:
    """Tell the stamp of the present edition; "" when regions were never imported."""
    found = ask("SELECT stamp FROM regions_edition ORDER BY id LIMIT 1", ())
    return str(found[0][0]) if found else ""


def atlas() -> Atlas:
    """Return the boundaries in memory, reading them first if need be."""
    with _kept.lock:
        _kept.renew()
        if _kept.atlas is None:
            _kept.atlas = _read_atlas()
        return _kept.atlas


def gazetteer() -> Gazetteer:
    """Return the names in memory, reading them first if need be."""
    with _kept.lock:
        _kept.renew()
        if _kept.gazetteer is None:
            rows = Region.objects.filter(valid_to=None).order_by("code")
            listed = rows.values_list("level", "code", "name", "initials")
            _kept.gazetteer = Gazetteer(listed.iterator(chunk_size=CHUNK))
        return _kept.gazetteer


def _read_atlas() -> Atlas:
    rows = list(
        Boundary.objects.filter(region__valid_to=None)
        .order_by("region_id")
        .values_list("region_id", "region__level", "wkb")
    )
    levels = [level for _, level, _ in rows]
    shapes = shapely.from_wkb([bytes(wkb) for _, _, wkb in rows])
    return Atlas(PolygonIndex(shapes, levels), [code for code, _, _ in rows], levels)
