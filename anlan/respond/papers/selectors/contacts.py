"""Who answers for what where a response holds, with telephones: the directory on paper."""

from collections.abc import Sequence
from dataclasses import dataclass

from anlan import codes
from anlan.base.people.models import Post, Unit
from anlan.base.people.selectors.holders import SEATS
from anlan.base.regions import scope
from anlan.respond.papers.selectors.numbers import Seat, seats
from anlan.respond.responses.models import Response

#: Groups of posts that are nobody to ring in a response.
BESIDE = ("enterprise", "inspection")


@dataclass(frozen=True)
class Room:
    """A unit's telephone that somebody answers day and night."""

    region: str
    name: str
    phone: str


def posts_of(response: Response) -> list[Seat]:
    """List every post where a response holds; by region, then by the order of the table."""
    table = codes.table("posts")
    order = {row.code: place for place, row in enumerate(table)}
    wanted = [row.code for row in table if row.text("group") not in BESIDE]
    inside = scope.within([scope.prefix(code) for code in response.regions])
    posts = Post.objects.filter(inside, role__in=wanted, retired_at=None)
    found = seats(list(posts.values_list("pk", flat=True)))
    return sorted(
        found.values(), key=lambda one: (one.region, order.get(one.role, 99), one.title, one.post)
    )


def rooms_of(response: Response) -> Sequence[Room]:
    """List the units that speak for a region where a response holds, with their duty telephone."""
    inside = scope.within([scope.prefix(code) for code in response.regions])
    rows = Unit.objects.filter(inside, kind__in=SEATS, retired_at=None).exclude(duty_phone="")
    columns = ("region_id", "name", "duty_phone")
    return [Room(*row) for row in rows.order_by("region_id", "code").values_list(*columns)]
