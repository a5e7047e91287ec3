"""When a response ends, its review opens."""

from anlan.base.permissions.actor import system
from anlan.kernel.events import on
from anlan.learn import services
from anlan.respond.responses.events import ResponseEnded


@on(ResponseEnded)
def open_review(event: ResponseEnded) -> None:
    """Open the review of a response that ended; told twice, it is one review."""
    services.open_review(response=event.response, by=system("reviews"))
