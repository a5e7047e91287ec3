"""What a page offers to choose from: kinds, ready words, who may approve by telephone."""

from typing import Any

from anlan import codes
from anlan.base.people import selectors as people
from anlan.base.people.models import Phone, Post
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.regions import scope
from anlan.base.register.masking import mask
from anlan.base.vault.services import open_many
from anlan.warn.competence import TABLE as ISSUERS
from anlan.warn.selectors import signing, texts
from anlan.warn.selectors.rows import alert_for


def kinds() -> list[dict[str, Any]]:
    """List kinds of warnings with whose they are; `own` are those that may be written here."""
    authorities = codes.table("authorities")
    return [
        {
            "code": row.code, "label": row.name, "label_en": row.name_en,
            "own": bool(row.flag("own")), "public": bool(row.flag("public")),
            "authority": authorities.name(row.text("authority")),
            "authority_en": authorities.name(row.text("authority"), "en"),
            "levels": [int(level) for level in row.several("levels")],
            "hazards": list(row.several("hazards")), "source": row.source,
            "source_en": row.text("source_en") or "", "confidence": row.confidence,
        }
        for row in codes.table(ISSUERS)
    ]  # fmt: skip


def words(kind: str, hazard: str, level: int | None) -> dict[str, Any]:
    """Give the ready words for a kind, a hazard and a level; empty where there are none."""
    row = texts.template(kind, hazard, level)
    return {
        "caution": (row.text("caution") if row else "") or "",
        "measures": (row.text("measures") if row else "") or "",
        "minutes": row.whole("minutes") if row else None,
        "source": row.source if row else "",
        "confidence": row.confidence if row else "",
    }


def approvers(actor: Actor, alert: str) -> list[dict[str, Any]]:
    """List the posts that may approve an alert by telephone; numbers are masked."""
    row = alert_for(alert, actor)
    permit(actor, "alerts.issue", row.home)
    above = [row.home, *scope.ancestors(row.home)]
    posts = list(
        Post.objects.filter(region__in=above, role__in=signing.approving_posts(), retired_at=None)
        .order_by("-region_id", "rank")
        .values_list("pk", "title", "role", "region_id")
    )
    holders = people.holders_of([pk for pk, *_ in posts])
    phones = phones_of([held["person"] for held_by in holders.values() for held in held_by])
    return [
        {
            "post": pk, "title": title, "role": role, "region": region,
            "persons": [
                {**held, "phones": phones.get(held["person"], [])} for held in holders.get(pk, [])
            ],
        }
        for pk, title, role, region in posts
    ]  # fmt: skip


def phones_of(persons: list[str]) -> dict[str, list[dict[str, Any]]]:
    """List the telephones of persons, those known to be dead left out; numbers are masked."""
    table = codes.table("phone-kinds")
    rows = list(
        Phone.objects.filter(person__in=persons, retired_at=None, dead=False)
        .order_by("person_id", "rank")
        .values_list("pk", "person_id", "kind", "number")
    )
    opened = open_many([(pk, {"number": number}) for pk, _, _, number in rows]) if rows else []
    found: dict[str, list[dict[str, Any]]] = {}
    for (pk, person, kind, _), shown in zip(rows, opened, strict=True):
        found.setdefault(person, []).append(
            {
                "id": pk, "kind_label": table.name(kind),
                "kind_label_en": table.name(kind, "en"), "number": mask(shown["number"]),
            }
        )  # fmt: skip
    return found
