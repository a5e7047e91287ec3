"""首报, 续报, 终报: drafted from what is known, signed, fixed by going out.

A report that went out keeps what it said. What was wrong or unknown in it is put right by the next.
"""

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.db.models import Max

from anlan.base.permissions.actor import Actor
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid
from anlan.respond.incidents.models import Incident, Report
from anlan.respond.incidents.selectors.contents import fields_of, prefilled
from anlan.respond.incidents.selectors.rows import report_of
from anlan.respond.incidents.services.noting import going_on, note
from anlan.respond.incidents.states import REPORTS, UNREPORTED

LONGEST = 4000
LONGEST_NAME = 60


def draft_report(*, incident: str, kind: str, by: Actor) -> Report:
    """Draft the next report, filled with what is known and what the last one said."""
    with transaction.atomic():
        row = going_on(incident, by, "incidents.report")
        _check_kind(row, kind)
        last = row.reports.aggregate(last=Max("number"))["last"] or 0
        year = clock.local(clock.now()).year
        papers = Report.objects.filter(office=row.office, year=year)
        made = Report(
            incident=row, number=last + 1, kind=kind, office=row.office, year=year,
            serial=(papers.aggregate(last=Max("serial"))["last"] or 0) + 1,
            content=prefilled(row, kind, by), drafted_at=clock.now(), drafted_by=by.ref,
        )  # fmt: skip
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError as error:
            raise Conflict("刚有人起草了一份报告，请看最新的") from error
        note(row, "report-drafted", by, {"report": made.number, "kind": kind})
    return made


def edit_report(*, incident: str, number: int, content: Mapping[str, str], by: Actor) -> Report:
    """Change what a draft says; an empty text is 待核 again. Figures are the incident's own."""
    with transaction.atomic():
        row = going_on(incident, by, "incidents.report")
        report = report_of(row, number)
        if report.fixed_at is not None:
            raise Conflict("已经签发或报出的报告不能再改，有变化请写续报")
        report.content = {**report.content, **_checked(report.kind, content)}
        report.content = {name: said for name, said in report.content.items() if said}
        report.save(update_fields=["content"])
    return report


def sign_report(*, incident: str, number: int, oral: str = "", by: Actor) -> Report:
    """Sign a report (签发); an officer notes who agreed by word of mouth (`oral`)."""
    with transaction.atomic():
        row = going_on(incident, by, "incidents.report" if oral.strip() else "incidents.sign")
        report = report_of(row, number)
        if report.signed_at is not None:
            raise Conflict("这份报告已经签发")
        report.signed_at, report.signed_by = clock.now(), by.ref
        report.oral = oral.strip()[:LONGEST_NAME]
        fix(row, report)
        report.save()
        note(row, "report-signed", by, {"report": report.number, "oral": report.oral})
    return report


def fix(row: Incident, report: Report) -> None:
    """Let a report keep what it says now, the figures included."""
    if report.fixed_at is None:
        report.fixed_at = clock.now()
        shown = {field.code for field in fields_of(report.kind) if field.text("type") == "figure"}
        figures = {key: value for key, value in row.figures.items() if key in shown}
        report.content = {**report.content, **figures}


def _check_kind(row: Incident, kind: str) -> None:
    if kind not in REPORTS:
        raise Invalid("没有这种报告", errors={"kind": ["请选择首报、续报或终报"]})
    if row.reports.filter(fixed_at=None).exists():
        raise Conflict("还有一份没有报出的草稿，先报出或改完它")
    is_first = row.state in UNREPORTED and not row.reports.exists()
    if (kind == "first") != is_first:
        raise Conflict("第一份是首报，以后是续报或终报")
    if kind == "more" and row.state == "final":
        raise Conflict("已经终报；之后有变化再写一份终报")


def _checked(kind: str, content: Mapping[str, str]) -> dict[str, str]:
    written = {field.code for field in fields_of(kind) if field.text("type") != "figure"}
    errors = {name: ["没有这一项"] for name in content if name not in written}
    errors |= {name: ["太长了"] for name, said in content.items() if len(said) > LONGEST}
    if errors:
        raise Invalid("有几处需要改正", errors=errors)
    return {name: said.strip() for name, said in content.items()}
