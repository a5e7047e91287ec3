"""What standing orders do: relay what came, issue for what was measured, in the signer's name.

Nobody looks at it before it goes out, so whatever a person would have to verify is left to one,
with a note that says why (``order-doubts``).
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.selectors import actor_by_ref
from anlan.base.regions import scope
from anlan.kernel import clock
from anlan.sense.events import AlarmRaised
from anlan.warn import competence
from anlan.warn.models import Alert, Received, StandingOrder
from anlan.warn.selectors.doubts import HELD, doubts
from anlan.warn.selectors.filling import Content
from anlan.warn.services.drafting import Change, Origin, draft_alert, follow_alert
from anlan.warn.services.issuing import issue_under_order
from anlan.warn.services.relaying import relay_alert

#: Only what came by a department's own way sets an order off, never a text that somebody pasted.
WAYS = ("push", "poll")
#: Milder than every level: an alarm or an alert without one.
UNKNOWN = 9


def is_any_signed(trigger: str) -> bool:
    """Tell whether any standing order of a trigger is in force."""
    return _orders(trigger).exists()


def act_on_received(*, received: str) -> str:
    """Relay a message that a standing order covers; returns the alert's id, "" where it does not.

    One that must be verified first is left waiting and says why.
    """
    row = Received.objects.filter(pk=received).first()
    if row is None or row.status != "actual" or row.state != "standing" or row.way not in WAYS:
        return ""
    if row.handling != "waiting":
        return ""
    for order in _in_force("received", row.kind, row.hazard, row.level):
        inside = within(row.regions, order.region_id)
        if not inside:
            continue
        found = doubts(row, signed_only=order.signed_only)
        if not found:
            by = actor_by_ref(order.signed_by)
            return relay_alert(received=received, by=by, chosen=inside, order=order)
        _hold(row, found)
    return ""


def _hold(row: Received, found: Sequence[str]) -> None:
    said = [[HELD, code] for code in found]
    row.notes = [*row.notes, *(note for note in said if note not in row.notes)]
    Received.objects.filter(pk=row.pk).update(notes=row.notes)


def act_on_alarm(*, event: AlarmRaised) -> str:
    """Issue our own alert for an alarm that a standing order covers; returns its id.

    Once a case, place and level: when the same matter worsens, the alert that is out is raised (or,
    of a kind without levels, updated); where a person has ended it meanwhile, a new one is issued,
    because nobody has judged the worse value yet.
    """
    for order in _in_force("alarm", "", event.hazard, event.level):
        if within([event.region], order.region_id):
            with transaction.atomic():
                return _act(order, event, actor_by_ref(order.signed_by))
    return ""


def _act(order: StandingOrder, event: AlarmRaised, by: Actor) -> str:
    before = [
        one
        for one in Alert.objects.filter(case=event.case, standing_order=order).order_by("id")
        if any(scope.covers(scope.prefix(code), event.region) for code in one.regions)
    ]
    level = event.level or UNKNOWN
    if any((one.alarm_level or one.level or UNKNOWN) <= level for one in before):
        return ""
    last = _still_out(before[-1]) if before else None
    if last is None:
        once = f"order:{order.pk}:{event.case}:{event.region}:{level}"[-80:]
        origin = Origin(case=event.case, alarm=event.alarm, once=once)
        alert = draft_alert(content=_content(order, event), by=by, origin=origin)
    elif last.level is not None and last.level <= level:
        return ""  # a person raised it as far, or further
    else:
        alert = _worse(order, event, last, by)
    Alert.objects.filter(pk=alert).update(alarm_level=event.level)
    issue_under_order(alert=alert, order=order, by=by)
    return alert


def _still_out(alert: Alert) -> Alert | None:
    """Find what holds now, or ran out by itself, in the chain of an alert."""
    out = Alert.objects.filter(root=alert.root, issued_at__isnull=False)
    last = out.order_by("-issued_at", "-id").first()
    return last if last is not None and last.state in ("issued", "expired") else None


def _worse(order: StandingOrder, event: AlarmRaised, last: Alert, by: Actor) -> str:
    content = _content(order, event)
    change = Change(level=content.level, expires_at=content.expires_at)
    action = "update" if last.level is None else "raise"
    return follow_alert(alert=last.pk, action=action, change=change, by=by)


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
