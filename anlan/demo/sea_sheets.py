"""What the typhoon plan looks for, as rows of registers: rafts, gates, works, scenic spots."""

from collections.abc import Callable, Iterator
from typing import Any

from anlan.demo.county.model import County

Values = dict[str, Any]


def fish_rafts(county: County) -> Iterator[Values]:
    """Fish rafts with who is aboard."""
    for one in county.rafts:
        yield {
            "code": one.code, "name": one.name, "kind": one.kind, "region": one.village,
            "mooring": one.mooring, "cages": one.cages, "huts": one.huts, "people": one.people,
            "weak": one.weak, "owner": one.owner, "owner_phone": one.owner_phone or "",
            "keeper": one.keeper, "shelter": one.shelter, "landing_time": one.landing_min,
            "lon": one.lon, "lat": one.lat,
        }  # fmt: skip


def sluices(county: County) -> Iterator[Values]:
    """Gates in the sea walls with who closes them."""
    for one in county.sluices:
        yield {
            "code": one.code, "name": one.name, "kind": one.kind, "wall": one.wall,
            "region": one.village, "sill": one.sill_m, "width": one.width_m, "means": one.means,
            "closing_time": one.closing_min, "hands": one.hands, "keeper": one.keeper,
            "status": one.status, "lon": one.lon, "lat": one.lat,
        }  # fmt: skip


def building_sites(county: County) -> Iterator[Values]:
    """Sheds and cranes of the key sites that are being built."""
    for one in county.building_sites:
        yield {
            "site": one.site, "builder": one.builder, "phase": one.phase, "sheds": one.sheds,
            "shed_people": one.shed_people, "tower_cranes": one.tower_cranes,
            "hoists": one.hoists, "pit_depth": one.pit_m,
        }  # fmt: skip


def scenic_spots(county: County) -> Iterator[Values]:
    """How the scenic areas by the sea are closed."""
    for one in county.scenic_spots:
        yield {
            "site": one.site, "water": one.water, "capacity": one.capacity,
            "entrances": one.entrances, "closing_time": one.closing_min,
            "closes_when": one.closes_when, "keeper": one.keeper,
        }  # fmt: skip


#: Register key and its rows, after `sheets.SHEETS`: these point at posts, shelters and key sites.
SEA_SHEETS: tuple[tuple[str, Callable[[County], Iterator[Values]]], ...] = (
    ("fish-rafts", fish_rafts),
    ("sluices", sluices),
    ("building-sites", building_sites),
    ("scenic-spots", scenic_spots),
)
