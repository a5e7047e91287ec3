"""What one may do with messages, as ``rights.toml`` names it."""

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, prefixes

VIEW = "comms.view"
SEND = "comms.send"
CHANNELS_VIEW = "channels.view"
CALLS_VIEW = "calls.view"
CALL = "calls.call"
ANSWER = "calls.answer"

#: Whose words come from nobody knows where belongs to the county's desk: digits of its code.
COUNTY_DIGITS = 6


def may_settle(actor: Actor, region: str) -> bool:
    """Tell whether the actor may settle a reply; "" is the region of a number nobody has."""
    if region:
        return may(actor, ANSWER, region)
    return any(len(prefix) <= COUNTY_DIGITS for prefix in prefixes(actor, ANSWER))
