"""What people deal with and owe, as layers."""

from collections import defaultdict

from django.db.models import Q

from anlan import codes
from anlan.base.obligations.models import Obligation
from anlan.base.regions import scope
from anlan.govern.atlas.selectors.drawn import (
    Asked,
    Live,
    Told,
    at_place,
    mark,
    seats,
    village,
)
from anlan.respond.incidents.models import Incident
from anlan.respond.papers.selectors.asof import incidents_at, late_among


def incidents(asked: Asked) -> Told:
    """Mark the incidents that are (were) dealt with."""
    where = asked.where("incidents.view")
    found = incidents_at(where, asked.at) if where else []
    rows = Incident.objects.filter(pk__in=[one.id for one in found])
    placed = {pk: (lon, lat) for pk, lon, lat in rows.values_list("pk", "lon", "lat")}
    known = seats({one.region for one in found})
    kinds = codes.table("incident-kinds")
    told = Told([], asked.at, count=len(found))
    for one in found:
        put = at_place(placed.get(one.id, (None, None)), one.region, known)
        if put is None:
            told.unplaced += 1
            continue
        told.features.append(mark(
            put[0], put[1], id=one.id, name=one.title or one.kind_label, level=one.grade,
            text=one.kind_label,
            text_en=kinds.name(one.kind, "en") if one.kind else "Kind not known",
            label=one.place, label_en=one.place, at=one.received_at, rough=put[2],
            region_name=known.get(one.region, ("",))[0], page=f"/incidents/{one.id}",
        ))  # fmt: skip
    if not found:
        told.why = ("没有正在处置的突发事件", "No incident is being dealt with")
    return told


def owed(asked: Asked) -> Told:
    """Mark each village (township, county) with what is owed there, and how much of it is late."""
    where = asked.where("obligations.view")
    if where is None:
        return Told()
    still = Q(closed_at=None) | Q(closed_at__gt=asked.at)
    rows = Obligation.objects.filter(still, where.rows(), issued_at__lte=asked.at)
    late = late_among(rows, asked.at)
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for pk, code, answered in rows.values_list("pk", "region_id", "answered_at"):
        one = counts[village(code)]
        one[0] += 1
        one[1] += pk in late
        one[2] += answered is None or answered > asked.at
    known = seats(counts)
    told = Told([], asked.at, count=sum(one[0] for one in counts.values()))
    for code, (count, over, silent) in sorted(counts.items()):
        name, *_ = known.get(code, (code, None, None))
        put = at_place((None, None), code, known)
        if put is None:
            told.unplaced += count
            continue
        told.features.append(mark(
            put[0], put[1], id=code, name=name, level=None, count=count, late=over, silent=silent,
            text=f"未办 {count}，逾期 {over}", text_en=f"{count} open, {over} late", label="",
            label_en="", at=None, rough=False, region_name=name, depth=scope.level_of(code),
            page=f"/obligations?scope=all&region={code}",
        ))  # fmt: skip
    if not counts:
        told.why = ("没有未办结的事项", "Nothing is owed")
    return told


LAYERS = (
    Live("live-incidents", "突发事件", "Incidents", "happening", "incident", "point",
         "incidents.view", "/incidents", incidents),
    Live("live-owed", "各村未办事项", "Owed by village", "happening", "obligation", "point",
         "obligations.view", "/obligations", owed, visible=False),
)  # fmt: skip
