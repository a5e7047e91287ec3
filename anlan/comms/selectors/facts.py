"""What lists of messages say beside the ids: names, titles, masked numbers, in few queries."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from anlan.base.people import selectors as people
from anlan.base.people.models import Account, Phone, Post
from anlan.base.regions.models import Region
from anlan.base.register.masking import mask
from anlan.base.vault.services import open_many
from anlan.comms.channels import channel_of
from anlan.comms.models import Message
from anlan.comms.purposes import PURPOSES, Told
from anlan.comms.reasons import REASONS
from anlan.comms.states import LIFECYCLE

#: Results of calls by hand and of tries by machine, in both languages.
OUTCOMES = {
    "sent": ("已发出", "Sent"),
    "again": ("稍后再试", "To be tried again"),
    "failed": ("未成", "Failed"),
    "unknown": ("不明", "Unknown"),
    "connected": ("接通", "Answered"),
    "no-answer": ("未接", "Not picked up"),
    "busy": ("占线", "Engaged"),
    "off": ("关机", "Switched off"),
    "dead": ("空号", "No such number"),
}


class Names(NamedTuple):
    """Names by id for one list."""

    posts: Mapping[str, tuple[str, str]]  # title, unit
    persons: Mapping[str, str]
    regions: Mapping[str, str]
    masked: Mapping[str, str]


def names_for(rows: Iterable[Message]) -> Names:
    """Look up what a list of messages names."""
    rows = list(rows)
    posts = Post.objects.filter(pk__in={row.post for row in rows if row.post})
    regions = Region.objects.filter(code__in={row.region for row in rows})
    return Names(
        posts={
            pk: (title, unit) for pk, title, unit in posts.values_list("pk", "title", "unit__name")
        },
        persons=people.names_of({row.person for row in rows if row.person}),
        regions=dict(regions.values_list("code", "name")),
        masked=masked({row.phone for row in rows if row.phone}),
    )


def masked(ids: Collection[str]) -> dict[str, str]:
    """Tell numbers and addresses with their middle hidden."""
    sealed = list(Phone.objects.filter(pk__in=ids).values_list("pk", "number"))
    sealed += list(Account.objects.filter(pk__in=ids).values_list("pk", "address"))
    opened = open_many([(pk, {"": text}) for pk, text in sealed]) if sealed else []
    return {pk: mask(texts[""]) or "" for (pk, _), texts in zip(sealed, opened, strict=True)}


def told_of(rows: Iterable[Message]) -> dict[tuple[str, str], Told]:
    """Tell the words of what messages are for: (kind, purpose) -> named values."""
    by_kind: dict[str, set[str]] = {}
    for row in rows:
        by_kind.setdefault(row.purpose_kind, set()).add(row.purpose)
    return {
        (kind, purpose): told
        for kind, ids in by_kind.items()
        if kind in PURPOSES
        for purpose, told in PURPOSES[kind].told(ids).items()
    }


def channel_labels(word: str, prefix: str = "channel") -> dict[str, str]:
    """Label a ladder's word; a declared channel's own key is its label's addition."""
    channel = channel_of(word)
    own = "" if word == channel.key else f"（{word}）"
    return {
        prefix: word,
        f"{prefix}_label": f"{channel.title}{own}",
        f"{prefix}_label_en": channel.title_en + (f" ({word})" if own else ""),
    }


def reason_labels(code: str, prefix: str = "reason") -> dict[str, str]:
    """Label a reason; "" has none."""
    found = REASONS.get(code)
    return {
        prefix: code,
        f"{prefix}_label": found.title if found else code,
        f"{prefix}_label_en": found.title_en if found else code,
    }


def state_labels(code: str) -> dict[str, str]:
    """Label a message's state."""
    state = LIFECYCLE[code]
    return {
        "state": code,
        "state_label": state.label,
        "state_label_en": state.label_en,
        "tone": state.tone,
    }


def outcome_labels(code: str) -> dict[str, str]:
    """Label what a try gave."""
    title, title_en = OUTCOMES.get(code, (code, code))
    return {"outcome": code, "outcome_label": title, "outcome_label_en": title_en}


def plain(row: Message, names: Names, title: str) -> dict[str, Any]:
    """Say what every list says of a message."""
    return {
        "id": row.pk,
        "purpose_kind": row.purpose_kind,
        "purpose": row.purpose,
        "purpose_title": title,
        **channel_labels(row.channel),
        "carrier": row.carrier,
        "post": row.post,
        "post_title": names.posts.get(row.post, ("", ""))[0],
        "person": row.person,
        "person_name": names.persons.get(row.person, ""),
        "phone_masked": names.masked.get(row.phone, ""),
        "region": row.region,
        "region_name": names.regions.get(row.region, ""),
        "case": row.case,
        "rung": row.rung,
        "round": row.round,
        **state_labels(row.state),
        **reason_labels(row.reason),
        "tries": row.tries,
        "queued_at": row.queued_at,
        "due_at": row.due_at,
        "sent_at": row.sent_at,
        "delivered_at": row.delivered_at,
        "ended_at": row.ended_at,
    }
