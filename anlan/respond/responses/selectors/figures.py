"""Figures of the situation in a region, from alarms that stand and forecasts somebody signed."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from anlan import codes
from anlan.base.regions import scope
from anlan.codes import Code
from anlan.forecast.models import Run, VillageOutlook
from anlan.kernel import clock
from anlan.respond.responses.figures import READERS, Counted
from anlan.sense.models import Alarm, Rule

TABLE = "situation-figures"
#: Stages of villages in forecasts that count towards a figure of villages.
FORETOLD = {"villages-preparing": ("prepare", "move"), "villages-leaving": ("move",)}
VILLAGE = scope.LENGTHS[4]


def counted_in(region: str, names: Iterable[str]) -> dict[str, Counted]:
    """Count some figures in a region; what nobody counts there is not known."""
    wanted = set(names)
    table = codes.table(TABLE)
    rows = [row for row in table if row.code in wanted]
    found = _from_alarms(region, rows) if rows else {}
    for name in wanted - found.keys():
        found[name] = READERS[name].read(region) if name in READERS else Counted(None)
    return found


def _from_alarms(region: str, rows: list[Code]) -> dict[str, Counted]:
    standing: dict[tuple[str, str], list[tuple[int, str, str, datetime]]] = defaultdict(list)
    alarms = scope.below(Alarm.objects.filter(cleared_at=None, closed_at=None), region)
    told = alarms.filter(level__isnull=False).values_list(
        "rule__quantity", "rule__kind", "level", "station_id", "region_id", "level_at"
    )
    for quantity, kind, level, station, place, since in told:
        standing[quantity, kind].append((level or 9, station or "", place, since))
    watched = _watched(region)
    villages = _foretold(region) if any(row.text("of") == "village" for row in rows) else {}
    found = {}
    for row in rows:
        key = (str(row.text("quantity")), str(row.text("kind")))
        some = [one for one in standing[key] if one[0] <= (row.whole("level") or 0)]
        things = {one[2][:VILLAGE] if row.text("of") == "village" else one[1] for one in some}
        things |= villages.get(row.code, set())
        known = key in watched or bool(things)
        at = max((one[3] for one in some), default=None)
        found[row.code] = Counted(float(len(things)) if known else None, at)
    return found


def _watched(region: str) -> set[tuple[str, str]]:
    """Tell what rules in force watch over in a region."""
    chain = [scope.normalise(region), *scope.ancestors(region)]
    rows = Rule.objects.filter(region__in=chain, active__isnull=False, retired_at=None)
    return set(rows.values_list("quantity", "kind").distinct())


def _foretold(region: str) -> dict[str, set[str]]:
    """List villages that signed forecasts bring to a stage, as far as they still tell."""
    runs = Run.objects.filter(signing="approved", valid_until__gt=clock.now())
    rows = scope.below(VillageOutlook.objects.filter(run__in=runs), region)
    found: dict[str, set[str]] = defaultdict(set)
    for stage, place in rows.filter(stage__in=("prepare", "move")).values_list(
        "stage", "region_id"
    ):
        for name, stages in FORETOLD.items():
            if stage in stages:
                found[name].add(place[:VILLAGE])
    return found
