"""The county of `papers`."""

from anlan.respond.papers.tests.conftest import county, home, scene, turn, workspace_of_tests, world

__all__ = ["county", "home", "scene", "turn", "workspace_of_tests", "world"]
