"""What other modules' facts bring about here: drafts, and never more than drafts."""

from anlan.forecast.events import ForecastApproved
from anlan.kernel.events import on
from anlan.respond.evacuation.services.proposing import (
    propose_from_forecast,
    propose_from_response,
)
from anlan.respond.responses.events import ResponseStarted


@on(ForecastApproved)
def draft_villages(event: ForecastApproved) -> None:
    """Draft a batch of the villages that a signed forecast has leave."""
    propose_from_forecast(event=event)


@on(ResponseStarted)
def draft_lists(event: ResponseStarted) -> None:
    """Draft the prepared lists of the hazards a response was started for."""
    propose_from_response(event=event)
