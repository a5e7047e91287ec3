"""The alarm rules of the demo county: those that ship, switched on by the officer in charge."""

from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from anlan.kernel.errors import Missing
from anlan.sense.models import Rule
from anlan.sense.services.rules import enable_rule, load_defaults

#: Account of the section that answers for monitoring (see `users.USERS`).
OFFICER = "keshi"


def switch_on_rules(county: str) -> int:
    """Take the shipped rules over and switch on those that are off; tell how many were."""
    officer = User.objects.filter(username=OFFICER).first()
    if officer is None:
        raise Missing(f"演示用户 {OFFICER} 不存在")
    by = actor_of(officer)
    load_defaults(region=county, by=by)
    off = Rule.objects.filter(region=county, active=None, retired_at=None, disabled_at=None)
    rules = list(off.order_by("code").values_list("pk", flat=True))
    for rule in rules:
        enable_rule(rule=rule, by=by)
    return len(rules)
