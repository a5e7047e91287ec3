from pathlib import Path

import pytest

from anlan.kernel import workspace
from anlan.kernel.errors import Conflict, Invalid, Missing


@pytest.fixture(autouse=True)
def _no_secret_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANLAN_SECRET_FILE", raising=False)


def test_a_workspace_keeps_its_kind_and_its_secret(tmp_path: Path) -> None:
    made = workspace.create(
        tmp_path / "w", kind="exercise", name="drill", title="演练", title_en="Drill", parent="live"
    )
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


def test_exercises_of_two_workspaces_share_no_cookie_whatever_their_names(tmp_path: Path) -> None:
    cookies = {
        workspace.create(tmp_path / place, kind=kind, name=name, parent=parent).cookie
        for place, kind, name, parent in (
            ("a", "live", "drill", ""),
            ("b", "exercise", "drill", "/srv/live"),
            ("c", "exercise", "drill", "/srv/demo"),
        )
    }
    assert len(cookies) == 3
    assert all(cookie.replace("_", "").replace("-", "").isalnum() for cookie in cookies)


@pytest.mark.parametrize("kind", ["live", "demo"])
def test_a_copied_workspace_stays_an_exercise(tmp_path: Path, kind: str) -> None:
    workspace.create(tmp_path, kind="exercise", name="drill", parent="/srv/live")
    with pytest.raises(Conflict):
        workspace.create(tmp_path, kind=kind, name="drill")
    told = (tmp_path / "workspace.json").read_text(encoding="utf-8")
    (tmp_path / "workspace.json").write_text(told.replace('"exercise"', f'"{kind}"'))
    with pytest.raises(Invalid, match="种类不能改"):
        workspace.load(tmp_path)


def test_an_exercise_never_takes_the_key_of_the_workspace_it_came_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").write_text("ab" * 32, encoding="ascii")
    monkeypatch.setenv("ANLAN_SECRET_FILE", str(tmp_path / "key"))
    live = workspace.create(tmp_path / "live", kind="live", name="live")
    drill = workspace.create(tmp_path / "drill", kind="exercise", name="drill", parent="live")
    assert live.secret() == bytes.fromhex("ab" * 32)
    assert not (tmp_path / "live" / "secret").exists()
    assert drill.secret() != live.secret()
    assert drill.secret_file == tmp_path / "drill" / "secret"
