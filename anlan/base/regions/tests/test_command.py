"""`anlan regions import` as an operator types it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

LIST = "区划代码,名称,经度,纬度\n339901,云屿县,121.6,28.4\n339901101,石门镇,,\n错,某地,,\n"
SQUARE = [[121, 28], [122, 28], [122, 29], [121, 29], [121, 28]]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "list.csv").write_bytes(LIST.encode("gb18030"))
    outline = {
        "type": "Feature",
        "properties": {"code": "339901"},
        "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
    }
    (tmp_path / "edges.geojson").write_text(json.dumps(outline), encoding="utf-8")
    return tmp_path


def typed(real: Any, answer: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command with somebody at the keyboard who types `answer`."""
    return subprocess.run(
        [sys.executable, "-m", "anlan.project", "regions", "import", *arguments],
        env={**real.environment, "PYTHONPATH": os.pathsep.join(sys.path)},
        input=answer,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_list_is_imported_and_wrong_rows_are_told_in_chinese(real: Any, files: Path) -> None:
    done = typed(real, "", str(files / "list.csv"))
    assert done.returncode == 0, done.stderr
    assert "读取 3 行：新增 2，修改 0，未变 0，有误 1" in done.stdout
    assert "第 4 行 code「错」" in done.stderr
    again = typed(real, "", str(files / "list.csv"), "--json")
    report = json.loads(again.stdout)
    assert (report["added"], report["changed"], report["unchanged"]) == (0, 0, 2)


def test_the_datum_of_boundaries_is_asked_for(real: Any, files: Path) -> None:
    both = (str(files / "list.csv"), "--boundaries", str(files / "edges.geojson"))
    silent = typed(real, "", *both)
    assert silent.returncode != 0
    assert "坐标系" in silent.stderr
    nonsense = typed(real, "beijing54\n", *both)
    assert nonsense.returncode == 2
    told = typed(real, "gcj02\n", *both, "--json")
    assert json.loads(told.stdout)["boundaries"] == 1
    again = typed(real, "", *both, "--datum", "gcj02", "--json")
    assert json.loads(again.stdout)["boundaries_unchanged"] == 1


def test_a_file_that_is_not_there_is_wrong_use(real: Any, files: Path) -> None:
    done = typed(real, "", str(files / "none.csv"))
    assert done.returncode == 2
    assert "读不到文件" in done.stderr
    assert "Traceback" not in done.stderr
