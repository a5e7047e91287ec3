"""The statutory clocks of an incident: each is owed by the desk, climbs, and ends when it is met.

A clock begins when its row of the table first fits: at the taking in for those that fit then, when
it became known for those that fit only later (a grade that rose, the tenth dead). It is met by a
report that reached that recipient by that way. A recipient told already is not asked for again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil

from django.db.models import Max

from anlan import codes
from anlan.base.obligations import services as obligations
from anlan.base.obligations.ladders import Span
from anlan.base.permissions.actor import Actor, system
from anlan.codes import Code
from anlan.kernel import clock
from anlan.respond.incidents.models import Clock, Dispatch, Incident
from anlan.respond.incidents.selectors.clocks import TABLE, first_rule, rules_for
from anlan.respond.incidents.services.noting import note
from anlan.respond.incidents.states import CORRECTION, REPORTS, WAYS
from anlan.warn.selectors.due import debtor_of

KIND = "incident-report"
SUBJECT = "incident-clock"
#: Ladder of reports that are due again and again, hours from now.
PATIENT = "incident-report-more"
#: That a report is owed follows from the table, whoever took the incident in.
BY = system("incidents")


def begin_clocks(row: Incident, *, since: datetime) -> None:
    """Begin every clock of the first report that fits and does not run; end those that fit no more.

    `since` is when what makes them fit was known.
    """
    fitting = {rule.code: rule for rule in rules_for(row, "first")}
    known = set(row.clocks.values_list("rule", flat=True))
    told = set(Dispatch.objects.filter(report__incident=row).values_list("to", "way"))
    begun = [
        _clock(row, rule, since, since + timedelta(minutes=rule.whole("minutes") or 0))
        for code, rule in fitting.items()
        if code not in known and (rule.text("to"), rule.text("way")) not in told
    ]
    _owe(row, begun)
    stale = row.clocks.filter(report="first", closed_at=None).exclude(rule__in=fitting)
    _end(list(stale), by=BY)


def begin_next(row: Incident, *, since: datetime) -> None:
    """Begin the clock of the next progress report, where one is asked for and none runs."""
    rule = first_rule(row, "more")
    if rule is None or row.clocks.filter(report="more", closed_at=None).exists():
        return
    due = since + timedelta(minutes=rule.whole("every") or 0)
    _owe(row, [_clock(row, rule, since, due)])


def begin_correction(row: Incident, *, since: datetime) -> None:
    """Begin the clock of a correction: casualties changed after they were reported (补报).

    Within the days the law names, counted from the event; later changes are nobody's debt.
    """
    kind = codes.table("incident-kinds").get(row.kind)
    days = kind.whole("correction_days") if kind else None
    began = row.happened_at or row.received_at
    if row.reported_at is None or days is None or since > began + timedelta(days=days):
        return
    rule = first_rule(row, "correction")
    if rule is None or row.clocks.filter(report="correction", closed_at=None).exists():
        return
    _owe(row, [_clock(row, rule, since, since + timedelta(minutes=rule.whole("minutes") or 0))])


def meet_clocks(row: Incident, sent: Dispatch, *, by: Actor) -> None:
    """End the clocks that a report which reached somebody meets."""
    waiting = row.clocks.filter(closed_at=None, to=sent.to, way=sent.way)
    met = [one for one in waiting if _meets(sent, one)]
    now = clock.now()
    row.clocks.filter(pk__in=[one.pk for one in met]).update(met_by=sent, closed_at=now)
    _settle(met, by=by, done=True)


def stop_clocks(row: Incident, *, by: Actor, reports: Sequence[str] = ()) -> None:
    """Ask no longer for any report, or for those kinds of report."""
    running = row.clocks.filter(closed_at=None)
    _end(list(running.filter(report__in=reports) if reports else running), by=by)


def end_clock(*, obligation: str, subject: tuple[str, str], by: Actor) -> None:  # noqa: ARG001 - as told
    """End the clock of a report that is owed no more: somebody struck it off or took it back."""
    one = Clock.objects.select_related("incident").filter(pk=subject[1], closed_at=None).first()
    if one is not None:
        Clock.objects.filter(pk=one.pk).update(closed_at=clock.now())
        note(one.incident, "clock-ended", by, {"rule": one.rule, "turn": one.turn})


def _meets(sent: Dispatch, one: Clock) -> bool:
    """Tell whether a report says what a clock waits for: a correction says what changed since."""
    if one.report == "first":
        return True
    fixed = sent.report.fixed_at
    if one.report == "correction":
        return fixed is not None and fixed >= one.started_at
    return sent.report.kind in ("more", "final") and sent.at >= one.started_at


def _clock(row: Incident, rule: Code, since: datetime, due: datetime) -> Clock:
    last = row.clocks.filter(rule=rule.code).aggregate(last=Max("turn"))["last"] or 0
    return Clock(
        incident=row, rule=rule.code, turn=last + 1, report=rule.text("report") or "",
        to=rule.text("to") or "", way=rule.text("way") or "", started_at=since, due_at=due,
    )  # fmt: skip


def _owe(row: Incident, begun: Sequence[Clock]) -> None:
    """Let the desk owe what the clocks ask for; without anybody there the page shows the gap."""
    if not begun:
        return
    debtor = debtor_of(row.office)
    if debtor is not None:
        debts = [_debt(row, one, debtor) for one in begun]
        owed = obligations.owe_many(debts=debts, by=BY, start=True)
        for one, obligation in zip(begun, owed, strict=True):
            one.obligation = obligation
    Clock.objects.bulk_create(begun)
    rules = {one.rule: one.due_at.isoformat() for one in begun}
    note(row, "clock", BY, {"rules": rules, "owed": debtor is not None})


def _debt(row: Incident, one: Clock, debtor: str) -> obligations.Debt:
    left = Span(max(1, ceil((one.due_at - clock.now()).total_seconds() / 60)), "minute")
    what = (REPORTS | {"correction": CORRECTION})[one.report][0]
    whom = codes.table("report-recipients").name(one.to)
    rule = codes.table(TABLE, region=row.office)[one.rule]
    return obligations.Debt(
        kind=KIND, title=f"{what}·{WAYS[one.way][0]}报{whom}：{row.title}"[:200], debtor=debtor,
        region=row.home, body=f"依据：{rule.source}", subject=(SUBJECT, one.pk), case=row.case,
        ladder=PATIENT if one.report == "more" else "", answer_within=left, done_within=left,
        once=f"{SUBJECT}:{one.pk}",
    )  # fmt: skip


def _end(some: Sequence[Clock], *, by: Actor) -> None:
    if some:
        Clock.objects.filter(pk__in=[one.pk for one in some]).update(closed_at=clock.now())
        _settle(some, by=by, done=False)


def _settle(some: Sequence[Clock], *, by: Actor, done: bool) -> None:
    subjects = [(SUBJECT, one.pk) for one in some if one.obligation]
    if subjects:
        obligations.settle(kind=KIND, subjects=subjects, by=by, done=done)
