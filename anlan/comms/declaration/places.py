"""The parts of a channel's file about places: devices that sound there, and what they play."""

import re
from collections.abc import Iterator

from anlan.base.regions import scope
from anlan.comms.declaration.declared import Device, Outline, Sounds
from anlan.protocols.declared.taking import Table

MOST_DEVICES = 2000
#: Fewer points than these hardly draw anything.
FEWEST_POINTS = 10
#: A file beside the others, never a path out of their folder.
_SOUND = re.compile(r"[\w-][\w.-]{0,79}\.(mp3|wav|ogg|m4a)")
EVERY_KIND = "*"


def read_devices(top: Table) -> tuple[Device, ...]:
    """Read ``[[devices]]``."""
    tables = top.tables("devices")
    if len(tables) > MOST_DEVICES:
        top.slip("devices", f"最多 {MOST_DEVICES} 台；再多请分成几个文件")
        return ()
    seen: set[str] = set()
    return tuple(_devices(tables, seen))


def _devices(tables: list[Table], seen: set[str]) -> Iterator[Device]:
    for table in tables:
        made = Device(
            id=table.text("id", most=80),
            region=table.made("region", scope.prefix) or "",
            title=table.text("title", "", most=60),
        )
        table.done()
        if made.id in seen:
            table.slip("id", "写了两次")
        seen.add(made.id)
        yield made


def read_sounds(top: Table) -> Sounds | None:
    """Read ``[sounds]``."""
    table = top.table("sounds")
    if table is None:
        return None
    files = {str(kind): str(name) for kind, name in table.items("files").items()}
    made = Sounds(files, table.span("life", "15min", least=60, most=86_400))
    table.done()
    for kind, name in files.items():
        if not _SOUND.fullmatch(name):
            why = "只写 conf/sounds/ 中的文件名，mp3、wav、ogg 或 m4a"
            table.slips.append(((*table.where, "files", kind), why))
    if EVERY_KIND not in files:
        table.slip("files", f'至少写一条 "{EVERY_KIND}"：别的没有写的都放它')
    return made


def read_outline(top: Table) -> Outline | None:
    """Read ``[area]``."""
    table = top.table("area")
    if table is None:
        return None
    made = Outline(
        most=table.whole("max_polygon_points", 0, low=0, high=100_000),
        form=table.text("form", "geojson", choices=("geojson", "cap")),
    )
    table.done()
    if 0 < made.most < FEWEST_POINTS:
        table.slip("max_polygon_points", f"0 为不限，否则不小于 {FEWEST_POINTS}")
    return made
