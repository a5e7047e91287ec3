"""What is measured, warned of and forecast, as layers."""

from datetime import datetime
from typing import Any, Final

from anlan import codes
from anlan.base.db.among import among
from anlan.base.permissions.gate import visible
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.forecast.models import Run, StationOutlook
from anlan.forecast.selectors import storms
from anlan.govern.atlas.selectors.drawn import (
    Asked,
    Live,
    Told,
    at_place,
    drawn,
    mark,
    newest,
    seats,
)
from anlan.respond.papers.selectors.asof import Where, alarms_at, forecasts_at, warnings_at
from anlan.sense.models import Alarm
from anlan.sense.selectors import pages
from anlan.sense.selectors.alarm_places import places

#: Degrees by which outlines of warnings may be simplified: a quarter of a pixel of a county.
COARSE: Final = 0.0005
#: Marks of one layer; a county has fewer stations.
MOST: Final = 5_000
THEN = (
    "当时的读数；测站和限值按现在登记的",
    "Values of that moment; stations and limits as they are registered today",
)


def stations(asked: Asked) -> Told:
    """Mark every station with what it says now, or said at the moment asked of."""
    rows = _stations(asked)
    kinds = codes.table("station-kinds")
    marks = []
    unplaced = 0
    for row in rows[:MOST]:
        if row["lon"] is None or row["lat"] is None:
            unplaced += 1
            continue
        last = row["last"]
        value = "" if last is None else f"{last['value']:.{last['decimals']}f} {last['unit']}"
        marks.append(mark(
            row["lon"], row["lat"], id=row["id"], name=row["name"], code=row["code"],
            kind=kinds.name(row["kind"]), kind_en=kinds.name(row["kind"], "en"),
            region_name=row["region_name"], standing=row["standing"], level=row["level"],
            text=value, text_en=value, label=(last or {}).get("label", ""),
            label_en=(last or {}).get("label_en", ""), at=last and last["time"],
            old=bool(last and last["old"]), page=f"/sense/stations/{row['id']}",
        ))  # fmt: skip
    return Told(
        marks, asked.at, unplaced=unplaced, count=len(rows),
        why=("", "") if rows else ("还没有登记测站", "No station is registered"),
        note=THEN if asked.moment else ("", ""),
    )  # fmt: skip


def _stations(asked: Asked) -> list[dict[str, Any]]:
    if asked.moment is None:
        return pages.marks(asked.actor, asked.region)
    where = asked.where("observations.view")
    stood = alarms_at(where, asked.moment) if where else []
    levels = {one.id: one.level for one in stood}
    return pages.marks_at(asked.actor, asked.region, asked.moment, levels)


def alarms(asked: Asked) -> Told:
    """Mark the alarms that stand (stood)."""
    where = asked.where("alarms.view")
    found = alarms_at(where, asked.at) if where else []
    placed = places(list(Alarm.objects.filter(among("pk", [one.id for one in found]))))
    known = seats({one.region for one in found})
    levels = codes.table("warning-levels")
    told = Told([], asked.at, count=len(found))
    for one in found[:MOST]:
        own = placed.get(one.id)
        put = at_place((own.lon, own.lat) if own else (None, None), one.region, known)
        if put is None:
            told.unplaced += 1
            continue
        level = levels.get(str(one.level)) if one.level else None
        told.features.append(mark(
            put[0], put[1], id=one.id, name=one.title, region_name=known.get(one.region, ("",))[0],
            level=one.level, text=level.name if level else "提醒",
            text_en=level.name_en if level else "Notice", at=one.raised_at, rough=put[2],
            label=one.place, label_en=one.place, page=f"/alarms?alarm={one.id}",
        ))  # fmt: skip
    if not found:
        told.why = ("没有未解除的报警", "No alarm stands")
    return told


def warnings(asked: Asked) -> Told:
    """Draw the areas of the warnings in force; a warning without an outline is counted."""
    where = asked.where("alerts.view")
    found = warnings_at(where, asked.at) if where else []
    levels = codes.table("warning-levels")
    outlines = regions.outlines(
        sorted({code for one in found if not one.area for code in _held(one)}), tolerance=COARSE
    )
    known = seats({code for one in found for code in _held(one)})
    told = Told([], asked.at, count=len(found))
    for one in reversed(found):  # the gravest is drawn last, on top
        said = {
            "id": one.pk, "name": one.title, "level": one.level, "at": one.sent_at or one.issued_at,
            "until": one.expires_at, "label": one.station, "label_en": one.station,
            "text": levels.name(str(one.level)) if one.level else "",
            "text_en": levels.name(str(one.level), "en") if one.level else "",
            "page": f"/warn/alerts/{one.pk}",
        }  # fmt: skip
        if one.area:
            told.features.append(drawn(one.area, rough=False, region_name="", **said))
            continue
        put = [code for code in _held(one) if code in outlines]
        told.unplaced += not put
        told.features += [
            drawn(outlines[code], rough=False, region_name=known.get(code, ("",))[0], **said)
            for code in put
        ]
    if not found:
        told.why = ("没有生效的预警", "No warning is in force")
    return told


