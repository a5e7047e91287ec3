"""Who told it: a caller whose name was taken down, or somebody who serves, by their telephone."""

from typing import NamedTuple

from anlan.base.people import selectors as people
from anlan.base.vault import services as vault
from anlan.respond.incidents.models import Incident


class Caller(NamedTuple):
    """A name and a number, in full; "" where it is not known."""

    name: str
    phone: str


def caller_of(row: Incident) -> Caller:
    """Tell who told it; the caller asks for the right to read it.

    What was taken down goes before what is known of the one whose telephone it was.
    """
    sealed = {"name": row.caller_name or None, "phone": row.caller_phone or None}
    (plain,) = vault.open_many([(row.case, sealed)])
    name, phone = plain["name"] or "", plain["phone"] or ""
    if row.teller and not (name or phone):
        name = people.names_of([row.teller]).get(row.teller, "")
        phone = people.first_numbers([row.teller]).get(row.teller, "")
    return Caller(name, phone)
