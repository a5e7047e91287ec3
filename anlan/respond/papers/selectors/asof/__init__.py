"""What was so at a moment, from what was written down by then: for briefings and for playback."""

from anlan.respond.papers.selectors.asof.alarms import AlarmThen, alarms_at
from anlan.respond.papers.selectors.asof.incidents import IncidentThen, incidents_at
from anlan.respond.papers.selectors.asof.moving import MovingThen, moving_at
from anlan.respond.papers.selectors.asof.owed import OwedThen, late_among, owed_at
from anlan.respond.papers.selectors.asof.stages import StageThen, stages_at
from anlan.respond.papers.selectors.asof.where import Where
from anlan.respond.papers.selectors.asof.words import ForecastThen, forecasts_at, warnings_at

__all__ = [
    "AlarmThen",
    "ForecastThen",
    "IncidentThen",
    "MovingThen",
    "OwedThen",
    "StageThen",
    "Where",
    "alarms_at",
    "forecasts_at",
    "incidents_at",
    "late_among",
    "moving_at",
    "owed_at",
    "stages_at",
    "warnings_at",
]
