"""Rescue teams, and what is kept for an emergency."""

from anlan.resources.models.stocks import Stock
from anlan.resources.models.teams import Team

__all__ = ["Stock", "Team"]
