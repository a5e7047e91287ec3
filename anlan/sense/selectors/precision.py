"""How often rules and sensors were right, and how many alarms there were a day."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from anlan import codes
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import visible
from anlan.kernel import clock
from anlan.sense.models import Alarm, Rule, Stream

DAYS = 30
MOST_DAYS = 366
#: Fewer judged alarms than these say nothing about another limit.
LEAST = 5
#: Other limits that are tried: this part of the way from the limit to the worst value seen.
STEPS = (0.1, 0.25, 0.5)
CLASSES = ("real", "false", "repair", "operation", "calibration", "communication")


@dataclass
class Tally:
    """What became of the alarms of a rule or a sensor."""

    raised: int = 0
    causes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    #: (value as part of the way beyond the limit, was it real) of judged alarms.
    judged: list[tuple[float, bool]] = field(default_factory=list)


def since(days: int) -> Any:
    """Tell when so many days ago began, on the wall clock."""
    return clock.now() - timedelta(days=min(max(days, 1), MOST_DAYS))


def precision(
    actor: Actor, *, by: str = "rule", days: int = DAYS, region: str = ""
) -> list[dict[str, Any]]:
    """Tell for each rule, or each sensor of each rule, how often its alarms were real.

    The worst first; those nobody has judged yet last. Work on site, maintenance and calibration
    count neither way. Alarms that came back are one alarm.
    """
    rows = visible(Alarm.objects.filter(raised_at__gte=since(days)), actor, "alarms.view",
                   within=region)  # fmt: skip
    tallies = _tally(rows, sensors=by == "stream")
    rules = Rule.objects.in_bulk({rule for rule, _ in tallies})
    streams = Stream.objects.in_bulk({stream for _, stream in tallies if stream})
    items = [
        _item(rules[rule], streams.get(stream or ""), tally)
        for (rule, stream), tally in tallies.items()
    ]
    return sorted(items, key=lambda one: (one["precision"] is None, one["precision"] or 0.0,
                                          -one["raised"]))  # fmt: skip


Key = tuple[str, str | None]


def _tally(rows: "QuerySet[Alarm]", *, sensors: bool) -> dict[Key, Tally]:
    counted = {row.code: row.flag("counted") for row in codes.table("alarm-causes")}
    tallies: dict[Key, Tally] = defaultdict(Tally)
    for rule, stream, cause, first, peak, limit in rows.values_list(
        "rule_id", "stream_id", "cause", "value", "peak", "limit"
    ).iterator(chunk_size=5000):
        value = first if peak is None else peak
        tally = tallies[rule, stream if sensors else None]
        tally.raised += 1
        tally.causes[cause] += 1
        if counted.get(cause) and value is not None and limit is not None:
            tally.judged.append((value - limit, cause == "real"))
    return tallies


def _item(rule: Rule, stream: Stream | None, tally: Tally) -> dict[str, Any]:
    table = codes.table("alarm-causes")
    real = sum(many for cause, many in tally.causes.items()
               if cause in table and table[cause].flag("real"))  # fmt: skip
    judged = sum(many for cause, many in tally.causes.items()
                 if cause in table and table[cause].flag("counted"))  # fmt: skip
    causes = tally.causes
    return {
        "rule": {
            "id": rule.pk, "code": rule.code, "title": rule.title, "title_en": rule.title_en,
        },
        "sensor": {"code": stream.code, "name": stream.name or stream.code} if stream else None,
        "raised": tally.raised,
        "real": real,
        "false": causes["false"],
        "maintenance": causes["repair"] + causes["operation"],
        "calibration": causes["calibration"],
        "communication": causes["communication"],
        "open": causes[""],
        "precision": round(real / judged, 4) if judged else None,
        "alternatives": alternatives(tally.judged, rule.quantity),
    }  # fmt: skip


def alternatives(judged: Sequence[tuple[float, bool]], quantity: str) -> list[dict[str, Any]]:
    """Tell what stricter limits would have given, from the values that raised judged alarms."""
    from anlan.sense.rules import words

    beyond = [abs(distance) for distance, _ in judged]
    worst = max(beyond, default=0.0)
    if len(judged) < LEAST or worst <= 0:
        return []
    found = []
    for step in STEPS:
        shift = worst * step
        kept = [real for (_, real), size in zip(judged, beyond, strict=True) if size >= shift]
        dropped = sum(not real for _, real in judged) - sum(not real for real in kept)
        if dropped:
            by = words.figure(shift, quantity)
            found.append(
                {
                    "says": f"限值收紧 {by}", "says_en": f"Limit stricter by {by}",
                    "raised": len(kept), "kept_real": sum(kept), "dropped_false": dropped,
                }
            )  # fmt: skip
    return found


def per_day(actor: Actor, *, days: int = DAYS, region: str = "") -> list[dict[str, Any]]:
    """Count the alarms raised on each day of the wall clock, by level; days without are there."""
    rows = visible(Alarm.objects.filter(raised_at__gte=since(days)), actor, "alarms.view",
                   within=region)  # fmt: skip
    found: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for raised_at, level in rows.values_list("raised_at", "worst").iterator(chunk_size=5000):
        found[clock.local(raised_at).date()][str(level or 0)] += 1
    last = clock.local(clock.now()).date()
    span = [last - timedelta(days=back) for back in range(min(max(days, 1), MOST_DAYS) - 1, -1, -1)]
    return [
        {"day": day.isoformat(), "raised": sum(found[day].values()), "by_level": dict(found[day])}
        for day in span
    ]
