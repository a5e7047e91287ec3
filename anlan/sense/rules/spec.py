"""What a rule is: the same shape from a file, from the page and in the database."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

import msgspec

from anlan.kernel.errors import Invalid

Op = Literal[">=", ">", "<=", "<"]
Kind = Literal["level", "rate", "sum", "difference", "count", "silence", "tailings", "combination"]
#: Kinds a part of a combination may have.
PartKind = Literal["level", "rate", "sum", "silence"]
#: What one alarm is about: each stream, each station, each gateway, or all the rule watches.
Matter = Literal["stream", "station", "gateway", "rule"]


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where a limit comes from: a number, a level of the stream itself, or a row of a code table.

    What is found is multiplied by `factor`, then `plus` is added; in the unit of the quantity.
    """

    number: float | None = None
    #: A kind of ``stream-level-kinds``. ``flood-limit`` takes the one of the season.
    level: str = ""
    #: ``table/row/column``, e.g. ``rain-24h-grades/storm/lower``.
    table: str = ""
    factor: float = 1.0
    plus: float = 0.0


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """From which limit on the alarm has which level. None: the alarm has no level."""

    level: Literal[1, 2, 3, 4] | None = None
    #: Silence needs none.
    limit: Limit | None = None
    #: Overrides the rule's.
    hold_s: int | None = None


class Where(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which streams, within the rule's region. What is empty narrows nothing."""

    regions: tuple[str, ...] = ()
    #: Kinds of stations.
    kinds: tuple[str, ...] = ()
    #: Codes.
    stations: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One of the conditions a combination joins; of several streams any one will do."""

    kind: PartKind
    quantity: str
    op: Op = ">="
    limit: Limit | None = None
    window_s: int | None = None
    hold_s: int = 0


class Spec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a rule says."""

    title: str
    kind: Kind
    title_en: str = ""
    #: Key of a hazard; "" for trouble of the equipment, which is told to no module above.
    hazard: str = ""
    quantity: str = ""
    op: Op = ">="
    conditions: tuple[Condition, ...] = ()
    where: Where = Where()
    matter: Matter = "station"
    #: So far back from the limit a value must go before the alarm eases; unit of the quantity.
    hysteresis: float = 0.0
    #: So long the condition must hold before it counts.
    hold_s: int = 0
    #: Of rates and sums.
    window_s: int | None = None
    #: Count: how many, of how many neighbours (None: of all there are).
    need: int | None = None
    #: Count: neighbours within so many metres of each station; None: all streams of the matter.
    radius_m: float | None = None
    #: Difference: the quantity taken away, at the same station.
    other: str = ""
    #: Difference: pairs of stream codes, the first less the second.
    pairs: tuple[tuple[str, str], ...] = ()
    #: Difference: values further apart in time are not compared.
    apart_s: int = 3600
    #: Silence: so many expected intervals without a value.
    intervals: float = 3.0
    #: Combination.
    parts: tuple[Part, ...] = ()
    joined: Literal["all", "any"] = "all"
    #: A row of the table ``season``; "" all the year.
    season: str = ""
    effective_from: date | None = None
    effective_to: date | None = None
    #: An alarm that comes back within so long is the same one.
    again_s: int = 1800
    source: str = ""
    confidence: str = "O"
    note: str = ""


def read_spec(raw: Mapping[str, Any]) -> Spec:
    """Read a rule from plain values; `Invalid` when its shape is wrong. `check` does the rest."""
    try:
        return msgspec.convert(raw, Spec)
    except msgspec.ValidationError as error:
        raise Invalid(f"规则的格式不对：{error}", errors=_place(str(error))) from error


def plain(spec: Spec) -> dict[str, Any]:
    """Turn a rule into what JSON holds; `read_spec` reads it back."""
    told: dict[str, Any] = msgspec.to_builtins(spec)
    return told


def _place(text: str) -> dict[str, Sequence[str]]:
    """Take the column out of a message that ends in "at `$.conditions[0].level`"."""
    _, found, path = text.partition("`$.")
    column = path.partition("`")[0].partition(".")[0].partition("[")[0]
    return {column if found else "": ["格式不对"]}
