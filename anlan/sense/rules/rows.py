"""What compiling needs to know of streams and rules: plain values, no tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from anlan.sense.rules.spec import Spec


@dataclass(frozen=True, slots=True)
class StreamRow:
    """One stream in use with what hangs around it."""

    id: str
    code: str
    number: int
    quantity: str
    region: str
    station: str
    station_code: str
    station_name: str
    station_kind: str
    name: str = ""
    gateway: str | None = None
    gateway_name: str = ""
    interval_s: int | None = None
    levels: Mapping[str, float] = field(default_factory=dict)
    #: What is monitored, of ``tailings-items``; "" takes the quantity for it.
    item: str = ""
    lon: float | None = None
    lat: float | None = None
    #: Whether the lack of values is a fault: neither stream nor station is under repair or stopped.
    watched: bool = True
    #: Whether a value ever came; what was never connected is not silent.
    heard: bool = True


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule and the version to compile."""

    id: str
    code: str
    version: int
    #: Where it applies, as a stored code.
    region: str
    spec: Spec
