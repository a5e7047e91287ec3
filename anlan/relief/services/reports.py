"""Handing loss reports in, and noting who received them. A report is never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, cast

from django.db import transaction

from anlan.base.outbox.services import publish
from anlan.base.permissions.actor import Actor
from anlan.base.regions.models import Region
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid, Missing
from anlan.relief.checking import Finding, check, unexplained
from anlan.relief.events import LossesReported
from anlan.relief.figures import Figures
from anlan.relief.models import LossDraft, LossMatter, LossReport
from anlan.relief.selectors import matters
from anlan.relief.selectors.sheets import beside
from anlan.relief.selectors.totals import merged
from anlan.relief.services import clocks
from anlan.relief.services.writing import locked, note

Phase = Literal["first", "progress", "final"]


def hand_in(*, matter: str, region: str, version: int, by: Actor) -> LossReport:
    """Hand in a region's draft as its next report.

    Raises `Invalid` by field where figures contradict each other, or are doubtful and nobody wrote
    why they are right.
    """
    with transaction.atomic():
        row = locked(matter, by, matters.FILL, region)
        place = matters.place_in(row, region)
        draft = LossDraft.objects.select_for_update().filter(matter=row, region=place).first()
        if draft is None:
            raise Conflict("还没有填写；没有变化的用零报告")
        if draft.version != version:
            raise Conflict("这张表刚被别人改过，请先看最新内容")
        if not draft.figures:
            raise Invalid("一个数字也没有填。没有损失请填 0，不知道的空着")
        last = matters.latest(row.pk, [place.pk]).get(place.pk)
        findings = check(draft.figures, beside(row, place, last))
        _refuse_wrong(findings, draft.notes)
        # A note on what no longer is doubtful would be read as if it were.
        notes = {one.key: draft.notes[one.key] for one in findings if one.key in draft.notes}
        told = _Told(draft.figures, notes, draft.remark, draft.as_of)
        report = _write(row, place, told, last, by)
        draft.delete()
    return report


def hand_in_unchanged(*, matter: str, region: str, by: Actor) -> LossReport:
    """Hand in that nothing changed since the last report (零报告): the same figures as of now.

    Refused where the regions below told something new since, or somebody is filling in a draft.
    """
    with transaction.atomic():
        row = locked(matter, by, matters.FILL, region)
        place = matters.place_in(row, region)
        last = matters.latest(row.pk, [place.pk]).get(place.pk)
        if last is None:
            raise Conflict("还没有报过，第一次要填数字")
        if LossDraft.objects.filter(matter=row, region=place).exists():
            raise Conflict("有正在填写的表，请报出它")
        compared = replace(beside(row, place, last), last=None)
        wrong = unexplained(check(last.figures, compared), last.notes)
        if wrong:
            raise Conflict("下级有了新的数字，或台账有了变化，请重新填报")
        told = _Told(last.figures, last.notes, last.remark, clock.now(), unchanged=True)
        return _write(row, place, told, last, by)


def _refuse_wrong(findings: Sequence[Finding], notes: Mapping[str, str]) -> None:
    wrong = unexplained(findings, notes)
    if not wrong:
        return
    errors: dict[str, list[str]] = {}
    for one in wrong:
        errors.setdefault(one.at, []).append(one.sentence())
    stops = any(one.gravity == "error" for one in wrong)
    raise Invalid(
        "数字之间有矛盾，改正后再报" if stops else "有的数字要写明原因才能报出", errors=errors
    )


@dataclass(frozen=True)
class _Told:
    figures: Figures
    notes: dict[str, str]
    remark: str
    as_of: datetime
    unchanged: bool = False


def _write(
    row: LossMatter, place: Region, told: _Told, last: LossReport | None, by: Actor
) -> LossReport:
    sums, missing, newest = merged(row, place.pk)
    built = matters.latest(row.pk, [one.pk for one in matters.below(place)])
    # Of what some below told and others did not, there may be more; what nobody below tells (a
    # department does) is as it is.
    short = [
        key for key, one in sums.items()
        if one.missing and one.value is not None and key in told.figures
    ]  # fmt: skip
    report = LossReport.objects.create(
        matter=row, region=place, number=(last.number if last else 0) + 1,
        phase=matters.phase_of(row, last), figures=dict(told.figures), notes=dict(told.notes),
        remark=told.remark, unchanged=told.unchanged, as_of=told.as_of,
        built_on=[one.pk for one in built.values()], at_least=short,
        missing=list(missing) if newest is not None else [], reported_at=clock.now(),
        reported_by=by.ref,
    )  # fmt: skip
    if place.pk != row.region_id:  # the county's is done when somebody above received it
        clocks.settle(row, place.pk, by)
    _tell(row, report, by)
    return report


def _tell(row: LossMatter, report: LossReport, by: Actor) -> None:
    note(
        row, "reported", by,
        {"number": report.number, "phase": report.phase, "figures": report.figures,
         "unchanged": report.unchanged, "at_least": report.at_least},
        report.region_id,
    )  # fmt: skip
    publish(
        LossesReported(
            case=row.case, matter=row.pk, report=report.pk, number=report.number,
            phase=cast(Phase, report.phase), hazard=row.hazard, region=report.region_id,
            as_of=report.as_of, figures=dict(report.figures), at_least=tuple(report.at_least),
            missing=tuple(report.missing), by=by.ref, reported_at=report.reported_at,
        )
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """Who received a report, when, and under which number."""

    receiver: str
    at: datetime
    number: str = ""


def mark_sent(*, report: str, receipt: Receipt, by: Actor) -> LossReport:
    """Note that somebody received a report (已报送), by name, at a time; only once.

    That is what the county owed; receiving a later one settles the earlier days as well.
    """
    with transaction.atomic():
        found = LossReport.objects.filter(pk=report).first()
        if found is None:
            raise Missing("没有这份报告")
        row = locked(found.matter_id, by, matters.SEND, found.region_id)
        found = LossReport.objects.select_for_update().get(pk=report)
        if found.sent_at is not None:
            raise Conflict("已经登记过接收人")
        _check_receipt(receipt, found)
        found.receiver, found.receipt = receipt.receiver.strip()[:60], receipt.number.strip()[:60]
        found.sent_at, found.sent_by = receipt.at, by.ref
        found.save(update_fields=["receiver", "receipt", "sent_at", "sent_by"])
        clocks.settle(row, found.region_id, by)
        note(
            row, "sent", by, {"number": found.number, "receiver": found.receiver,
                              "receipt": found.receipt}, found.region_id,
        )  # fmt: skip
    return found


def _check_receipt(receipt: Receipt, report: LossReport) -> None:
    errors: dict[str, list[str]] = {}
    if not receipt.receiver.strip():
        errors["receiver"] = ["请写明谁接收的"]
    if receipt.at > clock.now() + timedelta(minutes=1):
        errors["at"] = ["接收时间晚于现在"]
    elif receipt.at < report.reported_at - timedelta(minutes=1):
        errors["at"] = ["接收时间早于报出时间"]
    if errors:
        raise Invalid("有几处需要改正", errors=errors)
