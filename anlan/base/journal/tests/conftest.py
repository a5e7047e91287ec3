import shutil
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_anchors(workspace_of_tests: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Signed heads outlive a test's transaction, so every test signs in a workspace of its own."""
    directory = tmp_path / "anchored"
    directory.mkdir()
    for name in ("workspace.json", "secret"):
        shutil.copy(workspace_of_tests / name, directory / name)
    monkeypatch.setenv("ANLAN_DATA", str(directory))
    return directory
