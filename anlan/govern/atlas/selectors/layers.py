"""The layers of the one map: what happens whole, the registers as tiles with how many there are."""

from typing import Any, Final

from django.db.models import Q

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.base.regions import scope
from anlan.base.register import selectors as registers
from anlan.base.register.registry import REGISTERS
from anlan.govern.atlas.selectors import nature, people
from anlan.govern.atlas.selectors.drawn import Asked, Live
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Invalid, Missing

VIEW: Final = "regions.view"
LIVE: Final[dict[str, Live]] = {one.key: one for one in (*nature.LAYERS, *people.LAYERS)}
PLACED: Final = Q(lat__isnull=False)
GROUPS: Final = {
    "happening": ("正在发生", "Happening"),
    "measured": ("监测", "Measured"),
    "forecast": ("预报", "Forecast"),
}


def listed(actor: Actor) -> dict[str, Any]:
    """List the layers the actor may see, and how many rows the registers' layers hold for them."""
    permit(actor, VIEW)
    here = workspace.current()
    return {
        "items": [_describe(one) for one in LIVE.values() if may(actor, one.action)],
        "counts": counts(actor),
        "workspace": {"kind": here.kind, "title": here.title},
        "as_of": clock.now(),
    }


def _describe(one: Live) -> dict[str, Any]:
    title, title_en = GROUPS[one.group]
    return {
        "key": one.key, "title": one.title, "title_en": one.title_en, "group": one.group,
        "group_title": title, "group_title_en": title_en, "icon": one.icon,
        "geometry": one.geometry, "page": one.page, "visible": one.visible,
    }  # fmt: skip


def counts(actor: Actor) -> dict[str, dict[str, int]]:
    """Count the rows of every register on the map: all one may see, and those that have a place."""
    found = {}
    for entry in REGISTERS.values():
        if not (entry.geometry and entry.located and may(actor, entry.action("view"))):
            continue
        rows = registers.rows(entry, actor).order_by()
        found[entry.key] = {"all": rows.count(), "placed": rows.filter(PLACED).count()}
    return found


def read(key: str, asked: Asked) -> dict[str, Any]:
    """Read one layer as GeoJSON with its count, its time, and why it is empty."""
    one = LIVE.get(key)
    if one is None:
        raise Missing("没有这个图层")
    permit(asked.actor, one.action)
    if asked.moment is not None and asked.moment > clock.now():
        raise Invalid("还没有到那个时间", errors={"at": ["晚于现在"]})
    if asked.region:
        scope.normalise(asked.region)
    told = one.read(asked)
    return {
        "type": "FeatureCollection",
        "features": told.features,
        "key": one.key,
        "count": len(told.features) if told.count is None else told.count,
        "unplaced": told.unplaced,
        "as_of": told.as_of,
        "at": asked.at,
        "why": told.why[0], "why_en": told.why[1],
        "note": told.note[0], "note_en": told.note[1],
    }  # fmt: skip
