"""Models as folders: inputs in, a program, outputs out. Pure: no Django, no database.

A run's folder holds ``request.json``, ``inputs/``, ``outputs/`` and ``progress``. A built-in engine
and a command of an operator's are told the same and answer the same (`contract`).
"""

from anlan.forecast.adapters.contract import (
    Asked,
    GridFile,
    Request,
    Result,
    Series,
    StationOutlook,
    VillageOutlook,
)
from anlan.forecast.adapters.folder import Folder
from anlan.forecast.adapters.registry import ENGINES, Engine

__all__ = [
    "ENGINES",
    "Asked",
    "Engine",
    "Folder",
    "GridFile",
    "Request",
    "Result",
    "Series",
    "StationOutlook",
    "VillageOutlook",
]
