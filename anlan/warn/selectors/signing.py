"""How many must sign, and how long the second one has: the code table ``approval-rules``."""

from datetime import datetime, timedelta

from anlan import codes
from anlan.base.journal import selectors as journal
from anlan.codes import Code
from anlan.warn.deed_names import ALERT
from anlan.warn.models import Alert

TABLE = "approval-rules"


def way_of(alert: Alert) -> str:
    """Tell by which way an alert goes out: own, relay, or pasted (relayed from a pasted text)."""
    if not alert.relayed:
        return "own"
    pasted = alert.received is not None and alert.received.way in ("paste", "manual")
    return "pasted" if pasted else "relay"


def rule_of(alert: Alert) -> Code | None:
    """Find the rule that an alert is signed by: the first row that fits."""
    level = str(alert.level) if alert.level else "none"
    way = way_of(alert)
    for row in codes.table(TABLE):
        wanted = (
            (row.several("kinds"), alert.kind), (row.several("actions"), alert.action),
            (row.several("levels"), level),
        )  # fmt: skip
        if row.text("way") == way and all(not some or one in some for some, one in wanted):
            return row
    return None


def persons(alert: Alert) -> int:
    """Tell how many persons must have their hand in it; where no rule fits, two."""
    rule = rule_of(alert)
    return 2 if rule is None else rule.whole("persons") or 2


def review_due(alert: Alert, since: datetime) -> datetime | None:
    """Tell until when the second person has to decide; None where no time is set."""
    rule = rule_of(alert)
    minutes = rule.whole("minutes") if rule else None
    return since + timedelta(minutes=minutes) if minutes else None


def may_act_alone(alert: Alert, now: datetime) -> bool:
    """Tell whether the time of the second person is over and the rule lets one act alone."""
    rule = rule_of(alert)
    waited = alert.review_due is not None and now >= alert.review_due
    return rule is not None and bool(rule.flag("alone")) and waited


def must_be_verified(alert: Alert) -> bool:
    """Tell whether somebody must say that they asked the issuer before it goes on.

    What a person pasted has no account, signature or number behind it, and goes out as a
    department's word. A second person would not know more than the first, and an officer alone at
    night would wait for one while the rain does not; a call to the issuer is what proves it, and
    the journal keeps who said that they made it.
    """
    rule = rule_of(alert)
    return rule is not None and str(alert.level or "none") in rule.several("verify")


def hands(alert: Alert) -> set[str]:
    """Tell whose hands are in what an alert says: who began, changed or submitted it.

    Whoever rewrote another's draft has read nobody's words but their own. Every change counts, not
    the last alone; the journal has them all.
    """
    changed = journal.entries().filter(subject_kind="alert", subject=alert.pk, deed=ALERT["edited"])
    named = {alert.drafted_by, alert.edited_by, alert.submitted_by}
    return {*named, *changed.values_list("by", flat=True)} - {""}


def approving_posts() -> tuple[str, ...]:
    """List the roles whose holders may approve by telephone."""
    return tuple(codes.table(TABLE).attributes.get("posts", "").split(";"))
