"""One search box over everything the asker may see: regions, incidents, rows, people, places.

What has no place of its own (a person, a post) is given its region's, and `rough` says so: a map
can still go there.
"""

from typing import Any

from anlan import codes
from anlan.base.basemap.models import Feature, Theme
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, prefixes
from anlan.base.regions import selectors as regions
from anlan.base.regions.models import Region
from anlan.base.register import selectors as registers
from anlan.base.register.registry import REGISTERS
from anlan.respond.incidents.selectors import rows as incidents

#: Hits of one kind; who needs more asks the register itself.
EACH = 5
#: One letter is in half of all names of places.
SHORTEST = 2


def search(actor: Actor, text: str) -> list[dict[str, Any]]:
    """Find what a few typed letters may mean; exact names first, regions before rows."""
    asked = text.strip()
    if not asked:
        return []
    seen = may(actor, "regions.view")
    found = _regions(actor, asked) if seen else []
    found += _incidents(actor, asked)
    for entry in REGISTERS.values():
        if not may(actor, entry.action("view")):
            continue
        page = registers.page(entry, actor, registers.Query(q=asked, size=EACH))
        found += [
            {
                "kind": "register",
                "key": entry.key,
                "id": item["id"],
                "title": item.get(entry.label) or item["id"],
                "subtitle": f"{entry.title} · {item['region_name']}",
                "subtitle_en": f"{entry.title_en} · {item['region_name']}",
                "region": item["region"],
                "lon": item.get("lon"),
                "lat": item.get("lat"),
                "rough": False,
            }
            for item in page.items
        ]
    _place(found)
    if seen:
        found += _places(asked)
    return sorted(found, key=lambda hit: hit["title"] != asked)


def _place(found: list[dict[str, Any]]) -> None:
    """Give what has no place that of its region, in one query."""
    lost = [hit for hit in found if hit["lon"] is None or hit["lat"] is None]
    rows = Region.objects.filter(code__in={hit["region"] for hit in lost}) if lost else ()
    seats = {row.code: (row.lon, row.lat) for row in rows}
    for hit in lost:
        hit["lon"], hit["lat"] = seats.get(hit["region"], (None, None))
        hit["rough"] = hit["lon"] is not None


def _regions(actor: Actor, asked: str) -> list[dict[str, Any]]:
    return [
        {
            "kind": "region",
            "key": "regions",
            "id": hit.code,
            "title": hit.name,
            "subtitle": hit.code,
            "subtitle_en": hit.code,
            "region": hit.code,
            "lon": hit.lon,
            "lat": hit.lat,
            "rough": False,
        }
        for hit in regions.search(asked, prefixes(actor, "regions.view"), EACH)
    ]


def _incidents(actor: Actor, asked: str) -> list[dict[str, Any]]:
    """Find incidents; one without a title is called what it is."""
    if len(asked) < SHORTEST or not may(actor, incidents.VIEW):
        return []
    kinds = codes.table("incident-kinds")
    return [
        {
            "kind": "incident",
            "key": "incidents",
            "id": row.pk,
            "title": row.title or kinds.name(row.kind) or "突发事件",
            "subtitle": f"{kinds.name(row.kind)} · {row.place}",
            "subtitle_en": f"{kinds.name(row.kind, 'en')} · {row.place}",
            "region": row.region_id or row.home,
            "level": row.grade,
            "lon": row.lon,
            "lat": row.lat,
            "rough": False,
        }
        for row in incidents.matching(actor, asked, EACH)
    ]


def _places(asked: str) -> list[dict[str, Any]]:
    """Find names of the base map: mountains, bays, islands; everybody sees the same map."""
    if len(asked) < SHORTEST:
        return []
    rows = Feature.objects.filter(theme=Theme.PLACES, name__icontains=asked).order_by("rank", "id")
    return [
        {
            "kind": "place",
            "key": row.kind,
            "id": str(row.pk),
            "title": row.name,
            "subtitle": "",
            "subtitle_en": "",
            "region": "",
            "lon": (row.west + row.east) / 2,
            "lat": (row.south + row.north) / 2,
            "rough": False,
        }
        for row in rows[:EACH]
    ]
