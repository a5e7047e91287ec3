"""What the page of one region shows: its sheet to fill in, its reports, the regions below it."""

from typing import Any

from anlan import codes
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.base.regions.models import Region
from anlan.kernel import clock
from anlan.kernel.errors import Missing
from anlan.relief.checking import Beside, Finding, check
from anlan.relief.figures import DIGITS, Figures, fields
from anlan.relief.models import LossDraft, LossMatter, LossReport
from anlan.relief.selectors import matters
from anlan.relief.selectors.totals import listed_counts, merged, of, thresholds


def described() -> dict[str, Any]:
    """Tell the survey: groups, fields, phases, clocks, causes of doubt."""
    return {
        "groups": [_named(row) for row in codes.table("loss-groups")],
        "phases": [_named(row) for row in codes.table("loss-phases")],
        "fields": [
            {
                "key": one.key, "group": one.group, "name": one.name, "name_en": one.name_en,
                "unit": one.unit, "unit_en": one.unit_en, "whole": one.whole, "of": one.of,
                "now_of": one.now_of, "note": one.note,
                "note_en": one.note_en, "confidence": one.confidence,
            }
            for one in fields().values()
        ],
        "clocks": [
            _named(row)
            | {name: row.text(name) or "" for name in ("level", "phase", "within", "at", "note")}
            | {"source": row.source, "confidence": row.confidence}
            for row in codes.table("loss-clocks")
        ],
        "source": codes.table("loss-fields").source,
    }  # fmt: skip


def _named(row: codes.Code) -> dict[str, Any]:
    return {"code": row.code, "name": row.name, "name_en": row.name_en}


def overview(actor: Actor, matter: str, region: str = "") -> dict[str, Any]:
    """Tell what a region's losses come to: its figures, those below, who is missing, what is due.

    An actor whose own region lies in the matter's county sees their part; `Missing` for others.
    """
    row = matters.seen(actor, matter)
    here = here_for(actor, row, region)
    now, last = of(row, here.pk), _last_two(row, here.pk)
    figures = {one.field: one.value for one in now.figures if one.value is not None}
    short = {one.field for one in now.figures if one.is_lower_bound}
    sums, missing, _ = merged(row, here.pk)
    told = matters.told(row) | {"place": here.pk, "place_name": here.name, "as_of": clock.now()}
    told["number"], told["phase"] = now.number, now.phase
    told["figures_as_of"], told["reported_at"] = now.as_of, now.reported_at
    told["sent_at"], told["receiver"] = now.sent_at, now.receiver
    told["figures"] = [
        {"field": one.field, "value": one.value, "at_least": one.is_lower_bound,
         "change": _change(last, one.field),
         "below": sums[one.field].value, "missing": len(sums[one.field].missing)}
        for one in now.figures
    ]  # fmt: skip
    told["thresholds"] = thresholds(figures, short) if here.pk == row.region_id else []
    told["missing"] = list(missing)
    told["below"] = _below(row, here)
    told["owed"] = matters.owed(row, here.pk)
    told["without_post"] = _without_post(row, here)
    told["listed"] = listed_counts(row, here.pk)
    told["verbs"] = _verbs(actor, row, here.pk)
    return told


def here_for(actor: Actor, row: LossMatter, region: str) -> Region:
    """Find the region asked for, the actor's own by default, whose figures they may see."""
    code = region or matters.own_place(actor, row)
    if not code:
        raise Missing(matters.NO_MATTER)
    here = matters.place_in(row, code)
    permit(actor, matters.FIGURES, here.pk)
    return here


def _last_two(row: LossMatter, region: str) -> list[LossReport]:
    return list(LossReport.objects.filter(matter=row, region=region).order_by("-number")[:2])


def _change(last: list[LossReport], key: str) -> float | None:
    """Tell the difference of the last two reports; None where either does not know the figure."""
    told = [float(one.figures[key]) for one in last if key in one.figures]
    return round(told[0] - told[1], DIGITS) if len(told) == 2 else None


def _below(row: LossMatter, here: Region) -> list[dict[str, Any]]:
    places = list(matters.below(here))
    said = matters.latest(row.pk, [one.pk for one in places])
    return [{"region": one.pk, "name": one.name} | _short(said.get(one.pk)) for one in places]


def _short(report: LossReport | None) -> dict[str, Any]:
    if report is None:
        return {"number": 0, "figures": {}, "reported_at": None, "phase": "", "unchanged": False}
    return {
        "number": report.number, "figures": report.figures, "reported_at": report.reported_at,
        "phase": report.phase, "unchanged": report.unchanged, "as_of": report.as_of,
    }  # fmt: skip


