"""Stations on the map and on their page."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from anlan import codes
from anlan.base.people import selectors as people
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, reach, visible
from anlan.kernel import clock
from anlan.kernel.errors import Missing
from anlan.sense.models import Maintenance, Station
from anlan.sense.selectors import past
from anlan.sense.selectors.catalog import Catalog, catalog, inside, of_stations
from anlan.sense.selectors.standings import (
    MILDEST,
    Around,
    Standings,
    around,
    around_at,
    is_old,
    standings,
)
from anlan.sense.selectors.streams import VIEW, describe, times_of

#: What a mark shows of its streams: the first of these that any of them is.
ORDER = ("alarm", "normal", "stale", "silent", "maintenance", "none")


def marks(actor: Actor, region: str = "") -> list[dict[str, Any]]:
    """List the stations the actor may see as marks of the map, each with its telling value."""
    found, near = catalog(), around()
    mine, _ = reach(actor, VIEW, within=region)
    return _marks(actor, region, found, near, standings(found, inside(found, mine), near))


def marks_at(
    actor: Actor, region: str, at: datetime, alarms: Mapping[str, int | None]
) -> list[dict[str, Any]]:
    """List the stations there are today with what they said at a moment.

    Parameters
    ----------
    alarms : the level of each alarm that stood then.
    """
    found, near = catalog(), around_at(at, alarms)
    mine, _ = reach(actor, VIEW, within=region)
    return _marks(
        actor, region, found, near, past.standings_at(found, inside(found, mine), near, at)
    )


def _marks(
    actor: Actor, region: str, found: Catalog, near: Around, now: Standings
) -> list[dict[str, Any]]:
    own: dict[str, list[int]] = defaultdict(list)
    for at, place in enumerate(now.places.tolist()):
        own[found.rows[place]["station_id"]].append(at)
    rows = visible(Station.objects.filter(retired_at=None), actor, VIEW, within=region)
    columns = ("id", "code", "name", "kind", "region_id", "region__name", "lon", "lat")
    times = times_of(now.judged.found.time)
    return [
        _mark(row, found, now, own.get(row["id"], []), near, times) for row in rows.values(*columns)
    ]


def _mark(
    row: dict[str, Any],
    found: Catalog,
    now: Standings,
    own: Sequence[int],
    near: Around,
    times: Sequence[str],
) -> dict[str, Any]:
    standing, level = _standing(row["id"], now, own, near)
    return {
        "id": row["id"],
        "code": row["code"],
        "name": row["name"],
        "kind": row["kind"],
        "region": row["region_id"],
        "region_name": row["region__name"],
        "lon": row["lon"],
        "lat": row["lat"],
        "standing": standing,
        "level": level,
        "last": _telling(found, now, own, times),
    }


def _standing(
    station: str, now: Standings, own: Sequence[int], near: Around
) -> tuple[str, int | None]:
    if station in near.maintained:
        return "maintenance", None
    if station in near.stations:
        level = near.stations[station]
        return "alarm", None if level == MILDEST else level
    states = {now.standing[at] for at in own}
    return next((one for one in ORDER if one in states), "none"), None


def _telling(
    found: Catalog, now: Standings, own: Sequence[int], times: Sequence[str]
) -> dict[str, Any] | None:
    """Choose the stream nearest to its level; of those without levels the newest."""
    values = now.judged.found
    known = [at for at in own if values.known[at]]
    if not known:
        return None
    distance = now.judged.nearest.distance
    best = min(
        known,
        key=lambda at: (np.isnan(distance[at]), np.nan_to_num(distance[at]), -int(values.time[at])),
    )
    shown = found.shown[int(now.places[best])]
    return {
        "code": shown["code"], "label": shown["name"] or shown["quantity_label"],
        "label_en": shown["name"] or shown["quantity_label_en"], "unit": shown["unit"],
        "decimals": shown["decimals"], "value": float(values.value[best]),
        "time": times[best], "flags": int(values.flags[best]), "old": bool(is_old(now)[best]),
    }  # fmt: skip


def one_station(actor: Actor, station: str) -> dict[str, Any]:
    """Describe one station with its streams; `Missing` when there is none the actor may see."""
    row = (
        Station.objects.select_related("region", "unit", "gateway", "keeper")
        .filter(pk=station, retired_at=None)
        .first()
    )
    if row is None or not may(actor, VIEW, row.region_id):
        raise Missing("没有这个测站")
    found, near = catalog(), around()
    places = of_stations(found, [station])
    now = standings(found, places, near)
    kinds, times = codes.table("station-kinds"), times_of(now.judged.found.time)
    plain = {
        "id": row.pk, "code": row.code, "name": row.name, "kind": row.kind,
        "region_id": row.region_id, "region__name": row.region.name, "lon": row.lon,
        "lat": row.lat,
    }  # fmt: skip
    return {
        **_mark(plain, found, now, range(len(places)), near, times),
        "kind_label": kinds.name(row.kind),
        "kind_label_en": kinds.name(row.kind, "en"),
        "owner": row.unit.name if row.unit else "",
        "keeper": _keeper(row),
        "phone": row.phone or (row.gateway.phone if row.gateway else ""),
        "datum": row.datum,
        "zero": row.zero,
        "river": row.river,
        "address": row.address,
        "source": row.source,
        "status": row.status,
        "gateway": _named(row.gateway),
        "streams": describe(found, places),
        "maintenance": windows(actor, station=row),
        "may": {
            "maintain": may(actor, "maintenance.edit", row.region_id),
            "edit": may(actor, "stations.edit", row.region_id),
        },
        "as_of": clock.now(),
    }


def _keeper(row: Station) -> str:
    if row.keeper is None:
        return ""
    holders = people.holders_of([row.keeper.pk]).get(row.keeper.pk, [])
    names = "、".join(one["name"] for one in holders)
    return f"{row.keeper.title}（{names}）" if names else row.keeper.title


def _named(row: Any) -> dict[str, Any] | None:
    return {"id": row.pk, "code": row.code, "name": row.name} if row else None


def windows(
    actor: Actor, *, station: Station | None = None, past: bool = False
) -> list[dict[str, Any]]:
    """List maintenance that runs or is announced (with `past`: all), of one station or of all."""
    rows = visible(Maintenance.objects.all(), actor, "maintenance.view")
    if station is not None:
        streams = list(station.streams.values_list("pk", flat=True))
        rows = (
            rows.filter(station=station)
            | rows.filter(stream__in=streams)
            | rows.filter(gateway=station.gateway_id, gateway__isnull=False)
        )
    if not past:
        rows = rows.filter(ended_at=None, ends__gt=clock.now())
    found = list(
        rows.select_related("station", "stream", "gateway", "region").order_by("-starts")[:500]
    )
    names = permissions.names_of({one.by for one in found})
    return [
        {
            "id": one.pk, "reason": one.reason, "starts": one.starts, "ends": one.ends,
            "ended_at": one.ended_at, "by": one.by, "by_name": names.get(one.by, one.by),
            "station": _named(one.station), "stream": _named(one.stream),
            "gateway": _named(one.gateway), "region": one.region_id,
            "region_name": one.region.name,
        }
        for one in found
    ]  # fmt: skip
