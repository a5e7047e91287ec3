"""Deeds on people; rows themselves are written through their registers."""

from anlan.base.people.services.dead import note_dead
from anlan.base.people.services.erasing import erase_person

__all__ = ["erase_person", "note_dead"]
