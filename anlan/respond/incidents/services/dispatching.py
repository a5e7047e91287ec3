"""已报送: noted only with who received a report, when, and whether by telephone or in writing."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from anlan import codes
from anlan.base.permissions.actor import Actor
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid
from anlan.respond.incidents.models import Dispatch, Incident, Report
from anlan.respond.incidents.selectors.rows import report_of
from anlan.respond.incidents.services.clocks import begin_next, meet_clocks, stop_clocks
from anlan.respond.incidents.services.noting import go_to, going_on, keep, log, note
from anlan.respond.incidents.services.reports import fix
from anlan.respond.incidents.states import REPORTS, WAYS

LONGEST = 60


@dataclass(frozen=True, kw_only=True)
class Sent:
    """Who received a report: a row of ``report-recipients``, a way, a name and a time."""

    to: str
    way: str
    receiver: str
    at: datetime
    unit: str = ""


def note_dispatch(*, incident: str, number: int, sent: Sent, by: Actor) -> Dispatch:
    """Note that a report reached somebody. By telephone it needs no signature, in writing it does.

    It ends the clocks that waited for it, and begins that of the next report.
    """
    with transaction.atomic():
        row = going_on(incident, by, "incidents.report")
        report = report_of(row, number)
        _check(row, sent)
        if sent.way == "written" and report.signed_at is None:
            raise Conflict("书面报送以前要有人签发，或记下谁口头同意")
        fix(row, report)
        report.save()
        made = Dispatch.objects.create(
            report=report, to=sent.to, unit=sent.unit.strip()[:100], way=sent.way,
            receiver=sent.receiver.strip()[:LONGEST], at=sent.at, by=by.ref, noted_at=clock.now(),
        )  # fmt: skip
        note(row, "dispatched", by, {"report": number, "to": sent.to, "way": sent.way,
                                     "at": sent.at.isoformat()})  # fmt: skip
        whom = codes.table("report-recipients").name(sent.to)
        what = f"{REPORTS[report.kind][0]}{WAYS[sent.way][0]}报{whom}"
        log(row, what, f"dispatch:{made.pk}", by)
        meet_clocks(row, made, by=by)
        _move_on(row, report, sent, by)
    return made


def _move_on(row: Incident, report: Report, sent: Sent, by: Actor) -> None:
    if row.reported_at is None:
        row.reported_at = sent.at
        go_to(row, "reported")
    if report.kind == "final" and sent.way == "written":
        row.final_at = row.final_at or sent.at
        go_to(row, "final")
        stop_clocks(row, by=by, reports=("more",))
    elif report.kind in ("first", "more"):
        begin_next(row, since=sent.at)
    keep(row, "reported_at", "final_at")


def _check(row: Incident, sent: Sent) -> None:
    errors: dict[str, list[str]] = {}
    if sent.to not in codes.table("report-recipients"):
        errors["to"] = ["请选择报给谁"]
    if sent.way not in WAYS:
        errors["way"] = ["请选择电话或书面"]
    if not sent.receiver.strip():
        errors["receiver"] = ["请写明接收人"]
    if not row.received_at <= sent.at <= clock.now():
        errors["at"] = ["应在接报之后，不能在将来"]
    if errors:
        raise Invalid("写明接收人和时间才算报送", errors=errors)
