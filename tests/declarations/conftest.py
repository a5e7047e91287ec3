import pytest

from tests.declarations.demo_rows import make_regions

from anlan.base.conftest import workspace_of_tests

__all__ = ["workspace_of_tests"]


@pytest.fixture
def regions(db: None) -> None:
    """A small county to put rows in."""
    make_regions()
