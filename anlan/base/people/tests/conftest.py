import pytest

from anlan.base.people.tests import village


@pytest.fixture
def world(db: None) -> None:  # noqa: ARG001 - asks for the database
    """Regions and one unit."""
    village.make_regions()
    village.unit()
