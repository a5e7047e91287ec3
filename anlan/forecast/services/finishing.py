"""Taking a result in: read from the folder, checked, stored whole in one transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from django.db import transaction
from django.db.models import F

import anlan
from anlan.base.regions import scope
from anlan.base.regions.models import Region
from anlan.forecast.adapters import Folder, Result
from anlan.forecast.adapters import Series as SeriesShape
from anlan.forecast.adapters.contract import Slope, Window
from anlan.forecast.models import Basin, Grid, Run, Series, StationOutlook, VillageOutlook
from anlan.forecast.selectors.levels import level_of, worst
from anlan.forecast.services import owing
from anlan.forecast.services.computing import BY
from anlan.forecast.services.telling import note
from anlan.kernel import clock
from anlan.kernel.errors import Invalid
from anlan.sense.models import Station

MOST_NOTES: Final = 40


def finish_run(*, run: Run, folder: Folder) -> None:
    """Store what a run gave; `Invalid` says what is wrong with it, and nothing is stored."""
    result = folder.result()
    files = list(folder.products())
    places = _Places.of(run, result)
    digests = {name: (digest, size) for name, digest, size in files}
    stations = _stations(run, result, places)
    villages = _villages(run, result, places)
    grids = _grids(run, result, folder, digests)
    level = worst([*(one.level for one in stations), *(one.level for one in villages)])
    notes = [*run.notes, *result.notes, *places.strange()]
    with transaction.atomic():
        done = Run.objects.filter(pk=run.pk, state="running", holder=run.holder).update(
            state="done", ended_at=clock.now(), holder="", lease_until=None, progress=1.0,
            level=level, lower_bound=result.lower_bound,
            notes=list(dict.fromkeys(notes))[:MOST_NOTES],
            versions={"anlan": anlan.__version__, **result.versions}, version=F("version") + 1,
            outputs=[{"name": name, "sha256": sha, "bytes": size} for name, sha, size in files],
        )  # fmt: skip
        if not done:
            return  # stopped, or taken over: this result is nobody's
        Series.objects.bulk_create(_series(run, result.series, places), batch_size=200)
        StationOutlook.objects.bulk_create(stations)
        VillageOutlook.objects.bulk_create(villages, batch_size=200)
        Grid.objects.bulk_create(grids)
        note(run, "done", BY, {
            "level": level, "lower_bound": result.lower_bound, "stations": len(stations),
            "villages": len(villages),
            "result": next((sha for name, sha, _ in files if name == "result.json"), ""),
        })  # fmt: skip
        run.level = level
        owing.owe_signature(run=run, by=BY)
        owing.end_look(run=run, by=BY)


@dataclass
class _Places:
    """The places a result speaks of, as they stand in our registers."""

    stations: Mapping[str, Station]
    basins: Mapping[str, str]
    villages: frozenset[str]
    _strange: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, run: Run, result: Result) -> "_Places":
        inside = scope.within((scope.prefix(run.region_id),))
        codes = {one.station for one in result.stations}
        codes |= {one.code for one in result.series if one.of == "station"}
        found = Station.objects.filter(inside, code__in=codes)
        wanted = {one.code for one in result.series if one.of == "basin"}
        basins = Basin.objects.filter(inside, code__in=wanted).values_list("code", "region_id")
        regions = {one.region for one in result.villages}
        regions |= {one.code for one in result.series if one.of in ("region", "village")}
        known = Region.objects.filter(
            scope.within((scope.prefix(run.region_id),), "code"), code__in=regions
        )
        return cls(
            {row.code: row for row in found}, dict(basins),
            frozenset(known.values_list("code", flat=True)),
        )  # fmt: skip

    def region_of(self, of: str, code: str) -> str:
        """Tell where a place lies; "" when it is none of ours, which is noted."""
        if of == "station":
            row = self.stations.get(code)
            found = row.region_id if row is not None else ""
        elif of == "basin":
            found = self.basins.get(code, "")
        else:
            found = code if code in self.villages else ""
        if not found:
            self._strange.add(code)
        return found

    def strange(self) -> list[str]:
        """Say which places the result names that are not in the registers."""
        if not self._strange:
            return []
        named = "、".join(sorted(self._strange)[:3])
        return [f"结果里有 {len(self._strange)} 个不在本地台账的地点，未采用：{named}"]


def moment(ms: int | None) -> datetime | None:
    """Turn milliseconds into a time."""
    return None if ms is None else _at(ms)


def _series(run: Run, told: Iterable[SeriesShape], places: _Places) -> list[Series]:
    found = []
    for one in told:
        region = places.region_of(one.of, one.code)
        if region:
            found.append(
                Series(
                    run=run, of=one.of, code=one.code, region_id=region, quantity=one.quantity,
                    unit=one.unit, member=one.member, start=_at(one.start), step_s=one.step_s,
                    values=list(one.values),
                )
            )  # fmt: skip
    return found


def _stations(run: Run, result: Result, places: _Places) -> list[StationOutlook]:
    found = []
    for one in result.stations:
        region = places.region_of("station", one.station)
        if not region:
            continue
        levels = {kind: level_of(kind) for kind in one.reached}
        level = worst(levels.values())
        at = [one.reached[kind] for kind, high in levels.items() if high == level]
        found.append(
            StationOutlook(
                run=run, station=places.stations[one.station], region_id=region,
                quantity=one.quantity, unit=one.unit, peak=one.peak, peak_at=moment(one.peak_at),
                level=level, level_at=moment(min(at)) if level and at else None,
                reached={kind: _spoken(ms) for kind, ms in one.reached.items()},
                levels=one.levels, bias=one.bias, measured=one.measured,
                lower_bound=one.lower_bound, why=one.why[:300],
            )
        )  # fmt: skip
    return found


def _at(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def _spoken(ms: int) -> str:
    return _at(ms).isoformat()


def _window(one: Window) -> dict[str, float | str | None]:
    return {
        "hours": one.hours, "rain": one.rain, "at": None if one.at is None else _spoken(one.at),
        "prepare": one.prepare, "move": one.move, "nearness": one.nearness,
    }  # fmt: skip


def _slope(one: Slope) -> dict[str, Any]:
    moments = {"at": _spoken(one.at), "first_at": None}
    if one.first_at is not None:
        moments["first_at"] = _spoken(one.first_at)
    return {**msgspec.structs.asdict(one), **moments}


def _villages(run: Run, result: Result, places: _Places) -> list[VillageOutlook]:
    found: dict[str, VillageOutlook] = {}
    for one in result.villages:
        region = places.region_of("region", one.region)
        if not region:
            continue
        if region in found:
            raise Invalid(f"结果里村 {region} 出现了两次")
        found[region] = VillageOutlook(
            run=run, region_id=region, zone=one.zone[:32], nearness=one.nearness,
            stage=one.stage or "", level=level_of(one.stage or ""), first_at=moment(one.first_at),
            hours=one.hours, rain=one.rain, limit=one.limit,
            windows=[_window(part) for part in one.windows],
            slopes=[_slope(part) for part in one.slopes], ground=one.ground, depth=one.depth,
            arrives_at=moment(one.arrives_at), lower_bound=one.lower_bound, why=one.why[:300],
        )  # fmt: skip
    return list(found.values())


def _grids(
    run: Run, result: Result, folder: Folder, digests: Mapping[str, tuple[str, int]]
) -> list[Grid]:
    found = []
    for one in result.grids:
        folder.product(one.file)
        digest, size = digests[one.file]
        found.append(
            Grid(
                run=run, name=one.name, title=one.title, title_en=one.title_en,
                quantity=one.quantity, unit=one.unit, form=one.form, file=one.file, sha256=digest,
                bytes=size, box=list(one.box) if one.box else None, times=list(one.times),
                span=list(one.span) if one.span else None,
            )
        )  # fmt: skip
    return found
