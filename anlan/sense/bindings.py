"""What a watch of the threshold engine stands for, and what the engine says of it."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Binding:
    """One watch of a rule in force. Watches of one matter make one alarm together."""

    #: Name of the watch within its matter, the same from one start to the next.
    watch: str
    #: What the alarm is about: the rule's code and the station, stream, gateway or "all".
    matter: str
    #: Ids and plain values of the rule.
    rule: str
    version: int
    hazard: str
    #: 1 red to 4 blue; None when the rule gives none.
    level: int | None
    #: The limit in `unit`; None for silence and combinations.
    limit: float | None
    unit: str
    #: Decimals the quantity is shown with.
    decimals: int
    #: What is the case while the watch is in, said aloud: "水位达到警戒水位 12.30 m".
    says: str
    #: An alarm that comes back within so many seconds is the same one.
    again_s: int
    #: Where: ids; all None when the matter is the whole rule.
    station: str | None = None
    gateway: str | None = None
    #: The stream whose value is judged; None for combinations and gateways.
    stream: str | None = None
    #: Matter of the alarm that says it already while it stands (the gateway is gone); "" for none.
    under: str = ""


class Change(NamedTuple):
    """A watch went in or out."""

    binding: Binding
    #: True: the condition holds from now on.
    entered: bool
    #: Milliseconds since 1970 UTC, of the value that did it (of the clock, for silence).
    time_ms: int
    #: The value or figure; None when there is none.
    value: float | None = None
