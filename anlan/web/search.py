"""One search box over everything the asker may see: regions, rows of registers, people."""

from typing import Any

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, prefixes
from anlan.base.regions import selectors as regions
from anlan.base.register import selectors as registers
from anlan.base.register.registry import REGISTERS

#: Hits of one kind; who needs more asks the register itself.
EACH = 5


def search(actor: Actor, text: str) -> list[dict[str, Any]]:
    """Find what a few typed letters may mean; exact names first, regions before rows."""
    asked = text.strip()
    if not asked:
        return []
    found = _regions(actor, asked) if may(actor, "regions.view") else []
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
                "lon": item.get("lon"),
                "lat": item.get("lat"),
            }
            for item in page.items
        ]
    return sorted(found, key=lambda hit: hit["title"] != asked)


def _regions(actor: Actor, asked: str) -> list[dict[str, Any]]:
    return [
        {
            "kind": "region",
            "key": "regions",
            "id": hit.code,
            "title": hit.name,
            "subtitle": hit.code,
            "subtitle_en": hit.code,
            "lon": hit.lon,
            "lat": hit.lat,
        }
        for hit in regions.search(asked, prefixes(actor, "regions.view"), EACH)
    ]
