"""How bad an event is: grade rules as data on figures, from ``codes/grades/*.toml``.

A rule names its figures and lists its grades from the worst down, each with clauses; any one
clause that holds sets the grade, and the worst grade wins. In law 以上 includes the number
(``>=``) and 以下 excludes it, so every clause is written with ``>=`` (or ``<=`` for a figure where
lower is worse). An unknown figure is not zero: it can only raise the grade, so that the grade from
the known figures is a lower bound for as long as an unknown one could still raise it.
"""

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from anlan.codes import loader
from anlan.codes.reading import fail, key_of, parse_toml, period, short, trust
from anlan.codes.rows import Code, nothing
from anlan.kernel.errors import Invalid, Missing

CONDITION = re.compile(r"(?P<figure>[a-z]\w*) (?P<op>>=|<=|>|<) (?P<value>-?\d+(?:\.\d+)?)")
OPS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
}  # fmt: skip

#: Which comparisons keep a grade from falling when a figure gets worse.
ALLOWED = {"higher": (">=", ">"), "lower": ("<=", "<")}


@dataclass(frozen=True)
class Condition:
    """One comparison, ``deaths >= 30``."""

    figure: str
    op: str
    value: float

    def __str__(self) -> str:
        return f"{self.figure} {self.op} {self.value:g}"

    def holds(self, figures: Mapping[str, float | None]) -> bool | None:
        """Compare; None when the figure is not known."""
        known = figures.get(self.figure)
        return None if known is None else OPS[self.op](known, self.value)


@dataclass(frozen=True)
class Step:
    """One grade of a rule: it is reached when every condition of any one clause holds."""

    grade: str
    clauses: tuple[tuple[Condition, ...], ...]
    source: str
    confidence: str

    def reached(self, figures: Mapping[str, float | None]) -> bool | None:
        """Tell whether the grade is reached; None when it hangs on an unknown figure."""
        answers = [_every(clause, figures) for clause in self.clauses]
        if True in answers:
            return True
        return None if None in answers else False

    def deciders(self, figures: Mapping[str, float | None]) -> tuple[str, ...]:
        """Name the figures of the clauses that hold."""
        held = (clause for clause in self.clauses if _every(clause, figures))
        return tuple(dict.fromkeys(one.figure for clause in held for one in clause))


def _every(clause: tuple[Condition, ...], figures: Mapping[str, float | None]) -> bool | None:
    answers = [condition.holds(figures) for condition in clause]
    if False in answers:
        return False
    return None if None in answers else True


@dataclass(frozen=True)
class Rule:
    """How one kind of event is graded, and by which instrument."""

    key: str
    title: str
    title_en: str
    source: str
    confidence: str
    #: The table of the grades' names: event-grades, geo-grades, cold-wave-grades.
    table: str
    figures: tuple[str, ...]
    steps: tuple[Step, ...]
    #: Figures that are the sum of others when nobody gave them.
    sums: Mapping[str, tuple[str, ...]] = field(default_factory=nothing, hash=False)
    region: str = ""
    effective_from: date | None = None
    effective_to: date | None = None
    path: str = ""


@dataclass(frozen=True)
class Grading:
    """A grade with its reasons.

    ``grade`` is a code of ``table``; None when nothing is known (then ``is_lower_bound`` is true)
    or when the known figures stay below the lowest grade. ``by`` names the figures that decided,
    ``unknown`` those that were not given. A worst grade is never a lower bound.
    """

    rule: str
    table: str
    grade: str | None
    is_lower_bound: bool
    by: tuple[str, ...]
    unknown: tuple[str, ...]
    source: str
    confidence: str

    def code(self) -> Code | None:
        """Return the grade's row, with its names and colour."""
        return None if self.grade is None else loader.table(self.table)[self.grade]


def grade(
    rule_key: str,
    figures: Mapping[str, float | None],
    on: date | None = None,
    region: str | None = None,
) -> Grading:
    """Grade an event by the rule in force on a day (default today).

    `figures` maps the rule's figures (table ``grade-figures`` gives their units) to a number, or
    None for not known; a figure left out is not known. `Missing` for an unknown rule, `Invalid`
    for a figure that the rule does not have, or that cannot be (negative deaths).

    >>> grade("work-safety-accident", {"deaths": 3}).grade
    '3'
    >>> grade("work-safety-accident", {"deaths": 3}).is_lower_bound
    True
    """
    chosen = rule(rule_key, on, region)
    _refuse_impossible(chosen, figures)
    figures = _summed(chosen, figures)
    unknown = tuple(name for name in chosen.figures if figures.get(name) is None)
    may_rise = False
    for step in chosen.steps:
        reached = step.reached(figures)
        if reached:
            return Grading(
                rule=chosen.key,
                table=chosen.table,
                grade=step.grade,
                is_lower_bound=may_rise,
                by=step.deciders(figures),
                unknown=unknown,
                source=step.source,
                confidence=step.confidence,
            )
        may_rise = may_rise or reached is None
    return Grading(
        rule=chosen.key,
        table=chosen.table,
        grade=None,
        is_lower_bound=may_rise,
        by=(),
        unknown=unknown,
        source=chosen.source,
        confidence=chosen.confidence,
    )


