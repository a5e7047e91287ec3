"""Whose desk it is, and who keeps the watch there now."""

from collections.abc import Collection
from typing import Any

from anlan.base.people import selectors as people
from anlan.base.people.models import Phone, Post
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.base.regions.models import Level, Region
from anlan.kernel import clock

VIEW = "duty-log.view"
SEATS = (
    ("lead", "带班领导", "Leader"),
    ("officer", "值班员", "Officer"),
    ("deputy", "备班", "Deputy"),
)
LEADERS = ("duty-leader",)


def desk_of(actor: Actor, region: str = "", action: str = VIEW) -> str:
    """Tell the desk that is meant: the region asked for, else the actor's own."""
    desk = scope.normalise(region) if region else actor.region or regions.top()
    permit(actor, action, desk)
    return desk


def county_of(code: str) -> str:
    """Tell the county a region is in; of one above it, or not in the list, the topmost here."""
    length = scope.LENGTHS[Level.COUNTY - 1]
    county = scope.pad(scope.prefix(code)[:length])
    return county if Region.objects.filter(code=county).exists() else regions.top()


def now_at(actor: Actor, region: str = "") -> dict[str, Any]:
    """Tell who keeps the watch of a desk now, and whether each can be reached by telephone.

    Where the rota is empty the leader on duty is whoever holds the post; where nobody does, the
    answer says so.
    """
    desk = desk_of(actor, region)
    watches = people.on_duty(regions=[desk])
    watch = watches[0] if watches else None
    seats = {key: getattr(watch, key) if watch else None for key, _, _ in SEATS}
    if seats["lead"] is None:
        seats["lead"] = _holder(desk)
    persons = {one for one in seats.values() if one}
    names, numbers = people.names_of(persons), _numbers(persons)
    return {
        "region": desk, "region_name": regions.names([desk]).get(desk, desk),
        "begins": watch.begins if watch else None, "ends": watch.ends if watch else None,
        "seats": [
            {
                "seat": key, "label": label, "label_en": english, "person": seats[key],
                "name": names.get(seats[key] or "", ""),
                "numbers": numbers.get(seats[key] or "", 0),
            }
            for key, label, english in SEATS
        ],
        "as_of": clock.now(),
    }  # fmt: skip


def _holder(desk: str) -> str | None:
    posts = Post.objects.filter(region=desk, role__in=LEADERS, retired_at=None).order_by("rank")
    held = people.holdings_on(list(posts.values_list("pk", flat=True)))
    return held[0].person if held else None


def _numbers(persons: Collection[str]) -> dict[str, int]:
    """Count the telephones of each that are not known to be dead."""
    found: dict[str, int] = {}
    living = Phone.objects.filter(person__in=list(persons), dead=False, retired_at=None)
    for person in living.values_list("person_id", flat=True):
        found[person] = found.get(person, 0) + 1
    return found
