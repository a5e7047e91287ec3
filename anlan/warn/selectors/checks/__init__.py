"""The check before issue (发布前核验)."""

from anlan.warn.models import Alert
from anlan.warn.selectors.checks.findings import Finding, refuse_unseen
from anlan.warn.selectors.checks.findings import stop as _stop
from anlan.warn.selectors.checks.ground import foretold
from anlan.warn.selectors.checks.standing import (
    against_what_stands,
    other_parts,
    too_often,
    unproved,
    unproved_end,
)
from anlan.warn.selectors.checks.wording import wording

__all__ = ["Finding", "findings", "refuse_unseen", "stops", "unproved_end"]


def findings(alert: Alert) -> list[Finding]:
    """Find what is wrong with an alert, or must be known; cheap enough for the moment of issue."""
    found: list[Finding] = []
    if not alert.regions:
        found.append(
            _stop("no-area", "没有影响范围，不能发送", "No area: it cannot be sent", "regions")
        )
    found += wording(alert)
    found += unproved(alert)
    found += unproved_end(alert.received)
    found += other_parts(alert)
    found += against_what_stands(alert)
    found += too_often(alert)
    found += foretold(alert)
    unique = {(one.code, one.field, one.text): one for one in found}
    return list(unique.values())


def stops(alert: Alert) -> list[Finding]:
    """List what keeps an alert from going out."""
    return [one for one in findings(alert) if one.severity == "stop"]
