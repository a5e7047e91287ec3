"""Observations in a backup taken while they come, are closed and merged."""

from pathlib import Path

import numpy as np
import pytest

from anlan.base.conftest import RealWorkspace, copy_of
from anlan.engines.series import Columns
from anlan.sense.store import open_reader, open_store
from anlan.sense.store.segments import caretaker

NOON = 1_785_729_600_000


@pytest.mark.slow
def test_closed_and_open_observations_come_back(
    migrated: RealWorkspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caretaker, "LINGER_S", 0.0)
    with copy_of(migrated, tmp_path / "workspace") as real:
        store = open_store(real.dir)
        for step in range(9):
            time = NOON + step * 600_000 + np.arange(50)
            store.append(Columns.of(np.arange(50), time, np.arange(50.0)), int(time[0]))
            while step < 8 and store.maintain(int(time[0]) + 300_000).more:
                pass
        told = real.anlan("backup", str(tmp_path / "backup.zip"), "--with-secret")
        assert told.returncode == 0, told.stdout + told.stderr
        want = store.raw(7, 0, 2 * NOON)
        store.close()
    with copy_of(migrated, tmp_path / "again") as again:
        told = again.anlan("restore", str(tmp_path / "backup.zip"), "--force")
        assert told.returncode == 0, told.stdout + told.stderr
        reader = open_reader(again.dir)
        got = reader.raw(7, 0, 2 * NOON)
        assert got.time.tolist() == want.time.tolist()
        assert len(got) == 9
        reader.close()
        store = open_store(again.dir)
        assert store.known([7, 7], [NOON + 7, NOON + 8]).tolist() == [True, False]
        store.close()
