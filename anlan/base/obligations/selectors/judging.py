"""Who verifies what was reported: any officer with the right, or those whose business it is."""

from collections.abc import Collection, Iterable, Mapping

from anlan.base.obligations.kinds import KINDS
from anlan.base.obligations.models import Obligation
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may


def judges_of(rows: Iterable[Obligation]) -> Mapping[str, frozenset[str]]:
    """Tell which posts verify reports, by obligation; what is left out any officer may verify."""
    wanted: dict[str, list[str]] = {}
    for row in rows:
        if KINDS[row.kind].judges and row.state == "reported":
            wanted.setdefault(row.kind, []).append(row.pk)
    found: dict[str, frozenset[str]] = {}
    for kind, obligations in wanted.items():
        tell = KINDS[kind].judges
        found |= tell(obligations) if tell else {}
    return found


def may_judge(
    row: Obligation, actor: Actor, posts: Collection[str], judges: Mapping[str, frozenset[str]]
) -> bool:
    """Tell whether an actor who holds some posts may verify a report or send it back."""
    if row.pk in judges:
        return not judges[row.pk].isdisjoint(posts)
    return may(actor, "obligations.verify", row.region_id)
