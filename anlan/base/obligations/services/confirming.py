"""Striking off reviews whose row somebody has confirmed on its own page."""

from django.db import transaction

from anlan.base.journal.services import Deed, record_many
from anlan.base.obligations.models import Obligation, Step
from anlan.base.obligations.states import OPEN
from anlan.kernel import clock


@transaction.atomic
def close_reviews(*, register: str, row: str, by: str) -> int:
    """Close the open reviews of a row in the name of who confirmed it; returns how many."""
    now = clock.now()
    waiting = Obligation.objects.select_for_update().filter(
        kind="register-review", subject_kind=register, subject=row, state__in=OPEN
    )
    closed = list(waiting)
    for one in closed:
        Step.objects.create(obligation=one, at=now, verb="answer", by=by)
    Obligation.objects.filter(pk__in=[one.pk for one in closed], state__in=OPEN).update(
        state="closed", answered_at=now, closed_at=now, climb_at=None, lapse_at=None
    )
    record_many(
        [
            Deed(
                deed="obligations.answered", by=by, subject=("obligation", one.pk),
                region=one.region_id, case=one.case, changes={"state": [one.state, "closed"]},
                topic="answer",
            )
            for one in closed
        ]
    )  # fmt: skip
    return len(closed)
