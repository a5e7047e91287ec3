"""The county of `papers`, and a day of it that draws its deeds."""

from anlan.respond.casebook.tests.test_desk import begun
from anlan.respond.papers.tests.conftest import county, home, scene, turn, workspace_of_tests, world

__all__ = ["begun", "county", "home", "scene", "turn", "workspace_of_tests", "world"]
