"""Alerts of our own on the way to paper: drafted, edited, continued, dropped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from anlan.base.cases.services import open_case
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Forbidden, Invalid
from anlan.warn import competence
from anlan.warn.models import Alert
from anlan.warn.selectors import texts
from anlan.warn.selectors.filling import ACTION, Content, fill, said_of
from anlan.warn.selectors.rows import alert_for
from anlan.warn.services import telling
from anlan.warn.states import ALERT

LONGEST_REASON = 300
ENDS = ("cancel", "withdraw")


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a draft comes from, when not from an empty sheet."""

    case: str = ""
    alarm: str = ""
    #: Asked twice with the same key, it is one draft.
    once: str | None = None


BLANK = Origin()


def draft_alert(*, content: Content, by: Actor, origin: Origin = BLANK) -> str:
    """Begin an alert of our own; returns its id.

    Raises `Forbidden`, naming the article, for what only another department may issue; `Invalid`
    for a kind, hazard or level that do not go together.
    """
    permit(by, ACTION)
    competence.check_own(content.kind, content.hazard, content.level)
    with transaction.atomic():
        if origin.once:
            known = Alert.objects.filter(once=origin.once).values_list("pk", flat=True).first()
            if known:
                return known
        now = clock.now()
        alert = Alert(
            kind=content.kind, hazard=content.hazard, level=content.level, alarm=origin.alarm,
            once=origin.once, drafted_at=now, drafted_by=by.ref, case=origin.case,
        )  # fmt: skip
        alert.root = alert.pk
        fill(alert, content, by)
        alert.case = alert.case or open_case(
            hazard=alert.hazard, region=alert.region_id, title=alert.title, by=by
        )
        alert.save(force_insert=True)
        telling.note(alert, "drafted", by, _facts(alert))
    return alert.pk


def edit_alert(*, alert: str, content: Content, by: Actor, version: int | None = None) -> None:
    """Change a draft; with `version` only if nobody changed it since."""
    with transaction.atomic():
        row = _draft(alert, by, version)
        if content.kind != row.kind:
            raise Invalid("不能改变预警种类，请另起一份", errors={"kind": ["不能改变"]})
        competence.check_own(content.kind, content.hazard, content.level)
        before = (row.text, row.level, list(row.regions))
        row.hazard, row.level = content.hazard, content.level
        fill(row, content, by)
        row.edited_by = by.ref
        row.version += 1
        row.save()
        after = (row.text, row.level, list(row.regions))
        changes = {
            name: [old, new]
            for name, old, new in zip(("text", "level", "regions"), before, after, strict=True)
            if old != new
        }
        telling.note(row, "edited", by, changes=changes)


