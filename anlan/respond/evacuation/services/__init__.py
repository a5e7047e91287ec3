"""Deeds of evacuations."""

from anlan.respond.evacuation.services.adding import Newcomer, add_people
from anlan.respond.evacuation.services.batches import (
    Ask,
    build_list,
    close_evacuation,
    draft_evacuation,
    drop_evacuation,
    lift_danger,
)
from anlan.respond.evacuation.services.erasing import erase_added, erase_due
from anlan.respond.evacuation.services.ordering import order_evacuation
from anlan.respond.evacuation.services.placing import assign_shelters
from anlan.respond.evacuation.services.reading import unmask_entry
from anlan.respond.evacuation.services.ticking import Said, Word, tick_roll

__all__ = [
    "Ask",
    "Newcomer",
    "Said",
    "Word",
    "add_people",
    "assign_shelters",
    "build_list",
    "close_evacuation",
    "draft_evacuation",
    "drop_evacuation",
    "erase_added",
    "erase_due",
    "lift_danger",
    "order_evacuation",
    "tick_roll",
    "unmask_entry",
]
