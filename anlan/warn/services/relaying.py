"""The main flow: a department's warning goes on word for word."""

from collections.abc import Collection, Sequence

from django.db import transaction

from anlan.base.cases.services import open_case
from anlan.base.journal.services import record_many
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.kernel.errors import Invalid
from anlan.warn.models import Alert, Received, StandingOrder
from anlan.warn.selectors import signing
from anlan.warn.selectors.checks import findings, refuse_unseen, unproved_end
from anlan.warn.selectors.passing_on import check_may_go, relay_of, whither
from anlan.warn.selectors.rows import received_for
from anlan.warn.services.approving import submit_row
from anlan.warn.services.handling import note_handled
from anlan.warn.services.receiving.heeding import vouch
from anlan.warn.services.sending_out import put_out
from anlan.warn.services.telling import received_deed

LONGEST_REASON = 300


def relay_alert(
    *,
    received: str,
    by: Actor,
    chosen: Sequence[str] | None = None,
    order: StandingOrder | None = None,
    accepted: Collection[str] = (),
) -> str:
    """Pass a department's warning on word for word; returns the alert's id.

    `chosen` are the regions it goes to: any where the message names none, else some of those it
    names; without it all of them. Either way only as far as the actor may relay. Relaying twice
    returns the first. Who passes a message on vouches for what it says of earlier ones.
    `order` is the standing order under which nobody's hand was needed; where the rules ask for a
    second person, it waits for one.
    `accepted` names the findings of the check that were seen and do not change the decision.
    Raises `Invalid` without any area, `Conflict` for what holds no longer, and for a finding that
    nobody has seen.
    """
    with transaction.atomic():
        row = received_for(received, by, lock=True)
        known = row.alerts.filter(relayed=True).exclude(state__in=("dropped", "withdrawn")).first()
        if known is not None:
            return known.pk
        check_may_go(row)
        if order is None:
            refuse_unseen(list(unproved_end(row)), accepted)
            vouch(row, by, asked=False)
        goes_to = whither(row, chosen, by)
        alert = relay_of(row, goes_to, by)
        _open_case(alert, row, by)
        alert.standing_order = order
        alert.save(force_insert=True)
        if order is None and signing.persons(alert) > 1:
            submit_row(alert, by)
        else:
            if order is None:
                refuse_unseen(findings(alert), accepted)
            put_out(alert, by=by, verb="relayed", facts=_facts(row, goes_to, chosen, accepted))
    return alert.pk


def dismiss_received(*, received: str, reason: str, by: Actor) -> None:
    """Say that a warning will not be relayed, and why; it may still be relayed later."""
    with transaction.atomic():
        row = received_for(received, by, lock=True)
        permit(by, "alerts.relay", row.region_id)
        reason = reason.strip()[:LONGEST_REASON]
        if not reason:
            raise Invalid("请写明不转发的理由", errors={"reason": ["请写明理由"]})
        note_handled(row, "dismissed", by, reason)
        record_many([received_deed(row, "dismissed", by, {"reason": reason})])


def _open_case(alert: Alert, row: Received, by: Actor) -> None:
    """Open the case that a message without an area of ours did not get when it came."""
    if not alert.case:
        alert.case = open_case(
            hazard=row.hazard, region=alert.region_id, title=alert.title, by=by,
            key=f"alert:{row.root}",
        )  # fmt: skip


def _facts(
    row: Received,
    goes_to: Sequence[str],
    chosen: Sequence[str] | None,
    accepted: Collection[str],
) -> dict[str, object]:
    facts: dict[str, object] = {
        "received": row.pk, "station": row.station, "digest": row.original.digest,
    }  # fmt: skip
    if chosen is not None and sorted(goes_to) != sorted(row.regions):
        facts["chosen"] = list(goes_to)
    if accepted:
        facts["accepted"] = sorted(accepted)
    return facts
