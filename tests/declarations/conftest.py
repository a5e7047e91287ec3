import pytest

from anlan.base.conftest import workspace_of_tests
from tests.declarations.demo_rows import make_regions

__all__ = ["workspace_of_tests"]


@pytest.fixture
def regions(db: None) -> None:  # noqa: ARG001 - asks for the database
    """A small county to put rows in."""
    make_regions()
