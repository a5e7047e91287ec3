"""The hazards the platform knows, one TOML file each in ``codes/hazards``.

A new hazard is a new file: choices, alert forms, thresholds and statistics follow from it. An
operator's folder may add hazards or replace one by a file of the same name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from anlan.codes import grading, loader
from anlan.codes.reading import fail, key_of, parse_toml, trust
from anlan.codes.rows import Code
from anlan.kernel.errors import Missing

REQUIRED = ("name", "name_en", "category", "event_code", "cap", "lead", "source")

#: Columns that hold codes of a table: every value must be found there.
REFERENCES = {
    "category": "event-codes",
    "event_code": "event-codes",
    "also": "event-codes",
    "signal": "weather-signals",
    "cap": "cap-categories",
    "lead": "authorities",
    "support": "authorities",
    "issuer": "issuers",
    "posts": "posts",
    "indicators": "indicators",
}


@dataclass(frozen=True)
class Level:
    """One warning level of a hazard; 1 is the worst."""

    level: int
    name: str
    name_en: str
    color: str


@dataclass(frozen=True)
class Hazard:
    """One kind of thing that goes wrong."""

    key: str
    name: str
    name_en: str
    #: Subclass in the five-character system, e.g. 11B00 weather.
    category: str
    #: Event type in the national warning system, e.g. 11B01 typhoon.
    event_code: str
    #: CAP 1.2 categories, the main one first.
    cap: tuple[str, ...]
    #: The department that leads, from table ``authorities``.
    lead: str
    source: str
    confidence: str
    #: Further event types that are this hazard when they come in: 11D01 landslide is geological.
    also: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    #: Who may issue its warnings, from table ``issuers``; None: nobody issues warnings of it.
    issuer: str | None = None
    #: Two-digit type of the weather warning signal.
    signal: str | None = None
    levels: tuple[Level, ...] = ()
    #: What is measured to see it coming, from table ``indicators`` (which gives the units).
    indicators: tuple[str, ...] = ()
    #: Engines that compute it; empty until one is installed.
    engines: tuple[str, ...] = ()
    #: Posts that are called when it comes, from table ``posts``.
    posts: tuple[str, ...] = ()
    #: The rule of ``codes/grades`` its events are graded by.
    grade_rule: str | None = None

    def label(self, lang: str = "zh") -> str:
        """Return the name in Chinese, or in English for any language that is not Chinese."""
        return self.name if lang.lower().startswith("zh") else self.name_en

    def unit(self, indicator: str) -> str:
        """Return the unit an indicator of this hazard is measured in."""
        return loader.table("indicators")[indicator].text("unit") or ""


def hazards() -> Mapping[str, Hazard]:
    """Return every hazard by key."""
    return _hazards(loader.shelf().edition)


def hazard(key: str) -> Hazard:
    """Return one hazard; `Missing` when there is none of that key."""
    try:
        return hazards()[key]
    except KeyError:
        raise Missing(f"没有名为「{key}」的灾种") from None


def hazard_of_event(event_code: str) -> Hazard | None:
    """Find the hazard of an event type received from outside (11B03); None when none has it.

    A type that no hazard carries itself falls to the hazard that stands for its subclass.
    """
    by_code: dict[str, Hazard] = {}
    for one in hazards().values():
        for code in (one.event_code, *one.also):
            by_code.setdefault(code, one)
    return by_code.get(event_code) or by_code.get(event_code[:3] + "00")


@lru_cache(maxsize=2)
def _hazards(edition: int) -> Mapping[str, Hazard]:  # noqa: ARG001 - the edition makes the cache forget
    found = {key_of(path): read_hazard(path) for path in loader.shelf().files("hazards")}
    return MappingProxyType(dict(sorted(found.items(), key=lambda item: item[1].event_code)))


def read_hazard(path: Path) -> Hazard:
    """Read one hazard file; `Invalid` names the file and line of a code that does not exist."""
    raw = parse_toml(path)
    for name in REQUIRED:
        if not raw.get(name):
            fail(path, 1, f"缺少 {name}")
    for name, key in REFERENCES.items():
        known = loader.table(key)
        for code in _several(raw.get(name)):
            if code not in known:
                fail(path, _line(path, name), f"{name} 的「{code}」不在码表 {key} 里")
    graded = raw.get("grade_rule")
    if graded and graded not in {one.key for one in grading.rules()}:
        fail(path, _line(path, "grade_rule"), f"没有名为「{graded}」的分级规则")
    return Hazard(
        key=key_of(path),
        name=raw["name"],
        name_en=raw["name_en"],
        category=raw["category"],
        event_code=raw["event_code"],
        cap=_several(raw["cap"]),
        lead=raw["lead"],
        source=raw["source"],
        confidence=trust(raw.get("confidence"), path, _line(path, "confidence")),
        also=_several(raw.get("also")),
        support=_several(raw.get("support")),
        issuer=raw.get("issuer"),
        signal=raw.get("signal"),
        levels=_levels(path, raw),
        indicators=_several(raw.get("indicators")),
        engines=_several(raw.get("engines")),
        posts=_several(raw.get("posts")),
        grade_rule=raw.get("grade_rule"),
    )


def _several(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _line(path: Path, name: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.startswith(name)), 1)


def _levels(path: Path, raw: Mapping[str, Any]) -> tuple[Level, ...]:
    """Read ``levels = [1, 2, 3]``; ``[level_names]`` goes before the names in the table."""
    known = loader.table("warning-levels")
    own: Mapping[str, Mapping[str, str]] = raw.get("level_names", {})
    levels = []
    for number in raw.get("levels", ()):
        row = known.get(str(number))
        if row is None:
            fail(path, _line(path, "levels"), f"预警级别「{number}」不在码表 warning-levels 里")
        levels.append(_level(row, own.get(str(number), {})))
    return tuple(levels)


def _level(row: Code, own: Mapping[str, str]) -> Level:
    return Level(
        level=int(row.code),
        name=own.get("name", row.name),
        name_en=own.get("name_en", row.name_en),
        color=row.text("color") or "",
    )
