import shutil
from pathlib import Path

import pytest

from anlan.base.vault import keyring, rotation, services
from anlan.base.vault.models import Key
from anlan.base.vault.selectors import subjects_matching
from anlan.kernel.errors import Conflict, Missing
from anlan.kernel.ids import new_id

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_secret(workspace_of_tests: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tests change the master key, so they have their own workspace."""
    for name in ("workspace.json", "secret"):
        shutil.copy(workspace_of_tests / name, tmp_path / name)
    monkeypatch.setenv("ANLAN_DATA", str(tmp_path))
    monkeypatch.setattr(rotation, "GRACE_S", 0.0)
    return tmp_path


def test_after_a_new_master_key_everything_opens_and_the_old_key_opens_nothing(
    own_secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = (own_secret / "secret").read_text()
    ids = [new_id() for _ in range(5)]
    sealed = services.seal_many([(one, {"name": "李雷"}) for one in ids])
    services.index(ids[0], "name", ["李雷"])
    services.destroy([ids[4]], by="user:1")
    former, new = rotation.rotate()
    assert former != new == rotation.fingerprint()
    assert (own_secret / "secret").read_text() != old
    assert (own_secret / "secret").stat().st_mode & 0o077 == 0
    assert not (own_secret / "secret.next").exists()
    opened = services.open_many(list(zip(ids, sealed, strict=True)))
    assert [one["name"] for one in opened] == ["李雷"] * 4 + [services.ERASED]
    assert subjects_matching("name", "李雷") == [ids[0]]
    kept = own_secret / "kept"
    kept.write_text(old)
    monkeypatch.setenv("ANLAN_SECRET_FILE", str(kept))
    with pytest.raises(Missing):
        services.open(ids[0], sealed[0]["name"] or "")


def test_a_change_cut_off_halfway_leaves_everything_readable_and_is_finished_later(
    own_secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 2)
    ids = [new_id() for _ in range(6)]
    sealed = services.seal_many([(one, {"name": "李雷"}) for one in ids])
    (own_secret / "secret.next").write_text("ab" * 32)  # begun, and then the power went
    rotation._wrap_some(keyring.master())
    assert Key.objects.values("master").distinct().count() == 2
    pairs = list(zip(ids, sealed, strict=True))
    assert [one["name"] for one in services.open_many(pairs)] == ["李雷"] * 6
    fresh = services.seal(new_id(), "韩梅梅")
    assert services.is_sealed(fresh)
    rotation.rotate()
    assert (own_secret / "secret").read_text() == "ab" * 32
    assert Key.objects.values("master").distinct().count() == 1
    assert [one["name"] for one in services.open_many(pairs)] == ["李雷"] * 6


def test_a_key_that_does_not_open_stops_the_change_and_keeps_the_old_master_key(
    own_secret: Path,
) -> None:
    subject = new_id()
    services.seal(subject, "李雷")
    Key.objects.filter(subject=subject).update(wrapped=bytes(44))
    old = (own_secret / "secret").read_text()
    with pytest.raises(Conflict):
        rotation.rotate()
    assert (own_secret / "secret").read_text() == old
