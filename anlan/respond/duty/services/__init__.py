"""Deeds of the duty desk."""

from anlan.respond.duty.services.handing import accept_handover, hand_over
from anlan.respond.duty.services.log import Note, note_entry, note_fact
from anlan.respond.duty.services.rolls import Roll, call_due, call_roll
from anlan.respond.duty.services.standing_rolls import lay_out_rolls

__all__ = [
    "Note",
    "Roll",
    "accept_handover",
    "call_due",
    "call_roll",
    "hand_over",
    "lay_out_rolls",
    "note_entry",
    "note_fact",
]
