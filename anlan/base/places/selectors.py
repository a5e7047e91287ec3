"""Questions about shelters (keepers, room left, standard), and what sites know of their sites."""

from collections.abc import Sequence
from typing import Any

from anlan import codes
from anlan.base.people import selectors as people
from anlan.base.places.models import BuildingSite, Shelter

#: An assessment older than this says nothing about today (years).
ASSESSED_WITHIN = 3
#: 浙江避灾安置场所: square metres a person (DB33/T 2158-2021, remembered).
AREA_EACH = 3.0
#: What no shelter can do without.
BASICS = frozenset(("water", "power", "toilet"))


def keepers(shelters: Sequence[str], rank: str) -> dict[str, str]:
    """Tell the names of the A or B keepers of shelters; those without one are left out."""
    posts = dict(
        Shelter.objects.filter(pk__in=shelters, keeper__isnull=False).values_list("pk", "keeper_id")
    )
    holders = people.holders_of([post for post in posts.values() if post])
    named = {
        shelter: "、".join(one["name"] for one in holders.get(post, ()) if one["rank"] == rank)
        for shelter, post in posts.items()
        if post
    }
    return {shelter: names for shelter, names in named.items() if names}


def rooms(shelters: Sequence[str]) -> dict[str, int | None]:
    """Tell how many more people shelters take: None where capacity or number is not known.

    Negative where more are inside than it holds; 0 where it may not be used now.
    """
    rows = Shelter.objects.filter(pk__in=shelters).values_list(
        "pk", "capacity", "occupied", "status"
    )
    shut = ("out-of-use", "closed")
    return {
        pk: 0 if status in shut
        else None if capacity is None or occupied is None
        else capacity - occupied
        for pk, capacity, occupied, status in rows
    }  # fmt: skip


def standards(shelters: Sequence[str]) -> dict[str, bool | None]:
    """Tell whether shelters are up to standard (规范化); None when something needed is not known.

    One requirement that is known to fail is enough for False.
    Source: DB33/T 2158-2021 as far as known: capacity by level, area a person, water, light and
    toilets, an A and a B keeper, an assessment within three years.
    """
    rows = list(Shelter.objects.filter(pk__in=shelters))
    holders = people.holders_of([row.keeper_id for row in rows if row.keeper_id])
    return {row.pk: _judge(row, holders.get(row.keeper_id or "", [])) for row in rows}


def _judge(row: Shelter, holders: Sequence[dict[str, Any]]) -> bool | None:
    level = codes.table("shelter-levels").get(row.level)
    verdicts = (
        # A level the table does not know leaves the verdict open and the list answered.
        None if level is None else _at_least(row.capacity, level.whole("persons_min")),
        _at_least(row.per_person, AREA_EACH),
        _has_basics(row),
        {"A", "B"} <= {one["rank"] for one in holders},
        None if row.assessed_on is None
        else people.today().year - row.assessed_on.year <= ASSESSED_WITHIN,
        row.status != "out-of-use",
    )  # fmt: skip
    if any(verdict is False for verdict in verdicts):
        return False
    return None if any(verdict is None for verdict in verdicts) else True


def _at_least(value: float | None, least: float | None) -> bool | None:
    if least is None:
        return True
    return None if value is None else value >= least


def _has_basics(row: Shelter) -> bool | None:
    # An empty list is a form not filled in, not a house without water.
    return set(row.facilities) >= BASICS if row.facilities else None


def people_at_building_sites(rows: Sequence[str]) -> dict[str, int | None]:
    """Tell how many are usually at building sites, as their key sites know."""
    return dict(BuildingSite.objects.filter(pk__in=rows).values_list("pk", "site__people"))


def keepers_of_building_sites(rows: Sequence[str]) -> dict[str, str]:
    """Tell the titles of the posts that answer for building sites, as their key sites know."""
    found = BuildingSite.objects.filter(pk__in=rows, site__keeper__isnull=False)
    return {pk: title or "" for pk, title in found.values_list("pk", "site__keeper__title")}
