"""Questions about people at risk: how many, who needs help, what an area exposes."""

from anlan.base.households.selectors.groups import special_count

__all__ = ["special_count"]
