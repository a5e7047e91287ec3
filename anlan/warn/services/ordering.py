"""Standing orders: signed in advance by a named person, for what cannot wait for a hand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from anlan import codes
from anlan.base.journal.services import record
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.base.permissions.selectors import actor_by_ref
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing
from anlan.protocols.alerting.signing import State
from anlan.sense.events import AlarmRaised
from anlan.warn import competence, deed_names
from anlan.warn.models import Alert, Received, StandingOrder
from anlan.warn.selectors.filling import Content
from anlan.warn.services.drafting import Origin, draft_alert
from anlan.warn.services.issuing import issue_under_order
from anlan.warn.services.relaying import relay_alert

ACTION = "alerts.order"
LONGEST = timedelta(days=370)
TRIGGERS = ("received", "alarm")
#: Only what came by a department's own way sets an order off, never a text that somebody pasted.
WAYS = ("push", "poll")


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
            signed_at=clock.now(), signed_by=by.ref, since=order.since, until=order.until,
        )  # fmt: skip
        row.save(force_insert=True)
        facts = {
            "trigger": row.trigger, "kinds": row.kinds, "hazards": row.hazards,
            "level": row.level, "until": row.until.isoformat(),
        }  # fmt: skip
        _note(row, "signed", by, facts)
    return row.pk


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


def is_any_signed(trigger: str) -> bool:
    """Tell whether any standing order of a trigger is in force."""
    return _orders(trigger).exists()


def act_on_received(*, received: str) -> str:
    """Relay a message that a standing order covers; returns the alert's id, "" without an order."""
    row = Received.objects.filter(pk=received).first()
    if row is None or row.status != "actual" or row.state != "standing" or row.way not in WAYS:
        return ""
    if row.handling != "waiting" or row.signature == State.BROKEN:
        return ""
    for order in _in_force("received", row.kind, row.hazard, row.level):
        inside = within(row.regions, order.region_id)
        if inside:
            by = actor_by_ref(order.signed_by)
            return relay_alert(received=received, by=by, chosen=inside, order=order)
    return ""


def act_on_alarm(*, event: AlarmRaised) -> str:
    """Issue our own alert for an alarm that a standing order covers; once a case and level."""
    for order in _in_force("alarm", "", event.hazard, event.level):
        if not within([event.region], order.region_id):
            continue
        once = f"order:{order.pk}:{event.case}"[:80]
        if Alert.objects.filter(case=event.case, standing_order=order).exists():
            return ""
        by = actor_by_ref(order.signed_by)
        with transaction.atomic():
            content = _content(order, event)
            origin = Origin(case=event.case, alarm=event.alarm, once=once)
            alert = draft_alert(content=content, by=by, origin=origin)
            issue_under_order(alert=alert, order=order, by=by)
        return alert
    return ""


def _content(order: StandingOrder, event: AlarmRaised) -> Content:
    kind = order.kinds[0]
    now = clock.now()
    return Content(
        kind=kind, hazard=event.hazard,
        level=event.level if competence.kind(kind).several("levels") else None,
        regions=(event.region,), place=event.where, caution=order.parts.get("caution", ""),
        measures=order.parts.get("measures", ""), effective_at=now,
        expires_at=now + timedelta(minutes=order.minutes) if order.minutes else None,
    )  # fmt: skip


def _orders(trigger: str) -> QuerySet[StandingOrder]:
    now = clock.now()
    return StandingOrder.objects.filter(
        trigger=trigger, revoked_at=None, since__lte=now, until__gt=now
    )


def _in_force(trigger: str, kind: str, hazard: str, level: int | None) -> Iterable[StandingOrder]:
    """Walk the orders in force that cover a kind, a hazard and a level, the oldest first."""
    for order in _orders(trigger).order_by("id"):
        bad_enough = order.level is None or (level is not None and level <= order.level)
        covers = (not kind or kind in order.kinds) and (
            not order.hazards or hazard in order.hazards
        )
        if bad_enough and covers:
            yield order


def within(codes_: Sequence[str], region: str) -> list[str]:
    """Keep what of some regions lies in a region: each of them, or the region itself."""
    held = scope.prefix(region)
    found = {code for code in codes_ if scope.covers(held, code)}
    if any(scope.covers(scope.prefix(code), region) for code in codes_):
        found.add(region)
    return sorted(found)


def _note(row: StandingOrder, verb: str, by: Actor, facts: Mapping[str, object]) -> None:
    record(
        deed=deed_names.ORDER[verb], by=by, subject=("standing-order", row.pk),
        region=row.region_id, facts=facts, topic=deed_names.TOPIC,
    )  # fmt: skip