def drop_alert(*, alert: str, reason: str, by: Actor) -> None:
    """Give a draft up, whatever stage it is at; it stays readable."""
    with transaction.atomic():
        row = alert_for(alert, by, lock=True)
        permit(by, ACTION, row.home)
        moved = Alert.objects.filter(pk=row.pk, state__in=ALERT.sources("dropped")).update(
            state="dropped", ended_at=clock.now(), ended_by=by.ref, once=None,
            ended_why=reason.strip()[:LONGEST_REASON], version=F("version") + 1,
        )  # fmt: skip
        if not moved:
            raise Conflict(f"这条预警{ALERT[row.state].label}，不能作废")
        telling.note(row, "dropped", by, {"reason": reason.strip()[:LONGEST_REASON]})


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a later alert says differently; what is None or empty stays as it was."""

    level: int | None = None
    regions: Sequence[str] = ()
    expires_at: datetime | None = None
    caution: str = ""
    measures: str = ""
    text: str = ""
    #: Why; for an end it is what people read.
    reason: str = ""


def follow_alert(*, alert: str, action: str, change: Change, by: Actor) -> str:
    """Draft what comes after an alert that is out: update, raise, lower, extend, cancel, withdraw.

    The alert itself stays in force until the draft is issued. What was relayed may only be taken
    back (withdraw): its words belong to the department, which updates and ends them.
    """
    with transaction.atomic():
        last = alert_for(alert, by, lock=True)
        ends = action in ENDS
        permit(by, "alerts.cancel" if ends else ACTION, last.home)
        _check_may_follow(last, action, change)
        now = clock.now()
        row = Alert(
            kind=last.kind, hazard=last.hazard, action=action, case=last.case, root=last.root,
            level=change.level if action in ("raise", "lower") else last.level, previous=last,
            relayed=last.relayed, received=None, alarm=last.alarm, public=last.public,
            station=last.station, seat_id=last.seat_id, drafted_at=now, drafted_by=by.ref,
        )  # fmt: skip
        if ends:
            _fill_end(row, last, change)
        else:
            competence.check_own(row.kind, row.hazard, row.level)
            fill(row, _continued(last, change, now), by)
        row.save(force_insert=True)
        telling.note(row, "drafted", by, {**_facts(row), "follows": last.pk})
    return row.pk


def _check_may_follow(last: Alert, action: str, change: Change) -> None:
    if last.issued_at is None or last.state not in ("issued", "expired"):
        raise Conflict(f"这条预警{ALERT[last.state].label}，不能再变更")
    if last.relayed and action != "withdraw":
        owner = competence.belongs_elsewhere(competence.kind(last.kind))
        raise Forbidden(f"转发的预警由原发布单位更新和解除。{owner}")
    wrong = ""
    if action in ("raise", "lower"):
        wrong = _wrong_level(last.level, change.level, action)
    elif action == "extend" and not _is_later(change.expires_at, last.expires_at):
        raise Invalid("延长要写明更晚的失效时间", errors={"expires_at": ["应晚于原失效时间"]})
    elif action in ENDS and not change.reason.strip():
        raise Invalid("请写明理由", errors={"reason": ["请写明理由"]})
    elif action not in (*ENDS, "update", "extend"):
        raise Invalid("没有这种变更", errors={"action": ["没有这种变更"]})
    if wrong:
        raise Invalid(wrong, errors={"level": [wrong]})


def _wrong_level(before: int | None, after: int | None, action: str) -> str:
    if before is None or after is None:
        return "不分级的预警不能升降级，请用更新" if before is None else "请选择级别"
    if action == "raise" and after >= before:
        return "提升应改为更高的级别"
    if action == "lower" and after <= before:
        return "降低应改为更低的级别"
    return ""


def _is_later(new: datetime | None, old: datetime | None) -> bool:
    return new is not None and (old is None or new > old)


def _continued(last: Alert, change: Change, now: datetime) -> Content:
    parts = last.parts
    own_words = bool(change.text)
    return Content(
        kind=last.kind, hazard=last.hazard, level=last.level,
        regions=list(change.regions) or list(last.regions),
        area=None if change.regions else last.area,
        place="" if change.regions else last.place,
        caution=change.caution or str(parts.get("caution", "")),
        measures=change.measures or str(parts.get("measures", "")),
        issuer=last.station, effective_at=now,
        expires_at=change.expires_at or last.expires_at,
        text=change.text if own_words else "",
    )  # fmt: skip


def _fill_end(row: Alert, last: Alert, change: Change) -> None:
    """Write the message that ends or takes back an alert; its area is that of the alert."""
    said = said_of(row, Content(kind=row.kind, issuer=last.station))
    out = texts.spoken(last.issued_at, year=True) if last.issued_at else ""
    what = f"{last.station}于{out}发布的「{last.title}」"
    way = "现予解除" if row.action == "cancel" else "现予撤销，请勿据此行动"
    row.title = (
        texts.title_of(said)
        if not last.relayed
        else f"撤销转发：{last.title}"[: texts.LONGEST_TITLE]
    )
    reason = change.reason.strip().rstrip("。")
    row.text = change.text or f"{what}{way}。{reason}。发布单位：{row.station}。"
    row.parts = {"caution": reason}
    row.regions, row.region_id = list(last.regions), last.region_id
    row.area, row.place, row.expires_at = last.area, last.place, None


def _draft(alert: str, by: Actor, version: int | None) -> Alert:
    row = alert_for(alert, by, lock=True)
    permit(by, ACTION, row.home)
    if row.state != "draft":
        raise Conflict(f"这条预警{ALERT[row.state].label}，不能修改；审核中的请先退回")
    if version is not None and row.version != version:
        raise Conflict("草稿已被别人修改，请刷新后再改")
    return row


def _facts(alert: Alert) -> dict[str, Any]:
    return {
        "kind": alert.kind, "hazard": alert.hazard, "level": alert.level, "action": alert.action,
        "regions": list(alert.regions),
    }  # fmt: skip
