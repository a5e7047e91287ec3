"""What else was heard of a few villages: words, links opened, what no receipt or value tells.

Asked only of villages that look silent: their people may have stirred in a way that is not looked
for in all of them twice a minute.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from anlan.base.db.among import among
from anlan.base.obligations.models import Obligation, Step
from anlan.base.obligations.services.phone import PURPOSE
from anlan.base.permissions.models import Link
from anlan.base.regions import scope
from anlan.comms.models import Message, Reply
from anlan.warn.callrules import KIND
from anlan.warn.models import CallRound
from anlan.warn.selectors.board.seats import SPOKEN


class _Call(NamedTuple):
    """One call to a village."""

    village: str
    debtor: str
    reached: datetime | None


def heard_besides(villages: Collection[str]) -> dict[str, float]:
    """Tell when the called people of some villages were last heard; those never heard are absent.

    By a word that was no answer, a call they looked at, or a message that came through.
    """
    if not villages:
        return {}
    calls = _calls(villages)
    heard: dict[str, float] = defaultdict(float)
    for village, at in (*_spoken(calls), *_opened(calls), *_delivered(calls), *_replied(calls)):
        heard[village] = max(heard[village], at.timestamp())
    return dict(heard)


def _calls(villages: Collection[str]) -> dict[str, _Call]:
    rounds = CallRound.objects.filter(ended_at=None).values_list("pk", flat=True)
    rows = Obligation.objects.filter(
        Q(region__in=villages) | Q(region__parent__in=villages),
        among("subject", list(rounds)), kind=KIND, subject_kind=KIND,
    )  # fmt: skip
    return {
        pk: _Call(region[: scope.PADDED], debtor, reached)
        for pk, region, debtor, reached in rows.values_list(
            "pk", "region_id", "debtor_id", "reached_at"
        )
    }


Heard = Iterator[tuple[str, datetime]]


def _spoken(calls: Mapping[str, _Call]) -> Heard:
    """Read what was said about each call: an answer, what was done, more after that."""
    steps = Step.objects.filter(among("obligation_id", calls), verb__in=SPOKEN)
    for call, at in steps.values_list("obligation_id", "at"):
        yield calls[call].village, at


def _opened(calls: Mapping[str, _Call]) -> Heard:
    """Read when a link was last looked at by those who owe the call."""
    rows = Link.objects.filter(among("subject", calls), purpose=PURPOSE, opened_at__isnull=False)
    for call, post, at in rows.values_list("subject", "post", "opened_at"):
        if post == calls[call].debtor and at is not None:
            yield calls[call].village, at


def _delivered(calls: Mapping[str, _Call]) -> Heard:
    """Read what came through to those who owe the call, or was looked at by them.

    Once it came through to somebody else, such as the duty room above, who looked is not known.
    """
    rows = Message.objects.filter(
        among("purpose", calls), purpose_kind="obligation", delivered_at__isnull=False
    )
    others = set()
    for call, post, at in rows.values_list("purpose", "post", "delivered_at"):
        if post == calls[call].debtor and at is not None:
            yield calls[call].village, at
        else:
            others.add(call)
    for key, one in calls.items():
        if one.reached is not None and key not in others:
            yield one.village, one.reached


def _replied(calls: Mapping[str, _Call]) -> Heard:
    """Read words that came back, whatever they were taken for."""
    sent = Message.objects.filter(among("purpose", calls), purpose_kind="obligation")
    whose: dict[str, set[str]] = defaultdict(set)
    for call, post, person in sent.exclude(person="").values_list("purpose", "post", "person"):
        if post == calls[call].debtor:
            whose[person].add(calls[call].village)
    replies = Reply.objects.filter(among("person", whose))
    for person, at in replies.values_list("person", "received_at"):
        for village in whose[person]:
            yield village, at
