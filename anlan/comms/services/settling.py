"""When what messages were for has ended: what has not left does not leave."""

from collections.abc import Collection

from django.db import transaction

from anlan.base.db.among import among
from anlan.base.obligations.models import Step
from anlan.base.permissions.models import Link, User
from anlan.comms import reasons
from anlan.comms.models import Message, Reply
from anlan.comms.services.joining import pass_on
from anlan.comms.standing import OBLIGATION
from anlan.kernel import clock

#: An obligation in these states wants no message any more.
ANSWERED = ("answered", "reported", "verified", "closed", "withdrawn")
#: Messages that wait for us; one that a provider has in hand comes back by itself.
OURS = ("queued", "manual")
#: Messages that may have moved the person to answer.
GONE = ("sending", "sent", "delivered", "unknown")


@transaction.atomic
def settle_messages(*, obligations: Collection[str]) -> int:
    """Cancel what waits for these obligations, and note whose message was answered.

    What was joined with a message that does not leave any more leaves in its place.
    """
    now = clock.now()
    rows = Message.objects.filter(among("purpose", obligations), purpose_kind=OBLIGATION)
    ours = list(rows.filter(state__in=OURS).values_list("pk", flat=True))
    cancelled = Message.objects.filter(among("pk", ours), state__in=OURS).update(
        state="cancelled", reason=reasons.ANSWERED, due_at=None, ended_at=now
    )
    pass_on(ours)
    gone = rows.filter(state__in=GONE).exclude(person="")
    waiting = list(gone.values_list("pk", "purpose", "person"))
    spoke = _who_spoke({purpose for _, purpose, _ in waiting})
    theirs = [pk for pk, purpose, person in waiting if person in spoke.get(purpose, ())]
    if theirs:
        gone.filter(among("pk", theirs)).update(
            state="answered", reason="", due_at=None, receipt_by=None, ended_at=now
        )
    return cancelled


def _who_spoke(obligations: Collection[str]) -> dict[str, set[str]]:
    """Tell which persons answered each obligation themselves."""
    if not obligations:
        return {}
    steps = Step.objects.filter(
        obligation__in=obligations, on_behalf=False, verb__in=("answer", "report")
    ).values_list("obligation_id", "by")
    persons = _persons({by for _, by in steps})
    found: dict[str, set[str]] = {}
    for obligation, by in steps:
        if persons.get(by):
            found.setdefault(obligation, set()).add(persons[by])
    return found


def _persons(refs: Collection[str]) -> dict[str, str]:
    """Tell the person behind each reference in the journal that has one."""
    found: dict[str, str] = {}
    users = {ref[5:]: ref for ref in refs if ref.startswith("user:")}
    for pk, person in User.objects.filter(pk__in=users).values_list("pk", "person"):
        found[users[pk]] = person or ""
    links = {ref[5:]: ref for ref in refs if ref.startswith("link:")}
    for pk, person in Link.objects.filter(id__in=links).values_list("id", "person"):
        found[links[pk]] = person
    replies = {ref[6:]: ref for ref in refs if ref.startswith("reply:")}
    for pk, person in Reply.objects.filter(pk__in=replies).values_list("pk", "person"):
        found[replies[pk]] = person
    return found
