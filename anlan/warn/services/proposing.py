"""Drafts that nobody asked for: from what sense raised. People dispose of them."""

from dataclasses import replace

from django.db import transaction

from anlan.base.permissions.actor import Actor, system
from anlan.kernel import clock
from anlan.sense.events import AlarmRaised
from anlan.warn.models import Alert
from anlan.warn.selectors import texts
from anlan.warn.selectors.filling import Content
from anlan.warn.services.drafting import Origin, draft_alert, edit_alert

KIND = "monitoring-reminder"
LEVELS = {1: "红色", 2: "橙色", 3: "黄色", 4: "蓝色"}


def propose_reminder(*, event: AlarmRaised, by: Actor | None = None) -> str:
    """Draft a monitoring reminder of an alarm; returns its id, "" when there is nothing to draft.

    One draft a case: a worse value of the same matter brings the draft up to date as long as
    nobody has taken it on, and leaves alone what somebody is writing or has issued.
    """
    actor = by or system("warn")
    if not event.hazard:
        return ""
    content = reminder(event)
    with transaction.atomic():
        known = Alert.objects.select_for_update().filter(once=_key(event)).first()
        if known is None:
            if Alert.objects.filter(case=event.case, kind=KIND, alarm=event.alarm).exists():
                return ""  # issued or dropped: who decided that knows of the alarm
            origin = Origin(case=event.case, alarm=event.alarm, once=_key(event))
            return draft_alert(content=content, by=actor, origin=origin)
        ours = {known.drafted_by, known.edited_by} <= {actor.ref, ""}
        if event.was is not None and known.state == "draft" and ours:
            edit_alert(alert=known.pk, content=replace(content, issuer=known.station), by=actor)
        return known.pk


def _key(event: AlarmRaised) -> str:
    return f"case:{event.case}"


def reminder(event: AlarmRaised) -> Content:
    """Say what an alarm says, as a reminder to those who must look."""
    value = "" if event.value is None else f"，达到 {event.value:g}{event.unit}"
    limit = "" if event.limit is None else f"（限值 {event.limit:g}{event.unit}）"
    level = f"，{LEVELS[event.level]}级别" if event.level else ""
    when = texts.spoken(event.raised_at)
    return Content(
        kind=KIND,
        hazard=event.hazard,
        regions=(event.region,),
        place=event.where,
        caution=f"{when}监测报警{value}{limit}{level}",
        effective_at=clock.now(),
    )
