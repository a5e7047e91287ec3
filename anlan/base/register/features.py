"""Rows as GeoJSON features: for OGC API - Features, for `.geojson`, for any GIS."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from anlan.base.permissions.actor import Actor
from anlan.base.register.registry import REGISTERS, Register
from anlan.base.register.selectors import Query, list_names, present, rows

BATCH = 1000

Feature = dict[str, Any]


def mapped(entry: Register) -> bool:
    """Tell whether a register's rows lie on the map."""
    return entry.geometry is not None and entry.located


def collections() -> Iterator[Register]:
    """List the registers that lie on the map."""
    return (entry for entry in REGISTERS.values() if mapped(entry))


def features(
    entry: Register, actor: Actor, query: Query, *, offset: int = 0, limit: int | None = None
) -> Iterator[Feature]:
    """Read what a list would show as features, a thousand rows at a time; masked as the list is."""
    names = [*list_names(entry), *([entry.area] if entry.area else [])]
    end = None if limit is None else offset + limit
    stream = rows(entry, actor, query).values(*names)[offset:end].iterator(chunk_size=BATCH)
    while batch := list(islice(stream, BATCH)):
        for item in present(entry, batch):
            yield feature(entry, item)


def feature(entry: Register, item: dict[str, Any]) -> Feature:
    """Turn one row as the API answers it into a feature; `geometry` None where it is not known."""
    area = item.pop(entry.area, None) if entry.area else None
    lon, lat = item.pop("lon", None), item.pop("lat", None)
    point = None if lon is None or lat is None else {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "id": item.pop("id"), "geometry": area or point, "properties": item}
