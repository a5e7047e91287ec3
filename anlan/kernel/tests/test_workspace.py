from pathlib import Path

import pytest

from anlan.kernel import workspace
from anlan.kernel.errors import Conflict, Invalid, Missing


@pytest.fixture(autouse=True)
def _no_secret_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANLAN_SECRET_FILE", raising=False)


def test_a_workspace_keeps_its_kind_and_its_secret(tmp_path: Path) -> None:
    made = workspace.create(tmp_path / "w", kind="exercise", name="drill", parent="live")
    again = workspace.load(tmp_path / "w")
    assert again == made
    assert again.secret() == made.secret()
    assert (tmp_path / "w" / "secret").stat().st_mode & 0o777 == 0o600


def test_a_workspace_is_made_once(tmp_path: Path) -> None:
    workspace.create(tmp_path, kind="demo", name="demo")
    with pytest.raises(Conflict):
        workspace.create(tmp_path, kind="live", name="live")


@pytest.mark.parametrize(("kind", "console"), [("live", False), ("demo", True), ("exercise", True)])
def test_only_a_live_workspace_reaches_real_phones(
    tmp_path: Path, kind: str, console: bool
) -> None:
    assert workspace.create(tmp_path, kind=kind, name=kind).console_only is console


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        workspace.create(tmp_path, kind="toy", name="x")


def test_what_is_no_workspace_says_so(tmp_path: Path) -> None:
    with pytest.raises(Missing):
        workspace.load(tmp_path)
    (tmp_path / "workspace.json").write_text("{", encoding="utf-8")
    with pytest.raises(Invalid):
        workspace.load(tmp_path)


def test_a_lost_secret_is_told_and_not_replaced(tmp_path: Path) -> None:
    made = workspace.create(tmp_path, kind="live", name="live")
    (tmp_path / "secret").unlink()
    with pytest.raises(Missing, match="密钥文件"):
        made.secret()
    (tmp_path / "secret").write_text("zz", encoding="ascii")
    with pytest.raises(Invalid):
        made.secret()
