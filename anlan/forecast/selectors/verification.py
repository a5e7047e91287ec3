"""How good forecasts were at each place: errors by lead time, levels hit and missed."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from math import sqrt
from statistics import fmean
from typing import Any, Final

from django.db.models import Count, Sum

from anlan import codes
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import visible
from anlan.forecast.models import LevelCheck, Score
from anlan.forecast.selectors.rows import VIEW
from anlan.kernel import clock

SPAN = timedelta(days=90)
#: Kinds of places, in the order they are shown.
PLACES: Final = ("station", "basin", "storm")

#: Kind of place, its code, model, quantity.
_Key = tuple[str, str, str, str]


def verification(
    actor: Actor,
    *,
    model: str = "",
    station: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> dict[str, Any]:
    """Sum up the runs based in a span, by default the last ninety days, place by place.

    station: code of one, to see it alone.
    """
    last = until or clock.now()
    first = since or last - SPAN
    where = {"based_at__gte": first, "based_at__lt": last}
    if model:
        where["model"] = model  # type: ignore[assignment]
    if station:
        where["station__code"] = station  # type: ignore[assignment]
    scores = visible(Score.objects.filter(**where), actor, VIEW)
    checks = visible(LevelCheck.objects.filter(**where), actor, VIEW)
    found: dict[_Key, dict[str, Any]] = {}
    rows = (
        scores.values("of", "code", "name", "model", "quantity", "lead_from", "lead_until")
        .annotate(
            values_=Sum("n"), error=Sum("total"), size=Sum("total_size"),
            square=Sum("total_square"), runs=Count("run", distinct=True),
        )
        .order_by("of", "code", "quantity", "model", "lead_from")
    )  # fmt: skip
    for row in rows:
        key = (row["of"], row["code"], row["model"], row["quantity"])
        _item(found, key, row["name"])["leads"].append(_lead(dict(row)))
    for (code, name, of_model), levels in _levels(checks).items():
        quantity = "tide-level" if _is_tide(levels) else "water-level"
        _item(found, ("station", code, of_model, quantity), name)["levels"] = levels
    order = {of: n for n, of in enumerate(PLACES)}
    items = sorted(
        found.values(),
        key=lambda one: (order[one["of"]], one["code"], one["model"], one["quantity"]),
    )
    return {"items": items, "since": first, "until": last, "as_of": clock.now()}


def _item(found: dict[_Key, dict[str, Any]], key: _Key, name: str) -> dict[str, Any]:
    """Find what is told of one quantity of one model at one place, or begin it."""
    of, code, model, quantity = key
    what = codes.table("forecast-scores")[quantity]
    return found.setdefault(
        key,
        {
            "of": of, "code": code, "name": name, "model": model, "quantity": quantity,
            "label": what.name, "label_en": what.name_en, "unit": what.text("unit"),
            "distance": bool(what.number("size")), "leads": [], "levels": [],
        },
    )  # fmt: skip


def _lead(row: dict[str, Any]) -> dict[str, Any]:
    n = row["values_"]
    return {
        "from_h": row["lead_from"],
        "until_h": row["lead_until"],
        "runs": row["runs"],
        "n": n,
        "bias": round(row["error"] / n, 4),
        "mae": round(row["size"] / n, 4),
        "rmse": round(sqrt(row["square"] / n), 4),
    }


def _levels(checks: Any) -> dict[tuple[str, str, str], list[dict[str, Any]]]:
    """Count hits, misses and false alarms by station and level; ratios None where nothing was."""
    counted: dict[tuple[str, str, str], dict[str, list[Any]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for row in checks.select_related("station").order_by("based_at"):
        counted[row.station.code, row.station.name, row.model][row.kind].append(row)
    return {
        place: [
            _level(kind.code, kind.name, kind.name_en, kinds[kind.code])
            for kind in codes.table("stream-level-kinds")
            if kind.code in kinds
        ]
        for place, kinds in counted.items()
    }


def _is_tide(levels: list[dict[str, Any]]) -> bool:
    return codes.table("stream-level-kinds")[levels[0]["kind"]].text("family") == "tide"


def _level(kind: str, label: str, label_en: str, rows: list[LevelCheck]) -> dict[str, Any]:
    """Tell how often a level was foreseen, and of hits how long before and how far off in time."""
    many = Counter(row.outcome for row in rows)
    hits, misses, false = (many[one] for one in ("hit", "miss", "false-alarm"))
    ahead, off = [], []
    for row in rows:
        if row.said_at is not None and row.seen_at is not None:
            ahead.append((row.seen_at - row.based_at).total_seconds() / 3600)
            off.append((row.said_at - row.seen_at).total_seconds() / 60)
    return {
        "kind": kind,
        "label": label,
        "label_en": label_en,
        "hits": hits,
        "misses": misses,
        "false_alarms": false,
        "quiet": many["quiet"],
        "detected": round(hits / (hits + misses), 3) if hits + misses else None,
        "false_ratio": round(false / (hits + false), 3) if hits + false else None,
        "lead_h": round(fmean(ahead), 1) if ahead else None,
        "late_min": round(fmean(off)) if off else None,
    }
