"""At least how grave: the grade that the known figures show, and why it may be graver.

An unknown figure can only raise a grade. Taken at its least it gives the lower bound: "至少一般" is
what is shown and reported until the rest is known, and a person confirms.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from anlan import codes
from anlan.base.language import say
from anlan.kernel.errors import Missing

Figures = Mapping[str, float]


@dataclass(frozen=True)
class Floor:
    """The lower bound of a grade with its reasons; `grade` None where the figures show none yet."""

    grade: int | None
    table: str
    #: Whether what is unknown could still raise it.
    is_lower_bound: bool
    #: Figures that decided, and those that nobody knows, by key of ``incident-figures``.
    by: tuple[str, ...]
    unknown: tuple[str, ...]
    source: str
    confidence: str

    def label(self, language: str = "zh") -> str:
        """Say the grade: 至少较大, 较大."""
        if self.grade is None:
            return say("还不能定级", language)
        name = codes.table(self.table).name(str(self.grade), language)
        return (
            say("至少{grade}", language).replace("{grade}", name) if self.is_lower_bound else name
        )

    def why(self, language: str = "zh") -> str:
        """Say why it may be graver."""
        if not self.is_lower_bound:
            return ""
        names = [codes.table("incident-figures").name(key, language) for key in self.unknown]
        joined = ("、" if language == "zh" else ", ").join(names)
        return say("{names}未知，查清后只会更高", language).replace("{names}", joined)


def rule_of(kind: str) -> str:
    """Tell the rule that grades a kind; "" where none fits."""
    row = codes.table("incident-kinds").get(kind) if kind else None
    return (row.text("rule") if row else None) or ""


def grades_of(kind: str) -> str:
    """Name the table a kind's grades are from."""
    rule = rule_of(kind)
    return codes.rule(rule).table if rule else "event-grades"


def asked_of(kind: str) -> tuple[str, ...]:
    """List the figures that matter for a kind: those always asked, and those its rule looks at."""
    rule = rule_of(kind)
    wanted = set(codes.rule(rule).figures) if rule else set()
    return tuple(
        row.code
        for row in codes.table("incident-figures")
        if row.flag("asked") or row.text("grade") in wanted
    )


def floor(kind: str, figures: Figures) -> Floor | None:
    """Grade by what is known; None where no rule fits the kind."""
    key = rule_of(kind)
    if not key:
        return None
    try:
        rule = codes.rule(key)
    except Missing:
        return None
    given = _given(rule.figures, figures)
    least = {
        name: codes.table("grade-figures")[name].number("least") if value is None else value
        for name, value in given.items()
    }
    shown, lowest = codes.grade(key, given), codes.grade(key, least)
    unknown = _unknown(rule.figures, figures)
    worst = rule.steps[0].grade
    return Floor(
        grade=int(lowest.grade) if lowest.grade else None, table=rule.table,
        is_lower_bound=lowest.grade != worst and bool(unknown),
        by=shown.by, unknown=unknown, source=lowest.source, confidence=lowest.confidence,
    )  # fmt: skip


def _given(wanted: tuple[str, ...], figures: Figures) -> dict[str, float | None]:
    """Add up what one figure of the law holds of ours: the missing count among the dead."""
    given: dict[str, float | None] = dict.fromkeys(wanted)
    for row in codes.table("incident-figures"):
        name, value = row.text("grade"), figures.get(row.code)
        if name in given and value is not None:
            given[name] = (given[name] or 0) + value
    return given


def _unknown(wanted: tuple[str, ...], figures: Figures) -> tuple[str, ...]:
    return tuple(
        row.code
        for row in codes.table("incident-figures")
        if row.text("grade") in wanted and row.code not in figures
    )
