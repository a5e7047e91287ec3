"""What an alert was drafted from, asked again before it goes out."""

from collections.abc import Iterator

from anlan.forecast.selectors.grounds import is_signed
from anlan.warn.models import Alert
from anlan.warn.selectors.checks.findings import Finding, ask


def foretold(alert: Alert) -> Iterator[Finding]:
    """Ask about a draft of a forecast that nobody stands behind any more."""
    if (alert.once or "").startswith("forecast:") and not is_signed(alert.case):
        yield ask(
            "forecast-withdrawn",
            "所据的预报已经撤回，没有人再为它负责；请核对后再定",
            "The forecast it rests on was taken back: nobody stands behind it. Look again",
        )
