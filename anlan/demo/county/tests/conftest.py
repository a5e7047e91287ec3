"""One county for all tests of the package: growing it takes seconds."""

import pytest

from anlan.demo.county import County


@pytest.fixture(scope="package")
def county(grown: County) -> County:
    return grown
