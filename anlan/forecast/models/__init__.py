"""Runs of models, what came out of them, how good it was; where tides and basins are known."""

from anlan.forecast.models.places import Basin, TidePoint
from anlan.forecast.models.products import Grid, Series, StationOutlook, VillageOutlook
from anlan.forecast.models.runs import Run
from anlan.forecast.models.scores import LevelCheck, Score
from anlan.forecast.models.storms import Bulletin

__all__ = [
    "Basin",
    "Bulletin",
    "Grid",
    "LevelCheck",
    "Run",
    "Score",
    "Series",
    "StationOutlook",
    "TidePoint",
    "VillageOutlook",
]
