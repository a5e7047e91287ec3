"""What the foundations and the warnings leave open on a desk."""

from anlan.base.obligations.kinds import KINDS
from anlan.base.obligations.models import Obligation
from anlan.base.people.models import Post
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import visible
from anlan.respond.duty.models import Entry
from anlan.respond.duty.opened import Open, tells
from anlan.respond.duty.selectors.log import described, still_open
from anlan.warn.models import Alert

#: Posts of a desk whose debts the watch sees to.
DESK = ("duty-officer", "duty-chief", "duty-leader")
MOST = 100
LONGEST = 80


@tells("duty-entries")
def entries(actor: Actor, desk: str) -> list[Open]:
    """List what was written down as still to be done."""
    rows = list(still_open(Entry.objects.filter(region=desk)).order_by("at")[:MOST])
    return [
        Open(
            kind="entry", kind_label=f"值班日志·{one['kind_label']}",
            kind_label_en=f"Duty log: {one['kind_label_en']}", title=one["content"][:LONGEST],
            page=f"/desk/log?at={one['id']}", since=one["at"], case=one["case"],
        )
        for one in described(rows, actor)
    ]  # fmt: skip


@tells("alerts")
def alerts(actor: Actor, desk: str) -> list[Open]:
    """List the warnings in force that concern the desk's region."""
    rows = visible(Alert.objects.filter(state="issued"), actor, "alerts.view", within=desk)
    return [
        Open(
            kind="alert", kind_label="生效预警", kind_label_en="Warning in force",
            title=row.title[:LONGEST], page=f"/warn/alerts/{row.pk}",
            since=row.issued_at or row.drafted_at, due=row.expires_at, case=row.case,
        )
        for row in rows.order_by("issued_at")[:MOST]
    ]  # fmt: skip


@tells("obligations")
def obligations(actor: Actor, desk: str) -> list[Open]:  # noqa: ARG001 - as every lister is told
    """List what the posts of the duty room owe."""
    posts = Post.objects.filter(region=desk, role__in=DESK, retired_at=None)
    rows = Obligation.objects.filter(debtor__in=posts, closed_at=None).order_by("answer_due", "pk")
    return [
        Open(
            kind="obligation", kind_label=KINDS[row.kind].title,
            kind_label_en=KINDS[row.kind].title_en, title=row.title[:LONGEST],
            page=f"/obligations/{row.pk}", since=row.issued_at,
            due=row.answer_due if row.answered_at is None else row.done_due, case=row.case,
        )
        for row in rows[:MOST]
    ]  # fmt: skip
