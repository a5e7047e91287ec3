"""The manual call sheet (人工叫应单): whom to ring, under which number, what to say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from anlan import codes
from anlan.base.people.models import Phone
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, visible
from anlan.base.register.masking import mask
from anlan.base.vault.services import open_many
from anlan.comms.channels import CHANNELS, SHEET, STANDS_BY
from anlan.comms.models import Message
from anlan.comms.purposes import NARROWINGS
from anlan.comms.rights import CALL, CALLS_VIEW
from anlan.comms.selectors.facts import channel_labels, names_for, reason_labels, told_of
from anlan.comms.selectors.ledger import worded
from anlan.kernel import clock

MOST = 2000


@dataclass(frozen=True)
class Query:
    """Which lines are asked for; what is empty narrows nothing."""

    region: str = ""
    case: str = ""
    purpose_kind: str = ""
    alert: str = ""
    page: int = 1
    size: int = 200


@dataclass(frozen=True)
class Sheet:
    """A page of the sheet, JSON-ready, and the lines whose numbers stand on it in full."""

    told: dict[str, Any]
    in_full: list[str]


def sheet(actor: Actor, query: Query) -> Sheet:
    """Read the lines that wait, the most urgent first, a person once for one thing.

    Lines that stand by come last: they are there for whoever must ring where machines cannot.

    Numbers stand in full for whoever may call there, masked for everybody else.
    """
    rows = visible(
        Message.objects.filter(state="manual"), actor, CALLS_VIEW, "region", within=query.region
    )
    rows = rows.filter(channel__in=[key for key, one in CHANNELS.items() if one.by_hand])
    for name in ("case", "purpose_kind"):
        if getattr(query, name):
            rows = rows.filter(**{name: getattr(query, name)})
    if query.alert:
        narrow = NARROWINGS.get("alert")
        rows = rows.filter(narrow(query.alert)) if narrow else rows.none()
    # The newest line of a person stands for the earlier ones about the same thing.
    columns = rows.order_by("id").values_list(
        "purpose", "person", "pk", "priority", "tries", "rung", "channel"
    )
    newest = {
        (purpose, person or pk): (
            channel == SHEET and rung <= STANDS_BY, priority, tries, -rung, pk
        )
        for purpose, person, pk, priority, tries, rung, channel in columns
    }  # fmt: skip
    order = [line[-1] for line in sorted(newest.values())]
    size = min(max(query.size, 1), MOST)
    start = (max(query.page, 1) - 1) * size
    by_id = Message.objects.in_bulk(order[start : start + size])
    shown = [by_id[pk] for pk in order[start : start + size]]
    full = [row.pk for row in shown if row.person and may(actor, CALL, row.region)]
    return Sheet(
        {
            "items": _described(shown, set(full)),
            "total": len(order),
            "page": query.page,
            "size": size,
            "as_of": clock.now(),
        },
        full,
    )


def _described(rows: Sequence[Message], full: set[str]) -> list[dict[str, Any]]:
    names, told = names_for(rows), told_of(rows)
    phones = _phones({row.person for row in rows if row.person})
    items = []
    for row in rows:
        words = told.get((row.purpose_kind, row.purpose), {})
        title, unit = names.posts.get(row.post, ("", ""))
        own = phones.get(row.person, [])
        if row.pk not in full:
            own = [{**one, "number": mask(one["number"])} for one in own]
        items.append(
            {
                "message": row.pk,
                "obligation": row.purpose if row.purpose_kind == "obligation" else "",
                "purpose_kind": row.purpose_kind,
                "purpose": row.purpose,
                "case": row.case,
                **channel_labels(row.channel),
                "post": row.post,
                "post_title": title,
                "unit": unit,
                "person": row.person,
                "person_name": names.persons.get(row.person, ""),
                "region": row.region,
                "region_name": names.regions.get(row.region, ""),
                "phones": own,
                "title": words.get("title", ""),
                "spoken": worded(row, words) if words else "",
                "rung": row.rung,
                "tries": row.tries,
                **reason_labels(row.reason, "last_reason"),
                "queued_at": row.queued_at,
            }
        )
    return items


def _phones(persons: set[str]) -> dict[str, list[dict[str, Any]]]:
    """List the numbers of persons that can be rung, those that are dead marked as such."""
    table = codes.table("phone-kinds")
    kinds = [row.code for row in table if row.extra.get("calls")]
    rows = list(
        Phone.objects.filter(person__in=persons, kind__in=kinds, retired_at=None)
        .order_by("person_id", "dead", "rank")
        .values_list("pk", "person_id", "kind", "number", "short_number", "dead")
    )
    opened = open_many([(row[0], {"": row[3]}) for row in rows]) if rows else []
    found: dict[str, list[dict[str, Any]]] = {}
    for (pk, person, kind, _, short, dead), texts in zip(rows, opened, strict=True):
        found.setdefault(person, []).append(
            {"id": pk, "number": texts[""] or "", "kind": kind, "kind_label": table.name(kind),
             "kind_label_en": table.name(kind, "en"),
             "short_number": short, "dead": dead}
        )  # fmt: skip
    return found
