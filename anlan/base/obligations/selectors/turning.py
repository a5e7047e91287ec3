"""For what somebody is still turned to: until it is answered, or told to be done."""

from django.db.models import Q

from anlan.base.obligations.ladders import ladders


def still_turned_to() -> Q:
    """Build the condition "somebody is still turned to for it", as its ladder says.

    Signing for what has to be reported does not end that: its ladder climbs until it is done.
    """
    until_done = [one.key for one in ladders().values() if one.until == "reported"]
    return Q(closed_at=None) & (Q(answered_at=None) | Q(reported_at=None, ladder__in=until_done))
