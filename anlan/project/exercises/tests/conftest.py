import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from anlan.base.conftest import (
    RealWorkspace,
    copied,
    copy_of,
    migrated,
    of_the_run,
    real,
    shared,
    workspace_of_tests,
)
from anlan.project.exercises.tests.county import FILL, County, asked

__all__ = ["migrated", "real", "workspace_of_tests"]

#: Where what was put into the county lies, beside it.
TOLD = "told.json"


@pytest.fixture(scope="session")
def filled(
    request: pytest.FixtureRequest,
    migrated: RealWorkspace,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[County]:
    """A live workspace with a small county, made once for all test processes; only copied."""
    folder = of_the_run(request, tmp_path_factory) / "small-county"

    def make(directory: Path) -> RealWorkspace:
        made = copied(migrated, directory)
        conf = made.dir / "conf"
        for name, text in (
            ("channels/sms.toml", 'url = "https://sms.example/send"'),
            ("sources/water.toml", 'url = "https://water.example"'),
            ("codes/camera-scenes.csv", ""),
            ("settings.toml", ""),
        ):
            (conf / name).parent.mkdir(parents=True, exist_ok=True)
            (conf / name).write_text(text, encoding="utf-8")
        (conf / "codes/camera-scenes.csv").unlink()
        (folder / TOLD).write_text(json.dumps(asked(made, FILL)), encoding="utf-8")
        return made

    with shared(folder, make) as made:
        yield County(made, json.loads((folder / TOLD).read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def county(filled: County, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """A live workspace with a small county, shared by the tests of one file."""
    with copy_of(filled.real, tmp_path_factory.mktemp("county") / "live") as made:
        yield County(made, filled.told)
