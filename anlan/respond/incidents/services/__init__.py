"""Deeds on incidents and their reports."""

from anlan.respond.incidents.services.course import (
    archive_incident,
    drop_incident,
    note_draft_read,
    read_caller,
    take_over,
    tell_leader,
    verify_incident,
)
from anlan.respond.incidents.services.dispatching import Sent, note_dispatch
from anlan.respond.incidents.services.grading import confirm_grade, tell_figures
from anlan.respond.incidents.services.instructions import Said, note_instruction
from anlan.respond.incidents.services.reports import (
    draft_correction,
    draft_report,
    edit_report,
    sign_report,
)
from anlan.respond.incidents.services.taking import (
    Told,
    begin_incident,
    join_incident,
    keep_told,
    take_in,
)
from anlan.respond.incidents.services.telling import Telling, destroy_told, tell_by_link

__all__ = [
    "Said",
    "Sent",
    "Telling",
    "Told",
    "archive_incident",
    "begin_incident",
    "confirm_grade",
    "destroy_told",
    "draft_correction",
    "draft_report",
    "drop_incident",
    "edit_report",
    "join_incident",
    "keep_told",
    "note_dispatch",
    "note_draft_read",
    "note_instruction",
    "read_caller",
    "sign_report",
    "take_in",
    "take_over",
    "tell_by_link",
    "tell_figures",
    "tell_leader",
    "verify_incident",
]
