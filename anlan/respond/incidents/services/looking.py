"""What was told from a telephone is looked at: the desk owes that from the moment it came in."""

from anlan.base.obligations import services as obligations
from anlan.base.permissions.actor import Actor, system
from anlan.respond.incidents import deed_names
from anlan.respond.incidents.models import Incident
from anlan.warn.selectors.due import debtor_of

KIND = "incident-telling"
#: That somebody must look follows from its coming in, whoever told it.
BY = system("incidents")
#: Of what was told so much stands on the obligation.
LONGEST = 300


def owe_look(row: Incident, what: str) -> bool:
    """Let the desk owe a look at a telling; False where nobody is there, and the page shows it."""
    debtor = debtor_of(row.office)
    if debtor is None:
        return False
    debt = obligations.Debt(
        kind=KIND, title=f"手机上报：{row.title}"[:200], body=what[:LONGEST], debtor=debtor,
        region=row.home, subject=(deed_names.SUBJECT, row.pk), case=row.case,
        once=f"{KIND}:{row.pk}",
    )  # fmt: skip
    obligations.owe_many(debts=[debt], by=BY, start=True)
    return True


def settle_look(row: Incident, *, by: Actor) -> None:
    """End it: somebody took the telling in, joined it to another, or found that it is not so."""
    if row.teller:
        subject = (deed_names.SUBJECT, row.pk)
        obligations.settle(kind=KIND, subjects=[subject], by=by, done=True)
