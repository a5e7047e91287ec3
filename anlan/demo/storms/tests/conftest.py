"""The county, and Lekima over it, made once for all tests of the package."""

import pytest

from anlan.demo import storms
from anlan.demo.county import County
from anlan.demo.days.recording import Recording
from anlan.demo.storms import Storm
from anlan.demo.storms.world import Under, record_storm, under


@pytest.fixture(scope="package")
def county(grown: County) -> County:
    return grown


@pytest.fixture(scope="package")
def lekima() -> Storm:
    return storms.storm("lekima")


@pytest.fixture(scope="package")
def told(county: County, lekima: Storm) -> Under:
    return under(county, lekima)


@pytest.fixture(scope="package")
def recording(county: County, told: Under) -> Recording:
    return record_storm(county, told)
