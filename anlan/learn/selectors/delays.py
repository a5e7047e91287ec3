"""How long each link took, from the first warning to the last deed of a response.

Everything is read from what was written down at the time. What never happened has no length: it is
counted as missing, never as quick.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from django.db.models import Q, QuerySet

from anlan.base.db.among import among
from anlan.base.obligations.models import Obligation
from anlan.base.people import selectors as people
from anlan.base.regions import scope
from anlan.kernel import clock
from anlan.learn.states import LINKS
from anlan.respond.responses import deed_names as of_responses
from anlan.respond.responses.models import Response, StepDebt
from anlan.warn.models import Alert, CallRound, ResponseDue

#: Warnings so long before the start belong to the matter as well.
BEFORE: Final = timedelta(days=2)
#: The slowest of a link are told one by one.
WORST: Final = 20
CALL, CALL_SUBJECT = "call", "call-round"


#: Debts of steps that somebody said, with a reason, need not be done any more.
STRUCK = Q(obligation=None, closed_at__isnull=False) | Q(obligation__state="withdrawn")


@dataclass(frozen=True)
class Spell:
    """One time a link was gone through."""

    link: str
    what: str
    begun: datetime
    #: None: it never happened.
    ended: datetime | None
    #: Until when it should have; None: nothing says so.
    due: datetime | None = None
    region: str = ""
    #: Key of the step of the plan, and the obligation to look at, where there is one.
    step: str = ""
    obligation: str = ""
    who: str = ""

    @property
    def minutes(self) -> float | None:
        """How long it took."""
        if self.ended is None:
            return None
        return round(max((self.ended - self.begun).total_seconds(), 0) / 60, 1)

    def is_late(self, now: datetime) -> bool:
        """Tell whether it came after its time, or has not come although its time is over."""
        return self.due is not None and (self.ended or now) > self.due


def delays(response: Response) -> dict[str, Any]:
    """Tell each link of a response: how often, how long, how much late, how much never."""
    until, now = response.ended_at, clock.now()
    spells = [
        *_warned(response, until), *_begun(response), *_stepped(response), *_ordered(response)
    ]  # fmt: skip
    return {
        "links": [_link(key, [one for one in spells if one.link == key], now) for key in LINKS],
        "steps": _steps(response, [one for one in spells if one.link == "step"], now),
    }


def _link(key: str, spells: Sequence[Spell], now: datetime) -> dict[str, Any]:
    took = sorted(one.minutes for one in spells if one.minutes is not None)
    slow = sorted(spells, key=lambda one: (not one.is_late(now), -(one.minutes or float("inf"))))
    return {
        "key": key, "label": LINKS[key][0], "label_en": LINKS[key][1],
        "count": len(spells), "done": len(took),
        "missing": sum(one.ended is None for one in spells),
        "limited": sum(one.due is not None for one in spells),
        "late": sum(one.is_late(now) for one in spells),
        "median_min": round(median(took), 1) if took else None,
        "p90_min": took[min(int(0.9 * len(took)), len(took) - 1)] if took else None,
        "longest_min": took[-1] if took else None,
        "worst": [_told(one, now) for one in slow[:WORST]],
    }  # fmt: skip


def _told(one: Spell, now: datetime) -> dict[str, Any]:
    return {
        "what": one.what, "begun": one.begun.isoformat(),
        "ended": one.ended.isoformat() if one.ended else None,
        "due": one.due.isoformat() if one.due else None, "minutes": one.minutes,
        "late": one.is_late(now), "region": one.region, "obligation": one.obligation,
        "who": one.who,
    }  # fmt: skip


def _within(response: Response, field: str) -> Q:
    """Narrow rows to regions a response holds in, and to those that hold it."""
    inside = scope.within([scope.prefix(code) for code in response.regions], field)
    above = Q(**{f"{field}__in": scope.ancestors(response.region_id)})
    return inside | above


def _warned(response: Response, until: datetime | None) -> list[Spell]:
    """Tell the warnings about its hazards there: relayed, answered, and what they asked for."""
    alerts = list(
        Alert.objects.filter(
            _within(response, "region_id"), hazard__in=response.hazards,
            issued_at__gte=response.started_at - BEFORE,
            **({"issued_at__lte": until} if until else {}),
        ).select_related("received")
    )  # fmt: skip
    relayed = [
        Spell("relay", one.title, one.received.received_at, one.issued_at, region=one.region_id)
        for one in alerts
        if one.received is not None
    ]
    roots = {one.root for one in alerts}
    return [*relayed, *_called(roots), *_gaps(response, roots)]


def _called(roots: Iterable[str]) -> list[Spell]:
    rounds = list(CallRound.objects.filter(among("root", set(roots))).values_list("pk", flat=True))
    rows = Obligation.objects.filter(kind=CALL, subject__in=rounds).exclude(state="withdrawn")
    return [
        Spell("call", title, issued, answered, due, region, obligation=pk, who=post)
        for pk, title, issued, answered, due, region, post in rows.values_list(
            "pk", "title", "issued_at", "answered_at", "answer_due", "region_id", "debtor__title"
        )
    ]


def _gaps(response: Response, roots: Iterable[str]) -> list[Spell]:
    rows = ResponseDue.objects.filter(
        _within(response, "region_id"), among("root", set(roots))
    ).select_related("alert")
    return [
        Spell(
            "gap", row.alert.title, row.alert.issued_at or row.due_at, row.answered_at, row.due_at,
            row.region_id, obligation=row.obligation,
        )
        for row in rows
        if row.answered_at is not None or row.closed_at is None
    ]  # fmt: skip


def _begun(response: Response) -> list[Spell]:
    """Tell how long proposals waited, and words of mouth for their signature."""
    proposed = [
        Spell("start", one.stage_title, one.made_at, one.closed_at, region=one.region_id)
        for one in response.proposals.all()
    ]
    turns = [one for one in response.turns.all() if one.oral]
    names = people.names_of({one.person_id for one in turns if one.person_id})
    signed = [
        Spell(
            "sign", one.get_verb_display(), one.said_at or one.at, one.signed_at,
            who=names.get(one.person_id or "", ""),
        )
        for one in turns
    ]  # fmt: skip
    return proposed + signed


def _debts(response: Response) -> "QuerySet[StepDebt]":
    """Find the debts of its steps; what another response asked for first is asked once, there."""
    runs = response.steps.values_list("pk", "same_id")
    return StepDebt.objects.filter(step__in=[same or pk for pk, same in runs])


def _stepped(response: Response) -> list[Spell]:
    rows = (
        _debts(response)
        .filter(post__isnull=False)
        .exclude(STRUCK)
        .select_related("step", "obligation", "post")
    )
    return [
        Spell(
            "step", one.step.title,
            one.obligation.issued_at if one.obligation else one.step.begun_at,
            _done(one.obligation), one.due_at, one.region_id, one.step.key,
            one.obligation_id or "", one.post.title if one.post else "",
        )
        for one in rows
    ]  # fmt: skip


def _done(owed: Obligation | None) -> datetime | None:
    """Tell when what was owed was done; None while it is open."""
    if owed is None:
        return None
    return owed.reported_at or (owed.closed_at if owed.state == "closed" else None)


def _ordered(response: Response) -> list[Spell]:
    orders = dict(response.orders.values_list("pk", "title"))
    rows = (
        Obligation.objects.filter(subject_kind=of_responses.ORDER_SUBJECT, subject__in=list(orders))
        .exclude(state="withdrawn")
        .select_related("debtor")
    )
    return [
        Spell(
            "order", orders[one.subject], one.issued_at, _done(one), one.done_due, one.region_id,
            obligation=one.pk, who=one.debtor.title,
        )
        for one in rows
    ]  # fmt: skip


def _steps(response: Response, spells: Sequence[Spell], now: datetime) -> list[dict[str, Any]]:
    """Set the plan's time beside the real one, step by step, in the plan's order."""
    by_step: dict[str, list[Spell]] = {}
    for one in spells:
        by_step.setdefault(one.step, []).append(one)
    debts = _debts(response)
    nobody = Counter(debts.filter(post=None).values_list("step__key", flat=True))
    struck = Counter(debts.filter(STRUCK).values_list("step__key", flat=True))
    return [
        {
            "key": run.key, "title": run.title, "stage": run.stage,
            **_compared(by_step.get(run.key, ()), now),
            "struck": struck[run.key], "nobody": nobody[run.key],
        }
        for run in response.steps.order_by("rank")
    ]  # fmt: skip


def _compared(spells: Sequence[Spell], now: datetime) -> dict[str, Any]:
    took = [one.minutes for one in spells if one.minutes is not None]
    given = [(one.due - one.begun).total_seconds() / 60 for one in spells if one.due]
    return {
        "count": len(spells), "done": len(took), "late": sum(one.is_late(now) for one in spells),
        "missing": sum(one.ended is None for one in spells),
        "given_min": round(median(given), 1) if given else None,
        "median_min": round(median(took), 1) if took else None,
        "longest_min": max(took, default=None),
    }  # fmt: skip
