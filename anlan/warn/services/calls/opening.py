"""Opening calls: one obligation a responsible post, in chunks that may be cut off and go on.

A round is begun in one short transaction; a job fills it. Each post's call bears the key
(chain, grade, round, post), so that filling twice is filling once.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from django.db import transaction

from anlan.base.obligations.ladders import ladder, ladder_at
from anlan.base.obligations.models import Obligation
from anlan.base.obligations.services import Debt, owe_many
from anlan.base.permissions.actor import Actor
from anlan.base.regions import scope
from anlan.kernel import clock
from anlan.kernel.errors import Missing
from anlan.warn.callrules import KIND
from anlan.warn.models import Alert, CallRound
from anlan.warn.selectors.callees import Call, Callee, call_of, callees, ladders_of
from anlan.warn.selectors.sparing import called_before, called_elsewhere, is_anew
from anlan.warn.services.calls.ending import drop_uncovered
from anlan.warn.services.calls.rounds import end_round, lock_alike, lock_chain, new_round, note

#: Debts of one transaction.
BATCH = 1000

#: Told how much of the round is written, 0..1.
Progress = Callable[[float], None]


def begin_calls(*, alert: str, by: Actor) -> str:
    """Begin the round of calls an alert that went out asks for; returns its id. Twice is once.

    Whoever another alert in force has called about the same is spared while that holds.

    Where the grade is graver than before everybody is called; at an equal or milder one, and where
    only the area grows, those who are called already at this grade or a graver one are spared.
    """
    with transaction.atomic():
        row = Alert.objects.select_related("previous", "standing_order").filter(pk=alert).first()
        if row is None or row.issued_at is None:
            raise Missing("没有这个预警")
        lock_chain(row.root)
        known = CallRound.objects.filter(alert=row, recall=False).first()
        if known is not None:
            return known.pk
        call = call_of(row)
        made = new_round(row, call, by=by, anew=is_anew(row, call.grade), recall=False)
    return made.pk


def fill_round(*, round_: str, by: Actor, progress: Progress = lambda _: None) -> int:
    """Call every post of a round; returns how many are called. Cut off, it may be begun again.

    What it takes the place of is ended afterwards, so that nobody is left uncalled in between.
    """
    row = CallRound.objects.select_related("alert").filter(pk=round_).first()
    if row is None or row.done_at is not None:
        return 0
    if row.ended_at is not None:
        end_round(row, "", by=by)  # whoever filled it was cut off before it was ended
        return 0
    alert = row.alert
    call = call_of(alert)
    every = callees(call)
    spared = called_elsewhere(alert, call, every)
    told = spared if row.anew else spared | called_before(row.root, row.grade, but=row.pk)
    found = [one for one in every if one.post not in told]
    late = _owe(row, call, found, by, progress)
    _end_earlier(row, by)
    kept = [one for one in found if one.post not in late]
    return _finish(row, every, kept, len(spared | late), by)


def _owe(
    row: CallRound, call: Call, found: Sequence[Callee], by: Actor, progress: Progress
) -> set[str]:
    """Call these posts; tell those that another alert's round, filled meanwhile, has called."""
    now = clock.now()
    taken = {key: ladder_at(key, now).key for key in ladders_of(found)}
    late: set[str] = set()
    for start in range(0, len(found), BATCH):
        if CallRound.objects.filter(pk=row.pk, ended_at__isnull=False).exists():
            break  # over before everybody was called
        part = found[start : start + BATCH]
        with transaction.atomic():
            lock_alike(row.alert)
            late |= called_elsewhere(row.alert, call, part)
            _owe_part(row, [one for one in part if one.post not in late], taken, by)
        progress(min(start + BATCH, len(found)) / len(found))
    return late


def _owe_part(row: CallRound, part: Sequence[Callee], taken: Mapping[str, str], by: Actor) -> None:
    debts = [
        Debt(
            kind=KIND, title=row.alert.title, debtor=one.post, region=one.region,
            subject=(KIND, row.pk), case=row.case, ladder=taken[one.ladder],
            once=f"{KIND}:{row.root}:{row.grade}:{row.number}:{one.post}",
        )
        for one in part
    ]  # fmt: skip
    owe_many(debts=debts, by=by, start=True)


def _end_earlier(row: CallRound, by: Actor) -> None:
    """End the rounds this one replaces; of those it adds to, what the area covers no longer.

    Also of rounds that are marked as ended: whoever ended them may have been cut off.
    """
    for one in CallRound.objects.filter(root=row.root, pk__lt=row.pk).order_by("id"):
        if row.anew:
            end_round(one, "recalled" if row.recall else "raised", by=by)
        else:
            drop_uncovered(one, row.regions, by=by)


def _finish(
    row: CallRound, every: Sequence[Callee], found: Sequence[Callee], spared: int, by: Actor
) -> int:
    called = Obligation.objects.filter(kind=KIND, subject_kind=KIND, subject=row.pk).count()
    # Of those it spares as well: they may be its own to call by then.
    spans = [span for key in ladders_of(every) if (span := ladder(key).recall) is not None]
    again = min((span.after(row.began_at) for span in spans), default=None)
    with transaction.atomic():
        marked = CallRound.objects.filter(pk=row.pk, done_at=None, ended_at=None).update(
            called=called, spared=spared, done_at=clock.now(), recall_at=again
        )
        if marked:
            told = {"called": called, "spared": spared, "by_level": _by_level(found)}
            note(row, "opened", by, told)
    if not marked:  # ended while it was being filled
        end_round(row, "", by=by)
    return called


def _by_level(found: Sequence[Callee]) -> dict[str, int]:
    return dict(Counter(str(scope.level_of(one.region)) for one in found))
