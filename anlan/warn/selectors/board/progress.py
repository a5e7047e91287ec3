"""How far the calls of every alert in force have come, on one line each: for lists of alerts."""

from collections import Counter
from typing import Any

from django.db.models import Count

from anlan.base.obligations.models import Obligation
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit, visible
from anlan.warn.callrules import KIND
from anlan.warn.models import Alert, CallRound
from anlan.warn.selectors.board.seats import VIEW


def progress(actor: Actor) -> list[dict[str, Any]]:
    """Count who is called and who answered, by alert; four queries, whatever their number.

    Of rounds under way only: a round that took another's place counts instead of it, one that adds
    posts counts beside it. Alerts that call nobody the actor may see are left out.
    """
    permit(actor, VIEW)
    roots = dict(CallRound.objects.filter(ended_at=None).values_list("pk", "root"))
    rows = visible(
        Obligation.objects.filter(kind=KIND, subject_kind=KIND, subject__in=list(roots)),
        actor,
        VIEW,
    )
    counted = rows.order_by().values_list("subject")
    called, answered = Counter[str](), Counter[str]()
    for subject, n, said in counted.annotate(n=Count("pk"), said=Count("answered_at")):
        called[roots[subject]] += n
        answered[roots[subject]] += said
    standing = Alert.objects.filter(
        root__in=list(called), ended_at=None, issued_at__isnull=False
    ).values_list("pk", "root")
    return [
        {
            "alert": alert, "called": called[root], "answered": answered[root],
            "silent": called[root] - answered[root],
        }
        for alert, root in standing
    ]  # fmt: skip
