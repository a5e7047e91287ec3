"""Questions about people at risk: how many, who needs help, what an area exposes."""

from anlan.base.households.selectors.exposure import Place, exposed_within
from anlan.base.households.selectors.groups import special_count

__all__ = ["Place", "exposed_within", "special_count"]
