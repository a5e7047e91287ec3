"""Links for phones: whoever holds one may answer one obligation, for the post it was made for."""

from datetime import timedelta

from django.db import transaction

from anlan.base.obligations.models import Obligation
from anlan.base.obligations.services.deeds import Reply, answer
from anlan.base.obligations.states import OPEN
from anlan.base.people import selectors as people
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.base.permissions.services.links import Opened, Wanted, issue_links, use_link
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Missing

PURPOSE = "obligation"

#: A link outlives its deadline, so that a late answer still finds its page.
LIVES = timedelta(days=3)


def make_links(*, obligation: str, by: Actor) -> dict[str, str]:
    """Make a link for everybody who holds the debtor's post; returns person id -> key.

    Raises `Conflict` when nobody holds the post or nothing is owed any more.
    """
    with transaction.atomic():
        row = Obligation.objects.filter(pk=obligation).first()
        if row is None or not may(by, "obligations.view", row.region_id):
            raise Missing("没有这个事项")
        permit(by, "obligations.owe", row.region_id)
        if row.state not in OPEN:
            raise Conflict("这个事项已经办结")
        holders = people.holders_of([row.debtor_id]).get(row.debtor_id, [])
        if not holders:
            raise Conflict("这个岗位没有人任职，请先在任职台账中补上")
        wanted = [
            Wanted(
                purpose=PURPOSE,
                subject=obligation,
                expires=clock.real_now() + LIVES,
                post=row.debtor_id,
                person=holder["person"],
                region=row.region_id,
            )
            for holder in holders
        ]
        keys = issue_links(wanted, by=by)
    return {one.person: key for one, key in zip(wanted, keys, strict=True)}


def answer_by_link(*, opened: Opened, text: str) -> None:
    """Sign for an obligation by its link."""
    with transaction.atomic():
        answer(obligation=opened.subject, by=opened.actor, reply=Reply(text=text[:500]))
        use_link(opened)
