"""Counts of what a county needs before its first storm, read from its own rows as the asker sees.

A step lists its registers with how many rows each has, and its gaps: what is there but not whole.
A step the asker may not look at is left out; nothing that was not counted is told as nought.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef

from anlan.base.people.models import Phone, Post
from anlan.base.people.selectors import holders
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit, visible
from anlan.base.regions.models import Level, Region
from anlan.base.register.registry import REGISTERS
from anlan.base.register.selectors import rows
from anlan.comms.rights import CHANNELS_VIEW
from anlan.comms.selectors import health
from anlan.kernel import clock
from anlan.plans.selectors import plans
from anlan.sense.models import Station, Stream
from anlan.sense.selectors.directory import rule_rows

VIEW: Final = "regions.view"
#: In which order the people are loaded: whoever is named must be there before.
PEOPLE: Final = ("units", "persons", "phones", "posts", "holdings", "duty-shifts")
STATIONS: Final = ("stations", "streams", "gateways")
#: Registers of these groups describe the county; the others fill themselves on the day.
DOMAINS: Final = ("places", "resources", "residents")
LEVELS: Final = {"towns": Level.TOWN, "villages": Level.VILLAGE, "cells": Level.GRID}

Step = dict[str, Any]


def county(actor: Actor) -> dict[str, Any]:
    """List the steps in their order; `young` while something no day can do without is missing."""
    permit(actor, VIEW)
    makers: tuple[Callable[[Actor], Step | None], ...] = (
        _regions, _people, _stations, _registers, _plans, _channels,
    )  # fmt: skip
    steps = [step for make in makers if (step := make(actor)) is not None]
    return {
        "steps": steps,
        "young": any(step["state"] == "empty" for step in steps),
        "as_of": clock.now(),
    }


def _regions(actor: Actor) -> Step:
    seen = visible(Region.objects.filter(valid_to=None), actor, VIEW, "code")
    found = dict(seen.order_by().values_list("level").annotate(n=Count("pk")))
    counts = {name: found.get(int(level), 0) for name, level in LEVELS.items()}
    towns = seen.filter(level=Level.TOWN)
    bare = towns.exclude(
        Exists(Region.objects.filter(parent=OuterRef("code"), valid_to=None))
    ).count()
    return _step(
        "regions", [], counts, {"towns-without-villages": bare}, empty=not any(counts.values())
    )


def _people(actor: Actor) -> Step | None:
    books = list(_books(actor, PEOPLE))
    if not books:
        return None
    gaps = {}
    if may(actor, "posts.view"):
        gaps["posts-nobody-holds"] = holders.gaps(
            visible(Post.objects.filter(retired_at=None), actor, "posts.view")
        ).count()
    if may(actor, "holdings.view") and may(actor, "phones.view"):
        gaps["holders-without-phone"] = _without_phone(actor)
    return _step("people", books, {}, gaps, empty=not _all(books, ("persons", "posts")))


def _without_phone(actor: Actor) -> int:
    """Count the people who hold a post and cannot be called."""
    held = visible(Post.objects.filter(retired_at=None), actor, "posts.view").values("pk")
    persons = holders.current().filter(post__in=held).order_by().values("person").distinct()
    phones = Phone.objects.filter(person=OuterRef("person"), retired_at=None)
    return persons.exclude(Exists(phones)).count()


def _stations(actor: Actor) -> Step | None:
    books = list(_books(actor, STATIONS))
    if not books:
        return None
    seen = visible(Station.objects.filter(retired_at=None), actor, "stations.view")
    bare = seen.exclude(Exists(Stream.objects.filter(station=OuterRef("pk"), retired_at=None)))
    counts = {"rules": len(rule_rows())} if may(actor, "rules.view") else {}
    return _step(
        "stations", books, counts, {"stations-without-streams": bare.count()},
        empty=not _all(books, ("stations",)),
    )  # fmt: skip


def _registers(actor: Actor) -> Step | None:
    keys = [key for key, entry in REGISTERS.items() if entry.domain in DOMAINS]
    books = list(_books(actor, keys))
    if not books:
        return None
    bare = sum(not one["rows"] for one in books)
    return _step("registers", books, {}, {"empty-registers": bare}, empty=bare == len(books))


def _plans(actor: Actor) -> Step | None:
    if not may(actor, plans.VIEW):
        return None
    listed = plans.listed(actor)
    force = sum(one["active"] is not None for one in listed)
    return _step(
        "plans", [], {"plans": len(listed), "plans-in-force": force},
        {"plans-not-in-force": len(listed) - force}, empty=not force,
    )  # fmt: skip


def _channels(actor: Actor) -> Step | None:
    if not may(actor, CHANNELS_VIEW):
        return None
    told = health.channels(actor)
    asked = [one for one in told["items"] if not one["by_hand"] and not one["at_once"]]
    carried = sum(bool(one["carriers"]) for one in asked)
    wrong = sum(bool(it["problem"]) for one in asked for it in one["carriers"])
    return _step(
        "channels", [], {"channels-carried": carried},
        {
            "channels-without-carrier": len(asked) - carried,
            "carriers-wrong": wrong + len(told["refused"]),
        },
        empty=not carried, console=told["console_only"],
    )  # fmt: skip


def _books(actor: Actor, keys: Iterable[str]) -> Iterator[dict[str, Any]]:
    for key in keys:
        entry = REGISTERS.get(key)
        if entry is not None and may(actor, entry.action("view")):
            yield {
                "key": key, "title": entry.title, "title_en": entry.title_en, "icon": entry.icon,
                "rows": rows(entry, actor).count(),
                "may_import": may(actor, entry.action("import")),
            }  # fmt: skip


def _all(books: list[dict[str, Any]], keys: tuple[str, ...]) -> bool:
    """Tell whether every one of these that was counted has rows."""
    return all(one["rows"] for one in books if one["key"] in keys)


def _step(
    key: str,
    books: list[dict[str, Any]],
    counts: dict[str, int],
    gaps: dict[str, int],
    *,
    empty: bool,
    **more: Any,
) -> Step:
    left = {name: n for name, n in gaps.items() if n}
    state = "empty" if empty else "gaps" if left else "whole"
    return {"key": key, "registers": books, "counts": counts, "gaps": left, "state": state, **more}