def rule(key: str, on: date | None = None, region: str | None = None) -> Rule:
    """Return the rule in force on a day in a region; `Missing` when there is none."""
    editions = [one for one in _rules(loader.shelf().edition) if one.key == key]
    chosen = loader.choose(editions, on or loader.today(), region)
    if chosen is None:
        raise Missing(f"没有名为「{key}」的分级规则" if not editions else f"规则「{key}」当日无效")
    return chosen


def rules(on: date | None = None, region: str | None = None) -> list[Rule]:
    """Return every rule in force on a day in a region, by key."""
    keys = sorted({one.key for one in _rules(loader.shelf().edition)})
    everything = _rules(loader.shelf().edition)
    on = on or loader.today()
    chosen = (loader.choose([r for r in everything if r.key == k], on, region) for k in keys)
    return [one for one in chosen if one is not None]


def _summed(chosen: Rule, figures: Mapping[str, float | None]) -> Mapping[str, float | None]:
    """Add up the sums nobody gave, where every part is known."""
    known = dict(figures)
    for name, parts in chosen.sums.items():
        values = [figures[part] for part in parts if figures.get(part) is not None]
        if known.get(name) is None and len(values) == len(parts):
            known[name] = sum(value for value in values if value is not None)
    return known


def _refuse_impossible(chosen: Rule, figures: Mapping[str, float | None]) -> None:
    known = loader.table("grade-figures")
    for name, value in figures.items():
        if name not in chosen.figures:
            why = f"「{chosen.title}」不看「{known.name(name)}」"
            raise Invalid(why, errors={name: ["未知指标"]})
        if value is None:
            continue
        least = known[name].number("least")
        if not math.isfinite(value) or (least is not None and value < least):
            raise Invalid(f"「{known.name(name)}」不可能是 {value}", errors={name: ["数值不可能"]})


@lru_cache(maxsize=2)
def _rules(edition: int) -> tuple[Rule, ...]:  # noqa: ARG001 - the edition makes the cache forget
    read = [(path, read_rule(path)) for path in loader.shelf().files("grades")]
    shipped = [one for path, one in read if path.is_relative_to(loader.HERE)]
    own = [one for path, one in read if not path.is_relative_to(loader.HERE)]
    for group in (shipped, own):
        loader.refuse_overlaps(group, lambda one: (one.key, one.path), "规则")
    return (*shipped, *own)


def read_rule(path: Path) -> Rule:
    """Read one rule file; `Invalid` names the file when it is wrong."""
    raw = parse_toml(path)
    for name in ("title", "title_en", "source", "grades", "figures", "step"):
        if not raw.get(name):
            fail(path, 1, f"缺少 {name}")
    sums = {name: tuple(parts) for name, parts in raw.get("sums", {}).items()}
    known = loader.table("grade-figures")
    for name in (*raw["figures"], *(part for parts in sums.values() for part in parts)):
        if name not in known:
            fail(path, 1, f"指标「{name}」不在 grade-figures 表里")
    steps = tuple(_step(path, raw, step) for step in raw["step"])
    order = [row.code for row in loader.table(raw["grades"])]
    places = [order.index(step.grade) for step in steps]
    if places != sorted(set(places)):
        fail(path, 1, "等级要从最严重的写起，且不能重复")
    first, last = period(raw, path, 1)
    return Rule(
        key=key_of(path),
        title=raw["title"],
        title_en=raw["title_en"],
        source=raw["source"],
        confidence=trust(raw.get("confidence"), path, 1),
        table=raw["grades"],
        figures=tuple(raw["figures"]),
        steps=steps,
        sums=MappingProxyType(sums),
        region=str(raw.get("region", "")),
        effective_from=first,
        effective_to=last,
        path=short(path),
    )


def _step(path: Path, raw: Mapping[str, Any], step: Mapping[str, Any]) -> Step:
    grade = str(step.get("grade", ""))
    if grade not in loader.table(raw["grades"]):
        fail(path, 1, f"等级「{grade}」不在 {raw['grades']} 表里")
    clauses = tuple(
        tuple(_condition(path, raw["figures"], part) for part in clause.split(" and "))
        for clause in step.get("any", ())
    )
    if not clauses:
        fail(path, 1, f"等级「{grade}」没有条件")
    return Step(
        grade=grade,
        clauses=clauses,
        source=step.get("source", raw["source"]),
        confidence=trust(step.get("confidence", raw.get("confidence")), path, 1),
    )


def _condition(path: Path, figures: list[str], text: str) -> Condition:
    lines = path.read_text(encoding="utf-8").splitlines()
    number = next((n for n, line in enumerate(lines, 1) if text in line), 1)
    found = CONDITION.fullmatch(text.strip())
    if found is None:
        fail(path, number, f"条件「{text}」应写成 deaths >= 3 的样子")
    if found["figure"] not in figures:
        fail(path, number, f"条件「{text}」用了没有声明的指标")
    worse = loader.table("grade-figures")[found["figure"]].text("worse") or "higher"
    if found["op"] not in ALLOWED[worse]:
        fail(path, number, f"条件「{text}」的方向不对：这个指标 {worse} 更严重")
    return Condition(found["figure"], found["op"], float(found["value"]))
