"""Old observations from files, through the command line and the socket."""

import json
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anlan.gateways.ingest.tests.conftest import Served

pytestmark = pytest.mark.slow


def bring(served: Served, file: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    return served.workspace.anlan("observations", "import", str(file), *options)


def told(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(json.loads(done.stdout))


def test_a_departments_csv_is_looked_at_and_then_filled_in_once(
    served: Served, tmp_path: Path
) -> None:
    file = tmp_path / "水位.csv"
    lines = [f"two-0,2019-08-0{1 + k % 9} 08:{k:02d}:00,{k / 10}" for k in range(40)]
    lines += ["two-0,2019-08-01 08:00,坏", "nowhere,2019-08-01 08:00,1", "two-0,,1"]
    file.write_text("监测项,时间,数值\n" + "\n".join(lines) + "\n", encoding="gb18030")
    looked = told(bring(served, file, "--dry-run", "--json"))
    assert (looked["rows"], looked["accepted"], looked["rejected"]) == (43, 40, 3)
    assert not [row for row in served.stored("two-0") if row[0] < 1_600_000_000_000]
    stored = told(bring(served, file, "--json"))
    assert (stored["accepted"], stored["duplicates"], stored["rejected"]) == (40, 0, 3)
    assert [row for row, _ in stored["reasons"]] == [41, 42, 43]
    again = bring(served, file)
    assert "写入 0，已有 40，不收 3" in again.stdout
    assert "第 41 行：value 应为数字" in again.stderr
    first = min(served.stored("two-0"))
    assert first == (1_564_617_600_000, 0.0)  # 2019-08-01 08:00 in Beijing


def test_excel_and_parquet_are_filled_in(served: Served, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["时间", "备注", "监测项编码", "数值", "单位"])
    sheet.append([datetime(2018, 1, 1, 8), "x", "two-1", 1.5, "m"])  # noqa: DTZ001 - Excel's
    sheet.append([])
    sheet.append(["2018-01-01T00:00:01Z", "", "two-1", "2.5", "kg"])
    sheet.append(["2018-01-01T00:00:02Z", "", "two-1", 3, None])
    book.save(tmp_path / "a.xlsx")
    report = told(bring(served, tmp_path / "a.xlsx", "--json"))
    assert (report["accepted"], report["rejected"]) == (2, 1)
    assert "kg" in report["reasons"][0][1]
    moments = pa.array([datetime(2017, 1, 1, 8), None], pa.timestamp("us"))  # noqa: DTZ001
    table = pa.table({"stream": ["two-1", "two-1"], "time": moments, "value": [7, 8], "x": [0, 0]})
    pq.write_table(table, tmp_path / "b.parquet")
    report = told(bring(served, tmp_path / "b.parquet", "--json"))
    assert (report["accepted"], report["reasons"]) == (1, [[2, "缺少 time"]])
    assert min(served.stored("two-1"))[0] == 1_483_228_800_000


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", b"x,y\n1,2\n"), ("b.xlsx", b"PK"), ("c.parquet", b"PAR1"), ("d.doc", b"")],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(
    served: Served, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    done = bring(served, tmp_path / name)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
