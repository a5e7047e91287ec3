"""The demo rows of registers, saved together with whatever they point at."""

from typing import Any

from anlan.base.permissions.actor import Actor, system
from anlan.base.regions.models import Region
from anlan.base.register.columns import by_name
from anlan.base.register.registry import REGISTERS, Register
from anlan.base.register.services import Saved, save_row

COUNTY = "339901000000"
TOWN, OTHER_TOWN = "339901101000", "339901102000"
VILLAGE = "339901101201"


def make_regions() -> None:
    """Make a county with two townships, one of which has a village."""
    rows = [
        ("330000000000", "某省", 1, None),
        ("339900000000", "某市", 2, "330000000000"),
        (COUNTY, "云屿县", 3, "339900000000"),
        (TOWN, "云岭乡", 4, COUNTY),
        (OTHER_TOWN, "海门镇", 4, COUNTY),
        (VILLAGE, "前坑村", 5, TOWN),
    ]
    for code, name, level, parent in rows:
        Region.objects.create(code=code, name=name, level=level, parent_id=parent)


def values_of(entry: Register) -> dict[str, Any]:
    """Tell the demo row as a form would give it."""
    return dict(entry.demo) if entry.within else {**entry.demo, "region": VILLAGE}


def save_demo(entry: Register, by: Actor | None = None) -> Saved:
    """Save a register's demo row after those it points at, each of them once."""
    actor = by or system("test")
    for name, value in entry.demo.items():
        column = by_name(entry)[name]
        if column.type == "ref" and column.ref:
            target = REGISTERS[column.ref]
            assert value == target.demo[target.natural[0]], f"{entry.key}.{name} points nowhere"
            model: Any = target.model
            if not model.objects.filter(code=value).exists():
                save_demo(target)
    return save_row(entry=entry, values=values_of(entry), by=actor)
