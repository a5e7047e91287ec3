from pathlib import Path

import pytest

from anlan.base.conftest import workspace_of_tests
from anlan.kernel import workspace

__all__ = ["workspace_of_tests"]


@pytest.fixture
def demo(workspace_of_tests: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A demo workspace with the key of the tests' own."""
    home = tmp_path / "demo"
    workspace.create(home, kind="demo", name="demo")
    (home / "secret").write_bytes((workspace_of_tests / "secret").read_bytes())
    monkeypatch.setenv("ANLAN_DATA", str(home))
    return home
