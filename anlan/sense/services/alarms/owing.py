"""Who must acknowledge an alarm: what is owed, and what ends it."""

from collections.abc import Iterable, Mapping, Sequence

from anlan.base.obligations import services as obligations
from anlan.base.obligations.models import Obligation
from anlan.base.permissions.actor import Actor
from anlan.sense.models import Alarm
from anlan.sense.selectors.debtors import Place, debtors

KIND = "alarm"
SUBJECT = "alarm"
#: Levels whose ladder is the steep one, and which stay owed when they clear unseen.
URGENT = (1, 2)


def subject(alarm: str) -> tuple[str, str]:
    """Name an alarm as the subject of obligations and deeds."""
    return (SUBJECT, alarm)


def owe(alarms: Sequence[Alarm], places: Mapping[str, Place], *, by: Actor) -> int:
    """Make somebody owe the acknowledgement of each; returns how many debts are new.

    What is owed already goes on, unless the alarm now asks for the other ladder. Where there is
    nobody to turn to, nothing is owed: the desk shows it by the missing debtor.
    """
    known = owed(one.pk for one in alarms)
    wanted = [one for one in alarms if known.get(one.pk) != _ladder(one)]
    if not wanted:
        return 0
    end([one for one in wanted if one.pk in known], by=by, done=False)
    whom = debtors({places[one.pk] for one in wanted})
    debts = [
        obligations.Debt(
            kind=KIND,
            title=f"{places[one.pk].name} {one.title}"[:200],
            debtor=whom[places[one.pk]],
            region=one.region_id,
            subject=subject(one.pk),
            case=one.case,
            ladder=_ladder(one),
        )
        for one in wanted
        if places[one.pk] in whom
    ]
    obligations.owe_many(debts=debts, by=by)
    return len(debts)


def _ladder(alarm: Alarm) -> str:
    return "alarm-urgent" if alarm.level in URGENT else "alarm"


def owed(alarms: Iterable[str]) -> dict[str, str]:
    """Tell the ladder of what is owed about alarms now; those nobody owes are left out."""
    rows = Obligation.objects.filter(
        subject_kind=SUBJECT, subject__in=list(alarms), kind=KIND, closed_at=None
    )
    return dict(rows.values_list("subject", "ladder"))


def end(alarms: Iterable[Alarm], *, by: Actor, done: bool) -> None:
    """End what is owed about alarms: acknowledged (`done`), or no longer asked for."""
    subjects = [subject(one.pk) for one in alarms]
    if subjects:
        obligations.settle(kind=KIND, subjects=subjects, by=by, done=done)
