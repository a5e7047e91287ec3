"""Whom a rung turns to: one row a post, found in one query per relation for a whole batch."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from anlan.base.db.inserting import insert_values
from anlan.base.obligations.events import RungsReached
from anlan.base.obligations.ladders import Ladder
from anlan.base.obligations.models import Rung
from anlan.base.people import selectors as people

#: What a rung that finds nobody turns to: a gap people see.
NOBODY: tuple[None] = (None,)

#: Rungs that turn to a place or a person who holds no post of ours.
WITHOUT_POST = ("door",)


#: Columns of a rung, in the order `next_rungs` gives their values.
COLUMNS = ("obligation_id", "number", "at", "whom", "post_id", "channels")
Values = tuple[str, int, datetime, str, str | None, str]


class Climber(NamedTuple):
    """What taking a rung needs of an obligation: no whole row, there may be twenty thousand."""

    id: str
    debtor: str
    ladder: str
    #: How many rungs it has taken before.
    rung: int


def next_rungs(
    rows: Sequence[Climber], ladders: Mapping[str, Ladder], now: datetime
) -> list[Values]:
    """Make the rows of the rung each obligation takes next."""
    turns: dict[str, list[Climber]] = defaultdict(list)
    for row in rows:
        turns[ladders[row.ladder].rungs[row.rung].whom].append(row)
    made: list[Values] = []
    for whom, owed in turns.items():
        posts = _whom([row.debtor for row in owed], whom)
        for row in owed:
            channels = _spelled(ladders[row.ladder].rungs[row.rung].channels)
            made += [
                (row.id, row.rung + 1, now, whom, post, channels)
                for post in posts.get(row.debtor) or NOBODY
            ]
    return made


def rungs_reached(rows: Sequence[Climber]) -> RungsReached:
    """Tell which rung each obligation takes."""
    return RungsReached(
        obligations=tuple(row.id for row in rows), rungs=tuple(row.rung + 1 for row in rows)
    )


def write_rungs(rungs: Sequence[Values]) -> None:
    """Note rungs in the caller's transaction."""
    insert_values(Rung, COLUMNS, rungs)


@cache
def _spelled(channels: tuple[str, ...]) -> str:
    return json.dumps(channels)


def _whom(debtors: Sequence[str], whom: str) -> dict[str, list[str]]:
    if whom == "debtor":
        return {post: [post] for post in debtors}
    if whom in WITHOUT_POST:
        return {}
    return people.reach(list(dict.fromkeys(debtors)), whom)