def _held(alert: Any) -> list[str]:
    return list(alert.regions) or [alert.region_id]


def surge(asked: Asked) -> Told:
    """Mark what tide gauges come to by the signed forecasts that stand; unsigned ones never."""
    rows = _outlooks(asked)
    if not rows:
        return Told(why=("没有已签署、还有效的潮位预报", "No signed forecast of the tide stands"))
    levels = codes.table("warning-levels")
    told = Told([], min(one.run.based_at for one in rows))
    told.note = ("按已签署的预报计算，内部研判参考", "Computed by signed forecasts; for reference")
    for one in rows:
        if one.station.lon is None or one.station.lat is None:
            told.unplaced += 1
            continue
        level = levels.get(str(one.level)) if one.level else None
        peak = "未知" if one.peak is None else f"{one.peak:.2f} m"
        told.features.append(mark(
            one.station.lon, one.station.lat, id=one.station_id, name=one.station.name,
            level=one.level, text=peak, text_en="unknown" if one.peak is None else peak,
            label=level.name if level else "未达警戒",
            label_en=level.name_en if level else "below every level", at=one.peak_at,
            rough=False, region_name="", run=one.run_id, based_at=one.run.based_at,
            page=f"/forecast/surge?run={one.run_id}&station={one.station.code}",
        ))  # fmt: skip
    return told


def _outlooks(asked: Asked) -> list[StationOutlook]:
    standing = [one.id for one in forecasts_at(_everywhere(asked), asked.at)]
    runs = visible(Run.objects.filter(among("pk", standing)), asked.actor, "forecasts.view")
    rows = StationOutlook.objects.filter(run__in=runs, quantity="tide-level")
    newest_of: dict[str, StationOutlook] = {}
    for one in rows.select_related("run", "station").order_by("run__based_at", "run_id"):
        newest_of[one.station_id] = one
    return sorted(newest_of.values(), key=lambda one: one.station.code)


def _everywhere(asked: Asked) -> Where:
    """Ask of all regions: what the actor may see of it is asked of the runs themselves."""
    return Where([asked.region or scope.COUNTRY])


def typhoons(asked: Asked) -> Told:
    """Draw the storms about: the way they came, where each agency sees them go."""
    about = storms.storms_about(asked.at)
    told = Told([], None, count=len(about))
    times: list[datetime | None] = []
    for storm in about:
        one = storms.one(storm, asked.language, asked.at)
        times.append(one["newest_at"])
        told.features += _storm(one)
    told.as_of = newest(times)
    if not about:
        told.why = ("近三天没有台风报文", "No bulletin of a typhoon within three days")
    return told


def _storm(one: dict[str, Any]) -> list[dict[str, Any]]:
    page = f"/forecast/typhoon?storm={one['storm']}"
    name = one["name"] or one["storm"]
    seen = one["observed"]
    found = []
    for points, role, label in [
        (seen, "observed", ""),
        *((way["points"], "ahead", way["agency"]) for way in one["forecasts"]),
    ]:
        if len(points) > 1:
            line = {"type": "LineString", "coordinates": [[p["lon"], p["lat"]] for p in points]}
            found.append(drawn(line, id=f"{one['storm']}:{role}:{label}", name=name, role=role,
                               label=label, label_en=label, level=None, text="", text_en="",
                               at=points[-1]["time"], page=page))  # fmt: skip
    if seen:
        last = seen[-1]
        wind = "" if last["wind"] is None else f" {last['wind']:.0f} m/s"
        found.append(mark(
            last["lon"], last["lat"], id=one["storm"], name=name, role="centre", level=None,
            text=f"{last['grade_label'] or ''}{wind}",
            text_en=f"{last['grade_label_en'] or ''}{wind}",
            label="中心", label_en="Centre", at=last["time"], page=page,
        ))  # fmt: skip
    return found


LAYERS = (
    Live("live-warnings", "生效预警", "Warnings in force", "happening", "alert", "area",
         "alerts.view", "/warn/alerts", warnings),
    Live("live-alarms", "监测报警", "Alarms", "happening", "alarm", "point",
         "alarms.view", "/alarms", alarms),
    Live("live-typhoon", "台风路径", "Typhoon tracks", "forecast", "typhoon", "line",
         "forecasts.view", "/forecast/typhoon", typhoons),
    Live("live-surge", "潮位预报", "Tide forecast", "forecast", "surge", "point",
         "forecasts.view", "/forecast/surge", surge),
    Live("live-stations", "测站读数", "Values of stations", "measured", "station",
         "point", "observations.view", "/sense/map", stations, visible=False),
)  # fmt: skip
