"""The delivery ledger: every message, where it stands and why, and every try to get it through."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from anlan.base.people.models import Person, Phone, Post
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, visible
from anlan.base.vault.selectors import subjects_matching
from anlan.base.vault.services import open_many
from anlan.comms.channels import channel_of
from anlan.comms.composing import wording_of
from anlan.comms.models import Attempt, ConsoleNote, Message
from anlan.comms.purposes import NARROWINGS
from anlan.comms.reasons import REASONS
from anlan.comms.rights import SEND, VIEW
from anlan.comms.selectors.facts import (
    masked,
    names_for,
    outcome_labels,
    plain,
    reason_labels,
    told_of,
)
from anlan.comms.wording import write
from anlan.kernel import clock
from anlan.kernel.errors import Missing

MOST = 500
#: Columns narrowed by their value as it is.
EXACT = ("channel", "reason", "case", "purpose_kind", "purpose", "post", "person", "carrier")


@dataclass(frozen=True)
class Query:
    """What a list of messages is asked for; what is empty narrows nothing."""

    state: str = ""
    channel: str = ""
    reason: str = ""
    region: str = ""
    case: str = ""
    purpose_kind: str = ""
    purpose: str = ""
    post: str = ""
    person: str = ""
    carrier: str = ""
    alert: str = ""
    q: str = ""
    page: int = 1
    size: int = 50


def listed(actor: Actor, query: Query) -> "QuerySet[Message]":
    """Narrow messages to what the actor may see and asks for, in whichever state they are."""
    rows = visible(Message.objects.all(), actor, VIEW, "region", within=query.region)
    for name in EXACT:
        value = getattr(query, name)
        if value:
            rows = rows.filter(**{name: value})
    if query.alert:
        rows = rows.filter(_narrowed("alert", query.alert))
    if query.q.strip():
        rows = rows.filter(_searched(query.q.strip()[:60]))
    return rows


def _narrowed(name: str, value: str) -> Q:
    narrow = NARROWINGS.get(name)
    return narrow(value) if narrow else Q(pk__in=[])


def _searched(text: str) -> Q:
    """Match a person's name or number, or a post's title."""
    persons = set(subjects_matching("chars", text, among=Person.objects.values("pk")))
    kind = "tail4" if len(text) == 4 and text.isdecimal() else "phone"
    phones = subjects_matching(kind, text, among=Phone.objects.values("pk"))
    posts = Post.objects.filter(title__icontains=text).values("pk")[:MOST]
    return Q(person__in=persons) | Q(phone__in=phones) | Q(post__in=list(posts))


def page(actor: Actor, query: Query) -> dict[str, Any]:
    """Read one page, the newest first, with how many stand in each state."""
    rows = listed(actor, query)
    counts = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    wanted = [one for one in query.state.split(",") if one]
    if wanted:
        rows = rows.filter(state__in=wanted)
    size = min(max(query.size, 1), MOST)
    start = (max(query.page, 1) - 1) * size
    found = list(rows.order_by("-id")[start : start + size])
    return {
        "items": described(found, actor),
        "total": sum(n for state, n in counts.items() if not wanted or state in wanted),
        "counts": counts,
        "page": query.page,
        "size": size,
        "as_of": clock.now(),
    }


def described(rows: Sequence[Message], actor: Actor) -> list[dict[str, Any]]:
    """Say messages in words, what they name looked up at once."""
    names, told = names_for(rows), told_of(rows)
    return [
        {
            **plain(row, names, told.get((row.purpose_kind, row.purpose), {}).get("title", "")),
            "may_resend": may_resend(row) and may(actor, SEND, row.region),
        }
        for row in rows
    ]


def may_resend(row: Message) -> bool:
    """Tell whether sending it again could succeed."""
    failed = row.state == "failed" or (row.state == "unknown" and row.due_at is None)
    channel = channel_of(row.channel)
    reason = REASONS.get(row.reason)
    somebody = bool(row.person) or channel.to_place or channel.knocks
    return failed and somebody and (reason is None or reason.again or bool(row.person))


def one(actor: Actor, message: str) -> dict[str, Any]:
    """Read one message with its text and its tries."""
    row = Message.objects.filter(pk=message).first()
    if row is None or not may(actor, VIEW, row.region):
        raise Missing("没有这条消息")
    tries = list(Attempt.objects.filter(message=row).order_by("number", "id"))
    names = permissions.names_of({one.by for one in tries} | {row.queued_by})
    phones = masked({one.phone for one in tries if one.phone})
    return {
        **described([row], actor)[0],
        "queued_by": row.queued_by,
        "queued_by_name": names.get(row.queued_by, ""),
        "text": _text(row),
        "attempts": [_attempt(one, names, phones) for one in tries],
    }


def _text(row: Message) -> str:
    """Tell what it said: as the console kept it, else as it is worded now, without its link."""
    note = ConsoleNote.objects.filter(message=row).order_by("-id").first()
    if note is not None and note.text:
        return open_many([(note.seal_subject, {"": note.text})])[0][""] or ""
    told = told_of([row]).get((row.purpose_kind, row.purpose))
    return "" if told is None else worded(row, told)


def worded(row: Message, told: Any) -> str:
    """Word a message as a list shows it: spoken for the call sheet, short otherwise."""
    wording = wording_of(row.kind)
    by_hand = channel_of(row.channel).by_hand
    return write(wording.spoken or wording.short if by_hand else wording.short, told)


def _attempt(one: Attempt, names: dict[str, str], phones: dict[str, str]) -> dict[str, Any]:
    return {
        "number": one.number,
        "carrier": one.carrier,
        "phone_masked": phones.get(one.phone, ""),
        "began_at": one.began_at,
        "ended_at": one.ended_at,
        **outcome_labels(one.outcome),
        **reason_labels(one.reason),
        "detail": one.detail,
        "ticket": one.ticket,
        "receipt_at": one.receipt_at,
        "receipt": one.receipt,
        "parts": one.parts,
        "by_name": names.get(one.by, one.by),
    }
