"""签发: the deed that makes an alert of our own public."""

from collections.abc import Collection

from django.db import transaction

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid
from anlan.warn.models import Alert, Approval, StandingOrder
from anlan.warn.selectors import signing, texts
from anlan.warn.selectors.checks import findings, refuse_unseen, stops
from anlan.warn.selectors.passing_on import check_may_go
from anlan.warn.selectors.rows import alert_for
from anlan.warn.services import telling
from anlan.warn.services.approving import end_review
from anlan.warn.services.sending_out import put_out
from anlan.warn.states import ALERT, UNSENT

LONGEST_REASON = 300


def issue_alert(
    *,
    alert: str,
    by: Actor,
    alone: str = "",
    accepted: Collection[str] = (),
    version: int | None = None,
) -> None:
    """Issue an alert; everybody may read it from the moment this returns.

    `accepted` names the findings of the check that were seen and do not change the decision;
    `alone` is the reason of one person who acts where two should, after the second one's time is
    over. Raises `Invalid` for what stops it, `Conflict` for a missing second person, a finding that
    nobody has accepted, or a draft that changed.
    """
    with transaction.atomic():
        row = alert_for(alert, by, lock=True)
        permit(by, _right(row), row.home)
        if version is not None and row.version != version:
            raise Conflict("内容已被修改，请重新核对后再签发")
        if row.state not in UNSENT:
            raise Conflict(f"这条预警{ALERT[row.state].label}，不能签发")
        refuse_unseen(findings(row), accepted)
        facts = _second_person(row, alone.strip()[:LONGEST_REASON], by)
        if accepted:
            facts["accepted"] = sorted(accepted)
        if row.received is not None:
            check_may_go(row.received)
        _stamp(row)
        put_out(row, by=by, verb="relayed" if row.received else "issued", facts=facts)
        if row.submitted_at is not None:
            end_review(row, by)


def issue_under_order(*, alert: str, order: StandingOrder, by: Actor) -> None:
    """Issue what a standing order covers, in the name of the person who signed it in advance.

    What stops any alert stops this one too; nobody is there to be asked, so nothing is asked.
    """
    with transaction.atomic():
        row = alert_for(alert, by, lock=True)
        permit(by, "alerts.issue", row.home)
        stopping = stops(row)
        if stopping:
            raise Invalid("不能签发", errors={one.field: [one.text] for one in stopping})
        row.standing_order = order
        _stamp(row)
        put_out(row, by=by, verb="issued", facts={"standing_order": order.pk})


def _right(row: Alert) -> str:
    if row.received_id:
        return "alerts.relay"
    return "alerts.cancel" if row.action in ("cancel", "withdraw") else "alerts.issue"


def _second_person(row: Alert, alone: str, by: Actor) -> dict[str, object]:
    """See that as many persons have their hand in it as the rule asks; tell how it was done."""
    if signing.persons(row) < 2 or row.state == "approved":
        return {}
    if by.ref not in signing.hands(row) and may(by, "alerts.review", row.home):
        # Who reads what another wrote and signs it is the second person.
        Approval.objects.create(alert=row, verb="approve", at=clock.now(), by=by.ref)
        return {"approved_by": by.ref}
    if row.state == "draft":
        raise Conflict("这一级别须两人签发，请先提交审核，或记录口头授权")
    now = clock.now()
    if not signing.may_act_alone(row, now):
        raise Conflict(_waits(row))
    if not alone:
        raise Invalid("一人签发要写明理由", errors={"alone": ["请写明为什么等不到第二人"]})
    Approval.objects.create(alert=row, verb="alone", at=now, by=by.ref, reason=alone)
    telling.note(row, "alone", by, {"reason": alone})
    return {"alone": alone}


def _waits(row: Alert) -> str:
    if row.review_due is None:
        return "须第二人审核后签发"
    until = texts.spoken(row.review_due)
    return f"须第二人审核后签发；{until}后仍无人审核，可以一人签发"


def _stamp(row: Alert) -> None:
    """Write the time of issue at the end of an own alert's text, where the law has it."""
    if not row.relayed:
        row.text = texts.stamped(row.text, clock.now())
