"""One commit: a group of bodies becomes durable, and each is told what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from anlan.engines.series import MAINTENANCE, Columns
from anlan.sense.intake.directory import Directory
from anlan.sense.intake.queueing import Submission
from anlan.sense.intake.resolving import resolve
from anlan.sense.receipts import Receipt
from anlan.sense.store.interface import Store


class Checker(Protocol):
    """Doubts about values, carried from commit to commit."""

    def flag(self, columns: Columns, now_ms: int, *, backfill: bool) -> NDArray[np.uint16]:
        """Flag rows sorted by number and time, (n,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Committed:
    """What became durable. `columns` are the fresh rows, sorted by number, then time."""

    seq: int
    columns: Columns
    receipts: list[Receipt]
    accepted: int
    duplicates: int
    refused: int


def commit(
    group: Sequence[Submission], store: Store, directory: Directory, checker: Checker, now_ms: int
) -> Committed:
    """Store a group of bodies; durable on return. `seq` is 0 when nothing in it was fresh.

    Of two rows with one stream and time the one that came first stays. Raises `Unavailable` when
    the store cannot take them: then nobody is told anything but to try again.
    """
    resolved = resolve(group, directory, now_ms)
    order = resolved.columns.order()
    rows, sent = resolved.columns.take(order), resolved.sent[order]
    sifted = store.sift(rows)
    seq, fresh = 0, rows.take(sifted.fresh)
    if len(fresh):
        flags = checker.flag(fresh, now_ms, backfill=group[0].backfill)
        flags = np.where(directory.maintained[fresh.number], flags | MAINTENANCE, flags)
        fresh = fresh.with_flags(flags)
        seq = store.append(fresh, now_ms)
    if sifted.changed.any():
        store.revise(rows.take(sifted.changed), now_ms)
    taken = np.bincount(sent, minlength=len(group)).tolist()
    same = np.bincount(sent[sifted.same], minlength=len(group)).tolist()
    receipts = []
    for place, one in enumerate(group):
        refused = one.decoded.rejected
        if place in resolved.refused:
            refused = sorted([*refused, *resolved.refused[place]])
        receipts.append(Receipt(taken[place] - same[place], same[place], refused))
    return Committed(
        seq=seq,
        columns=fresh,
        receipts=receipts,
        accepted=len(rows) - sum(same),
        duplicates=sum(same),
        refused=sum(len(one.rejected) for one in receipts),
    )
