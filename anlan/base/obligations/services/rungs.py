"""Whom a rung turns to: one row a post, found in one query per relation for a whole batch."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from anlan.base.obligations.ladders import Ladder
from anlan.base.obligations.models import Obligation, Rung
from anlan.base.people import selectors as people

#: What a rung that finds nobody turns to: a gap people see.
NOBODY: tuple[None] = (None,)

#: Rungs that turn to a place or a person who holds no post of ours.
WITHOUT_POST = ("door",)


def next_rungs(
    rows: Sequence[Obligation], ladders: Mapping[str, Ladder], now: datetime
) -> list[Rung]:
    """Make the rows of the rung each obligation takes next; `Obligation.rung` is still before."""
    turns: dict[str, list[Obligation]] = defaultdict(list)
    for row in rows:
        turns[ladders[row.ladder].rungs[row.rung].whom].append(row)
    made: list[Rung] = []
    for whom, owed in turns.items():
        posts = _whom([row.debtor_id for row in owed], whom)
        for row in owed:
            step = ladders[row.ladder].rungs[row.rung]
            made += [
                Rung(
                    obligation_id=row.pk,
                    number=row.rung + 1,
                    at=now,
                    whom=whom,
                    post_id=post,
                    channels=list(step.channels),
                )
                for post in posts.get(row.debtor_id) or NOBODY
            ]
    return made


def _whom(debtors: Sequence[str], whom: str) -> dict[str, list[str]]:
    if whom == "debtor":
        return {post: [post] for post in debtors}
    if whom in WITHOUT_POST:
        return {}
    return people.reach(list(dict.fromkeys(debtors)), whom)
