"""Questions about people: who holds a post, whom to reach next, who is on watch, whom to call."""

from anlan.base.people.selectors.addressing import addressed, keepers
from anlan.base.people.selectors.directory import Found, directory
from anlan.base.people.selectors.duty import Watch, on_duty, rota
from anlan.base.people.selectors.holders import (
    called_through,
    gaps,
    held_by,
    holders_of,
    holdings_on,
    in_force,
    names_of,
    posts_of,
    titles_of,
    today,
    units_of,
    with_several_posts,
)
from anlan.base.people.selectors.numbers import first_numbers
from anlan.base.people.selectors.offices import copied_to, office_of
from anlan.base.people.selectors.reach import RELATIONS, WATCH, reach, seats

__all__ = [
    "RELATIONS",
    "WATCH",
    "Found",
    "Watch",
    "addressed",
    "called_through",
    "copied_to",
    "directory",
    "first_numbers",
    "gaps",
    "held_by",
    "holders_of",
    "holdings_on",
    "in_force",
    "keepers",
    "names_of",
    "office_of",
    "on_duty",
    "posts_of",
    "reach",
    "rota",
    "seats",
    "titles_of",
    "today",
    "units_of",
    "with_several_posts",
]
