"""Incidents that may be the same matter: alike, near, and not long before or after."""

from datetime import datetime, timedelta

from django.db.models import Q

from anlan import codes
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import visible
from anlan.base.regions import scope
from anlan.base.regions.models import Level
from anlan.engines.geo.distance import haversine
from anlan.respond.incidents.models import Incident
from anlan.respond.incidents.selectors.rows import VIEW
from anlan.respond.incidents.states import OPEN

#: Kilometres of one degree of latitude.
DEGREE_KM = 111.2


def near(actor: Actor, row: Incident) -> list[tuple[Incident, float | None]]:
    """List open incidents that may be the same, with their distance in km where both have a point.

    Alike is of the same class of emergencies (a fire and a landslide after one flood may be told
    twice under different names); near is within the table's kilometres, or in the same township
    where one of the two has no point.
    """
    table = codes.table("incident-kinds").attributes
    hours, far = float(table["near_hours"]), float(table["near_km"])
    at = row.happened_at or row.received_at
    rows = visible(Incident.objects.filter(state__in=OPEN), actor, VIEW, "home").exclude(pk=row.pk)
    found = []
    for other in rows.filter(_when(at, hours)).select_related("region").order_by("-received_at"):
        distance = _distance(row, other)
        close = distance <= far if distance is not None else _same_town(row, other)
        if close and _alike(row.kind, other.kind):
            found.append((other, distance))
    return found


def _when(at: datetime, hours: float) -> Q:
    begins, ends = at - timedelta(hours=hours), at + timedelta(hours=hours)
    return Q(happened_at__range=(begins, ends)) | Q(received_at__range=(begins, ends))


def _alike(one: str, other: str) -> bool:
    table = codes.table("incident-kinds")
    classes = {table[kind].text("class") for kind in (one, other) if kind in table}
    return len(classes) < 2  # what nobody has named yet is like anything


def _distance(one: Incident, other: Incident) -> float | None:
    here, there = _point(one), _point(other)
    return float(haversine(*here, *there)) / 1000 if here and there else None


def _point(row: Incident) -> tuple[float, float] | None:
    return None if row.lon is None or row.lat is None else (row.lon, row.lat)


def _same_town(one: Incident, other: Incident) -> bool:
    length = scope.LENGTHS[Level.TOWN - 1]
    codes_ = [scope.prefix(row.region_id or "")[:length] for row in (one, other)]
    return bool(codes_[0]) and codes_[0] == codes_[1]
