"""Standing orders: signed in advance by a named person, for what cannot wait for a hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from anlan import codes
from anlan.base.journal.services import record
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing
from anlan.warn import competence, deed_names
from anlan.warn.models import StandingOrder
from anlan.warn.trust import signers

ACTION = "alerts.order"
LONGEST = timedelta(days=370)
TRIGGERS = ("received", "alarm")


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is ordered in advance."""

    title: str
    region: str
    #: received: relay it; alarm: issue our own.
    trigger: str
    kinds: Sequence[str]
    hazards: Sequence[str] = ()
    #: The mildest level that sets it off; None asks for none.
    level: int | None = None
    #: Own alerts: words by code of ``warning-contents`` (caution, measures).
    parts: Mapping[str, str] = field(default_factory=dict)
    minutes: int | None = None
    #: Relaying: only what is signed by one we trust. None is so wherever we trust anybody.
    signed_only: bool | None = None
    reason: str
    since: datetime
    until: datetime


def sign_order(*, order: Order, by: Actor) -> str:
    """Sign a standing order; returns its id. Only a person with the right to issue may."""
    region = scope.normalise(order.region)
    permit(by, ACTION, region)
    permit(by, "alerts.relay" if order.trigger == "received" else "alerts.issue", region)
    if by.user_id is None:
        raise Forbidden("预置授权须由具体的人签署")
    _check(order, region)
    with transaction.atomic():
        row = StandingOrder(
            title=order.title.strip(), region_id=region, trigger=order.trigger,
            kinds=list(order.kinds), hazards=list(order.hazards), level=order.level,
            parts=dict(order.parts), minutes=order.minutes, reason=order.reason.strip(),
            signed_only=_signed_only(order), signed_at=clock.now(), signed_by=by.ref,
            since=order.since, until=order.until,
        )  # fmt: skip
        row.save(force_insert=True)
        facts = {
            "trigger": row.trigger, "kinds": row.kinds, "hazards": row.hazards,
            "level": row.level, "until": row.until.isoformat(), "signed_only": row.signed_only,
        }  # fmt: skip
        _note(row, "signed", by, facts)
    return row.pk


def _signed_only(order: Order) -> bool:
    """Ask for signatures where some are trusted, unless the order says otherwise.

    Most departments do not sign yet, and an earthquake leaves no time to ask; but where one does,
    what comes unsigned is not worth acting on unseen.
    """
    if order.trigger != "received":
        return False
    return bool(signers().certificates) if order.signed_only is None else order.signed_only


def _check(order: Order, region: str) -> None:
    errors = {**_wrong_form(order), **_wrong_codes(order, region)}
    if errors:
        raise Invalid("有几处需要改正", errors=errors)
    for one in order.kinds:
        row = competence.kind(one)
        if order.trigger == "alarm" and not row.flag("own"):
            raise Forbidden(competence.belongs_elsewhere(row))
        if order.trigger == "received" and not row.flag("verbatim"):
            raise Invalid("这种预警由本级发布，不是转发", errors={"kinds": ["请选择部门的预警"]})


def _wrong_form(order: Order) -> dict[str, list[str]]:
    errors = {
        name: ["请填写"] for name in ("title", "reason") if not str(getattr(order, name)).strip()
    }
    if order.trigger not in TRIGGERS:
        errors["trigger"] = ["没有这种触发"]
    if order.since.tzinfo is None or not order.since < order.until <= order.since + LONGEST:
        errors["until"] = ["应晚于开始，且不超过一年"]
    if not order.kinds or (order.trigger == "alarm" and len(order.kinds) != 1):
        errors["kinds"] = ["请选择预警种类"]
    return errors


def _wrong_codes(order: Order, region: str) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if not regions.still_open([region]):
        errors["region"] = ["没有这个地区"]
    if order.level is not None and str(order.level) not in codes.table("warning-levels"):
        errors["level"] = ["没有这个级别"]
    unknown = [one for one in order.hazards if one not in codes.hazards()]
    if unknown:
        errors["hazards"] = [f"没有灾种 {'、'.join(unknown)}"]
    return errors


def revoke_order(*, order: str, by: Actor) -> None:
    """Revoke a standing order at once."""
    with transaction.atomic():
        row = StandingOrder.objects.select_for_update().filter(pk=order).first()
        if row is None or not may(by, "alerts.view", row.region_id):
            raise Missing("没有这份预置授权")
        permit(by, ACTION, row.region_id)
        revoked = StandingOrder.objects.filter(pk=order, revoked_at=None).update(
            revoked_at=clock.now(), revoked_by=by.ref
        )
        if not revoked:
            raise Conflict("这份预置授权已经收回")
        _note(row, "revoked", by, {})


def _note(row: StandingOrder, verb: str, by: Actor, facts: Mapping[str, object]) -> None:
    record(
        deed=deed_names.ORDER[verb], by=by, subject=("standing-order", row.pk),
        region=row.region_id, facts=facts, topic=deed_names.TOPIC,
    )  # fmt: skip
