"""Asking the same again: what was cut off is the same request under the same name, or another one.

A provider that keeps names answers a second request under one name "taken" and does nothing. So all
that went under a name goes together when it is asked again, with the names of its tries and its
links; less whoever has answered meanwhile: the name stands for more than is asked now, for less
never. What is cut in pieces, or goes elsewhere, gets a name that has not been used.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Min

from anlan.base.db.among import among
from anlan.comms.carriers.slots import Slot
from anlan.comms.models import Attempt, CarrierState, Message
from anlan.comms.selectors.addresses import Address

Row = Mapping[str, Any]


def whole(slot: Slot, rows: Sequence[Row], most: int) -> list[Row]:
    """Make the requests among claimed rows whole; leave those that cannot be, and what is too much.

    The first request is taken however large it is.
    """
    if not any(map(_name, rows)):
        return list(rows)
    members = _members(slot, rows)
    taken: list[Row] = []
    seen: set[str] = set()
    for row in rows:
        name = _name(row)
        if name in seen:
            continue
        seen.update({name} - {""})
        part = members.get(name, []) if name else [row]
        if taken and len(taken) + len(part) > most:
            break
        taken += part
    return taken


def _name(row: Row) -> str:
    """Tell under which name nobody knows what became of it; "" of what is asked afresh."""
    return str(row["request"]) if row["state"] == "unknown" else ""


def _members(slot: Slot, rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Find all that waits under the names of some rows, and hold it: by name, where that is all."""
    names = {_name(row) for row in rows} - {""}
    locks = connection.features.has_select_for_update_skip_locked
    if locks:
        # One at a time: of two who hold a part of one request each, neither could have the whole.
        CarrierState.objects.get_or_create(key=slot.key)
        CarrierState.objects.select_for_update().get(key=slot.key)
    tried = Attempt.objects.filter(among("request", names)).values_list("message_id", flat=True)
    under = Message.objects.filter(among("pk", set(tried)), among("request", names))
    under = under.filter(state="unknown", due_at__isnull=False)
    held = under.select_for_update(skip_locked=True) if locks else under
    found: dict[str, list[Row]] = {}
    for row in held.order_by("pk").values(*rows[0]):
        found.setdefault(row["request"], []).append(row)
    counted = Counter(under.values_list("request", flat=True))
    return {name: same for name, same in found.items() if len(same) == counted[name]}


def first_tries(
    rows: Sequence[Row], slot: Slot, chosen: Mapping[str, Address | None]
) -> dict[str, int]:
    """Tell of messages that are asked again the number of the try that began it.

    Through another carrier, or to another address than then, nothing was ever asked.
    """
    again = [
        row
        for row in rows
        if _name(row) and row["carrier"] == slot.key and _address(chosen[row["id"]]) == row["phone"]
    ]
    if not again:
        return {}
    tries = Attempt.objects.filter(
        among("message", {row["id"] for row in again}), request__in={_name(row) for row in again}
    )
    begun = tries.order_by().values("message_id", "request").annotate(first=Min("number"))
    first = {(one["message_id"], one["request"]): int(one["first"]) for one in begun}
    return {row["id"]: first[row["id"], _name(row)] for row in again}


def _address(chosen: Address | None) -> str:
    return "" if chosen is None else chosen.id
