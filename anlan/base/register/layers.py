"""Registers on the map: points and areas of every mapped register, kept in memory and up to date.

A tile of a hundred thousand rows must not ask the database for them, so each process keeps, of
every register somebody looks at, what a tile tells: place, region, id, name, kind and status. The
journal tells which rows have changed since; only those are read again, at most a second later.
Names of people never leave: registers of people and every sealed or masked column have none here.
"""

import threading
import time
from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Max, Q

from anlan.base.basemap.layers import LAYERS, Layer, View
from anlan.base.basemap.things import Thing, Things
from anlan.base.journal.models import Entry
from anlan.base.register.columns import by_name, columns
from anlan.base.register.registry import REGISTERS, Register
from anlan.engines.geo.shapes import BadShape, from_geojson
from anlan.engines.geo.tiles import Tile

#: Registers whose rows are people: on the map they are dots without a name.
NAMELESS: Final = frozenset(("residents",))
#: How often the journal is looked into, and how far back: ids of PostgreSQL commit out of order.
LOOK_EVERY: Final = 1.0
TAIL: Final = 1_000
#: Rows written past the journal (a restored table) are seen after this long.
READ_ALL_EVERY: Final = 600.0
#: More changed rows than this are read with all the others.
MANY: Final = 5_000
CHUNK: Final = 500

Row = tuple[Any, ...]


class Changes:
    """Which rows the journal says were touched since each register was last asked about."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._looked = float("-inf")
        self._known: set[int] | None = None
        self._last = 0
        self._touched: dict[str, set[str]] = {}

    def take(self, kind: str) -> set[str]:
        """Give the ids touched since the last call for this kind."""
        with self._lock:
            tick = time.monotonic()
            if tick - self._looked >= LOOK_EVERY:
                self._look()
                self._looked = tick
            return self._touched.pop(kind, set())

    def look_now(self) -> None:
        """Forget when the journal was last looked into."""
        self._looked = float("-inf")

    def _look(self) -> None:
        if self._known is None:
            self._last = Entry.objects.aggregate(last=Max("id"))["last"] or 0
        rows = Entry.objects.filter(id__gt=self._last - TAIL)
        found = list(rows.values_list("id", "subject_kind", "subject"))
        if self._known is not None:
            for number, kind, subject in found:
                if number not in self._known and kind in REGISTERS:
                    self._touched.setdefault(kind, set()).add(subject)
        self._known = {number for number, _, _ in found}
        self._last = max(self._known, default=0)


CHANGES = Changes()


class RegisterSource:
    """Tiles of one register."""

    def __init__(self, entry: Register, changes: Changes = CHANGES) -> None:
        self._entry = entry
        self._changes = changes
        self._lock = threading.Lock()
        self._things: Things | None = None
        self._read_at = 0.0

    def stamp(self) -> str:
        """Tell the present state, first reading what has changed."""
        with self._lock:
            return self._renewed().stamp

    def draw(self, tile: Tile, view: View) -> bytes:
        """Draw a tile of what a view shows."""
        with self._lock:
            return self._renewed().draw(tile, view)

    def _renewed(self) -> Things:
        # The journal is looked into before rows are read, so that nothing falls between.
        touched = sorted(self._changes.take(self._entry.key))
        age = time.monotonic() - self._read_at
        if self._things is None or age >= READ_ALL_EVERY or len(touched) > MANY:
            things = Things(self._entry.key, tuple(columns_shown(self._entry)))
            things.replace(self._read(None))
            self._things, self._read_at = things, time.monotonic()
        elif touched:
            self._things.change(touched, self._read(touched))
        return self._things

    def _read(self, wanted: list[str] | None) -> Iterator[Thing]:
        rows = self._query()
        if wanted is None:
            yield from map(self._thing, rows.iterator(chunk_size=20_000))
            return
        for start in range(0, len(wanted), CHUNK):
            yield from map(self._thing, rows.filter(pk__in=wanted[start : start + CHUNK]))

    def _query(self) -> Any:
        entry = self._entry
        shown = columns_shown(entry).values()
        rows = entry.model._default_manager.filter(retired_at__isnull=True)
        placed = Q(lon__isnull=False, lat__isnull=False)
        columns = ["id", "region_id", "lon", "lat", "version", *shown]
        return rows.filter(placed).values_list(*columns, *([entry.area] if entry.area else []))

    def _thing(self, row: Row) -> Thing:
        identity, region, lon, lat, version, *values = row
        shape = _shape(values.pop()) if self._entry.area else None
        return Thing(identity, region, lon, lat, version, tuple(values), shape)


def _shape(raw: Any) -> Any:
    try:
        return from_geojson(raw) if raw else None
    except BadShape:
        return None  # its point still stands on the map; the form refuses such an area


def columns_shown(entry: Register) -> dict[str, str]:
    """Tell which columns of a register a tile shows, by what they are called there.

    ``name`` unless the row's name is personal; ``status`` and ``kind``: the listed choices.
    """
    shown: dict[str, str] = {}
    label = by_name(entry).get(entry.label)
    personal = entry.domain in NAMELESS or label is None or label.sealed or label.masked
    if label is not None and not personal:
        shown["name"] = label.attname
    choices = [
        column.attname
        for column in columns(entry)
        if column.type == "choice" and column.name in entry.listed and not column.computed
        and not (column.sealed or column.masked)
    ]  # fmt: skip
    if "status" in choices:
        shown["status"] = "status"
        choices.remove("status")
    if choices:
        shown["kind"] = "kind" if "kind" in choices else choices[0]
    return shown


def declare() -> None:
    """Put every mapped register into the map's layers; after all registers are declared."""
    for entry in REGISTERS.values():
        if entry.geometry and entry.located and entry.key not in LAYERS:
            LAYERS.add(entry.key, _layer(entry))


def _layer(entry: Register) -> Layer:
    return Layer(
        key=entry.key,
        title=entry.title,
        title_en=entry.title_en,
        group=entry.domain,
        geometry=entry.geometry or "point",
        icon=entry.icon,
        source=RegisterSource(entry),
        action=entry.action("view"),
        register=entry.key,
        visible=entry.domain == "resources",  # the rest is one click away; all at once is a rash
    )
