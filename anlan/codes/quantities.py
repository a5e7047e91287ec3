"""What is measured: the quantities of ``codes/quantities``, their units, ranges and behaviour.

An operator's folder may add quantities, and replace shipped ones by their key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.codes import loader
from anlan.codes.reading import fail, parse_toml, trust
from anlan.kernel.errors import Invalid, Missing
from anlan.kernel.units import unit as unit_named

Kind = Literal["level", "sum", "mean", "state"]
KINDS: Final = ("level", "sum", "mean", "state")
REQUIRED: Final = ("title", "title_en", "unit", "decimals", "kind", "source")


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity. Values are kept in `unit`; `low` and `high` are what is physically possible."""

    key: str
    title: str
    title_en: str
    unit: str
    decimals: int
    low: float | None
    high: float | None
    #: The fastest it can change, in `unit` a minute; None: not checked.
    rate_per_min: float | None
    #: Of what may change at once: a single value that leaves the others by more than this part of
    #: the stream's lowest upper level (without one, of its range) is doubted until the next one;
    #: None: not checked.
    leap_share: float | None
    #: An instrument that reads beyond its range by this part of it is full, not broken.
    over_share: float
    #: So long without the least change is a fault; None: not checked.
    stuck_after_s: float | None
    #: So long is one already where the stream otherwise rests much less; None: not checked.
    stuck_least_s: float | None
    #: A state of the moment, an amount of an interval (rain), a mean, or on and off.
    kind: Kind
    hazards: tuple[str, ...]
    source: str
    confidence: str

    def label(self, lang: str = "zh") -> str:
        """Return the title in Chinese, or in English for any language that is not Chinese."""
        return self.title if lang.lower().startswith("zh") else self.title_en


def quantities() -> Mapping[str, Quantity]:
    """Return every quantity by key, in the files' order."""
    return _quantities(loader.shelf().edition)


def get(key: str) -> Quantity | None:
    """Find a quantity, or None."""
    return quantities().get(key)


def quantity(key: str) -> Quantity:
    """Find a quantity; `Missing` when there is none of that key."""
    found = quantities().get(key)
    if found is None:
        raise Missing(f"没有名为「{key}」的监测要素")
    return found


def convert(value: ArrayLike, unit: str, key: str) -> NDArray[np.float64]:
    """Convert values from a unit to the quantity's; `Invalid` when the unit does not fit."""
    source, target = unit_named(unit), unit_named(quantity(key).unit)
    if source.dimension != target.dimension:
        raise Invalid(f"单位「{unit}」与监测要素「{quantity(key).title}」不符")
    sent = np.asarray(value, np.float64)
    return (sent * source.factor + (source.offset - target.offset)) / target.factor


@lru_cache(maxsize=2)
def _quantities(edition: int) -> Mapping[str, Quantity]:  # noqa: ARG001 - the edition makes the cache forget
    found: dict[str, Quantity] = {}
    for path in loader.shelf().files("quantities"):
        for key, raw in parse_toml(path).items():
            found[key] = _read(path, key, raw)
    return MappingProxyType(found)


def _read(path: Path, key: str, raw: Mapping[str, Any]) -> Quantity:
    line = _line(path, key)
    for name in REQUIRED:
        if name not in raw:
            fail(path, line, f"[{key}] 缺少 {name}")
    if raw["kind"] not in KINDS:
        fail(path, line, f"[{key}] kind 只能是 {'、'.join(KINDS)}")
    try:
        unit_named(raw["unit"])
    except Invalid as error:
        fail(path, line, f"[{key}] {error.detail}")
    return Quantity(
        key=key,
        title=raw["title"],
        title_en=raw["title_en"],
        unit=raw["unit"],
        decimals=int(raw["decimals"]),
        low=raw.get("low"),
        high=raw.get("high"),
        rate_per_min=raw.get("rate_per_min"),
        leap_share=raw.get("leap_share"),
        over_share=raw.get("over_share", 0.0),
        stuck_after_s=raw.get("stuck_after_s"),
        stuck_least_s=raw.get("stuck_least_s"),
        kind=raw["kind"],
        hazards=tuple(raw.get("hazards", ())),
        source=raw["source"],
        confidence=trust(raw.get("confidence"), path, line),
    )


def _line(path: Path, key: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.startswith(f"[{key}]")), 1)
