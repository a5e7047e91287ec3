"""Compare the alarms a day should raise with those it raised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from anlan.demo.days.recording import Due


@dataclass(frozen=True, slots=True)
class Raised:
    """An alarm as it was raised; ``matter`` is the code of a station, gateway or stream."""

    rule: str
    matter: str
    hazard: str
    worst: int | None
    at: int
    title: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``open`` are those that may or may not have come: under way where the span begins or ends."""

    right: tuple[tuple[Due, Raised], ...]
    missing: tuple[Due, ...]
    surplus: tuple[Raised, ...]
    open: tuple[Due, ...]

    @property
    def good(self) -> bool:
        """Whether all came and no other."""
        return not self.missing and not self.surplus

    def by_hazard(self) -> list[tuple[str, int, int, int]]:
        """Count (hazard, right, missing, surplus); trouble of the equipment under ''."""
        kinds = {due.hazard for due, _ in self.right} | {due.hazard for due in self.missing}
        kinds |= {one.hazard for one in self.surplus}
        return [
            (
                kind,
                sum(due.hazard == kind for due, _ in self.right),
                sum(due.hazard == kind for due in self.missing),
                sum(one.hazard == kind for one in self.surplus),
            )
            for kind in sorted(kinds)
        ]


def judge(
    due: Sequence[Due], raised: Iterable[Raised], *, start: int, end: int, slack: int
) -> Verdict:
    """Compare what a span of the day should have raised with what it did.

    ``start`` and ``end`` bound what was replayed; ``slack`` is how much later than planned an alarm
    may come, all in ms. An alarm is right when rule, matter, time and worst level are.
    """
    left = sorted(raised, key=lambda one: (one.at, one.rule, one.matter))
    right: list[tuple[Due, Raised]] = []
    missing: list[Due] = []
    edge: list[Due] = []
    for one in due:
        if (one.before + slack < start and one.until <= start) or one.after >= end:
            continue
        found = next((alarm for alarm in left if _fits(one, alarm, start, end, slack)), None)
        if found is not None:
            left.remove(found)
            right.append((one, found))
        elif one.after < start or one.before + slack > end:
            edge.append(one)
        else:
            missing.append(one)
    return Verdict(tuple(right), tuple(missing), tuple(left), tuple(edge))


def _fits(due: Due, alarm: Raised, start: int, end: int, slack: int) -> bool:
    if (due.rule, due.matter) != (alarm.rule, alarm.matter):
        return False
    if due.after < start:  # it was under way already
        return alarm.at <= max(due.until, due.before) + slack
    cut = due.until > end  # it may have become worse later
    level = due.level == alarm.worst or (cut and (alarm.worst or 9) >= (due.level or 9))
    return level and due.after <= alarm.at <= due.before + slack
