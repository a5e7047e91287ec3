"""Deeds on whole cases: taking one away."""

from anlan.respond.casebook.services.exporting import export_case

__all__ = ["export_case"]
