"""Messages that came at the same moment share one commit.

A commit waits some milliseconds for the disk, however many rows it has; a storm sends hundreds of
messages at once. Each is durable before it is answered, and gets its own answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from anlan.base.permissions.actor import Actor
from anlan.warn.services.receiving.intake import Inbound, Taken, keep_read, read_alerts


@dataclass(frozen=True)
class Handed:
    """A message, and who hands it in."""

    inbound: Inbound
    by: Actor


def receive_together(handed: Sequence[Handed]) -> list[Taken | Exception]:
    """Take messages in, those of one actor in one transaction; tells what became of each.

    What breaks the rest of a group is found out one by one: no fault is shared.
    """
    groups: dict[Actor, list[int]] = {}
    for place, one in enumerate(handed):
        groups.setdefault(one.by, []).append(place)
    found: dict[int, Taken | Exception] = {}
    for by, places in groups.items():
        taken = _receive([handed[place].inbound for place in places], by)
        found.update(zip(places, taken, strict=True))
    return [found[place] for place in range(len(handed))]


def _receive(items: Sequence[Inbound], by: Actor) -> list[Taken | Exception]:
    try:
        return list(keep_read(items=read_alerts(items=items, by=by), by=by))
    except Exception as error:  # noqa: BLE001 - it is the answer to whoever handed it in
        if len(items) == 1:
            return [error]
    return [taken for one in items for taken in _receive([one], by)]