def _without_post(row: LossMatter, here: Region) -> list[str]:
    """Name the regions of which nobody could be made to owe a report."""
    places = [here, *(matters.below(here) if here.pk == row.region_id else ())]
    return [one.name for one in places if matters.debtor_of(one.pk) is None]


def _verbs(actor: Actor, row: LossMatter, region: str) -> list[str]:
    if row.closed_at is not None:
        return []
    steers = may(actor, matters.STEADY, row.region_id) and region == row.region_id
    offered = {
        "fill": may(actor, matters.FILL, region),
        "send": may(actor, matters.SEND, region),
        "steady": steers and row.steady_at is None,
        "close": steers and row.steady_at is not None,
    }
    return [verb for verb, is_offered in offered.items() if is_offered]


def sheet(actor: Actor, matter: str, region: str = "") -> dict[str, Any]:
    """Tell what a region is about to report: its draft, the last report, sums, what is wrong."""
    row = matters.seen(actor, matter)
    here = here_for(actor, row, region)
    permit(actor, matters.FILL, here.pk)
    draft = LossDraft.objects.filter(matter=row, region=here).first()
    last = matters.latest(row.pk, [here.pk]).get(here.pk)
    figures = draft.figures if draft else (last.figures if last else {})
    compared = beside(row, here, last)
    return {
        **matters.told(row), "place": here.pk, "place_name": here.name,
        "version": draft.version if draft else 0, "figures": figures,
        "notes": draft.notes if draft else {}, "remark": draft.remark if draft else "",
        "as_of": draft.as_of if draft else clock.now(),
        "is_draft": draft is not None, "next_number": (last.number if last else 0) + 1,
        "next_phase": matters.phase_of(row, last), "last": last.figures if last else None,
        "last_number": last.number if last else 0,
        "last_at": last.reported_at if last else None,
        "below": {key: {"value": one.value, "missing": len(one.missing)}
                  for key, one in (compared.below or {}).items()},
        "missing": list(merged(row, here.pk)[1]),
        "findings": check(figures, compared), "owed": matters.owed(row, here.pk),
    }  # fmt: skip


def beside(row: LossMatter, here: Region, last: LossReport | None) -> Beside:
    """Gather what a region's figures are compared with.

    A township whose villages have told nothing is compared with nobody: it may tell by itself.
    """
    sums, _, newest = merged(row, here.pk)
    return Beside(
        last=last.figures if last else None, below=sums if newest is not None else None,
        listed=listed_counts(row, here.pk), final=row.steady_at is not None,
    )  # fmt: skip


def found(row: LossMatter, here: Region, figures: Figures) -> list[Finding]:
    """Find what does not agree in figures of a region now."""
    last = matters.latest(row.pk, [here.pk]).get(here.pk)
    return check(figures, beside(row, here, last))


def history(actor: Actor, matter: str, region: str = "") -> dict[str, Any]:
    """List the reports of a region as they were told, the newest first, with their differences."""
    row = matters.seen(actor, matter)
    here = here_for(actor, row, region)
    rows = list(LossReport.objects.filter(matter=row, region=here).order_by("number"))
    people = matters.names([ref for one in rows for ref in (one.reported_by, one.sent_by) if ref])
    told: list[dict[str, Any]] = []
    before: LossReport | None = None
    for one in rows:
        told.append(
            {
                "id": one.pk, "number": one.number, "phase": one.phase, "figures": one.figures,
                "notes": one.notes, "remark": one.remark, "unchanged": one.unchanged,
                "as_of": one.as_of, "at_least": one.at_least, "missing": one.missing,
                "reported_at": one.reported_at, "reported_by": people.get(one.reported_by, ""),
                "receiver": one.receiver, "receipt": one.receipt, "sent_at": one.sent_at,
                "sent_by": people.get(one.sent_by, ""), "changes": _changes(before, one),
            }
        )  # fmt: skip
        before = one
    return {
        **matters.told(row), "place": here.pk, "place_name": here.name,
        "items": list(reversed(told)), "may_send": may(actor, matters.SEND, here.pk),
    }  # fmt: skip


def _changes(before: LossReport | None, one: LossReport) -> dict[str, list[float | None]]:
    """Tell which figures differ from the report before, old and new; None is not known."""
    if before is None:
        return {}
    return {
        key: [before.figures.get(key), one.figures.get(key)]
        for key in fields()
        if before.figures.get(key) != one.figures.get(key)
    }
