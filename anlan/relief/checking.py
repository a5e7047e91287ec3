"""What does not agree among loss figures: errors stop a report, doubts ask for a note.

What is not known is judged by its known part only: a part that alone is more than the whole is
wrong whatever the rest turns out to be, and what cannot be judged yet is not wrong.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from anlan import codes
from anlan.base.language import say
from anlan.codes import Code
from anlan.relief.figures import DIGITS, Figures, Sum, added, fields

Gravity = Literal["error", "doubt"]
#: Two sums of figures with two digits that differ by less are the same.
SAME = 0.5 * 10**-DIGITS


@dataclass(frozen=True)
class Beside:
    """What a region's figures are compared with."""

    #: What it said last; None where this is its first report.
    last: Figures | None = None
    #: What the regions below it told, added up; None where it has nothing below that reports.
    below: Mapping[str, Sum] | None = None
    #: How many stand on the list of the dead and missing, by field; None where no list is asked.
    listed: Figures | None = None
    #: Whether this is the verified report (核报).
    final: bool = False


@dataclass(frozen=True)
class Finding:
    """One thing that does not agree, at one field."""

    gravity: Gravity
    at: str
    #: Code of the rule (``loss-rules``), ``of:`` or ``now:`` with the field for the derived ones.
    rule: str
    words: str
    values: Mapping[str, float] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What a note on it is kept under."""
        return f"{self.rule}/{self.at}"

    def sentence(self, language: str = "zh") -> str:
        """Say it."""
        told = {name: f"{value:g}" for name, value in self.values.items()}
        return say(self.words, language).format(**told)


def check(figures: Figures, beside: Beside) -> list[Finding]:
    """Find what does not agree, in the order of the survey."""
    found = list(_derived(figures))
    for rule in codes.table("loss-rules"):
        found += _RULES[rule.text("kind") or ""](rule, figures, beside)
    order = list(fields())
    return sorted(found, key=lambda one: order.index(one.at))


def unexplained(findings: Sequence[Finding], notes: Mapping[str, str]) -> list[Finding]:
    """List what keeps a report from being handed in: errors, and doubts without a note."""
    return [one for one in findings if one.gravity == "error" or not notes.get(one.key, "").strip()]


def _derived(figures: Figures) -> Iterator[Finding]:
    for one in fields().values():
        value = figures.get(one.key)
        for whole, rule, words in (
            (one.of, f"of:{one.key}", "{part} 大于所属的 {whole}"),
            (one.now_of, f"now:{one.key}", "实时 {part} 大于累计 {whole}"),
        ):
            most = figures.get(whole)
            if value is not None and most is not None and value > most:
                yield Finding("error", one.key, rule, words, {"part": value, "whole": most})


def _at_most(rule: Code, figures: Figures, beside: Beside) -> Iterator[Finding]:
    left, _ = added(figures, rule.several("left"))
    right, unknown = added(figures, rule.several("right"))
    if left is not None and right is not None and not unknown and left > right:
        yield _finding(
            rule, rule.several("left")[0], beside, "{left} 大于 {right}", left=left, right=right
        )


def _equal(rule: Code, figures: Figures, beside: Beside) -> Iterator[Finding]:
    left, gaps = added(figures, rule.several("left"))
    right, unknown = added(figures, rule.several("right"))
    if left is None or right is None or unknown:
        return
    at = rule.several("right")[0]
    if gaps and left - right > SAME:
        yield _finding(
            rule, at, beside, "已知的几项合计 {left}，已经大于 {right}", left=left, right=right
        )
    elif not gaps and abs(left - right) > SAME:
        yield _finding(rule, at, beside, "几项合计 {left}，与 {right} 不等", left=left, right=right)


def _falls(rule: Code, figures: Figures, beside: Beside) -> Iterator[Finding]:
    for key, one in fields().items() if beside.last else ():
        now, was = figures.get(key), (beside.last or {}).get(key)
        if not one.grows or was is None:
            continue
        if now is None:
            yield _finding(rule, key, beside, "上次报过 {was}，这次空着", was=was)
        elif now < was:
            yield _finding(rule, key, beside, "比上次的 {was} 少，现在 {now}", was=was, now=now)


def _rows(rule: Code, figures: Figures, beside: Beside) -> Iterator[Finding]:
    is_below = rule.code == "rows-below"
    for key, told in (beside.below or {}).items():
        own = figures.get(key)
        if own is None or told.value is None:
            continue
        if is_below and told.value - own > SAME:
            yield _finding(
                rule, key, beside, "下级合计已有 {below}，本级只有 {own}", below=told.value, own=own
            )
        # While somebody has not told theirs, more than the sum is what is to be expected.
        if not is_below and not told.missing and own - told.value > SAME:
            yield _finding(
                rule, key, beside, "下级合计 {below}，本级 {own}，多出来的是谁报的",
                below=told.value, own=own,
            )  # fmt: skip


def _listed(rule: Code, figures: Figures, beside: Beside) -> Iterator[Finding]:
    key = rule.several("left")[0]
    own, listed = figures.get(key), (beside.listed or {}).get(key)
    if own is not None and listed is not None and own != listed:
        yield _finding(rule, key, beside, "报 {own} 人，台账上 {listed} 人", own=own, listed=listed)


def _finding(rule: Code, at: str, beside: Beside, words: str, **values: float) -> Finding:
    gravity = (rule.text("final") if beside.final else None) or rule.text("gravity")
    return Finding("error" if gravity == "error" else "doubt", at, rule.code, words, values)


_RULES: dict[str, Callable[[Code, Figures, Beside], Iterator[Finding]]] = {
    "at-most": _at_most, "equal": _equal, "falls": _falls, "rows": _rows, "listed": _listed,
}  # fmt: skip
