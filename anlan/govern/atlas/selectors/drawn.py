"""What a layer of what happens says, and who asks for it.

Such layers are small (hundreds of marks) and change by the minute: they come whole, as GeoJSON. The
registers, which may hold a hundred thousand rows, come as tiles (`anlan.base.basemap`).
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import reach
from anlan.base.regions import scope
from anlan.base.regions.models import Region
from anlan.kernel import clock
from anlan.respond.papers.selectors.asof import Where

Words = tuple[str, str]


@dataclass(frozen=True)
class Asked:
    """Who asks, of which region ("" is all of theirs), of which moment (None is now)."""

    actor: Actor
    region: str = ""
    moment: datetime | None = None
    language: str = "zh"

    @property
    def at(self) -> datetime:
        """The moment itself."""
        return self.moment or clock.now()

    def where(self, action: str) -> Where | None:
        """Tell where the actor may see it; None is nowhere, for no region at all means all."""
        mine, _ = reach(self.actor, action, within=self.region)
        return Where([scope.pad(one) for one in mine]) if mine else None


@dataclass
class Told:
    """Marks, how fresh they are, and why there are none or fewer than there should be."""

    features: list[dict[str, Any]] = field(default_factory=list)
    as_of: datetime | None = None
    #: Why there is nothing, or nothing of that moment.
    why: Words = ("", "")
    #: What is to be kept in mind of it.
    note: Words = ("", "")
    #: Things that are so, but nobody knows where.
    unplaced: int = 0
    #: How many there are, where that is not the number of marks.
    count: int | None = None


@dataclass(frozen=True)
class Live:
    """A layer of what happens."""

    key: str
    title: str
    title_en: str
    group: str
    icon: str
    geometry: str
    action: str
    page: str
    read: Callable[[Asked], Told]
    #: Shown before anybody chooses.
    visible: bool = True


def mark(lon: float, lat: float, **said: Any) -> dict[str, Any]:
    """Make a mark at a place."""
    return drawn({"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}, **said)


def drawn(geometry: dict[str, Any], **said: Any) -> dict[str, Any]:
    """Make a mark of any shape."""
    return {"type": "Feature", "geometry": geometry, "properties": said}


def seats(codes: Iterable[str]) -> dict[str, tuple[str, float | None, float | None]]:
    """Tell names and seats of regions; what nobody placed has none."""
    wanted = {code for code in codes if code}
    rows = Region.objects.filter(code__in=wanted).values_list("code", "name", "lon", "lat")
    return {code: (name, lon, lat) for code, name, lon, lat in rows}


def at_place(
    place: tuple[float | None, float | None],
    region: str,
    known: dict[str, tuple[str, float | None, float | None]],
) -> tuple[float, float, bool] | None:
    """Tell where to draw something: its own place, else its region's seat, which is rough."""
    lon, lat = place
    if lon is not None and lat is not None:
        return lon, lat, False
    _, lon, lat = known.get(region, ("", None, None))
    return None if lon is None or lat is None else (lon, lat, True)


def village(code: str) -> str:
    """Tell the village a region is in; what is above stays what it is."""
    return scope.pad(scope.prefix(code)[: scope.PADDED])


def newest(moments: Collection[datetime | None]) -> datetime | None:
    """Tell the latest moment known."""
    return max((one for one in moments if one), default=None)
