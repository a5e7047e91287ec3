"""Ordering a batch: from here on people are due, and every village owes their moving."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from anlan.base.cases.services import open_case
from anlan.base.obligations.ladders import Span
from anlan.base.obligations.services import Debt, owe_many
from anlan.base.outbox.services import publish
from anlan.base.permissions.actor import Actor
from anlan.base.regions import selectors as regions
from anlan.kernel import clock
from anlan.kernel.errors import Conflict
from anlan.respond.evacuation.events import EvacuationOrdered
from anlan.respond.evacuation.kinds import KIND, SUBJECT
from anlan.respond.evacuation.models import Evacuation, Part
from anlan.respond.evacuation.models.roll import ORDINARY
from anlan.respond.evacuation.selectors.counting import NOBODY, Number, sums, tally
from anlan.respond.evacuation.services.finding import check, locked, note


def order_evacuation(*, evacuation: str, by: Actor) -> int:
    """Order a batch: each village's post owes it from the same transaction on; returns how many.

    Villages nobody answers for owe nothing; the page shows them as a gap. Raises `Conflict` for an
    empty list.
    """
    with transaction.atomic():
        batch = locked(evacuation, "order", by)
        check(batch, "ordered")
        parts = list(batch.parts.order_by("region_id"))
        if not parts:
            raise Conflict("名单是空的，没有人要转移")
        if not batch.case:
            batch.case = open_case(
                hazard=batch.hazards[0], region=batch.region_id, title=batch.title, by=by
            )
        batch.state, batch.ordered_at, batch.ordered_by = "ordered", clock.now(), by.ref
        batch.save(update_fields=["case", "state", "ordered_at", "ordered_by"])
        owed = owe_many(debts=_debts(batch, parts), by=by)
        note(batch, "ordered", by, {"villages": len(parts), "obligations": owed})
        publish(
            EvacuationOrdered(
                case=batch.case, evacuation=batch.pk, hazards=tuple(batch.hazards),
                region=batch.region_id, villages=tuple(one.region_id for one in parts),
                by=by.ref, ordered_at=batch.ordered_at,
            )
        )  # fmt: skip
    return len(owed)


def _debts(batch: Evacuation, parts: Sequence[Part]) -> list[Debt]:
    counted = tally(batch.pk)
    urgent = set(
        batch.entries.filter(urgency__lt=ORDINARY).values_list("part_id", flat=True).distinct()
    )
    names = regions.names(one.region_id for one in parts)
    debts = []
    for one in parts:
        if one.lead_id is None:
            continue
        due = sums([counted.get(one.region_id, {})]).due
        name = names.get(one.region_id, one.region_id)
        first = "有老弱病残孕幼独居人员，请先转移。" if one.pk in urgent else ""
        debts.append(
            Debt(
                kind=KIND, title=title_of(name, due, one.latest_at), debtor=one.lead_id,
                region=one.region_id, case=batch.case, subject=(SUBJECT, one.pk),
                body=f"{batch.title}。{first}{batch.note}",
                done_within=_span(one.latest_at), once=f"evacuation:{one.pk}",
            )
        )  # fmt: skip
    return debts


def title_of(village: str, due: Number, latest_at: datetime | None) -> str:
    """Say whom a village moves by when; moved with the time (see `rescheduling`)."""
    return f"{village}组织转移：应转{spoken(due)}{_until(latest_at)}"


def spoken(number: Number) -> str:
    """Say how many; whoever is not counted is said as well."""
    if number == NOBODY:
        return "0人"
    more = f"（另有{number.unknown}处人数不明）" if number.unknown else ""
    return f"{number.people}人{more}" if number.people else f"人数不明（{number.unknown}处）"


def _until(latest_at: datetime | None) -> str:
    if latest_at is None:
        return ""
    wall = clock.local(latest_at)
    return f"，{wall.month}月{wall.day}日{wall:%H:%M}前转移完"


def _span(latest_at: datetime | None) -> Span | None:
    """Tell how long there is; a moment that has passed is due at once."""
    if latest_at is None:
        return None
    left = (latest_at - clock.now()).total_seconds() // 60
    return Span(max(int(left), 1), "minute")
