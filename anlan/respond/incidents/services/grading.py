"""Figures as they become known, and the grade as a person confirms it."""

from collections.abc import Mapping

from django.db import transaction

from anlan import codes
from anlan.base.outbox.services import publish
from anlan.base.permissions.actor import Actor
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid
from anlan.respond.incidents.events import IncidentGraded
from anlan.respond.incidents.models import Incident
from anlan.respond.incidents.selectors.floors import grades_of
from anlan.respond.incidents.services.clocks import begin_clocks, begin_correction
from anlan.respond.incidents.services.noting import go_to, going_on, keep, note, told_of
from anlan.respond.incidents.services.taking import wrong_figures

LONGEST_NOTE = 300


def tell_figures(
    *, incident: str, figures: Mapping[str, float | None], said_by: str = "", by: Actor
) -> Incident:
    """Change the figures; None makes one unknown again. `said_by` is who told them.

    What was reported stays as it was: changed casualties are owed as a correction.
    """
    errors = wrong_figures(figures)
    if errors:
        raise Invalid("有几处需要改正", errors=errors)
    with transaction.atomic():
        row = going_on(incident, by, "incidents.take")
        was = dict(row.figures)
        new = {**was, **figures}
        row.figures = {key: value for key, value in new.items() if value is not None}
        changes = {
            key: [was.get(key), row.figures.get(key)]
            for key in was.keys() | row.figures.keys()
            if was.get(key) != row.figures.get(key)
        }
        if not changes:
            return row
        keep(row, "figures")
        note(row, "figures", by, {"said_by": said_by.strip()[:LONGEST_NOTE]}, changes)
        begin_clocks(row, since=clock.now())
        casualties = codes.table("incident-figures")
        if any(casualties[key].flag("casualty") for key in changes):
            begin_correction(row, since=clock.now())
    return row


def confirm_grade(*, incident: str, grade: int, why: str = "", by: Actor) -> Incident:
    """Confirm how grave it is; below what the figures show at least it needs a reason."""
    with transaction.atomic():
        row = going_on(incident, by, "incidents.grade")
        if str(grade) not in codes.table(grades_of(row.kind)):
            raise Invalid("没有这个等级", errors={"grade": ["请从等级表中选择"]})
        least = told_of(row)["at_least"]
        if least is not None and grade > least and not why.strip():
            raise Invalid(
                "比已知数字显示的等级低，请写明理由", errors={"why": ["请写明理由"]}
            )  # fmt: skip
        if row.grade == grade:
            raise Conflict("已经是这个等级")
        was, row.grade = row.grade, grade
        row.grade_note = why.strip()[:LONGEST_NOTE]
        row.graded_at, row.graded_by = clock.now(), by.ref
        go_to(row, "graded")
        keep(row, "grade", "grade_note", "graded_at", "graded_by")
        note(row, "graded", by, {"why": row.grade_note}, {"grade": [was, grade]})
        begin_clocks(row, since=clock.now())
        publish(
            IncidentGraded(**told_of(row), by=by.ref, was=was, graded_at=row.graded_at)
        )  # fmt: skip
    return row
