"""A directory that is no workspace, or one without tables, is told of in a sentence."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from anlan.kernel import workspace


def _anlan(*words: str, data: Path) -> "subprocess.CompletedProcess[str]":
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ANLAN_", "DATABASE_"))}
    return subprocess.run(
        [sys.executable, "-m", "anlan.project", "--data", str(data), *words],
        env=kept, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("words", [("journal", "verify"), ("register", "list")])
@pytest.mark.parametrize("made", [False, True])
def test_a_workspace_that_is_not_ready_is_told_and_is_no_broken_chain(
    words: tuple[str, ...], tmp_path: Path, *, made: bool
) -> None:
    place = tmp_path / "place"
    if made:
        workspace.create(place, kind="live", name="place")
    told = _anlan(*words, data=place)
    assert told.returncode == 2, told.stderr
    assert "Traceback" not in told.stderr
    assert ("anlan migrate" if made else "不是安澜的工作区") in told.stderr


def test_benchmarks_are_listed_for_programs_too(tmp_path: Path) -> None:
    rows = json.loads(_anlan("bench", "list", "--json", data=tmp_path).stdout)
    assert {"name": "day", "title": next(r["title"] for r in rows if r["name"] == "day")} in rows
    assert all(row["title"] for row in rows)
