"""What happens around the desk is written in its log by itself, as a link to where it stands."""

from anlan.base.permissions.actor import system
from anlan.kernel.events import on
from anlan.respond.duty.selectors.desks import county_of
from anlan.respond.duty.services.log import note_fact
from anlan.warn.events import AlertIssued
from anlan.warn.models import Alert

BY = system("duty")


@on(AlertIssued)
def note_alert(event: AlertIssued) -> None:
    """Write a warning that went out in the log of the county it is for."""
    title = Alert.objects.filter(pk=event.alert).values_list("title", flat=True).first()
    note_fact(
        region=county_of(event.region), kind="alert", content=title or event.kind,
        link=("alert", event.alert), once=f"alert:{event.alert}:{event.action}", case=event.case,
        by=BY,
    )  # fmt: skip
