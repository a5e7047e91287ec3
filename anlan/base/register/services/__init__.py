"""Deeds on registers: the only way rows are written."""

from anlan.base.register.services.rows import (
    Change,
    Saved,
    confirm_row,
    restore_row,
    retire_row,
    review_row,
    save_row,
    save_rows,
    unmask_row,
)

__all__ = [
    "Change",
    "Saved",
    "confirm_row",
    "restore_row",
    "retire_row",
    "review_row",
    "save_row",
    "save_rows",
    "unmask_row",
]
