"""Deeds on reviews."""

from anlan.learn.services.reviews import (
    Noted,
    finish_review,
    note_lesson,
    open_review,
    strike_lesson,
    write_conclusion,
)

__all__ = [
    "Noted",
    "finish_review",
    "note_lesson",
    "open_review",
    "strike_lesson",
    "write_conclusion",
]
