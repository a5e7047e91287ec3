"""Deeds on people at risk; rows themselves are written through their registers."""

from anlan.base.households.services.erasing import erase, erase_household, erase_resident

__all__ = ["erase", "erase_household", "erase_resident"]
