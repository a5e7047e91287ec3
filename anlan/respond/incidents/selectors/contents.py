"""What a report says: the fields of the law, filled with what is known; the rest is 待核."""

from collections.abc import Mapping
from typing import Any

from anlan import codes
from anlan.base.people.models import Unit
from anlan.base.people.selectors.holders import SEATS
from anlan.base.permissions.actor import Actor
from anlan.base.regions import selectors as regions
from anlan.base.vault import services as vault
from anlan.codes import Code
from anlan.kernel import clock
from anlan.respond.incidents.models import Incident, Report
from anlan.respond.incidents.selectors.floors import floor, grades_of

#: What stands for what nobody knows yet.
OPEN = "待核"
#: Fields carried over from the report before: what was so stays so until somebody says otherwise.
CARRIED = (
    "concerned", "course", "scene", "extent", "trend", "cause", "measures", "forces", "command",
    "secondary", "needs", "contact",
)  # fmt: skip


def fields_of(kind: str) -> list[Code]:
    """List the fields that a kind of report has, in the order of the paper."""
    return [row for row in codes.table("report-fields") if kind in row.several("reports")]


def prefilled(row: Incident, kind: str, by: Actor) -> dict[str, str]:
    """Fill a new report with what the platform holds; nobody is asked for it again."""
    known = _known(row, by)
    last = row.reports.order_by("-number").first()
    carried = dict(last.content) if last else {}
    for name in CARRIED:
        if carried.get(name):
            known[name] = carried[name]
    wanted = {field.code for field in fields_of(kind) if field.text("type") != "figure"}
    return {name: said for name, said in known.items() if said and name in wanted}


def _known(row: Incident, by: Actor) -> dict[str, str]:
    desk = Unit.objects.filter(region=row.office, kind__in=SEATS, retired_at=None)
    unit = desk.order_by("kind", "code").first()
    what = vault.open(row.case, row.what) if row.what else ""
    point = f"（东经 {row.lon:.5f}，北纬 {row.lat:.5f}）" if row.lon and row.lat else ""
    where = " ".join(part for part in (_region_words(row), row.place) if part)
    return {
        "office": unit.name if unit else regions.names([row.office]).get(row.office, ""),
        "reporter": by.name,
        "contact": unit.duty_phone if unit else "",
        "source": codes.table("incident-sources").name(row.source) if row.source else "",
        "kind": codes.table("incident-kinds").name(row.kind) if row.kind else "",
        "grade": grade_words(row),
        "happened_at": moment_words(row.happened_at) if row.happened_at else "",
        "received_at": moment_words(row.received_at),
        "place": f"{where}{point}",
        "course": what,
    }


def grade_words(row: Incident) -> str:
    """Say the grade as a report says it: what was confirmed, else what is at least so."""
    if row.grade is not None:
        return codes.table(grades_of(row.kind)).name(str(row.grade))
    shown = floor(row.kind, row.figures)
    return f"{shown.label()}（待核）" if shown and shown.grade else ""


def moment_words(moment: Any) -> str:
    """Say a moment as an official paper does."""
    local = clock.local(moment)
    return f"{local.year}年{local.month}月{local.day}日{local.hour}时{local.minute:02d}分"


def _region_words(row: Incident) -> str:
    if not row.region_id:
        return ""
    above = [one.name for one in regions.ancestors(row.region_id)]
    own = regions.names([row.region_id]).get(row.region_id, "")
    return "".join([*above, own])


def is_changed(field: Code, content: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Tell whether a correction says something else in a field; of words none is the same as ""."""
    new, old = content.get(field.code), before.get(field.code)
    if field.text("type") == "figure":
        return bool(new != old)
    return (new or "") != (old or "")


def said_in(report: Report, figures: Mapping[str, float]) -> list[dict[str, Any]]:
    """List a report's fields with what each says; None is 待核.

    Until it is fixed the figures are those of the incident; then those it went out with.
    """
    content = report.content if report.fixed_at else {**report.content, **figures}
    before = report.corrects.content if report.corrects else content
    told = []
    for field in fields_of(report.form):
        value = content.get(field.code)
        is_figure = field.text("type") == "figure"
        unit = codes.table("incident-figures")[field.code] if is_figure else None
        told.append(
            {
                "key": field.code, "label": field.name, "label_en": field.name_en,
                "part": field.text("part"), "type": field.text("type"),
                "value": value if value not in ("", None) else None,
                # What the report said that this one puts right, and whether it does so here.
                "was": before.get(field.code), "changed": is_changed(field, content, before),
                "unit": unit.text("unit") if unit else "",
                "unit_en": unit.text("unit_en") if unit else "",
            }
        )  # fmt: skip
    return told
