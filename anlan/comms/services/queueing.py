"""Queueing messages: one or twenty thousand, twice is once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from anlan.base.db.inserting import insert_rows
from anlan.base.jobs import wake
from anlan.base.journal.services import Deed, record_many
from anlan.base.permissions.actor import Actor
from anlan.comms.deed_names import QUEUED, TOPIC
from anlan.comms.models import Message
from anlan.comms.purposes import PURPOSES
from anlan.kernel import clock

BATCH = 1000

#: What makes two drafts the same message.
Key = tuple[str, str, str, str, str, int, int]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One message to be queued: for what, through which channel, to whom.

    Without a `person` it is for whoever is there (a knock, a loudspeaker). `state` other than
    "queued" is for what no machine sends: "manual", or "failed" with its `reason`.
    """

    purpose: tuple[str, str]
    channel: str
    region: str
    kind: str = ""
    post: str = ""
    person: str = ""
    case: str = ""
    rung: int = 0
    round: int = 0
    priority: int = 5
    expires_at: datetime | None = None
    state: str = "queued"
    reason: str = ""

    @property
    def key(self) -> Key:
        """What makes it the same message as another."""
        kind, purpose = self.purpose
        return purpose, kind, self.person, self.post, self.channel, self.rung, self.round


def queue_messages(*, drafts: Sequence[Draft], by: Actor) -> list[str]:
    """Queue messages in transactions of at most `BATCH`; returns an id for each draft.

    Asked again it queues nothing twice: what exists is returned. `Missing` for a purpose nobody
    declared. Permission is asked by whoever decides to send; this is what follows from it.
    """
    for kind in {draft.purpose[0] for draft in drafts}:
        PURPOSES[kind]
    ids: list[str] = []
    for start in range(0, len(drafts), BATCH):
        ids += _queue_batch(drafts[start : start + BATCH], by)
    return ids


@transaction.atomic
def _queue_batch(drafts: Sequence[Draft], by: Actor) -> list[str]:
    known = _known({draft.purpose[1] for draft in drafts})
    now = clock.now()
    made: list[Message] = []
    ids = []
    for draft in drafts:
        old = known.get(draft.key)
        if old is None:
            row = _row(draft, by, now)
            made.append(row)
            old = known[draft.key] = row.pk
        ids.append(old)
    insert_rows(made)
    record_many(_deeds(made, by))
    if made:
        wake.signal("comms")
    return ids


def _known(purposes: set[str]) -> dict[Key, str]:
    rows = Message.objects.filter(purpose__in=purposes).values_list(
        "purpose", "purpose_kind", "person", "post", "channel", "rung", "round", "pk"
    )
    return {(*key,): pk for *key, pk in rows}  # type: ignore[misc]


def _row(draft: Draft, by: Actor, now: datetime) -> Message:
    kind, purpose = draft.purpose
    return Message(
        purpose_kind=kind,
        purpose=purpose,
        kind=draft.kind,
        channel=draft.channel,
        post=draft.post,
        person=draft.person,
        region=draft.region,
        case=draft.case,
        rung=draft.rung,
        round=draft.round,
        priority=draft.priority,
        state=draft.state,
        reason=draft.reason,
        queued_at=now,
        queued_by=by.ref,
        due_at=now if draft.state == "queued" else None,
        expires_at=draft.expires_at,
        ended_at=now if draft.state == "failed" else None,
    )


def _deeds(made: Sequence[Message], by: Actor) -> list[Deed]:
    """One deed a case: what one decision sends is one deed."""
    groups: dict[str, list[Message]] = {}
    for row in made:
        groups.setdefault(row.case or row.pk, []).append(row)
    return [
        Deed(
            deed=QUEUED,
            by=by,
            subject=("case", rows[0].case) if rows[0].case else ("message", rows[0].pk),
            region=rows[0].region if len({row.region for row in rows}) == 1 else "",
            case=rows[0].case,
            facts={"messages": [row.pk for row in rows]},
            topic=TOPIC,
        )
        for rows in groups.values()
    ]
