"""Whatever may ask for a response has what is asked for reckoned anew; nothing starts by itself."""

from collections.abc import Sequence

from anlan.base.jobs.services import enqueue
from anlan.base.permissions.actor import system
from anlan.forecast.events import ForecastApproved, ForecastWithdrawn
from anlan.kernel.events import Event, on, on_many
from anlan.respond.responses.states import WEIGH
from anlan.sense.events import AlarmRaised
from anlan.warn.events import AlertIssued, AlertsExpired


def _weigh(fact: Event) -> None:
    enqueue(WEIGH, by=system("proposals"), unique=fact.case)


@on(AlertIssued)
def weigh_alert(event: AlertIssued) -> None:
    """Look again: an alert went out, changed or ended."""
    _weigh(event)


@on(AlertsExpired)
def weigh_expired(event: AlertsExpired) -> None:
    """Look again: alerts ran out."""
    _weigh(event)


@on(ForecastApproved)
def weigh_forecast(event: ForecastApproved) -> None:
    """Look again: somebody stands behind a forecast."""
    _weigh(event)


@on(ForecastWithdrawn)
def weigh_withdrawn(event: ForecastWithdrawn) -> None:
    """Look again: nobody stands behind a forecast any more."""
    _weigh(event)


@on_many(AlarmRaised)
def weigh_alarms(events: Sequence[AlarmRaised]) -> None:
    """Look again once for many alarms: figures count them."""
    _weigh(events[-1])
