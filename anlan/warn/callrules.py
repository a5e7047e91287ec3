"""Whom an alert calls, by hazard and level: the code table ``call-rules`` put as questions.

A grade is what a call is about: a level of the alert (``1`` red to ``4`` blue), ``live`` for those
kinds that say 立即转移, ``none`` for kinds without a level.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from anlan import codes
from anlan.kernel.errors import Invalid

TABLE = "call-rules"
#: Kind of the obligation to answer a call, and what its subject, the round, is called.
KIND = "call"
LIVE, NONE = "live", "none"

#: Grades, the gravest first.
RANKS: Mapping[str, int] = {LIVE: 0, "1": 1, "2": 2, "3": 3, "4": 4, NONE: 9}

GRADE_NAMES: Mapping[str, tuple[str, str]] = {
    LIVE: ("立即转移", "Move now"),
    "1": ("红色", "Red"),
    "2": ("橙色", "Orange"),
    "3": ("黄色", "Yellow"),
    "4": ("蓝色", "Blue"),
    NONE: ("不分级", "Without level"),
}


@dataclass(frozen=True)
class CallRule:
    """Posts of one role are called along a ladder, where their region is of one of these levels."""

    role: str
    levels: frozenset[int]
    ladder: str


def grade_of(kind: str, level: int | None) -> str:
    """Tell the grade of an alert of a kind (``issuers``) and level."""
    live = codes.table(TABLE).attributes.get("live", "")
    if kind in live.split(";"):
        return LIVE
    return NONE if level is None else str(level)


def graver(one: str, other: str) -> bool:
    """Tell whether a grade is graver than another."""
    return RANKS[one] < RANKS[other]


def as_grave(grade: str) -> list[str]:
    """List the grades that are as grave as one or graver."""
    return [one for one, rank in RANKS.items() if rank <= RANKS[grade]]


def rules(grade: str, hazard: str, region: str = "") -> list[CallRule]:
    """List the rules of a grade for a hazard, as in force in a region.

    A hazard that nobody knows ("" or not of ours) is met by the rules for every hazard.
    """
    if grade not in RANKS:
        raise Invalid(f"没有「{grade}」这一级叫应")
    ranks = {row.code: row.whole("rank") or 0 for row in codes.table("post-levels")}
    return [
        CallRule(
            row.text("role") or "",
            frozenset(ranks[one] for one in row.several("at")),
            row.text("ladder") or "",
        )
        for row in codes.table(TABLE, region=region or None)
        if row.text("level") == grade
        and (not row.several("hazards") or hazard in row.several("hazards"))
    ]
