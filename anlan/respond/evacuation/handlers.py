"""What other modules' facts bring about here: drafts, never orders; and times that move."""

from anlan.forecast.events import ForecastApproved
from anlan.kernel.events import on
from anlan.respond.evacuation.services.proposing import (
    propose_from_forecast,
    propose_from_response,
)
from anlan.respond.evacuation.services.rescheduling import follow_forecast, follow_response
from anlan.respond.responses.events import ResponseMoved, ResponseStarted


@on(ForecastApproved)
def draft_villages(event: ForecastApproved) -> None:
    """Draft a batch of the villages that a signed forecast has leave."""
    propose_from_forecast(event=event)


@on(ResponseStarted)
def draft_lists(event: ResponseStarted) -> None:
    """Draft the prepared lists of the hazards a response was started for."""
    propose_from_response(event=event)


@on(ForecastApproved)
def move_times(event: ForecastApproved) -> None:
    """Move by when villages must have left to what a newer signed forecast says."""
    follow_forecast(event=event)


@on(ResponseMoved)
def move_with_response(event: ResponseMoved) -> None:
    """Move by when the villages of a response must have left, with the moment it expects."""
    follow_response(event=event)
