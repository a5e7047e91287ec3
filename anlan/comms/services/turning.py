"""From a rung to messages: whoever it turns to is messaged through every channel it names."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, TextField
from django.db.models.functions import Cast

from anlan.base.db.among import among
from anlan.base.db.moments import moment, spelled
from anlan.base.obligations.models import Obligation, Rung
from anlan.base.obligations.selectors import still_turned_to
from anlan.base.people import selectors as people
from anlan.base.people.selectors.holders import Held
from anlan.base.permissions.actor import Actor
from anlan.comms.carriers.slots import is_mute
from anlan.comms.channels import CHANNELS, SHEET, channel_of
from anlan.comms.models import Message
from anlan.comms.reasons import SUPERSEDED, VACANT
from anlan.comms.services.joining import Key, join_drafts, told_before
from anlan.comms.services.queueing import BATCH, Draft, queue_messages
from anlan.comms.standing import OBLIGATION
from anlan.kernel import clock

#: Priority of what has no deadline: after everything that has one.
NO_DEADLINE = 9999

#: post -> who holds it, A first.
Holders = Mapping[str, Sequence[Held]]


def queue_rungs(
    *, obligations: Sequence[str], rungs: Sequence[int], rounds: Sequence[int] = (), by: Actor
) -> int:
    """Queue a message for everybody these rungs turn to; returns how many. Twice is once.

    `rungs` are the numbers taken, in the order of `obligations`; `rounds` how often each was told
    again. Somebody who holds several posts
    that owe the same is messaged once a channel: the other messages are kept, cancelled, and say
    with which they were joined.
    """
    queued = 0
    again = dict(zip(obligations, rounds, strict=False))
    seen: set[Key] = set()
    for start in range(0, len(obligations), BATCH):
        taken = dict(
            zip(
                obligations[start : start + BATCH], rungs[start : start + BATCH], strict=False
            )
        )  # fmt: skip
        drafts = list(_drafts(taken))
        if again:
            drafts = [one._replace(round=again.get(one.purpose[1], 0)) for one in drafts]
        seen |= told_before(drafts)
        drafts = join_drafts(drafts, seen)
        with transaction.atomic():
            queue_messages(drafts=drafts, by=by)
            _supersede(drafts)
        queued += len(drafts)
    return queued


class _Owed(NamedTuple):
    """What a message needs of an obligation."""

    id: str
    kind: str
    case: str
    region: str
    debtor: str
    priority: int


class _Turn(NamedTuple):
    """One rung of one obligation that turned to one post."""

    owed: _Owed
    number: int
    whom: str
    post: str
    channels: tuple[str, ...]


def _drafts(taken: Mapping[str, int]) -> Iterator[Draft]:
    turns = list(_turns(taken))
    mute = {name for name in {name for turn in turns for name in turn.channels} if is_mute(name)}
    posts = {turn.post for turn in turns if turn.post}
    posts |= {turn.owed.debtor for turn in turns if SHEET in turn.channels}
    holders: dict[str, list[Held]] = defaultdict(list)
    for held in people.holdings_on(posts):
        holders[held.post].append(held)
    for turn in turns:
        for name in turn.channels:
            if name in mute:
                continue
            yield from _of_channel(turn, name, holders)


def _turns(taken: Mapping[str, int]) -> Iterator[_Turn]:
    """Read whom these rungs turned to, of obligations for which somebody still is."""
    # Two plain questions: of rows just written PostgreSQL has no statistics to plan more by.
    waits = ExpressionWrapper(still_turned_to(), output_field=BooleanField())
    rows = Obligation.objects.filter(among("pk", taken)).annotate(
        waits=waits, issued=spelled("issued_at"), due=spelled("answer_due")
    )
    columns = rows.values_list(
        "pk", "kind", "case", "region_id", "debtor_id", "issued", "due", "waits"
    )
    owed = {
        pk: _Owed(pk, kind, case, region, debtor, _priority(issued, due))
        for pk, kind, case, region, debtor, issued, due, waits in columns
        if waits
    }
    rungs = Rung.objects.filter(among("obligation", owed), number__in=set(taken.values()))
    # As text: the same few lists of channels stand in thousands of rows.
    spelled_out = rungs.order_by("id").annotate(listed=Cast("channels", TextField()))
    for pk, number, whom, post, listed in spelled_out.values_list(
        "obligation_id", "number", "whom", "post_id", "listed"
    ):
        if number == taken[pk]:
            yield _Turn(owed[pk], number, whom, post or "", _channels(listed))


@cache
def _channels(listed: str) -> tuple[str, ...]:
    """List the channels of a rung that become messages.

    What is owed lies in the debtor's own list already, so that `app` needs none; and a rung that
    asks for several calls is one line on the call sheet.
    """
    names: list[str] = json.loads(listed)
    found: list[str] = []
    for name in names:
        channel = channel_of(name)
        is_call = channel.by_hand and not channel.knocks
        if not channel.at_once and not (is_call and any(map(_is_call, found))):
            found.append(name)
    return tuple(found)


def _is_call(name: str) -> bool:
    channel = channel_of(name)
    return channel.by_hand and not channel.knocks


def _of_channel(turn: _Turn, name: str, holders: Holders) -> Iterator[Draft]:
    channel, owed = channel_of(name), turn.owed
    state = "manual" if channel.by_hand else "queued"
    if channel.to_place or (channel.knocks and not turn.post):
        yield _draft(turn, name, turn.post or owed.debtor, "", state)
        return
    # A call sheet is for whoever sits at the telephone: they call the debtor.
    post, whom = (owed.debtor, "debtor") if name == SHEET else (turn.post, turn.whom)
    if not post:
        return  # the rung itself shows this gap
    persons = _persons(holders.get(post, ()), whom)
    if not persons:
        yield _draft(turn, name, post, "", "failed", VACANT)
    for person in persons:
        yield _draft(turn, name, post, person, state)


def _draft(
    turn: _Turn, channel: str, post: str, person: str, state: str, reason: str = ""
) -> Draft:
    owed = turn.owed
    return Draft(
        (OBLIGATION, owed.id), channel, owed.region, owed.kind, post, person, owed.case,
        turn.number, 0, owed.priority, None, state, reason,
    )  # fmt: skip


def _persons(held: Sequence[Held], whom: str) -> list[str]:
    """Choose among a post's holders: its deputies, or the first of them."""
    if whom == "deputy":
        return [one.person for one in held if one.rank != "A"]
    return [one.person for one in held[:1]]


