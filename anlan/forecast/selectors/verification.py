"""How good forecasts were at each station: errors by lead time, levels hit and missed."""

from collections import defaultdict
from datetime import datetime, timedelta
from math import sqrt
from typing import Any

from django.db.models import Count, Sum

from anlan import codes
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import visible
from anlan.forecast.models import LevelCheck, Score
from anlan.forecast.selectors.rows import VIEW
from anlan.kernel import clock

SPAN = timedelta(days=90)


def verification(
    actor: Actor,
    *,
    model: str = "",
    station: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> dict[str, Any]:
    """Sum up the runs based in a span, by default the last ninety days, station by station."""
    last = until or clock.now()
    first = since or last - SPAN
    where = {"based_at__gte": first, "based_at__lt": last}
    if model:
        where["model"] = model  # type: ignore[assignment]
    if station:
        where["station__code"] = station  # type: ignore[assignment]
    scores = visible(Score.objects.filter(**where), actor, VIEW)
    checks = visible(LevelCheck.objects.filter(**where), actor, VIEW)
    leads: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    rows = (
        scores.values("station__code", "station__name", "model", "lead_from", "lead_until")
        .annotate(
            values_=Sum("n"), error=Sum("total"), size=Sum("total_size"),
            square=Sum("total_square"), runs=Count("run", distinct=True),
        )
        .order_by("station__code", "model", "lead_from")
    )  # fmt: skip
    names: dict[str, str] = {}
    for row in rows:
        names[row["station__code"]] = row["station__name"]
        leads[row["station__code"], row["model"]].append(_lead(dict(row)))
    levels = _levels(checks, names)
    items = [
        {
            "code": code, "name": names[code], "model": key,
            "leads": leads.get((code, key), []), "levels": levels.get((code, key), []),
        }
        for code, key in sorted({*leads, *levels})
    ]  # fmt: skip
    return {"items": items, "since": first, "until": last, "as_of": clock.now()}


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


def _levels(checks: Any, names: dict[str, str]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Count hits, misses and false alarms by station and level; ratios None where nothing was."""
    counted: dict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
    rows = checks.values("station__code", "station__name", "model", "kind", "outcome").annotate(
        many=Count("pk")
    )
    for row in rows.order_by():
        names[row["station__code"]] = row["station__name"]
        counted[row["station__code"], row["model"], row["kind"]][row["outcome"]] = row["many"]
    table = codes.table("stream-level-kinds")
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for kind in table:
        for (code, model, of), many in counted.items():
            if of == kind.code:
                found[code, model].append(_level(kind.code, kind.name, kind.name_en, many))
    return found


def _level(kind: str, label: str, label_en: str, many: dict[str, int]) -> dict[str, Any]:
    hits, misses, false = (many.get(one, 0) for one in ("hit", "miss", "false-alarm"))
    return {
        "kind": kind,
        "label": label,
        "label_en": label_en,
        "hits": hits,
        "misses": misses,
        "false_alarms": false,
        "quiet": many.get("quiet", 0),
        "detected": round(hits / (hits + misses), 3) if hits + misses else None,
        "false_ratio": round(false / (hits + false), 3) if hits + false else None,
    }
