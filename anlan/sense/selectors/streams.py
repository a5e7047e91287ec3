"""Streams as lists and pages show them: newest value, levels, what they are doing."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan import codes
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may
from anlan.codes import quantities
from anlan.kernel import clock
from anlan.kernel.errors import Missing
from anlan.sense.rules import words
from anlan.sense.selectors.catalog import Catalog, catalog, station_of
from anlan.sense.selectors.ladders import Ladders
from anlan.sense.selectors.standings import is_old, standings

VIEW = "observations.view"


def times_of(time_ms: NDArray[np.int64]) -> list[str]:
    """Write times as RFC 3339, UTC; what lies outside of dates comes out as the earliest."""
    safe = np.where(np.abs(time_ms) < 2**53, time_ms, 0)
    return [f"{text}Z" for text in np.datetime_as_string(safe.astype("datetime64[ms]"))]


def place_of(actor: Actor, code: str) -> tuple[Catalog, int]:
    """Find a stream by its code; `Missing` when there is none the actor may see."""
    found = catalog()
    place = found.places.get(code)
    if place is None or not may(actor, VIEW, found.rows[place]["region_id"]):
        raise Missing("没有这个监测项")
    return found, place


def one_stream(actor: Actor, code: str) -> dict[str, Any]:
    """Describe one stream with its levels and its newest value."""
    found, place = place_of(actor, code)
    return describe(found, np.array([place], np.intp))[0]


def describe(found: Catalog, places: NDArray[np.intp]) -> list[dict[str, Any]]:
    """Describe the streams at some places of the catalog."""
    now = standings(found, places)
    values = now.judged.found
    times, received = times_of(values.time), times_of(values.received_ms)
    old = is_old(now).tolist()
    items = []
    for at, place in enumerate(places.tolist()):
        row = found.rows[place]
        kept = quantities.get(row["quantity"])
        last = None
        if values.known[at]:
            last = {
                "value": float(values.value[at]), "time": times[at],
                "flags": int(values.flags[at]), "received": received[at],
            }  # fmt: skip
        items.append(
            {
                **found.shown[place],
                "id": row["id"],
                "kind": kept.kind if kept else "level",
                "interval_s": row["interval_s"],
                "low": row["low"],
                "high": row["high"],
                "position": row["position"],
                "depth": row["depth"],
                "levels": levels_of(row["levels"], found.ladders, place),
                "last": last,
                "standing": now.standing[at],
                "old": old[at],
                "level": now.level[at],
                "station": station_of(row),
            }
        )
    return items


def levels_of(levels: Any, ladders: Ladders, place: int) -> list[dict[str, Any]]:
    """List a stream's levels in the table's order, which way is worse, whether they hold today."""
    on = clock.local(clock.now()).date()
    force = dict(zip((kind.code for kind in ladders.kinds), ladders.in_force(on), strict=True))
    signs = {kind.code: ladders.sign[place, at] for at, kind in enumerate(ladders.kinds)}
    return [
        {
            "kind": row.code,
            "label": row.name,
            "label_en": row.name_en,
            "value": levels[row.code],
            "rising": bool(signs.get(row.code, 1.0) > 0),
            "in_force": bool(force.get(row.code, True)),
        }
        for row in codes.table("stream-level-kinds")
        if levels and row.code in levels
    ]


def unit_and_number(actor: Actor, code: str) -> tuple[str, int]:
    """Tell the shown unit and the number of a stream the actor may see."""
    found, place = place_of(actor, code)
    row = found.rows[place]
    return words.unit_of(row["quantity"]), int(row["number"])
