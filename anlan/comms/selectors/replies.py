"""Replies that wait for an officer, and what became of the others."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import condition
from anlan.base.register.masking import mask
from anlan.base.vault.services import open_many
from anlan.comms.models import Message, Reply
from anlan.comms.rights import ANSWER, may_settle
from anlan.comms.selectors.facts import masked, names_for, told_of
from anlan.kernel import clock

MOST = 200
#: How words were taken, in both languages.
READ = {
    Reply.Read.ANSWER: ("应答", "Answer"),
    Reply.Read.DOUBTFUL: ("看不准", "Doubtful"),
    Reply.Read.UNKNOWN_NUMBER: ("号码不在册", "Number not on file"),
    Reply.Read.NOTHING_OPEN: ("没有待应答的事项", "Nothing open to answer"),
}


@dataclass(frozen=True)
class Query:
    """What a list of replies is asked for."""

    open: bool = True
    region: str = ""
    person: str = ""
    page: int = 1
    size: int = 50


def listed(actor: Actor, query: Query) -> "QuerySet[Reply]":
    """Narrow replies to those the actor may settle."""
    seen = condition(actor, ANSWER, "region", within=query.region)
    rows = Reply.objects.all()
    if seen is not None:
        mine = seen or Q(pk__in=[])
        if not query.region and may_settle(actor, ""):
            mine |= Q(region="")
        rows = rows.filter(mine)
    if query.open:
        rows = rows.filter(settled_at=None)
    if query.person:
        rows = rows.filter(person=query.person)
    return rows


def page(actor: Actor, query: Query) -> dict[str, Any]:
    """Read one page: what waits the longest first, else the newest first."""
    rows = listed(actor, query)
    size = min(max(query.size, 1), MOST)
    start = (max(query.page, 1) - 1) * size
    found = list(rows.order_by("id" if query.open else "-id")[start : start + size])
    return {
        "items": _described(found),
        "total": rows.count(),
        "page": query.page,
        "size": size,
        "as_of": clock.now(),
    }


def _described(rows: list[Reply]) -> list[dict[str, Any]]:
    messages = Message.objects.in_bulk([row.message for row in rows if row.message])
    names = names_for(messages.values())
    told = told_of(messages.values())
    people = permissions.names_of({row.settled_by for row in rows if row.settled_by})
    phones = masked({row.phone for row in rows if row.phone})
    persons = names_for(
        [Message(person=row.person, region=row.region) for row in rows if row.person]
    )
    opened = open_many(
        [(row.seal_subject, {"text": row.text or None, "number": row.number}) for row in rows]
    )
    items = []
    for row, texts in zip(rows, opened, strict=True):
        message = messages.get(row.message)
        title, title_en = READ[Reply.Read(row.read)]
        words = told.get((row.purpose_kind, row.purpose), {})
        items.append(
            {
                "id": row.pk,
                "at": row.at,
                "received_at": row.received_at,
                "text": texts["text"] or "",
                "read": row.read,
                "read_label": title,
                "read_label_en": title_en,
                "person": row.person,
                "person_name": persons.persons.get(row.person, ""),
                "phone_masked": phones.get(row.phone, "") or mask(texts["number"]) or "",
                "post": message.post if message else "",
                "post_title": names.posts.get(message.post, ("", ""))[0] if message else "",
                "region": row.region,
                "region_name": persons.regions.get(row.region, ""),
                "obligation": row.purpose if row.purpose_kind == "obligation" else "",
                "title": words.get("title", ""),
                "carrier": row.carrier,
                "answers": row.answers,
                "settled_at": row.settled_at,
                "settled_by_name": people.get(row.settled_by, ""),
            }
        )
    return items
