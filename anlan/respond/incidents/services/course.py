"""The steps of an incident beside its reports: verified, told to the leader, taken over, ended."""

from django.db import transaction

from anlan.base.obligations.models import Obligation
from anlan.base.permissions.actor import Actor
from anlan.base.regions import scope
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid
from anlan.respond.incidents.models import Incident
from anlan.respond.incidents.selectors.callers import Caller, caller_of
from anlan.respond.incidents.services.clocks import begin_clocks, stop_clocks
from anlan.respond.incidents.services.looking import settle_look
from anlan.respond.incidents.services.noting import go_to, going_on, keep, locked, note
from anlan.respond.incidents.states import INCIDENT

LONGEST = 300
#: Why a draft's caller was read: it was open before whoever takes the words down.
OWN_DRAFT = "正在接报"
LONGEST_NAME = 60


def verify_incident(*, incident: str, how: str, by: Actor) -> Incident:
    """Say that it is so, and how one knows: called back, seen on a camera, the police is there."""
    said = _said(how, "how", "请写明怎样核实的")
    with transaction.atomic():
        row = going_on(incident, by, "incidents.take")
        if row.verified_at is not None:
            raise Conflict("已经核实过")
        row.verified_at, row.verified_by = clock.now(), by.ref
        go_to(row, "verified")
        keep(row, "verified_at", "verified_by")
        note(row, "verified", by, {"how": said})
    return row


def tell_leader(*, incident: str, leader: str, by: Actor) -> Incident:
    """Note which leader on duty was told (报领导); another may be told later."""
    said = _said(leader, "leader", "请写明报告了哪位领导")[:LONGEST_NAME]
    with transaction.atomic():
        row = going_on(incident, by, "incidents.take")
        row.leader, row.led_at, row.led_by = said, clock.now(), by.ref
        go_to(row, "led")
        keep(row, "leader", "led_at", "led_by")
        note(row, "led", by, {"leader": said})
    return row


def take_over(*, incident: str, by: Actor) -> Incident:
    """Let the desk of the actor's region report what a desk below it took in.

    What that desk still owed upward was owed to this one, and is settled by its knowing.
    """
    with transaction.atomic():
        row = going_on(incident, by, "incidents.take")
        office = by.region
        if not office or not scope.covers(scope.prefix(office), row.office):
            raise Conflict("只能接办本级以下值班室接报的突发事件")
        if office == row.office:
            raise Conflict("已经由本级值班室办理")
        was, row.office = row.office, office
        keep(row, "office")
        note(row, "took-over", by, {}, {"office": [was, office]})
        begin_clocks(row, since=clock.now())
    return row


def drop_incident(*, incident: str, why: str, by: Actor) -> Incident:
    """Find that it is not so, or throw a telling away that nobody took in."""
    with transaction.atomic():
        row = locked(incident, by, "incidents.take")
        INCIDENT.check(row.state, "dropped")
        said = why.strip()[:LONGEST]
        if row.state != "draft" and not said:
            raise Invalid("请写明为什么不属实", errors={"why": ["必须填写"]})
        stop_clocks(row, by=by)
        settle_look(row, by=by)
        row.state, row.closed_at, row.closed_why = "dropped", clock.now(), said
        keep(row, "closed_at", "closed_why")
        note(row, "dropped", by, {"why": said})
    return row


def archive_incident(*, incident: str, by: Actor) -> Incident:
    """Put it away once the final report was made; refuses while anything of it is owed."""
    with transaction.atomic():
        row = going_on(incident, by, "incidents.report")
        INCIDENT.check(row.state, "archived")
        if row.clocks.filter(closed_at=None).exists():
            raise Conflict("还有没报送的报告，不能归档")
        owed = [one for one in row.instructions.values_list("obligation", flat=True) if one]
        if Obligation.objects.filter(pk__in=owed, closed_at=None).exists():
            raise Conflict("还有没反馈的领导批示，不能归档")
        row.state, row.closed_at = "archived", clock.now()
        keep(row, "closed_at")
        note(row, "archived", by, {})
    return row


def read_caller(*, incident: str, reason: str, by: Actor) -> Caller:
    """Read who called, in full; the journal says who read it and why."""
    said = _said(reason, "reason", "请写明用途")
    with transaction.atomic():
        row = locked(incident, by, "incidents.unmask")
        note(row, "unmasked", by, {"reason": said})
    return caller_of(row)


def note_draft_read(*, incident: str, by: Actor) -> None:
    """Note that somebody had the caller of a telling before their eyes: a draft hides nothing."""
    with transaction.atomic():
        row = locked(incident, by, "incidents.take")
        note(row, "unmasked", by, {"reason": OWN_DRAFT})


def may_take_over(row: Incident, by: Actor) -> bool:
    """Tell whether the actor's desk stands above the one that took it in."""
    if not by.region or by.region == row.office:
        return False
    return scope.covers(scope.prefix(by.region), row.office)


def _said(text: str, name: str, missing: str) -> str:
    said = text.strip()[:LONGEST]
    if not said:
        raise Invalid(missing, errors={name: ["必须填写"]})
    return said
