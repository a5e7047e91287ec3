"""What is shown of every stream, kept in each web process until something changes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan import codes
from anlan.codes import quantities
from anlan.sense.models import Stream
from anlan.sense.rules import words
from anlan.sense.selectors.directory import mark
from anlan.sense.selectors.ladders import Ladders

_COLUMNS = (
    "id", "code", "name", "number", "quantity", "region_id", "region__name", "interval_s", "low",
    "high", "levels", "position", "depth", "status", "station_id", "station__code",
    "station__name", "station__kind", "station__lon", "station__lat", "station__unit__name",
    "station__gateway_id", "station__gateway__name", "station__status",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Catalog:
    """Streams in use, by station and then by code; arrays are (n,) in that order."""

    mark: str
    #: Dicts by the names of `_COLUMNS`.
    rows: tuple[dict[str, Any], ...]
    number: NDArray[np.int32]
    interval_s: NDArray[np.float64]
    #: The lack of values is a fault, and how often they should come is known.
    watched: NDArray[np.bool_]
    #: Range of the instrument in the quantity's unit; NaN where not known.
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    ladders: Ladders
    #: Code of a stream -> place.
    places: dict[str, int]
    #: What each list shows of a stream whatever its value is.
    shown: tuple[dict[str, Any], ...]
    #: What was found so far of streams inside regions; see `inside`.
    asked: dict[tuple[str, ...], NDArray[np.intp]] = field(default_factory=dict)


_held: list[Catalog] = []


def catalog() -> Catalog:
    """Give the streams in use; read anew when the epoch has turned."""
    now = mark()
    if _held and _held[0].mark == now:
        return _held[0]
    made = _read(now)
    _held[:] = [made]
    return made


def _read(now: str) -> Catalog:
    live = Stream.objects.filter(retired_at=None).order_by("station_id", "code")
    rows = tuple(live.values(*_COLUMNS))
    kept = {row.code: bool(row.flag("watched")) for row in codes.table("station-status")}
    return Catalog(
        mark=now,
        rows=rows,
        number=np.array([row["number"] for row in rows], np.int32),
        interval_s=_floats(rows, "interval_s"),
        watched=np.array(
            [
                bool(row["interval_s"])
                and kept.get(row["status"], True)
                and kept.get(row["station__status"], True)
                for row in rows
            ],
            np.bool_,
        ),
        low=_floats(rows, "low"),
        high=_floats(rows, "high"),
        ladders=Ladders([row["levels"] for row in rows]),
        places={row["code"]: place for place, row in enumerate(rows)},
        shown=tuple(_shown(row) for row in rows),
    )


def _floats(rows: Sequence[dict[str, Any]], name: str) -> NDArray[np.float64]:
    values = (row[name] for row in rows)
    return np.array([np.nan if one is None else one for one in values], np.float64)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    kept = quantities.get(row["quantity"])
    return {
        "code": row["code"],
        "name": row["name"],
        "station": station_of(row),
        "quantity": row["quantity"],
        "quantity_label": kept.title if kept else row["quantity"],
        "quantity_label_en": kept.title_en if kept else row["quantity"],
        "unit": words.unit_of(row["quantity"]),
        "decimals": words.decimals_of(row["quantity"]),
        "owner": row["station__unit__name"] or "",
        "region": row["region_id"],
        "region_name": row["region__name"],
    }


def station_of(row: dict[str, Any]) -> dict[str, Any]:
    """Name the station of a stream."""
    return {
        "id": row["station_id"],
        "code": row["station__code"],
        "name": row["station__name"],
        "kind": row["station__kind"],
    }


def inside(found: Catalog, mine: Sequence[str]) -> NDArray[np.intp]:
    """List the places of streams in and below regions (trimmed codes; "" is everywhere)."""
    prefixes = tuple(mine)
    places = found.asked.get(prefixes)
    if places is None:
        rows = enumerate(found.rows)
        places = np.array(
            [at for at, row in rows if row["region_id"].startswith(prefixes)], np.intp
        )
        places.flags.writeable = False  # whoever asks next gets the same
        found.asked[prefixes] = places
    return places


def of_stations(found: Catalog, stations: Sequence[str]) -> NDArray[np.intp]:
    """List the places of the streams of some stations."""
    wanted = set(stations)
    return np.array(
        [at for at, row in enumerate(found.rows) if row["station_id"] in wanted], np.intp
    )
