"""Where persons can be written to: their numbers and accounts that are not dead, best first."""

from collections import defaultdict
from collections.abc import Collection, Iterable
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
    rows = Account.objects.filter(among("person", persons), dead=False, retired_at=None)
    return _of_kinds(kinds, rows.values_list("kind", "person_id", "pk", "address"))


def _phones(persons: Collection[str], ability: str) -> Found:
    kinds = [row.code for row in codes.table("phone-kinds") if row.extra.get(ability)]
    rows = Phone.objects.filter(among("person", persons), dead=False, retired_at=None)
    columns = rows.order_by("rank").values_list("kind", "person_id", "pk", "number")
    return _of_kinds(kinds, columns)


def _of_kinds(kinds: Collection[str], rows: Iterable[tuple[str, str, str, str]]) -> Found:
    """Keep what is of a kind; asked for kinds, SQLite would read all there are of them."""
    found: Found = defaultdict(list)
    for kind, person, pk, sealed in rows:
        if kind in kinds:
            found[person].append(Address(pk, sealed))
    return found
