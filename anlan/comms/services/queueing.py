"""Queueing messages: one or twenty thousand, twice is once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from anlan.base.db.among import among
from anlan.base.db.inserting import insert_values
from anlan.base.jobs import wake
from anlan.base.journal.services import Deed, record_many
from anlan.base.permissions.actor import Actor
from anlan.comms.deed_names import QUEUED, TOPIC
from anlan.comms.models import Message
from anlan.comms.purposes import PURPOSES
from anlan.kernel import clock
from anlan.kernel.ids import new_id

BATCH = 1000

#: What makes two drafts the same message.
Key = tuple[str, str, str, str, str, int, int]


class Draft(NamedTuple):
    """One message to be queued: for what, through which channel, to whom.

    A tuple with names, for a storm makes twenty thousand of them: a frozen dataclass costs four
    times as much.

    Without a `person` it is for whoever is there (a knock, a loudspeaker). `state` other than
    "queued" is for what no machine sends: "manual", "sent" at once into somebody's own list,
    "failed" or "cancelled" with the `reason`.
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


#: What is written of a new message; everything else begins empty.
COLUMNS = (
    "id", "purpose", "purpose_kind", "person", "post", "channel", "rung", "round", "kind",
    "region", "case", "priority", "state", "reason", "queued_at", "queued_by", "due_at",
    "expires_at", "ended_at", "carrier", "phone", "tries", "sent_at", "delivered_at", "sender",
    "request", "receipt_by",
)  # fmt: skip
#: States of drafts that are over at once.
OVER = ("failed", "cancelled")


@transaction.atomic
def _queue_batch(drafts: Sequence[Draft], by: Actor) -> list[str]:
    known = _known(drafts)
    now = clock.now()
    made: dict[str, Draft] = {}
    rows = []
    ids = []
    for draft in drafts:
        key = draft.key
        old = known.get(key)
        if old is None:
            old = known[key] = new_id()
            made[old] = draft
            rows.append(_row(old, key, draft, by.ref, now))
        ids.append(old)
    insert_values(Message, COLUMNS, rows)
    record_many(_deeds(made, by))
    if made:
        wake.signal("comms")
    return ids


def _known(drafts: Sequence[Draft]) -> dict[Key, str]:
    rows = Message.objects.filter(
        among("purpose", {draft.purpose[1] for draft in drafts}),
        rung__in={draft.rung for draft in drafts},
    )
    columns = rows.values_list(
        "purpose", "purpose_kind", "person", "post", "channel", "rung", "round", "pk"
    )
    return {(*key,): pk for *key, pk in columns}  # type: ignore[misc]


def _row(pk: str, key: Key, draft: Draft, by: str, now: datetime) -> tuple[Any, ...]:
    """Give the values of `COLUMNS`."""
    state = draft.state
    return (
        pk, *key, draft.kind, draft.region, draft.case, draft.priority, state, draft.reason,
        now, by, now if state == "queued" else None, draft.expires_at,
        now if state in OVER else None, "", "", 0, None, None, None,
        "", None,
    )  # fmt: skip


def _deeds(made: Mapping[str, Draft], by: Actor) -> list[Deed]:
    """One deed a case: what one decision sends is one deed."""
    groups: dict[str, list[str]] = {}
    for pk, draft in made.items():
        groups.setdefault(draft.case or pk, []).append(pk)
    deeds = []
    for case, pks in groups.items():
        first = made[pks[0]]
        regions = {made[pk].region for pk in pks}
        deeds.append(
            Deed(
                deed=QUEUED,
                by=by,
                subject=("case", case) if first.case else ("message", case),
                region=first.region if len(regions) == 1 else "",
                case=first.case,
                facts={"messages": pks},
                topic=TOPIC,
            )
        )
    return deeds
