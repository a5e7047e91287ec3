"""Between which times a stream's values are of use: what the import of old ones is told against."""

from anlan.engines.series import DAY_MS
from anlan.kernel import clock, workspace
from anlan.sense.models import Stream
from anlan.sense.relay.reporting import Bounds
from anlan.sense.selectors.latest import newest_times


def bounds() -> Bounds:
    """Tell of each stream in use its newest value, and since when single values are kept."""
    from anlan.sense.intake import retaining  # with all of the intake: few processes need it

    kept = retaining.read(workspace.directory())
    now_ms = int(clock.now().timestamp() * 1000)
    oldest = {}
    for code, quantity in Stream.objects.filter(retired_at=None).values_list("code", "quantity"):
        days = kept.by_quantity.get(quantity, kept.raw_days)
        if days is not None:
            oldest[code] = now_ms - days * DAY_MS
    return Bounds(newest_times(), oldest)
