"""Where persons can be written to: their numbers and accounts that are not dead, best first."""

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from anlan import codes
from anlan.base.db.among import among
from anlan.base.people.models import Account, Phone
from anlan.comms.channels import Channel


class Address(NamedTuple):
    """One number or account: its id, and its value still sealed."""

    id: str
    sealed: str


Found = dict[str, list[Address]]


def addresses(persons: Collection[str], channel: Channel) -> Found:
    """List each person's addresses for a channel, in the order they are tried."""
    if channel.needs == "number":
        return _phones(persons, "calls" if channel.by_hand else "texts")
    kinds = [row.code for row in codes.table("account-kinds") if row.text("channel") == channel.key]
    rows = Account.objects.filter(
        among("person", persons), kind__in=kinds, dead=False, retired_at=None
    )
    found: Found = defaultdict(list)
    for person, pk, sealed in rows.values_list("person_id", "pk", "address"):
        found[person].append(Address(pk, sealed))
    return found


def _phones(persons: Collection[str], ability: str) -> Found:
    kinds = [row.code for row in codes.table("phone-kinds") if row.extra.get(ability)]
    rows = Phone.objects.filter(
        among("person", persons), kind__in=kinds, dead=False, retired_at=None
    )
    found: Found = defaultdict(list)
    for person, pk, sealed in rows.order_by("rank").values_list("person_id", "pk", "number"):
        found[person].append(Address(pk, sealed))
    return found
