"""One county for all tests of the package: growing it takes seconds."""

import pytest

from anlan.demo.county import County, generate


@pytest.fixture(scope="package")
def county() -> County:
    return generate()
