"""A signed forecast becomes drafts: proposed, never sent; one taken back puts them in doubt."""

from anlan.forecast.events import ForecastApproved, ForecastWithdrawn
from anlan.kernel.events import on
from anlan.warn.services.foretold import doubt_drafts, propose_from_forecast


@on(ForecastApproved)
def draft_from_forecast(event: ForecastApproved) -> None:
    """Draft what a signed forecast asks for, or bring the drafts of its matter up to date."""
    propose_from_forecast(event=event)


@on(ForecastWithdrawn)
def doubt_what_was_drafted(event: ForecastWithdrawn) -> None:
    """Say on what was drafted from a forecast that nobody stands behind it any more."""
    doubt_drafts(event=event)
