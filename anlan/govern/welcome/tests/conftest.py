"""A workspace to count in."""

from anlan.base.conftest import workspace_of_tests

__all__ = ["workspace_of_tests"]
