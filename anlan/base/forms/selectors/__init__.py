"""Questions about forms: which there are, one round merged, one sheet, who is asked."""

from anlan.base.forms.selectors.asking import debtors, prefills, registers_offered
from anlan.base.forms.selectors.forms import form_seen, form_told, listed, rounds_seen
from anlan.base.forms.selectors.merging import Merged, RowTold, merged, round_seen
from anlan.base.forms.selectors.sheets import (
    can_fill,
    last_told,
    sheet_of_obligation,
    sheet_seen,
    sheet_told,
)

__all__ = [
    "Merged",
    "RowTold",
    "can_fill",
    "debtors",
    "form_seen",
    "form_told",
    "last_told",
    "listed",
    "merged",
    "prefills",
    "registers_offered",
    "round_seen",
    "rounds_seen",
    "sheet_of_obligation",
    "sheet_seen",
    "sheet_told",
]