@lru_cache(maxsize=4096)
def _priority(issued: str, due: str | None) -> int:
    """Order by how soon an answer is due: minutes the debtor was given."""
    given, until = moment(issued), moment(due)
    if given is None or until is None:
        return NO_DEADLINE
    return min(max(int((until - given).total_seconds() // 60), 0), NO_DEADLINE)


def _supersede(drafts: Sequence[Draft]) -> None:
    """Take earlier lines off the call sheet that a later rung takes the place of.

    The same person is called once for one thing, as the newest rung says; and whoever was tried
    before without success gives way to whom the ladder turned to after them.
    """
    newest: dict[str, tuple[int, set[str]]] = {}
    for draft in drafts:
        if draft.state == "manual" and _is_call(draft.channel) and draft.rung > 1:
            rung, persons = newest.get(draft.purpose[1], (0, set()))
            newest[draft.purpose[1]] = (max(rung, draft.rung), persons | {draft.person})
    if not newest:
        return
    # What is no call is passed over in the index already: most of an obligation's messages.
    rows = Message.objects.filter(
        among("purpose", newest), purpose_kind=OBLIGATION, state="manual",
        rung__lt=max(rung for rung, _ in newest.values()),
    ).exclude(channel__in=[name for name in CHANNELS if not _is_call(name)])  # fmt: skip
    lines = rows.values_list("pk", "purpose", "person", "rung", "tries", "channel")
    over = [
        pk
        for pk, purpose, person, rung, tries, name in lines
        if _is_call(name) and rung < newest[purpose][0] and (tries or person in newest[purpose][1])
    ]
    Message.objects.filter(among("pk", over), state="manual").update(
        state="cancelled", reason=SUPERSEDED, ended_at=clock.now()
    )
