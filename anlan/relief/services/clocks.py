"""The statutory clocks: who owes a loss report until when, by the code table ``loss-clocks``.

Each clock is an obligation, which climbs by its ladder; nothing here watches the time but the job
that opens the day's.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from anlan import codes
from anlan.base.obligations import services as obligations
from anlan.base.obligations.ladders import Span
from anlan.base.permissions.actor import Actor, system
from anlan.base.regions.models import Level, Region
from anlan.codes import Code
from anlan.kernel import clock
from anlan.relief.deed_names import SUBJECT
from anlan.relief.models import LossMatter, LossReport
from anlan.relief.selectors import matters
from anlan.relief.selectors.matters import subject_of
from anlan.relief.standing import KIND_OF

#: Levels of the table that this platform chases.
LEVELS = {"county": Level.COUNTY, "township": Level.TOWN}
BY = "losses"


def owe_first(matter: LossMatter) -> list[str]:
    """Make the county and its townships owe the first report, counted from the occurrence."""
    debts = []
    for rule in _rules("first"):
        due = Span.read(rule.text("within") or "2h").after(matter.occurred_at)
        debts += _debts(matter, rule, due, f"{matter.title}：灾情初报")
    return obligations.owe_many(debts=debts, by=system(BY))


def owe_final(matter: LossMatter) -> list[str]:
    """Make them owe the verified report; the daily ones are no more asked for."""
    withdraw(matter, ("first", "progress"))
    debts = []
    for rule in _rules("final"):
        due = Span.read(rule.text("within") or "2wd").after(matter.steady_at or clock.now())
        debts += _debts(matter, rule, due, f"{matter.title}：灾情核报")
    return obligations.owe_many(debts=debts, by=system(BY))


def owe_daily() -> int:
    """Make everybody owe today's report of what still goes on; returns how many owe it.

    From the hour at which the table begins to ask. Asked twice in a day it is the same debt, and
    asked late (the platform was off) it is late at once.
    """
    now = clock.now()
    wall = clock.local(now)
    midnight = wall.replace(hour=0, minute=0, second=0, microsecond=0)
    running = LossMatter.objects.filter(closed_at=None, steady_at=None, occurred_at__lt=midnight)
    made = 0
    for matter in running.select_related("region"):
        for rule in _rules("progress"):
            begins, ends = _hour(rule, "begins"), _hour(rule, "at")
            if wall.time() < begins:
                continue
            done = _told_since(matter, rule, midnight)
            debts = _debts(
                matter, rule, datetime.combine(wall.date(), ends, wall.tzinfo),
                f"{matter.title}：{wall:%m-%d} 灾情续报", day=f"{wall:%Y%m%d}", spared=done,
            )  # fmt: skip
            made += len(obligations.owe_many(debts=debts, by=system(BY)))
    return made


def settle(matter: LossMatter, region: str, by: Actor) -> None:
    """Strike off what a region owed: its report is there, and its county's was received."""
    for kind in KIND_OF.values():
        obligations.settle(
            kind=kind, subjects=[(SUBJECT, subject_of(matter.pk, region))], by=by, done=True
        )


def withdraw(matter: LossMatter, phases: Sequence[str] = tuple(KIND_OF)) -> None:
    """Ask no longer for reports of these phases."""
    places = [matter.region_id, *matters.below(matter.region).values_list("code", flat=True)]
    subjects = [(SUBJECT, subject_of(matter.pk, place)) for place in places]
    for phase in phases:
        obligations.settle(kind=KIND_OF[phase], subjects=subjects, by=system(BY), done=False)


def _rules(phase: str) -> list[Code]:
    return [
        row for row in codes.table("loss-clocks")
        if row.text("phase") == phase and row.text("level") in LEVELS
    ]  # fmt: skip


def _hour(rule: Code, column: str) -> time:
    return time.fromisoformat(rule.text(column) or "00:00")


def _places(matter: LossMatter, rule: Code) -> Iterable[Region]:
    level = LEVELS[rule.text("level") or ""]
    here = matter.region
    return [here] if here.level == level else [r for r in matters.below(here) if r.level == level]


def _told_since(matter: LossMatter, rule: Code, moment: datetime) -> set[str]:
    """Find the regions that need not be asked: what they tell is there since a moment."""
    told = LossReport.objects.filter(matter=matter, reported_at__gte=moment)
    if rule.text("level") == "county":  # its report is there once somebody received it
        told = told.exclude(sent_at=None)
    return set(told.values_list("region_id", flat=True))


def _debts(
    matter: LossMatter, rule: Code, due: datetime, title: str, day: str = "",
    spared: Iterable[str] = (),
) -> list[obligations.Debt]:  # fmt: skip
    # What should have been told already is owed within the minute, and late after it.
    left = max(1, int((due - clock.now()) / timedelta(minutes=1)))
    spared = set(spared)
    found = []
    for place in _places(matter, rule):
        debtor = matters.debtor_of(place.pk)
        if debtor is None or place.pk in spared:
            continue  # where there is nobody, the page shows the gap
        found.append(
            obligations.Debt(
                kind=KIND_OF[rule.text("phase") or "first"], title=f"{title}（{place.name}）"[:200],
                debtor=debtor, region=place.pk, subject=(SUBJECT, subject_of(matter.pk, place.pk)),
                case=matter.case, answer_within=Span(left, "minute"),
                once=f"{rule.code}:{matter.pk}:{place.pk}:{day}",
            )
        )  # fmt: skip
    return found
