"""交接班: whoever leaves confirms what is open, whoever comes confirms having seen it."""

from dataclasses import asdict

import orjson
from django.db import IntegrityError, transaction

from anlan.base.journal.services import record
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.errors import Conflict
from anlan.kernel.ids import new_id
from anlan.respond.duty import deed_names
from anlan.respond.duty.models import Handover
from anlan.respond.duty.selectors.desks import desk_of
from anlan.respond.duty.selectors.handovers import one, open_on
from anlan.respond.duty.services.log import note_fact

LONGEST = 2000


def hand_over(*, note: str = "", region: str = "", by: Actor) -> Handover:
    """Confirm what is open on the desk as one leaves; it stands as it was then."""
    with transaction.atomic():
        desk = desk_of(by, region, "duty-log.write")
        pk = new_id()
        items = orjson.loads(orjson.dumps([asdict(item) for item in open_on(by, desk)]))
        said = note.strip()[:LONGEST]
        row = Handover(
            id=pk, region_id=desk, items=items, outgoing=by.ref, outgoing_at=clock.now(),
            note=vault.seal(pk, said) if said else "",
        )  # fmt: skip
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as error:
            raise Conflict("已经有人交班，还没有人接") from error
        record(
            deed=deed_names.HANDED_OVER, by=by, subject=(deed_names.HANDOVER, row.pk), region=desk,
            facts={"open": len(items)}, topic=deed_names.TOPIC,
        )  # fmt: skip
    return row


def accept_handover(*, handover: str, by: Actor) -> Handover:
    """Take the watch over, having seen what is open; never from oneself."""
    with transaction.atomic():
        row = one(by, handover)
        permit(by, "duty-log.write", row.region_id)
        if row.outgoing == by.ref:
            raise Conflict("交班的人不能自己接班")
        waiting = Handover.objects.filter(pk=row.pk, incoming_at=None)
        if not waiting.update(incoming=by.ref, incoming_at=clock.now()):
            raise Conflict("已经有人接班")
        row.refresh_from_db()
        record(
            deed=deed_names.TAKEN_OVER, by=by, subject=(deed_names.HANDOVER, row.pk),
            region=row.region_id, facts={"outgoing": row.outgoing}, topic=deed_names.TOPIC,
        )  # fmt: skip
        note_fact(
            region=row.region_id, kind="handover", link=("handover", row.pk),
            content=f"交接班完成，未了事项 {len(row.items)} 项", once=f"handover:{row.pk}", by=by,
        )  # fmt: skip
    return row
