"""Deeds on forms."""

from anlan.base.forms.services.drawing import (
    Drawn,
    change_form,
    draw_form,
    retire_form,
    schedule_form,
    stop_form,
)
from anlan.base.forms.services.filling import (
    Filled,
    copy_last,
    hang_photo,
    return_sheet,
    save_sheet,
    submit_sheet,
)
from anlan.base.forms.services.photos import LARGEST_PHOTO, destroy_pictures
from anlan.base.forms.services.rounds import close_round, open_due, open_round
from anlan.base.forms.services.workbooks import take_round, take_sheet

__all__ = [
    "LARGEST_PHOTO",
    "Drawn",
    "Filled",
    "change_form",
    "close_round",
    "copy_last",
    "destroy_pictures",
    "draw_form",
    "hang_photo",
    "open_due",
    "open_round",
    "retire_form",
    "return_sheet",
    "save_sheet",
    "schedule_form",
    "stop_form",
    "submit_sheet",
    "take_round",
    "take_sheet",
]
