"""Telling debtors again what they know already: sent back, or owed by another time."""

import json
from collections import Counter
from collections.abc import Sequence

from anlan.base.db.among import among
from anlan.base.journal.services import Deed, record_many
from anlan.base.obligations.deed_names import DEEDS
from anlan.base.obligations.events import RungsReached
from anlan.base.obligations.ladders import ladder
from anlan.base.obligations.models import Obligation, Rung
from anlan.base.obligations.selectors import still_turned_to
from anlan.base.obligations.services.rungs import write_rungs
from anlan.base.outbox.services import publish
from anlan.base.permissions.actor import Actor
from anlan.kernel import clock

#: Number of a rung that is none of the ladder's: the debtor is turned to once more.
AGAIN = 0


def tell_again(*, obligations: Sequence[str], by: Actor) -> int:
    """Turn to the debtors of some obligations once more, in the caller's transaction; says to whom.

    Through the channels of the ladder's first rung, and only where somebody is still turned to. The
    ladder goes on as it stood.
    """
    rows = Obligation.objects.filter(still_turned_to(), among("pk", obligations))
    owed = list(rows.order_by("pk").values_list("pk", "debtor_id", "ladder", "case", "region_id"))
    if not owed:
        return 0
    ids = [pk for pk, *_ in owed]
    before = Counter(
        Rung.objects.filter(among("obligation", ids), number=AGAIN).values_list(
            "obligation_id", flat=True
        )
    )
    now = clock.now()
    write_rungs(
        [(pk, AGAIN, now, "debtor", debtor, _channels(key)) for pk, debtor, key, _, _ in owed]
    )
    record_many(_deeds(owed, by))
    publish(
        RungsReached(
            obligations=tuple(ids), rungs=(AGAIN,) * len(ids),
            rounds=tuple(before[pk] + 1 for pk in ids),
        )
    )  # fmt: skip
    return len(ids)


def _channels(key: str) -> str:
    rungs = ladder(key).rungs
    return json.dumps(rungs[0].channels if rungs else ())


def _deeds(owed: Sequence[tuple[str, str, str, str, str]], by: Actor) -> list[Deed]:
    """One deed a case: what one decision tells again is one deed."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for pk, _, _, case, region in owed:
        groups.setdefault(case or pk, []).append((pk, region))
    cases = {pk: case for pk, _, _, case, _ in owed}
    return [
        Deed(
            deed=DEEDS["again"], by=by,
            subject=("case", key) if cases[some[0][0]] else ("obligation", key),
            region=some[0][1] if len(some) == 1 else "", case=cases[some[0][0]],
            facts={"obligations": [pk for pk, _ in some]}, topic="obligation",
        )
        for key, some in groups.items()
    ]  # fmt: skip
