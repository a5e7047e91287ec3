"""Machine code is kept by version, and old versions leave."""

import os
from pathlib import Path

import pytest

from anlan.engines import compiled


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "kernels.py").write_text("A = 1\n")
    (tmp_path / "program.py").write_text("B = 1\n")
    return tmp_path


def folder(package: Path) -> Path:
    compiled.folder.cache_clear()
    return compiled.folder(package)


def test_a_changed_kernel_or_constant_has_a_folder_of_its_own(package: Path) -> None:
    before = folder(package)
    (package / "program.py").write_text("B = 2\n")
    assert folder(package) == before
    (package / "kernels.py").write_text("A = 2\n")
    after = folder(package)
    assert after != before
    (package / "layout.py").write_text("C = 1\n")
    assert folder(package) not in (before, after)


def test_sources_nobody_may_write_beside_keep_their_code_in_the_users_cache(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert folder(package).parent == tmp_path / "cache" / "anlan"


def test_only_versions_unused_for_a_month_are_removed(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "cache" / "anlan"
    old, recent = home / "kernels-old", home / "kernels-recent"
    for one in (old, recent):
        one.mkdir(parents=True)
    os.utime(old, (0, 0))
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder(package)
    assert not old.exists()
    assert recent.exists()


@pytest.fixture(autouse=True)
def forget() -> None:
    compiled.folder.cache_clear()
