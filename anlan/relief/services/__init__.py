"""Deeds on losses."""

from anlan.relief.services.clocks import owe_daily
from anlan.relief.services.drafts import Drafted, merge_below, save_draft, take_workbook
from anlan.relief.services.erasing import destroy_lists
from anlan.relief.services.matters import Occurrence, close_matter, mark_steady, open_matter
from anlan.relief.services.reports import Receipt, hand_in, hand_in_unchanged, mark_sent

__all__ = [
    "Drafted",
    "Occurrence",
    "Receipt",
    "close_matter",
    "destroy_lists",
    "hand_in",
    "hand_in_unchanged",
    "mark_sent",
    "mark_steady",
    "merge_below",
    "open_matter",
    "owe_daily",
    "save_draft",
    "take_workbook",
]
