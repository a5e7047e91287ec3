"""Who stands behind the entries of a roll, opened a page at a time; masking is the caller's."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from anlan import codes
from anlan.base.people import selectors as posts
from anlan.base.people.models import Phone, Post
from anlan.base.register.masking import mask
from anlan.base.vault.services import open_many
from anlan.respond.evacuation.models import Entry

COLUMNS = (
    "id", "seal", "name", "phone", "household_id", "household__seal", "household__code",
    "household__head", "household__phone", "household__address", "household__needs",
    "household__relatives", "household__size", "resident_id", "resident__name",
    "resident__phone", "resident__groups", "resident__sex", "resident__birth_year", "zone__name",
)  # fmt: skip
HOUSEHOLD = ("head", "phone", "address", "needs", "relatives")
#: What is told masked to whoever may not read it.
MASKED = ("name", "head", "phone", "relatives")


def open_names(entries: Collection[str]) -> dict[str, dict[str, Any]]:
    """Open names, telephones and addresses of entries, in clear: two queries."""
    rows = list(Entry.objects.filter(pk__in=list(entries)).values(*COLUMNS))
    pairs: list[tuple[str, dict[str, str | None]]] = []
    for row in rows:
        pairs.append((row["seal"], {"name": row["name"], "phone": row["phone"]}))
        pairs.append(
            (row["household__seal"] or "", {key: row[f"household__{key}"] for key in HOUSEHOLD})
        )
        person = {"name": row["resident__name"], "phone": row["resident__phone"]}
        pairs.append((row["resident_id"] or "", person))
    opened = open_many(pairs)
    return {
        row["id"]: _told(row, *opened[3 * place : 3 * place + 3]) for place, row in enumerate(rows)
    }


def _told(
    row: Mapping[str, Any],
    own: Mapping[str, str | None],
    home: Mapping[str, str | None],
    person: Mapping[str, str | None],
) -> dict[str, Any]:
    table = codes.table("special-groups")
    groups = row["resident__groups"] or []
    return {
        "name": own["name"] or person["name"] or "",
        "phone": own["phone"] or person["phone"] or home["phone"] or "",
        "head": home["head"] or "", "address": home["address"] or "",
        "needs": home["needs"] or "", "relatives": home["relatives"] or "",
        "household_code": row["household__code"] or "", "zone_name": row["zone__name"] or "",
        "groups": groups, "groups_label": [table.name(key) for key in groups],
        "groups_label_en": [table.name(key, "en") for key in groups],
    }  # fmt: skip


def masked(told: Mapping[str, Any]) -> dict[str, Any]:
    """Hide what only those may read who ask for it with a reason."""
    return {key: mask(value) if key in MASKED else value for key, value in told.items()}


def responsible(leads: Collection[str]) -> dict[str, dict[str, Any]]:
    """Tell of posts who holds them and how they are called; numbers masked."""
    wanted = {post for post in leads if post}
    titles = dict(Post.objects.filter(pk__in=wanted).values_list("pk", "title"))
    held = posts.holdings_on(wanted)
    first: dict[str, str] = {}
    for one in held:
        first.setdefault(one.post, one.person)
    names = posts.names_of(set(first.values()))
    numbers = _numbers(set(first.values()))
    return {
        post: {
            "post": post, "title": title, "person": first.get(post),
            "name": names.get(first.get(post, ""), ""),
            "phone": mask(numbers.get(first.get(post, ""), "")),
        }
        for post, title in titles.items()
    }  # fmt: skip


def _numbers(persons: Collection[str]) -> dict[str, str]:
    """Tell the number that is dialled first of each person, of those not known to be dead."""
    rows: Sequence[tuple[str, str, str]] = list(
        Phone.objects.filter(person__in=persons, dead=False, retired_at=None)
        .order_by("person_id", "-rank")
        .values_list("pk", "person_id", "number")
    )
    opened = open_many([(pk, {"number": number}) for pk, _, number in rows])
    return {
        person: texts["number"] or "" for (_, person, _), texts in zip(rows, opened, strict=True)
    }
