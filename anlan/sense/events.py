"""What sense tells the modules above: a value or a person says that something is wrong."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from anlan.kernel.events import Event, declare

#: Level of the code table ``warning-levels``: 1 red (the worst), 2 orange, 3 yellow, 4 blue.
#: A field may also be None: no level is known, which is not the mildest one.
Level = Literal[1, 2, 3, 4]


@declare
@dataclass(frozen=True, kw_only=True)
class AlarmRaised(Event):
    """An alarm (报警) was raised, or it worsened. One alarm a matter, not one a value.

    `case` is never empty: whoever raises the first fact of a matter mints it. Handlers find or make
    their draft by the case, so that being told twice changes nothing. Easing and clearing are not
    told by this event.
    """

    #: Public id of the alarm.
    alarm: str
    #: Key of the hazard in ``codes/hazards``, e.g. ``flash-flood``.
    hazard: str
    #: How bad it is now; None when the rule gives no level.
    level: Level | None
    #: The level before; None when the alarm is new. Worsening only: never milder than `level`.
    was: Level | None = None
    #: Region code as stored, 12 digits or 15 for a grid cell: the narrowest that holds the place.
    region: str
    #: The place in words, as an officer says it aloud ("云溪水库坝前").
    where: str
    #: WGS-84 degrees east; None when the place has no point. `lon` and `lat` come together.
    lon: float | None = None
    #: WGS-84 degrees north.
    lat: float | None = None
    #: Code of the stream whose value crossed; "" when a person or a combination raised it.
    stream: str = ""
    #: The value that crossed, in `unit`; None when no single value did.
    value: float | None = None
    #: The limit it crossed, in `unit`.
    limit: float | None = None
    #: Unit of `value` and `limit` as the quantity declares it: m, mm, m³/s, °C ...
    unit: str = ""
    #: When the value was measured or the person saw it (workspace time), not when it arrived.
    raised_at: datetime
