"""Backups of a real workspace, taken and put back by the command line."""

import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from anlan.base.conftest import RealWorkspace
from anlan.kernel.ids import new_id

pytestmark = pytest.mark.slow

FILL = """
import json
from django.db import transaction
from anlan.base.journal.services import record
from anlan.base.journal.services.anchoring import anchor
from anlan.base.journal.services.sealing import seal_due
from anlan.base.vault import services as vault
li, wang = "01KAN0000000000000000000LI", "01KAN000000000000000000WANG"[:26]
sealed = vault.seal_many([(li, {"name": "李雷雷"}), (wang, {"name": "王小明明"})])
with transaction.atomic():
    for n in range(30):
        record(deed="persons.edited", by="user:1", subject=("persons", li),
               changes={"name": ["", sealed[0]["name"]]})
while seal_due():
    pass
anchor(by="system:test")
print(json.dumps([li, sealed[0]["name"], wang, sealed[1]["name"]]))
"""
OPEN = """
import sys
from anlan.base.vault import services as vault
print(vault.open(sys.argv[1], sys.argv[2]))
"""


@pytest.fixture
def filled(real: RealWorkspace) -> tuple[RealWorkspace, list[str]]:
    """A workspace with two persons, a chained and signed journal, an attachment and settings."""
    told: list[str] = json.loads(real.do(FILL).splitlines()[-1])
    for name in ("files/ab/cdef", "conf/settings.toml", "log/work.log", "write.lock"):
        path = real.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {name}", encoding="utf-8")
    return real, told


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[RealWorkspace]:
    """An empty directory (and an empty database) to restore into."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        yield RealWorkspace(tmp_path / "restored", "")
        return
    from anlan.base.conftest import _administer

    name = f"anlan_{new_id().lower()}"
    _administer(url, f'CREATE DATABASE "{name}"')
    yield RealWorkspace(tmp_path / "restored", urlsplit(url)._replace(path=f"/{name}").geturl())
    _administer(url, f'DROP DATABASE "{name}" WITH (FORCE)')


def test_a_backup_brings_everything_back_and_the_journal_still_verifies(
    filled: tuple[RealWorkspace, list[str]], empty: RealWorkspace, tmp_path: Path
) -> None:
    real, (li, name, *_) = filled
    file = tmp_path / "backup.zip"
    made = real.anlan("backup", str(file))
    assert made.returncode == 0, made.stdout + made.stderr
    assert "不含主密钥" in made.stdout
    restored = empty.anlan("restore", str(file), "--secret", str(real.dir / "secret"))
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert "30 条，完整" in restored.stdout
    assert (empty.dir / "files/ab/cdef").read_text() == "content of files/ab/cdef"
    assert (empty.dir / "conf/settings.toml").exists()
    assert not (empty.dir / "log").exists()
    assert (empty.dir / "secret").stat().st_mode & 0o077 == 0
    assert empty.do(OPEN, li, name).strip() == "李雷雷"
    assert empty.anlan("journal", "verify").returncode == 0
    assert json.loads(empty.do(FILL).splitlines()[-1])[0] == li  # and it can be written on


def test_without_the_master_key_a_backup_restores_and_says_what_is_missing(
    filled: tuple[RealWorkspace, list[str]], empty: RealWorkspace, tmp_path: Path
) -> None:
    real, _ = filled
    file = tmp_path / "backup.zip"
    real.anlan("backup", str(file))
    secret = (real.dir / "secret").read_bytes().strip()
    with zipfile.ZipFile(file) as archive:
        assert "workspace/secret" not in archive.namelist()
        assert not any(secret in archive.read(name) for name in archive.namelist())
    restored = empty.anlan("restore", str(file))
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert "还缺主密钥" in restored.stderr
    other = tmp_path / "other"
    other.write_text("00" * 32)
    again = replace(empty, dir=tmp_path / "again")
    refused = again.anlan("restore", str(file), "--secret", str(other), "--force")
    assert refused.returncode == 2
    assert "不是这份备份的主密钥" in refused.stderr
    assert not (again.dir / "workspace.json").exists()


def test_the_master_key_is_in_the_backup_when_asked_for(
    filled: tuple[RealWorkspace, list[str]], empty: RealWorkspace, tmp_path: Path
) -> None:
    real, (li, name, *_) = filled
    file = tmp_path / "backup.zip"
    real.anlan("backup", str(file), "--with-secret")
    assert file.stat().st_mode & 0o077 == 0
    restored = empty.anlan("restore", str(file))
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert restored.stderr == ""
    assert empty.do(OPEN, li, name).strip() == "李雷雷"


def test_an_erased_person_is_not_readable_in_a_new_backup(
    filled: tuple[RealWorkspace, list[str]], empty: RealWorkspace, tmp_path: Path
) -> None:
    real, (li, name, wang, other) = filled
    wrapped = real.do(
        f"from anlan.base.vault.models import Key\n"
        f"print(bytes(Key.objects.get(subject='{li}').wrapped).hex())"
    ).strip()
    real.do(f"from anlan.base.vault import services\nservices.destroy(['{li}'], by='user:1')")
    file = tmp_path / "backup.zip"
    real.anlan("backup", str(file), "--with-secret")
    with zipfile.ZipFile(file) as archive:
        for member in archive.namelist():
            content = archive.read(member)
            assert bytes.fromhex(wrapped) not in content, member
            assert wrapped.encode() not in content, member
            assert "李雷雷".encode() not in content, member
    restored = empty.anlan("restore", str(file))
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert empty.do(OPEN, li, name).strip() == "（已销毁）"
    assert empty.do(OPEN, wang, other).strip() == "王小明明"


def test_a_target_that_is_not_empty_is_refused_and_moved_aside_with_force(
    filled: tuple[RealWorkspace, list[str]], empty: RealWorkspace, tmp_path: Path
) -> None:
    real, _ = filled
    file = tmp_path / "backup.zip"
    real.anlan("backup", str(file), "--with-secret")
    empty.dir.mkdir()
    (empty.dir / "letter.txt").write_text("keep me")
    refused = empty.anlan("restore", str(file))
    assert refused.returncode == 1
    assert "--force" in refused.stderr
    assert (empty.dir / "letter.txt").exists()
    forced = empty.anlan("restore", str(file), "--force")
    assert forced.returncode == 0, forced.stdout + forced.stderr
    (former,) = empty.dir.glob("before-restore-*/letter.txt")
    assert former.read_text() == "keep me"
    assert not (empty.dir / "letter.txt").exists()


def test_a_running_workspace_is_not_restored_over(
    filled: tuple[RealWorkspace, list[str]], tmp_path: Path
) -> None:
    import fcntl

    real, _ = filled
    file = tmp_path / "backup.zip"
    real.anlan("backup", str(file), "--with-secret")
    with (real.dir / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused = real.anlan("restore", str(file), "--force")
    assert refused.returncode == 1
    assert "正在运行" in refused.stderr
    assert real.anlan("journal", "verify").returncode == 0


def test_a_damaged_backup_is_refused_before_anything_is_touched(
    filled: tuple[RealWorkspace, list[str]], empty: RealWorkspace, tmp_path: Path
) -> None:
    real, _ = filled
    file = tmp_path / "backup.zip"
    real.anlan("backup", str(file), "--with-secret")
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    assert empty.anlan("restore", str(file)).returncode == 2
    with zipfile.ZipFile(tmp_path / "forged.zip", "w") as forged:
        file.write_bytes(whole)
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                changed = name == "workspace/files/ab/cdef"
                forged.writestr(
                    name, b"content of files/ab/cdEf" if changed else archive.read(name)
                )
    refused = empty.anlan("restore", str(tmp_path / "forged.zip"))
    assert refused.returncode == 2
    assert "已损坏" in refused.stderr
    assert not (empty.dir / "workspace.json").exists()
    assert empty.anlan("restore", str(tmp_path / "none.zip")).returncode == 2


def test_a_backup_is_not_written_over(
    filled: tuple[RealWorkspace, list[str]], tmp_path: Path
) -> None:
    real, _ = filled
    file = tmp_path / "backup.zip"
    file.write_text("something dear")
    assert real.anlan("backup", str(file)).returncode == 1
    assert file.read_text() == "something dear"
    shutil.rmtree(real.dir / "files")
