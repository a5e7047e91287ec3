"""An evacuation, its villages, the people on its roll, and every tick anybody made."""

from anlan.respond.evacuation.models.batches import Evacuation, Part
from anlan.respond.evacuation.models.roll import Entry, Tick

__all__ = ["Entry", "Evacuation", "Part", "Tick"]
