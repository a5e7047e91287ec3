from collections.abc import Iterator

import pytest

from anlan.base.conftest import RealWorkspace, copy_of, migrated, real, workspace_of_tests
from anlan.project.exercises.tests.county import FILL, County, asked

__all__ = ["migrated", "real", "workspace_of_tests"]


@pytest.fixture(scope="module")
def county(migrated: RealWorkspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """A live workspace with a small county, shared by the tests of one file."""
    with copy_of(migrated, tmp_path_factory.mktemp("county") / "live") as made:
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
        yield County(made, asked(made, FILL))
