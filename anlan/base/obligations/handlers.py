"""What obligations do when other modules tell a fact."""

from anlan.base.obligations.services.confirming import close_reviews
from anlan.base.register.events import RowConfirmed
from anlan.kernel.events import on


@on(RowConfirmed)
def strike_off_reviews(event: RowConfirmed) -> None:
    """Strike off what a confirmation on the row's own page has made needless."""
    close_reviews(register=event.register, row=event.row, by=event.by)
