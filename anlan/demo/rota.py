"""A watch rota for the demo county: the offices that sit day and night, from last week on."""

from collections.abc import Iterator
from datetime import date, timedelta

from anlan.demo.county.model import County, Post
from anlan.demo.sheets import Values

BEFORE, AFTER = 7, 28
LEADS = ("duty-leader", "duty-chief")
OFFICERS = ("duty-officer",)


def shifts(county: County, today: date) -> Iterator[Values]:
    """Put the holders of duty posts on watch in turn; a few seats and days stay empty."""
    for place, unit in enumerate(_watching(county)):
        leads, officers = _held(county, unit, LEADS), _held(county, unit, OFFICERS)
        if not officers:
            continue
        for step in range(-BEFORE, AFTER + 1):
            turn = (today + timedelta(days=step)).toordinal()
            if place and (turn + place) % 41 == 0:
                continue  # a day nobody planned: a gap that must show
            officer = officers[turn % len(officers)]
            deputy = officers[(turn + 1) % len(officers)]
            lead = leads[turn % len(leads)] if leads and (turn + place) % 29 else None
            yield {
                "unit": unit, "date": today + timedelta(days=step), "shift": "whole",
                "lead": lead if lead != officer else None, "officer": officer,
                "deputy": deputy if deputy not in (officer, lead) else None,
            }  # fmt: skip


def _watching(county: County) -> list[str]:
    """List the units that have both somebody to lead and somebody to sit at the telephone."""
    return sorted(
        {post.unit for post in county.posts if post.role in LEADS}
        & {post.unit for post in county.posts if post.role in OFFICERS}
    )


def _held(county: County, unit: str, roles: tuple[str, ...]) -> list[str]:
    posts: list[Post] = [p for p in county.posts if p.unit == unit and p.role in roles]
    posts.sort(key=lambda post: (roles.index(post.role), post.rank))
    return list(dict.fromkeys(post.holder for post in posts if post.holder))
