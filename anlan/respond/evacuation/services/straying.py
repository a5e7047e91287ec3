"""Somebody went back before it was safe (回流管控): a fact, and somebody who must fetch them."""

from collections import defaultdict
from collections.abc import Sequence

from anlan.base.obligations.services import Debt, owe_many
from anlan.base.outbox.services import publish
from anlan.base.permissions.actor import Actor, system
from anlan.base.regions import selectors as regions
from anlan.kernel import clock
from anlan.kernel.ids import new_id
from anlan.respond.evacuation.events import PeopleStrayed
from anlan.respond.evacuation.kinds import STRAY, SUBJECT
from anlan.respond.evacuation.models import Entry, Evacuation
from anlan.respond.evacuation.selectors.gathering import leads_of
from anlan.respond.evacuation.services.finding import note


def note_strays(*, batch: Evacuation, strayed: Sequence[tuple[Entry, int]], by: Actor) -> None:
    """Tell who must see to it, in the caller's transaction: the township, else the village.

    Owed in the platform's name: whoever ticks (a link from a short message) may order nobody.
    """
    by_part: dict[str, list[tuple[Entry, int]]] = defaultdict(list)
    for one in strayed:
        by_part[one[0].part_id].append(one)
    now = clock.now()
    parts = [some[0][0].part for some in by_part.values()]
    leads = leads_of([part.region_id for part in parts], "township")
    names = regions.names(part.region_id for part in parts)
    debts = []
    for part in parts:
        people = sum(number for _, number in by_part[part.pk])
        village = part.region_id
        note(batch, "strayed", by, {"village": village, "people": people}, region=village)
        publish(
            PeopleStrayed(
                case=batch.case, evacuation=batch.pk, village=village, people=people, by=by.ref,
                strayed_at=now,
            )
        )  # fmt: skip
        debtor = leads.get(village) or part.lead_id
        if debtor:
            name = names.get(village, village)
            debts.append(
                Debt(
                    kind=STRAY, title=f"{name}有 {people} 人险情未解除擅自返回，请劝离",
                    debtor=debtor, region=village, case=batch.case, subject=(SUBJECT, part.pk),
                    body=f"{batch.title}：{name}有 {people} 人险情解除前返回，请立即劝离并反馈。",
                    once=f"stray:{part.pk}:{new_id()}",
                )
            )  # fmt: skip
    owe_many(debts=debts, by=system("respond"))
