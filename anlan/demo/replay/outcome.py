"""The alarms a workspace has raised, as the verdict compares them."""

from __future__ import annotations

from anlan.demo.days.recording import in_ms
from anlan.sense.models import Alarm

from .verdict import Raised


def raised() -> list[Raised]:
    """List every alarm with the codes of its rule and of what it is about."""
    rows = Alarm.objects.select_related("rule", "station", "gateway", "stream").order_by("id")
    found = []
    for alarm in rows:
        about = alarm.gateway or alarm.station or alarm.stream
        found.append(
            Raised(
                rule=alarm.rule.code,
                matter=about.code if about is not None else "",
                hazard=alarm.hazard,
                worst=alarm.worst,
                at=in_ms(alarm.raised_at),
                title=f"{alarm.place} {alarm.title}",
            )
        )
    return found
