"""Backups of a real workspace, taken and put back by the command line."""

import fcntl
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from anlan.base.conftest import RealWorkspace, copy_of, new_database

pytestmark = pytest.mark.slow(module_s=60)

FILL = """
import json
from django.db import transaction
from anlan.base.journal.services import record
from anlan.base.journal.services.anchoring import anchor
from anlan.base.journal.services.sealing import seal_due
from anlan.base.vault import services as vault
from anlan.base.vault.models import Key
li, wang = "01KAN0000000000000000000LI", "01KAN0000000000000000WANGX"
sealed = vault.seal_many([(li, {"name": "李雷雷"}), (wang, {"name": "王小明明"})])
with transaction.atomic():
    for n in range(30):
        record(deed="persons.edited", by="user:1", subject=("persons", li),
               changes={"name": ["", sealed[0]["name"]]})
while seal_due():
    pass
anchor(by="system:test")
wrapped = bytes(Key.objects.get(subject=li).wrapped).hex()
print(json.dumps([li, sealed[0]["name"], wang, sealed[1]["name"], wrapped]))
"""
OPEN = """
import sys
from anlan.base.vault import services as vault
print(*(vault.open(*sys.argv[n:n + 2]) for n in range(1, len(sys.argv), 2)))
"""
DESTROY = (
    "import sys\nfrom anlan.base.vault import services\nservices.destroy(sys.argv[1:], by='u')"
)


@dataclass(frozen=True)
class Source:
    """A filled workspace and two backups of it."""

    real: RealWorkspace
    #: Id and sealed name of two persons, and the first one's wrapped key.
    told: list[str]
    #: Without and with the master key.
    plain: Path
    full: Path


@pytest.fixture(scope="module")
def source(migrated: RealWorkspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    """Fill a workspace with persons, a chained and signed journal, files and settings."""
    folder = tmp_path_factory.mktemp("source")
    with copy_of(migrated, folder / "workspace") as real:
        told = json.loads(real.do(FILL).splitlines()[-1])
        for name in ("files/ab/cdef", "conf/settings.toml", "log/work.log", "write.lock"):
            path = real.dir / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"content of {name}", encoding="utf-8")
        made = Source(real, told, folder / "plain.zip", folder / "full.zip")
        plain = real.anlan("backup", str(made.plain))
        assert plain.returncode == 0, plain.stdout + plain.stderr
        assert "不含主密钥" in plain.stdout
        full = real.anlan("backup", str(made.full), "--with-secret")
        assert full.returncode == 0, full.stdout + full.stderr
        yield made


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[RealWorkspace]:
    """An empty directory (and an empty database) to restore into."""
    if not os.environ.get("DATABASE_URL"):
        yield RealWorkspace(tmp_path / "restored", "")
        return
    with new_database() as url:
        yield RealWorkspace(tmp_path / "restored", url)


def test_a_backup_brings_everything_back_and_the_journal_still_verifies(
    source: Source, empty: RealWorkspace
) -> None:
    restored = empty.anlan(
        "restore", str(source.plain), "--secret", str(source.real.dir / "secret")
    )
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert "30 条，完整" in restored.stdout
    assert (empty.dir / "files/ab/cdef").read_text() == "content of files/ab/cdef"
    assert (empty.dir / "conf/settings.toml").exists()
    assert not (empty.dir / "log").exists()
    assert (empty.dir / "secret").stat().st_mode & 0o077 == 0
    assert empty.do(OPEN, *source.told[:4]).split() == ["李雷雷", "王小明明"]
    again = json.loads(empty.do(FILL).splitlines()[-1])  # it can be written on
    assert again[0] == source.told[0]
    assert empty.anlan("journal", "verify").returncode == 0


def test_without_the_master_key_a_backup_restores_and_says_what_is_missing(
    source: Source, empty: RealWorkspace, tmp_path: Path
) -> None:
    secret = (source.real.dir / "secret").read_bytes().strip()
    with zipfile.ZipFile(source.plain) as archive:
        assert "workspace/secret" not in archive.namelist()
        assert not any(secret in archive.read(name) for name in archive.namelist())
    other = tmp_path / "other"
    other.write_text("00" * 32)
    refused = empty.anlan("restore", str(source.plain), "--secret", str(other))
    assert refused.returncode == 2
    assert "不是这份备份的主密钥" in refused.stderr
    assert list(empty.dir.iterdir()) == []
    restored = empty.anlan("restore", str(source.plain))
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert "还缺主密钥" in restored.stderr


def test_a_target_that_is_not_empty_is_refused_and_moved_aside_with_force(
    source: Source, empty: RealWorkspace
) -> None:
    empty.dir.mkdir()
    (empty.dir / "letter.txt").write_text("keep me")
    refused = empty.anlan("restore", str(source.full))
    assert refused.returncode == 1
    assert "--force" in refused.stderr
    assert (empty.dir / "letter.txt").exists()
    forced = empty.anlan("restore", str(source.full), "--force")
    assert forced.returncode == 0, forced.stdout + forced.stderr
    assert forced.stderr == ""  # the master key was in it
    (former,) = empty.dir.glob("before-restore-*/letter.txt")
    assert former.read_text() == "keep me"
    assert not (empty.dir / "letter.txt").exists()
    assert source.full.stat().st_mode & 0o077 == 0


def test_an_erased_person_is_not_readable_in_a_new_backup(
    migrated: RealWorkspace, empty: RealWorkspace, tmp_path: Path
) -> None:
    file = tmp_path / "backup.zip"
    with copy_of(migrated, tmp_path / "workspace") as real:
        li, name, wang, other, wrapped = json.loads(real.do(FILL).splitlines()[-1])
        real.do(DESTROY, li)
        real.anlan("backup", str(file), "--with-secret")
    with zipfile.ZipFile(file) as archive:
        for member in archive.namelist():
            content = archive.read(member)
            assert bytes.fromhex(wrapped) not in content, member
            assert wrapped.encode() not in content, member
            assert "李雷雷".encode() not in content, member
    restored = empty.anlan("restore", str(file))
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert empty.do(OPEN, li, name, wang, other).split() == ["（已销毁）", "王小明明"]


def test_a_running_workspace_is_not_restored_over(source: Source) -> None:
    with (source.real.dir / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused = source.real.anlan("restore", str(source.full), "--force")
    assert refused.returncode == 1
    assert "正在运行" in refused.stderr
    assert (source.real.dir / "workspace.json").exists()


def test_a_damaged_backup_is_refused_before_anything_is_touched(
    source: Source, empty: RealWorkspace, tmp_path: Path
) -> None:
    whole = source.full.read_bytes()
    half, forged = tmp_path / "half.zip", tmp_path / "forged.zip"
    half.write_bytes(whole[: len(whole) // 2])
    with zipfile.ZipFile(source.full) as archive, zipfile.ZipFile(forged, "w") as changed:
        for name in archive.namelist():
            content = archive.read(name)
            wrong = name == "workspace/files/ab/cdef"
            changed.writestr(name, content.replace(b"cdef", b"cdEf") if wrong else content)
    for file in (half, forged, tmp_path / "none.zip"):
        refused = empty.anlan("restore", str(file))
        assert refused.returncode == 2, refused.stdout + refused.stderr
        assert not (empty.dir / "workspace.json").exists()


def test_a_backup_is_not_written_over(source: Source, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    file.write_text("something dear")
    assert source.real.anlan("backup", str(file)).returncode == 1
    assert file.read_text() == "something dear"
