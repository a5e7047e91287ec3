"""What the demo county keeps for an emergency: a county store, townships, villages, contracts."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from anlan.demo.county.model import County, Region
from anlan.demo.days import noise

Values = dict[str, Any]
SEED: Final = 38565
COUNTED: Final = "2026-04-20"
#: Item, least and most in one store of its kind.
CENTRAL: Final = (
    ("tent", 320, 320), ("quilt", 4200, 4200), ("folding-bed", 2600, 2600), ("mat", 3000, 3000),
    ("first-aid", 400, 400), ("life-jacket", 900, 900), ("boat", 12, 12), ("rope", 60, 60),
    ("satellite-phone", 30, 30), ("generator", 18, 18), ("lamp", 120, 120), ("pump", 40, 40),
    ("woven-bag", 120_000, 120_000), ("geotextile", 24_000, 24_000), ("stone", 6000, 6000),
    ("stake", 2400, 2400), ("flood-board", 800, 800),
)  # fmt: skip
TOWN: Final = (
    ("quilt", 80, 240), ("mat", 100, 300), ("life-jacket", 30, 90), ("boat", 0, 2),
    ("satellite-phone", 1, 2), ("generator", 1, 3), ("lamp", 6, 20), ("pump", 2, 6),
    ("woven-bag", 2000, 8000), ("flood-board", 10, 60),
)  # fmt: skip
VILLAGE: Final = (
    ("satellite-phone", 1, 1), ("generator", 1, 1), ("pump", 1, 2), ("loudspeaker", 1, 4),
    ("woven-bag", 200, 800), ("lamp", 2, 6),
)  # fmt: skip
#: What firms keep under contract: name of the firm, item, amount.
CONTRACTS: Final = (
    ("云屿粮油购销有限公司（协议）", "food", 6000), ("石莲饮品有限公司（协议）", "water", 9000),
    ("海鹰工程机械租赁（协议）", "excavator", 24), ("石塘采石场（协议）", "stone", 20_000),
)  # fmt: skip
#: Who keeps the county's store; the roles of those who keep townships' and villages'.
CENTRAL_POST: Final = "339901-yj-2"
TOWN_POST, VILLAGE_POST = "township-emergency-officer", "village-deputy"
#: Every so many villages keep something of their own.
EVERY: Final = 3
#: Planted: what nobody counted, and what has run out of time.
UNCOUNTED, EXPIRED = ("WZ-C-life-jacket", "WZ-C-first-aid")


def stocks(county: County) -> Iterator[Values]:
    """List what is kept, store by store."""
    top = next(one for one in county.regions if one.level == "county")
    keepers = _keepers(county)
    central = next((one.code for one in county.posts if one.code == CENTRAL_POST), None)
    yield from _store(top, "WZ-C", f"{county.name}应急物资储备库", CENTRAL, central)
    towns = [one for one in county.regions if one.level == "township"]
    for town in towns:
        name, keeper = f"{town.name}应急物资仓库", keepers.get((town.code, TOWN_POST))
        yield from _store(town, f"WZ-{town.code}", name, TOWN, keeper)
    villages = [one for one in county.regions if one.level == "village"]
    for village in villages[::EVERY]:
        name, keeper = f"{village.name}储备点", keepers.get((village.code, VILLAGE_POST))
        yield from _store(village, f"WZ-{village.code}", name, VILLAGE, keeper)
    for number, (firm, item, amount) in enumerate(CONTRACTS, start=1):
        yield {
            **_row(top, f"WZ-X{number}", firm, item, central), "amount": amount,
            "keeping": "contract",
        }  # fmt: skip


def _keepers(county: County) -> dict[tuple[str, str], str]:
    """Find who keeps a store: region and role -> code of the first such post."""
    found: dict[tuple[str, str], str] = {}
    for post in county.posts:
        if post.role in (TOWN_POST, VILLAGE_POST):
            found.setdefault((post.region, post.role), post.code)
    return found


def _store(
    region: Region, code: str, name: str, kept: tuple[tuple[str, int, int], ...],
    keeper: str | None,
) -> Iterator[Values]:  # fmt: skip
    for item, least, most in kept:
        row = _row(region, f"{code}-{item}", name, item, keeper)
        amount = least + round((most - least) * noise.share(SEED, row["code"]))
        if amount:
            yield {
                **row, "amount": None if row["code"] == UNCOUNTED else amount,
                "keeping": "physical", "checked_on": COUNTED,
                **({"expires_on": date(2026, 3, 31)} if row["code"] == EXPIRED else {}),
            }  # fmt: skip


def _row(region: Region, code: str, store: str, item: str, keeper: str | None) -> Values:
    return {
        "code": code, "store": store, "item": item, "region": region.code, "keeper": keeper,
        "status": "ready", "lon": region.lon, "lat": region.lat,
    }  # fmt: skip
