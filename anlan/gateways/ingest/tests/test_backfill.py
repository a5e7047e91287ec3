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

from anlan.gateways.ingest.tests.conftest import Served, batch
from anlan.sense.relay import Ask

pytestmark = pytest.mark.slow(module_s=60)


def bring(served: Served, file: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    return served.workspace.anlan("observations", "import", str(file), *options)


def told(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(json.loads(done.stdout))


def test_a_departments_csv_is_looked_at_and_then_filled_in_once(
    served: Served, tmp_path: Path
) -> None:
    today = batch(("two-0", 9.5))
    served.ask(Ask("observations", 0, served.device("two"), "application/json"), today)
    file = tmp_path / "水位.csv"
    lines = [f"two-0,2019-08-0{1 + k % 9} 08:{k:02d}:00,{k / 10}" for k in range(40)]
    lines += ["two-0,2019-08-01 08:00,坏", "nowhere,2019-08-01 08:00,1", "two-0,,1"]
    file.write_text("监测项,时间,数值\n" + "\n".join(lines) + "\n", encoding="gb18030")
    looked = told(bring(served, file, "--dry-run", "--json"))
    assert (looked["rows"], looked["accepted"], looked["rejected"]) == (43, 40, 3)
    assert not [row for row in served.stored("two-0") if row[0] < 1_600_000_000_000]
    stored = told(bring(served, file, "--json"))
    assert (stored["accepted"], stored["duplicates"], stored["rejected"]) == (40, 0, 3)
    assert looked["troubles"] == stored["troubles"]
    assert [(one["row"], one["column"], one["value"]) for one in stored["troubles"]] == [
        (42, "数值", "坏"),
        (43, "监测项", "nowhere"),
        (44, "时间", ""),
    ]
    assert stored["late"] == 40
    again = bring(served, file)
    assert "写入 0，已有 40（早于现有最新值 40），不收 3" in again.stdout
    assert "第 42 行：「数值」填的「坏」：value 应为数字" in again.stderr
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
    assert report["troubles"] == [
        {"row": 4, "column": "单位", "value": "kg", "reason": "单位「kg」与监测要素不符"}
    ]
    moments = pa.array([datetime(2017, 1, 1, 8), None], pa.timestamp("us"))  # noqa: DTZ001
    table = pa.table({"stream": ["two-1", "two-1"], "time": moments, "value": [7, 8], "x": [0, 0]})
    pq.write_table(table, tmp_path / "b.parquet")
    report = told(bring(served, tmp_path / "b.parquet", "--json"))
    assert report["accepted"] == 1
    assert report["troubles"] == [{"row": 2, "column": "time", "value": "", "reason": "缺少 time"}]
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


BY_PAGE = """
import json, sys
from pathlib import Path
from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from anlan.base.journal.models import Entry
from anlan.sense.models import Backfill
from anlan.sense.selectors import backfills as asked
from anlan.sense.services import backfills
section = actor_of(User.objects.get(username="section"))
with Path(sys.argv[1]).open("rb") as file:
    made = backfills.start_backfill(
        name=Path(sys.argv[1]).name, file=file, zone="Asia/Shanghai", by=section)
backfills.check_backfill(identity=made.pk, by=section, progress=lambda done: None)
looked = asked.described(backfills.backfill_of(identity=made.pk, by=section))
backfills.accept_backfill(identity=made.pk, by=section)
how_far = []
if len(sys.argv) > 2:
    def cut(done):
        how_far.append(done)
        raise KeyboardInterrupt
    try:
        backfills.write_backfill(identity=made.pk, by=section, progress=cut)
    except KeyboardInterrupt:
        pass
before = Backfill.objects.get(pk=made.pk).written
backfills.write_backfill(identity=made.pk, by=section, progress=how_far.append)
stored = asked.described(backfills.backfill_of(identity=made.pk, by=section))
told = list(Entry.objects.filter(subject_kind="backfills").order_by("id").values_list("deed", "by"))
kept = Path(backfills.workspace.directory() / made.path).exists()
print(json.dumps({"looked": looked, "stored": stored, "before": before, "journal": told,
                  "file": kept, "ref": section.ref, "how_far": how_far}, default=str))
"""


def by_page(served: Served, file: Path, *more: str) -> dict[str, Any]:
    return dict(json.loads(served.workspace.do(BY_PAGE, str(file), *more).splitlines()[-1]))


def test_what_an_officer_accepts_is_stored_and_told_of_as_it_was_looked_at(
    served: Served, tmp_path: Path
) -> None:
    served.ask(
        Ask("observations", 0, served.device("two"), "application/json"), batch(("two-2", 1.0))
    )
    file = tmp_path / "a.csv"
    rows = [f"two-2,2016-03-01 08:{k:02d}:00,{k}" for k in range(20)]
    rows += ["two-2,2016-03-01 08:00:00,0", "two-2,2999-01-01 08:00,1", "two-2,昨天,1"]
    file.write_text("监测项编码,时间,数值\n\n" + "\n".join(rows) + "\n", encoding="utf-8")
    done = by_page(served, file)
    looked, stored = done["looked"], done["stored"]
    assert (looked["state"], looked["rows"], looked["good"], looked["refused"]) == (
        "checked", 23, 21, 2,
    )  # fmt: skip
    assert looked["sample"][0]["row"] == 3
    assert looked["sample"][0]["time"] == 1_456_790_400_000
    assert (looked["since"], looked["streams"]) == ("2016-03-01 00:00:00+00:00", 1)
    assert (stored["state"], stored["accepted"], stored["duplicates"], stored["refused"]) == (
        "done", 20, 1, 2,
    )  # fmt: skip
    assert stored["late"] == 21
    assert [(one["row"], one["column"], one["value"]) for one in stored["troubles"]] == [
        (24, "时间", "2999-01-01 08:00"),
        (25, "时间", "昨天"),
    ]
    assert done["journal"] == [
        ["backfills.accepted", done["ref"]],
        ["backfills.stored", done["ref"]],
    ]
    assert not done["file"]


def test_a_file_cut_off_on_the_way_is_gone_on_with_and_counted_once(
    served: Served, tmp_path: Path
) -> None:
    # Two pieces: a Parquet file is read a hundred thousand rows at a time.
    start = 1_400_000_000_000
    moments = pa.array(range(start, start + 150_000_000, 1000), pa.timestamp("ms", "UTC"))
    table = pa.table({"stream": ["two-3"] * 150_000, "time": moments, "value": [1.5] * 150_000})
    pq.write_table(table, tmp_path / "b.parquet")
    done = by_page(served, tmp_path / "b.parquet", "cut")
    assert done["before"] == 100_000
    stored = done["stored"]
    assert stored["rows"] == stored["accepted"] + stored["duplicates"] == 150_000
    assert len([row for row in served.stored("two-3") if row[0] < 1_500_000_000_000]) == 150_000
