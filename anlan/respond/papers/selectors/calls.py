"""Whom to ring when no machine can: the sheet as it waits, and everybody who owes something."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anlan.base.cases.selectors import members, root_of
from anlan.base.db.among import among
from anlan.base.obligations.models import Obligation
from anlan.base.people.models import Post
from anlan.base.permissions.actor import system
from anlan.base.regions import scope
from anlan.comms.selectors import sheet
from anlan.respond.papers.selectors.numbers import Seat, seats
from anlan.respond.responses.models import Response

#: Lines of the sheet that are printed.
MOST = 2000
#: The sheet shows numbers in full to whoever may call there; who may take the pack is asked then.
BY = system("papers")


@dataclass(frozen=True)
class Owing:
    """A post that owes something in the matter: what, how much, until when."""

    seat: Seat
    titles: tuple[str, ...]
    #: The first deadline of those; None where none has one.
    due: datetime | None


def waiting(response: Response) -> list[dict[str, Any]]:
    """List the lines of the manual call sheet that wait where a response holds, as it stands."""
    query = sheet.Query(region=response.region_id, size=MOST)
    inside = [scope.prefix(code) for code in response.regions]
    items: list[dict[str, Any]] = sheet.sheet(BY, query).told["items"]
    posts = dict(
        Post.objects.filter(among("id", [one["post"] for one in items])).values_list(
            "pk", "region_id"
        )
    )  # fmt: skip
    return [
        # Whose post it is decides on whose sheet it stands.
        {**one, "region": posts.get(one["post"], one["region"])}
        for one in items
        if any(one["region"].startswith(code) for code in inside)
    ]


def owing(response: Response) -> list[Owing]:
    """List the posts that owe something in the matter of a response, by region."""
    cases = members(root_of(response.case))
    rows = Obligation.objects.filter(among("case", cases), closed_at=None).order_by(
        "done_due", "answer_due", "pk"
    )
    titles: dict[str, list[str]] = {}
    dues: dict[str, list[datetime]] = {}
    columns = ("debtor_id", "title", "answer_due", "done_due")
    for post, title, *limits in rows.values_list(*columns):
        titles.setdefault(post, []).append(title)
        dues.setdefault(post, []).extend(limit for limit in limits if limit)
    found = [
        Owing(seat, tuple(dict.fromkeys(titles[pk])), min(dues[pk], default=None))
        for pk, seat in seats(list(titles)).items()
    ]
    return sorted(found, key=lambda one: (one.seat.region, one.seat.title, one.seat.post))


def seats_of(found: Sequence[Owing]) -> list[Seat]:
    """List the seats among those who owe."""
    return [one.seat for one in found]
