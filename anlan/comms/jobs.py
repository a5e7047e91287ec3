"""Comms' own work: sending, in a thread and with a database connection of its own; strays."""

from anlan.base.jobs.registry import JobContext, duty, every, job
from anlan.base.permissions.actor import system
from anlan.comms import services


@duty("comms.send", topics=("comms",), apart=True)
def send() -> int:
    """Send what is due."""
    return services.send_due()


@duty("comms.pull", apart=True)
def pull() -> int:
    """Ask providers that push nothing for receipts and replies."""
    return services.pull_due()


@duty("comms.bounces", apart=True)
def read_bounces() -> int:
    """Open the mailboxes that undeliverable mails come back to."""
    return services.read_bounces_due()


@every(seconds=20)
@job("comms.strays", title="对上迟到的回执", title_en="Match early receipts")
def match_strays(context: JobContext) -> None:  # noqa: ARG001 - every job is told
    """Look again for the tries of receipts that came before we had written them down."""
    services.match_strays()


@every(minutes=10)
@job("comms.readiness", title="定期畅通测试", title_en="Test the numbers as planned")
def probe_numbers(context: JobContext) -> None:  # noqa: ARG001 - every job is told
    """Start the planned tests that are due, end those whose time is over."""
    services.start_due_tests(by=system("comms"))
