"""Which band a measured value falls into: wind force, rain, snow, typhoon, fog, sand, drought.

A scale is a code table whose head says ``unit`` and ``closed``, and whose rows carry ``lower`` and
``upper`` (blank is open). ``closed: lower`` bands are [lower, upper), ``closed:
upper`` bands are (lower, upper]. ``step`` is the precision the standard is printed with: the value
is rounded to it first (half away from zero), so 17.15 m/s belongs to the band printed 17.2-20.7.
"""

import math
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from anlan.codes import loader
from anlan.codes.rows import Code, Table
from anlan.kernel.errors import Invalid, Missing


@dataclass(frozen=True)
class Band:
    """The band a value falls into; ``rank`` counts the bands from the table's first row, 0."""

    scale: str
    code: str
    name: str
    name_en: str
    rank: int
    lower: float | None
    upper: float | None
    unit: str
    source: str
    confidence: str

    def label(self, lang: str = "zh") -> str:
        """Return the name in Chinese, or in English for any language that is not Chinese."""
        return self.name if lang.lower().startswith("zh") else self.name_en


def scale_table(key: str, on: date | None = None, region: str | None = None) -> Table:
    """Return the table of a scale (``wind`` is kept as ``wind-grades``); `Missing` when none is."""
    for one in (f"{key}-grades", key):
        if one in loader.shelf().catalogue:
            table = loader.table(one, on, region)
            if "closed" in table.attributes:
                return table
    raise Missing(f"没有名为「{key}」的等级标尺")


def scale_tables(on: date | None = None) -> list[Table]:
    """Return the tables of all scales."""
    return [table for table in loader.tables(on) if "closed" in table.attributes]


def band(
    key: str, value: float | None, on: date | None = None, region: str | None = None
) -> Band | None:
    """Place a value on a scale, in the scale's unit; None for None or a value above every band.

    Fog above 10 km of visibility has no band. `Invalid` for a value below every band of a scale
    (negative rain) or one that is not finite.

    >>> found = band("wind", 33.0)
    >>> found.code, found.name
    ('12', '12级')
    """
    if value is None:
        return None
    table = scale_table(key, on, region)
    if not math.isfinite(value):
        raise Invalid(f"「{table.title}」不能判定 {value}")
    measured = rounded(value, table.attributes.get("step"))
    for rank, row in enumerate(table):
        if holds(row, measured, closed=table.attributes["closed"]):
            return _band(key, table, rank, row)
    lowest = [row.number("lower") for row in table]
    if None not in lowest and measured < min(one for one in lowest if one is not None):
        raise Invalid(f"「{table.title}」没有 {value} 这样的值")
    return None


def rounded(value: float, step: str | None) -> float:
    """Round to the precision a standard is printed with, halves away from zero."""
    if not step:
        return value
    return float(Decimal(repr(value)).quantize(Decimal(step), ROUND_HALF_UP))


def holds(row: Code, value: float, *, closed: str) -> bool:
    """Tell whether a band holds a value."""
    lower, upper = row.number("lower"), row.number("upper")
    if closed == "upper":
        return (lower is None or lower < value) and (upper is None or value <= upper)
    return (lower is None or lower <= value) and (upper is None or value < upper)


def _band(key: str, table: Table, rank: int, row: Code) -> Band:
    return Band(
        scale=key,
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        rank=rank,
        lower=row.number("lower"),
        upper=row.number("upper"),
        unit=table.attributes.get("unit", ""),
        source=row.source,
        confidence=row.confidence,
    )
