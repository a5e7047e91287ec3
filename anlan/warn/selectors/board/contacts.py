"""Gaps in whom could be called: posts without a person, persons without a number that works.

Looked at on a quiet day, so that on the night there are none.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from anlan import codes
from anlan.base.people import selectors as people
from anlan.base.people.models import Phone, Post
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit, visible
from anlan.kernel import clock
from anlan.warn.callrules import TABLE
from anlan.warn.selectors.board.seats import VIEW

#: Persons in one question to the database.
BATCH = 10_000

#: Why a post cannot be reached: code -> Chinese, English.
REASONS: Mapping[str, tuple[str, str]] = {
    "vacant": ("岗位无人任职", "Nobody holds the post"),
    "no-number": ("任职的人没有电话", "Its holder has no number"),
    "dead-number": ("任职的人只有失效号码", "Its holder's numbers are all out of use"),
    "no-deputy": ("没有 B 岗", "It has no deputy"),
}


@dataclass(frozen=True)
class Contacts:
    """What a list of gaps is asked for."""

    region: str = ""
    reason: str = ""
    page: int = 1
    size: int = 100


def contact_gaps(actor: Actor, query: Contacts) -> dict[str, Any]:
    """List the posts that calls would turn to and not reach, with how many of each kind.

    Only posts that some alert calls. A missing deputy is counted, and listed when asked for.
    """
    permit(actor, VIEW)
    called = {row.text("role") for row in codes.table(TABLE)}
    rows = visible(
        Post.objects.filter(retired_at=None, role__in=called), actor, VIEW, within=query.region
    )
    ordered = rows.order_by("region_id", "rank", "id").values_list("pk", flat=True)
    reasons = _reasons(list(ordered))
    counts = {key: sum(key in found for found in reasons.values()) for key in REASONS}
    wanted = {query.reason} if query.reason in REASONS else {"vacant", "no-number", "dead-number"}
    chosen = [post for post, found in reasons.items() if found & wanted]
    start = (max(query.page, 1) - 1) * query.size
    part = chosen[start : start + query.size]
    shown = Post.objects.select_related("unit", "region").in_bulk(part)
    return {
        "items": [_item(shown[pk], reasons[pk]) for pk in part],
        "total": len(chosen),
        "posts": len(reasons),
        "counts": [
            {"reason": key, "label": zh, "label_en": en, "count": counts[key]}
            for key, (zh, en) in REASONS.items()
        ],
        "page": query.page,
        "size": query.size,
        "as_of": clock.now(),
    }


def _reasons(posts: Collection[str]) -> dict[str, set[str]]:
    """Tell what is wrong with each post; an empty set where nothing is."""
    ranks: dict[str, dict[str, str]] = {post: {} for post in posts}
    for held in people.holdings_on(posts):
        ranks[held.post].setdefault(held.rank, held.person)
    holders = {by_rank["A"] for by_rank in ranks.values() if "A" in by_rank}
    numbered, working = _numbers(holders)
    return {post: _wrong(by_rank, numbered, working) for post, by_rank in ranks.items()}


def _numbers(persons: Collection[str]) -> tuple[set[str], set[str]]:
    """Tell which persons have a number at all, and which one that is not out of use."""
    numbered: set[str] = set()
    working: set[str] = set()
    phones = Phone.objects.filter(retired_at=None).exclude(number="")
    ordered = sorted(persons)
    for start in range(0, len(ordered), BATCH):
        part = ordered[start : start + BATCH]
        for person, dead in phones.filter(person__in=part).values_list("person_id", "dead"):
            numbered.add(person)
            if not dead:
                working.add(person)
    return numbered, working


def _wrong(by_rank: Mapping[str, str], numbered: set[str], working: set[str]) -> set[str]:
    found = set()
    holder = by_rank.get("A")
    if holder is None:
        found.add("vacant")
    elif holder not in numbered:
        found.add("no-number")
    elif holder not in working:
        found.add("dead-number")
    if not set(by_rank) & {"B", "C"}:
        found.add("no-deputy")
    return found


def _item(post: Post, reasons: Collection[str]) -> dict[str, Any]:
    role = codes.table("posts").get(post.role)
    return {
        "post": post.pk,
        "title": post.title,
        "unit": post.unit.name,
        "role": post.role,
        "role_label": role.name if role else post.role,
        "role_label_en": role.name_en if role else post.role,
        "region": post.region_id,
        "region_name": post.region.name,
        "reasons": [key for key in REASONS if key in reasons],
    }
