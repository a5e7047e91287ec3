"""Offices on papers: who speaks for a region, and whom a paper is copied to."""

from collections.abc import Collection

from anlan import codes
from anlan.base.people.models import Unit
from anlan.base.people.selectors.holders import SEATS
from anlan.base.regions import selectors as regions

COPIES = "paper-copies"


def office_of(region: str) -> str:
    """Name the unit that speaks for a region; the region itself where none is registered."""
    units = Unit.objects.filter(region=region, kind__in=SEATS, retired_at=None)
    named = units.order_by("kind", "code").values_list("name", flat=True).first()
    return named or regions.names([region]).get(region, region)


def copied_to(paper: str, region: str, *, but: Collection[str] = ()) -> str:
    """Say whom a kind of paper is copied to in a region, as its imprint does; "" for nobody.

    `but` names who sends it and whom it is for.
    """
    kinds = codes.table(COPIES, region=region)[paper].several("units")
    units = Unit.objects.filter(region=region, kind__in=kinds, retired_at=None)
    found = sorted(units.values_list("kind", "code", "name"), key=lambda one: kinds.index(one[0]))
    names = [name for _, _, name in found if name not in but]
    return f"{'、'.join(names)}。" if names else ""
