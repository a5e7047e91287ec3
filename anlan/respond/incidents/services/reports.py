"""首报, 续报, 终报, 更正: drafted from what is known, signed, fixed by going out.

A report that went out keeps what it said. What was unknown in it stands in the next; what was wrong
is put right by a correction that names it and says why.
"""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from anlan.base.permissions.actor import Actor
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid
from anlan.respond.incidents.models import Incident, Report
from anlan.respond.incidents.selectors.contents import fields_of, is_changed, prefilled
from anlan.respond.incidents.selectors.rows import report_of
from anlan.respond.incidents.services.noting import going_on, note
from anlan.respond.incidents.states import COURSE, UNREPORTED

LONGEST = 4000
LONGEST_REASON = 300
LONGEST_NAME = 60


def draft_correction(*, incident: str, number: int, reason: str, by: Actor) -> Report:
    """Draft a correction of a report that reached somebody; it begins with that one's words.

    `Conflict` while nobody has received it, and when another correction of it is there: that one
    would be corrected.
    """
    said = reason.strip()[:LONGEST_REASON]
    if not said:
        raise Invalid("请写明为什么更正", errors={"reason": ["必须填写"]})
    with transaction.atomic():
        row = going_on(incident, by, "incidents.report")
        wrong = report_of(row, number)
        if not wrong.dispatches.exists():
            raise Conflict("这份报告还没有报出，不必更正：未签发的直接改，已签发的写续报")
        if wrong.corrections.exists():
            raise Conflict("这份报告已经有更正，请更正最新的那一份")
        _check_no_draft(row)
        shown = {one.code for one in fields_of(wrong.form) if one.text("type") != "figure"}
        content = {name: text for name, text in wrong.content.items() if name in shown}
        return _draft(row, "correct", content, by, corrects=wrong, reason=said)


def draft_report(*, incident: str, kind: str, by: Actor) -> Report:
    """Draft the next report, filled with what is known and what the last one said."""
    with transaction.atomic():
        row = going_on(incident, by, "incidents.report")
        _check_kind(row, kind)
        return _draft(row, kind, prefilled(row, kind, by), by)


def _draft(
    row: Incident, kind: str, content: Mapping[str, str], by: Actor, **correcting: Any
) -> Report:
    last = row.reports.aggregate(last=Max("number"))["last"] or 0
    year = clock.local(clock.now()).year
    papers = Report.objects.filter(office=row.office, year=year)
    made = Report(
        incident=row, number=last + 1, kind=kind, office=row.office, year=year,
        serial=(papers.aggregate(last=Max("serial"))["last"] or 0) + 1,
        content=dict(content), drafted_at=clock.now(), drafted_by=by.ref, **correcting,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("刚有人起草了一份报告，请看最新的") from error
    facts = {"report": made.number, "kind": kind}
    if made.corrects is not None:
        facts |= {"corrects": made.corrects.number, "reason": made.reason}
    note(row, "report-drafted", by, facts)
    return made


def edit_report(*, incident: str, number: int, content: Mapping[str, str], by: Actor) -> Report:
    """Change what a draft says; an empty text is 待核 again. Figures are the incident's own."""
    with transaction.atomic():
        row = going_on(incident, by, "incidents.report")
        report = report_of(row, number)
        if report.fixed_at is not None:
            raise Conflict("已经签发或报出的报告不能再改，有变化请写续报")
        report.content = {**report.content, **_checked(report.form, content)}
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
    """Let a report keep what it says now, the figures included; a correction has to correct."""
    if report.fixed_at is None:
        fields = fields_of(report.form)
        shown = {field.code for field in fields if field.text("type") == "figure"}
        figures = {key: value for key, value in row.figures.items() if key in shown}
        report.content = {**report.content, **figures}
        wrong = report.corrects
        if wrong and not any(is_changed(one, report.content, wrong.content) for one in fields):
            raise Conflict("更正还没有改动：改文字，或者先在“数字和等级”里改数字")
        report.fixed_at = clock.now()


def _check_kind(row: Incident, kind: str) -> None:
    if kind not in COURSE:
        raise Invalid("没有这种报告", errors={"kind": ["请选择首报、续报或终报"]})
    _check_no_draft(row)
    is_first = row.state in UNREPORTED and not row.reports.exists()
    if (kind == "first") != is_first:
        raise Conflict("第一份是首报，以后是续报或终报")
    if kind == "more" and row.state == "final":
        raise Conflict("已经终报；之后有变化再写一份终报")


def _check_no_draft(row: Incident) -> None:
    if row.reports.filter(fixed_at=None).exists():
        raise Conflict("还有一份没有报出的草稿，先报出或改完它")


def _checked(kind: str, content: Mapping[str, str]) -> dict[str, str]:
    written = {field.code for field in fields_of(kind) if field.text("type") != "figure"}
    errors = {name: ["没有这一项"] for name in content if name not in written}
    errors |= {name: ["太长了"] for name, said in content.items() if len(said) > LONGEST}
    if errors:
        raise Invalid("有几处需要改正", errors=errors)
    return {name: said.strip() for name, said in content.items()}
