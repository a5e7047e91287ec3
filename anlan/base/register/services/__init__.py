"""Deeds on registers: the only way rows are written."""

from anlan.base.register.services.rows import (
    BATCH,
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
    "BATCH",
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
