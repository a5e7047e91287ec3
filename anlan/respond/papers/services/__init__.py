"""Deeds on papers: packs asked for, made, taken and printed; briefings."""

from anlan.respond.papers.services.briefing import make_briefing
from anlan.respond.papers.services.packing import ask_pack, make_pack
from anlan.respond.papers.services.printing import mark_printed, note_printed, stop_printing
from anlan.respond.papers.services.taking import take_pack

__all__ = [
    "ask_pack",
    "make_briefing",
    "make_pack",
    "mark_printed",
    "note_printed",
    "stop_printing",
    "take_pack",
]
