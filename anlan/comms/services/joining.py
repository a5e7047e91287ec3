"""Joining: whoever holds several posts that owe the same is told once a channel.

The other messages are kept, cancelled, and say with which they were joined. When the one that was
to leave is not wanted any more, though another post still owes, the next takes its place.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from anlan.base.db.among import among
from anlan.base.obligations.kinds import KINDS
from anlan.base.people import selectors as people
from anlan.comms.channels import channel_of
from anlan.comms.models import Message
from anlan.comms.purposes import PURPOSES
from anlan.comms.reasons import JOINED
from anlan.comms.services.queueing import Draft
from anlan.comms.standing import OBLIGATION
from anlan.kernel import clock

#: What makes messages one: to whom, about what, through what, of which rung and round.
Key = tuple[str, str, str, str, int, int]
COLUMNS = ("person", "case", "kind", "channel", "rung", "round")


def join_drafts(drafts: Sequence[Draft], seen: set[Key]) -> list[Draft]:
    """Cancel all but one message of several that would tell a person, or a place, the same.

    `seen` are those told already; it grows.
    """
    found = []
    for draft in drafts:
        whom = draft.person or _place(draft)
        key = (whom, draft.case, draft.kind, draft.channel, draft.rung, draft.round)
        again = bool(whom and draft.case) and KINDS[draft.kind].joined and key in seen
        seen.add(key)
        found.append(draft._replace(state="cancelled", reason=JOINED) if again else draft)
    return found


def told_before(drafts: Sequence[Draft]) -> set[Key]:
    """Tell what persons with several posts are told already, of obligations not among these."""
    purposes = {draft.purpose[1] for draft in drafts}
    cases = {draft.case for draft in drafts if draft.case and KINDS[draft.kind].joined}
    persons = {draft.person for draft in drafts if draft.person and draft.case in cases}
    several = people.with_several_posts(persons) if persons else set()
    if not several:
        return set()
    rows = Message.objects.filter(
        among("person", several), purpose_kind=OBLIGATION, case__in=cases
    ).exclude(state__in=("cancelled", "failed"))
    columns = rows.values_list("purpose", *COLUMNS)
    return {(*key,) for purpose, *key in columns if purpose not in purposes}


def _place(draft: Draft) -> str:
    """Tell the place a message is for, where it is told once however many posts it is for."""
    once = channel_of(draft.channel).told_once
    return draft.region if once == "region" else once


def joined_with(messages: Iterable[Key]) -> dict[Key, list[tuple[str, str]]]:
    """List what was joined with messages to persons: key -> (message, purpose), oldest first."""
    wanted = {key for key in messages if key[0] and key[1]}
    rows = Message.objects.filter(
        among("person", {key[0] for key in wanted}), purpose_kind=OBLIGATION, state="cancelled",
        reason=JOINED,
    )  # fmt: skip
    found: dict[Key, list[tuple[str, str]]] = defaultdict(list)
    for pk, purpose, *key in rows.order_by("pk").values_list("pk", "purpose", *COLUMNS):
        if (*key,) in wanted:
            found[(*key,)].append((pk, purpose))
    return found


def pass_on(messages: Collection[str]) -> int:
    """Let others take the place of messages that were cancelled unsent; returns how many do.

    Else a person would hear nothing of what another of their posts still owes.
    """
    rows = Message.objects.filter(among("pk", messages), purpose_kind=OBLIGATION).exclude(person="")
    keys = set(rows.values_list(*COLUMNS))
    heirs = joined_with(keys) if keys else {}
    if not heirs:
        return 0
    owed = {purpose for same in heirs.values() for _, purpose in same}
    wanted = set(PURPOSES[OBLIGATION].wanted(owed))
    by_hand: dict[bool, list[str]] = defaultdict(list)
    for key, same in heirs.items():
        heir = next((pk for pk, purpose in same if purpose in wanted), None)
        if heir is not None:
            by_hand[channel_of(key[3]).by_hand].append(heir)
    return sum(_revive(pks, is_call) for is_call, pks in by_hand.items())


def _revive(messages: Sequence[str], by_hand: bool) -> int:
    values: dict[str, Any] = {"state": "manual" if by_hand else "queued", "reason": ""}
    rows = Message.objects.filter(among("pk", messages), state="cancelled", reason=JOINED)
    return rows.update(**values, due_at=None if by_hand else clock.now(), ended_at=None)
