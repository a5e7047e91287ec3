"""How well the data come: online rates by owner and region, what is silent, what is doubted."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan import codes
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import reach
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.engines.series import BAD
from anlan.kernel import clock
from anlan.sense.models import Gateway
from anlan.sense.selectors.catalog import Catalog, catalog, inside, station_of
from anlan.sense.selectors.standings import Standings, is_silent, standings
from anlan.sense.selectors.streams import VIEW, times_of

#: What the region above asks for.
TARGET = 0.995
TOWNSHIP = 9
#: Streams listed for one gateway.
MOST = 500


def board(actor: Actor, region: str = "") -> dict[str, Any]:
    """Tell how well the data of the streams the actor may see come in, as of now.

    Only streams whose values are expected count: those with an interval, neither under repair nor
    stopped nor under announced maintenance.
    """
    found = catalog()
    mine, _ = reach(actor, VIEW, within=region)
    places = inside(found, mine)
    now = standings(found, places)
    expected = found.watched[places] & (np.array(now.standing, object) != "maintenance")
    silent = is_silent(now) & expected
    owners = [found.rows[at]["station__unit__name"] or "" for at in places.tolist()]
    townships = [_township(found.rows[at]["region_id"]) for at in places.tolist()]
    names = regions.names(set(townships))
    return {
        "target": TARGET,
        "total": _rate("", "", expected, silent),
        "owners": _rates(owners, {one: one for one in owners}, expected, silent),
        "regions": _rates(townships, names, expected, silent),
        "silent": _silent(found, now, expected, silent),
        "flags": _flags(now),
        "doubted": _doubted(found, now),
        "as_of": clock.now(),
    }


Marks = NDArray[np.bool_]


def _township(code: str) -> str:
    return scope.pad(scope.prefix(code)[:TOWNSHIP])


def _rate(key: str, name: str, expected: Marks, silent: Marks) -> dict[str, Any]:
    streams = int(expected.sum())
    online = streams - int(silent.sum())
    rate = round(online / streams, 4) if streams else None
    return {"key": key, "name": name, "streams": streams, "online": online, "rate": rate}


def _rates(
    keys: Sequence[str], names: Mapping[str, str], expected: Marks, silent: Marks
) -> list[dict[str, Any]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        groups[key].append(place)
    rates = [
        _rate(key, names.get(key, key), expected[at], silent[at]) for key, at in groups.items()
    ]
    return sorted(
        (one for one in rates if one["streams"]), key=lambda one: (one["rate"], -one["streams"])
    )


def _silent(found: Catalog, now: Standings, expected: Marks, silent: Marks) -> list[dict[str, Any]]:
    """List what is silent behind each gateway; a gateway with nothing else is gone as a whole."""
    behind: dict[str | None, list[int]] = defaultdict(list)
    waited: dict[str | None, int] = defaultdict(int)
    for at, place in enumerate(now.places.tolist()):
        gateway = found.rows[place]["station__gateway_id"]
        if expected[at]:
            waited[gateway] += 1
        if silent[at]:
            behind[gateway].append(at)
    gateways = Gateway.objects.in_bulk([one for one in behind if one])
    times = times_of(now.judged.found.time)
    items = []
    for gateway, lost in behind.items():
        row = gateways.get(gateway or "")
        heard = [times[at] for at in lost if now.judged.found.known[at]]
        items.append(
            {
                "gateway": {"id": row.pk, "name": row.name, "phone": row.phone} if row else None,
                "since": max(heard, default=None),
                "whole": row is not None and len(lost) == waited[gateway] > 1,
                "streams": [_lost(found, now, at, times) for at in lost[:MOST]],
                "total": len(lost),
            }
        )
    return sorted(items, key=lambda one: (not one["whole"], -one["total"]))


def _lost(found: Catalog, now: Standings, at: int, times: Sequence[str]) -> dict[str, Any]:
    row = found.rows[int(now.places[at])]
    return {
        "code": row["code"],
        "name": row["name"] or found.shown[int(now.places[at])]["quantity_label"],
        "station": station_of(row),
        "last_time": times[at] if now.judged.found.known[at] else None,
    }


def _flags(now: Standings) -> list[dict[str, Any]]:
    """Count the newest values by what is doubted of them."""
    flags = now.judged.found.flags[now.judged.found.known]
    return [
        {"flag": row.code, "label": row.name, "label_en": row.name_en, "count": many}
        for row in codes.table("quality-flags")
        if (many := int((flags & (row.whole("bit") or 0) != 0).sum()))
    ]


def _doubted(found: Catalog, now: Standings) -> list[dict[str, Any]]:
    """List the streams whose newest value no rule judges: stuck, out of range, in another unit."""
    newest = now.judged.found
    doubted = np.flatnonzero(newest.known & ((newest.flags & BAD) != 0))
    marks = [row for row in codes.table("quality-flags") if row.flag("bad")]
    times = times_of(newest.time)
    items = []
    for at in doubted.tolist()[:MOST]:
        own = int(newest.flags[at])
        items.append(
            {
                **_lost(found, now, at, times),
                "value": float(newest.value[at]),
                "unit": found.shown[int(now.places[at])]["unit"],
                "flags": [
                    {"flag": row.code, "label": row.name, "label_en": row.name_en}
                    for row in marks
                    if own & (row.whole("bit") or 0)
                ],
            }
        )
    return items
