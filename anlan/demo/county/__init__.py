"""云屿县 (Yunyu county, 339901): an invented county on the East China Sea, grown from a seed.

Pure: numpy, shapely and the standard library. ``generate`` returns the same bytes for the same
seed and scale; see ``model`` for what it holds. Nothing in it exists: the code 339901, the
phone numbers (100xxxxxxxx) and the ID numbers (month 13 and above) are impossible on purpose.
"""

from __future__ import annotations

from .build import generate
from .model import County

__all__ = ["County", "generate"]
