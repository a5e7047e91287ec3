"""The demo county, grown once for all test processes: that takes seconds, reading it a moment."""

import pickle

import pytest

from anlan.base.conftest import held, of_the_run
from anlan.demo.county import County, generate


@pytest.fixture(scope="session")
def grown(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> County:
    """Give the county as it grows from its seed."""
    folder = of_the_run(request, tmp_path_factory) / "grown"
    with held(folder, by=+1) as users:
        if users == 1:
            (folder / "county").write_bytes(pickle.dumps(generate()))
    county: County = pickle.loads((folder / "county").read_bytes())  # noqa: S301 - our own
    return county
