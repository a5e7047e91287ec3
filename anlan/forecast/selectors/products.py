"""What came out of a run, as far as somebody may see it. Every answer carries the run's stamp."""

from pathlib import Path
from typing import Any

from django.db.models import F, Q

from anlan import codes
from anlan.base.door.phrases import said
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import condition
from anlan.base.regions import selectors as regions
from anlan.forecast.adapters import Folder
from anlan.forecast.adapters.folder import digest_of
from anlan.forecast.declaration import shelf
from anlan.forecast.models import Grid, Run, Series, StationOutlook
from anlan.forecast.selectors.describing import describe, stamp_of
from anlan.forecast.selectors.rows import SILENT, UNSIGNED, VIEW, run_for, seen_runs
from anlan.forecast.selectors.shades import drawable
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Missing

#: Quantities that are no streams of ours, named.
NAMES = {
    "astronomical-tide": ("天文潮", "Astronomical tide"),
    "tide-level": ("潮位预报", "Sea level forecast"),
    "surge": ("增水", "Surge"),
    "rain": ("面雨量", "Rain over the basin"),
    "flow": ("流量", "Flow"),
    "water-level": ("水位", "Stage"),
    "depth": ("水深", "Depth of water"),
    "nearness": ("接近立即转移的程度", "Nearness to leaving at once"),
    "wind": ("风速", "Wind"),
    "wind-8": ("八级以上大风概率", "Chance of force 8 or more"),
    "wind-10": ("十级以上大风概率", "Chance of force 10 or more"),
    "wind-12": ("十二级以上大风概率", "Chance of force 12 or more"),
}


NO_STATIONS = "这个模型没有测站结果，或都不在您的管辖范围内"


def inside(actor: Actor, run: Run) -> Q:
    """Narrow products to the regions the actor may see of a run."""
    wanted = condition(actor, UNSIGNED if run.signing == "unsigned" else VIEW)
    if wanted is None:
        return Q()
    return wanted or Q(pk__in=())


def about(run: Run) -> dict[str, Any]:
    """Say what every answer about a run carries: what it is of, its times, its stamp."""
    return {
        "run": run.pk, "model": run.model, "hazard": run.hazard, "based_at": run.based_at,
        "valid_from": run.valid_from, "valid_until": run.valid_until,
        "lower_bound": run.lower_bound, "stamp": stamp_of(run), "as_of": clock.now(),
    }  # fmt: skip


def stations(actor: Actor, run: str, language: str) -> dict[str, Any]:
    """List what stations come to, those with the worst level first, then the highest."""
    row = run_for(run, actor)
    rows = StationOutlook.objects.filter(inside(actor, row), run=row).select_related("station")
    found = sorted(
        rows,
        key=lambda one: (one.level or 9, -(one.peak if one.peak is not None else -99.0)),
    )
    places = regions.names(one.region_id for one in found)
    kinds = codes.table("stream-level-kinds")
    items = [
        {
            "station": one.station_id,
            "code": one.station.code,
            "name": one.station.name,
            "lon": one.station.lon,
            "lat": one.station.lat,
            "region": one.region_id,
            "region_name": places.get(one.region_id, one.region_id),
            "quantity": one.quantity,
            "unit": one.unit,
            "peak": one.peak,
            "peak_at": one.peak_at,
            "level": one.level,
            "level_at": one.level_at,
            "levels": [
                {
                    "kind": kind, "label": kinds.name(kind), "label_en": kinds.name(kind, "en"),
                    "value": value, "reached_at": one.reached.get(kind),
                }
                for kind, value in sorted(one.levels.items(), key=lambda pair: pair[1])
            ],
            "bias": one.bias,
            "measured": one.measured,
            "lower_bound": one.lower_bound,
            "why": said(one.why, language),
        }
        for one in found
    ]  # fmt: skip
    return {
        **about(row),
        "items": items,
        "why_empty": "" if items else empty(row, said(NO_STATIONS, language), language),
    }


def empty(row: Run, otherwise: str, language: str) -> str:
    """Say why a list is empty."""
    return otherwise if row.state == "done" else said("还没有算完", language)


def series(actor: Actor, run: str, *, of: str, code: str) -> dict[str, Any]:
    """Read the series of one place, as columns that share their times where they can."""
    row = run_for(run, actor)
    rows = Series.objects.filter(inside(actor, row), run=row, of=of, code=code)
    found = [
        {
            "quantity": one.quantity,
            "label": NAMES.get(one.quantity, (one.quantity,) * 2)[0],
            "label_en": NAMES.get(one.quantity, (one.quantity,) * 2)[1],
            "unit": one.unit,
            "member": one.member,
            "start": one.start,
            "step_s": one.step_s,
            "values": one.values,
        }
        for one in rows.order_by("quantity", "member")
    ]
    if not found:
        raise Missing("这次计算没有这个地点的过程线")
    return {**about(row), "of": of, "code": code, "series": found}


def grids(actor: Actor, run: str, language: str) -> dict[str, Any]:
    """List the grid products of a run with their digests."""
    row = run_for(run, actor)
    items = [
        {
            "name": one.name,
            "title": (one.title_en or one.title) if language == "en" else one.title,
            "quantity": one.quantity,
            "unit": one.unit,
            "form": one.form,
            "bytes": one.bytes,
            "sha256": one.sha256,
            "box": one.box,
            "times": one.times,
            "span": one.span,
            "tiles": _tiles(one),
        }
        for one in Grid.objects.filter(run=row).order_by("name")
    ]
    return {**about(row), "items": items}


def _tiles(one: Grid) -> str | None:
    """Tell the address of a product's tiles below the API's; None where none are drawn."""
    if not drawable(one):
        return None
    return f"/forecasts/{one.run_id}/grids/{one.name}/{{z}}/{{x}}/{{y}}.png"


def grid_file(actor: Actor, run: str, name: str) -> tuple[Run, Grid, Path]:
    """Find the file of a grid product; `Missing` when it is gone or no longer what it was."""
    row = run_for(run, actor)
    one = Grid.objects.filter(run=row, name=name).first()
    if one is None or not row.folder:
        raise Missing("没有这个产品")
    path = Folder(workspace.directory() / row.folder).product(one.file)
    if digest_of(path) != one.sha256:
        raise Missing("产品文件已被改动，不再提供")
    return row, one, path


def standing(actor: Actor, language: str, region: str = "") -> dict[str, Any]:
    """Tell for every model the run that stands (signed, its time not over) and the newest done.

    The newest is one that may still speak, not one that somebody rejected or took back; of several
    storms computed at once it is the worst.
    """
    now = clock.now()
    items = []
    for model in shelf().models().values():
        mine = seen_runs(actor, within=region).filter(model=model.key).defer("given", "outputs")
        first = ("-based_at", F("level").asc(nulls_last=True), "-id")
        signed = mine.filter(signing="approved", valid_until__gt=now).order_by(*first).first()
        speaking = mine.filter(state="done").exclude(signing__in=SILENT)
        newest = speaking.order_by(*first).first()
        items.append(
            {
                "model": model.key,
                "title": model.title_en if language == "en" else model.title,
                "hazard": model.hazard,
                "signed": describe([signed], actor, language)[0] if signed else None,
                "newest": describe([newest], actor, language)[0] if newest else None,
            }
        )
    return {"items": items, "as_of": now}
