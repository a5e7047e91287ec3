"""The main flow: a department's warning goes on word for word."""

from collections.abc import Sequence

from django.db import transaction

from anlan.base.cases.services import open_case
from anlan.base.journal.services import record_many
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit, prefixes
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Conflict, Forbidden, Invalid
from anlan.warn import competence
from anlan.warn.models import Alert, Received, StandingOrder
from anlan.warn.selectors.areas import joint
from anlan.warn.selectors.rows import received_for
from anlan.warn.services.sending_out import put_out
from anlan.warn.services.telling import received_deed
from anlan.warn.states import HANDLING, RECEIVED

LONGEST_TITLE = 200
LONGEST_REASON = 300


def relay_alert(
    *,
    received: str,
    by: Actor,
    chosen: Sequence[str] | None = None,
    order: StandingOrder | None = None,
) -> str:
    """Pass a department's warning on word for word; returns the alert's id.

    `chosen` are the regions it goes to: any where the message names none, else some of those it
    names; without it all of them. Either way only as far as the actor may relay. Relaying twice
    returns the first. `order` is the standing order under which nobody's hand was needed.
    Raises `Invalid` without any area, `Conflict` for what holds no longer.
    """
    with transaction.atomic():
        row = received_for(received, by, lock=True)
        known = row.alerts.filter(relayed=True).exclude(state="dropped").first()
        if known is not None and known.issued_at is not None:
            return known.pk
        _check_may_go(row)
        whither = _whither(row, chosen, by)
        alert = _alert(row, whither, by)
        alert.standing_order = order
        alert.save(force_insert=True)
        put_out(alert, by=by, verb="relayed", facts=_facts(row, whither, chosen))
        _note_handled(row, "relayed", by)
    return alert.pk


def dismiss_received(*, received: str, reason: str, by: Actor) -> None:
    """Say that a warning will not be relayed, and why; it may still be relayed later."""
    with transaction.atomic():
        row = received_for(received, by, lock=True)
        permit(by, "alerts.relay", row.region_id)
        reason = reason.strip()[:LONGEST_REASON]
        if not reason:
            raise Invalid("请写明不转发的理由", errors={"reason": ["请写明理由"]})
        _note_handled(row, "dismissed", by, reason)
        record_many([received_deed(row, "dismissed", by, {"reason": reason})])


def _check_may_go(row: Received) -> None:
    allowed = ("actual",) if workspace.current().kind != "exercise" else ("actual", "exercise")
    if row.status not in allowed:
        raise Invalid("这是演练或测试报文，不能转发", errors={"status": ["不是实际预警"]})
    if row.action == "ack":
        raise Invalid("这是回执，不是预警", errors={"action": ["不是预警"]})
    ends = row.action in ("cancel", "error")
    if row.state != "standing" and not (ends and row.state == "notice"):
        raise Conflict(f"这条预警{RECEIVED[row.state].label}，不能再转发")


def _whither(row: Received, chosen: Sequence[str] | None, by: Actor) -> list[str]:
    """Tell the regions it goes to: what was asked, as far as the actor may relay."""
    asked = [scope.normalise(code) for code in chosen] if chosen is not None else list(row.regions)
    if not asked:
        raise Invalid(
            "这条预警没有可用的影响范围，不能发送。请先选择地区。",
            errors={"regions": ["没有影响范围"]},
        )
    _check_chosen(row, asked)
    mine = prefixes(by, "alerts.relay")
    kept = [code for code in asked if any(scope.covers(one, code) for one in mine)]
    inside = [scope.pad(p) for p in mine for code in asked if scope.covers(scope.prefix(code), p)]
    found = sorted({*kept, *inside})
    if not found:
        raise Forbidden("您没有这项权限，或该地区不在您的管辖范围内。请联系安全管理员授权。")
    return found


def _check_chosen(row: Received, asked: Sequence[str]) -> None:
    unknown = set(asked) - regions.still_open(asked)
    if unknown:
        raise Invalid("有的地区不在名录中", errors={"regions": sorted(unknown)})
    named = [scope.prefix(code) for code in row.regions]
    beyond = [code for code in asked if not any(scope.covers(one, code) for one in named)]
    if named and beyond:
        raise Invalid(
            "原文没有包含所选的地区，原文转发不能扩大范围",
            errors={"regions": [f"{code} 不在原文范围内" for code in beyond]},
        )


def _alert(row: Received, whither: Sequence[str], by: Actor) -> Alert:
    now = clock.now()
    previous = (
        Alert.objects.filter(received__root=row.root, relayed=True, state__in=("issued", "expired"))
        .exclude(issued_at=None)
        .order_by("-id")
        .first()
    )
    alert = Alert(
        kind=row.kind,
        relayed=True,
        received=row,
        hazard=row.hazard,
        level=row.level,
        action=_action(row, previous),
        title=(row.headline or row.text)[:LONGEST_TITLE],
        text=row.text,
        instruction=row.instruction,
        station=row.station,
        sent_at=row.sent_at,
        region_id=joint(whither),
        regions=list(whither),
        area=row.area,
        place=row.place,
        public=bool(competence.is_public(row.kind)),
        effective_at=row.effective_at,
        expires_at=row.expires_at,
        previous=previous,
        case=row.case,
        drafted_at=now,
        drafted_by=by.ref,
    )
    if not alert.case:
        alert.case = open_case(
            hazard=row.hazard,
            region=alert.region_id,
            title=alert.title,
            by=by,
            key=f"alert:{row.root}",
        )
    alert.root = previous.root if previous else alert.pk
    return alert


def _action(row: Received, previous: Alert | None) -> str:
    """Tell what passing it on does to what went out before in the same chain."""
    if row.action == "error":
        return "withdraw"
    if row.action == "cancel":
        return "cancel"
    if previous is None:
        return "issue"
    return change_of_level(previous.level, row.level) or (
        "extend" if previous.text == row.text else "update"
    )


def change_of_level(before: int | None, after: int | None) -> str:
    """Name the change between two levels: ``raise``, ``lower``, or "" when there is none."""
    if before is None or after is None or before == after:
        return ""
    return "raise" if after < before else "lower"


def _facts(
    row: Received, whither: Sequence[str], chosen: Sequence[str] | None
) -> dict[str, object]:
    facts: dict[str, object] = {
        "received": row.pk, "station": row.station, "digest": row.original.digest,
    }  # fmt: skip
    if chosen is not None and sorted(whither) != sorted(row.regions):
        facts["chosen"] = list(whither)
    return facts


def _note_handled(row: Received, handling: str, by: Actor, reason: str = "") -> None:
    moved = Received.objects.filter(pk=row.pk, handling__in=HANDLING.sources(handling)).update(
        handling=handling, handled_at=clock.now(), handled_by=by.ref, handled_why=reason
    )
    if not moved and row.handling != "none":
        raise Conflict(f"这条预警{HANDLING[row.handling].label}，请刷新后再看")
