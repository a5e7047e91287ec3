"""Filling in old observations over HTTP: what is looked at, who may, what is refused."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anlan.base.jobs.models import Job
from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Unavailable
from anlan.protocols.observations.lines import field_of
from anlan.sense.models import Backfill, Stream
from anlan.sense.services import backfills
from anlan.sense.tests.conftest import COUNTY, NEIGHBOUR, OTHER_TOWN
from anlan.sense.tests.test_api import client, get

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world", "here")]

HEAD = "监测项编码,时间,数值,单位\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace of its own: files lie in it, no ingest process runs."""
    workspace.create(tmp_path / "w", kind="live", name="补录")
    monkeypatch.setenv("ANLAN_DATA", str(tmp_path / "w"))
    return tmp_path / "w"


def bring(
    asker: Client,
    content: bytes | str,
    name: str = "a.csv",
    *,
    expect: int = 202,
    zone: str = backfills.BEIJING,
) -> Any:
    raw = content.encode() if isinstance(content, str) else content
    form = {"file": SimpleUploadedFile(name, raw), "zone": zone}
    told = asker.post("/api/v1/sense/backfills", form)
    assert told.status_code == expect, told.content
    return told.json()


def looked_at(
    asker: Client, content: bytes | str, name: str = "a.csv", *, zone: str = backfills.BEIJING
) -> Any:
    """Bring a file and do what the worker does with it."""
    made = bring(asker, content, name, zone=zone)
    row = Backfill.objects.get(pk=made["id"])
    by = actor_of(User.objects.get(pk=row.by.partition(":")[2]))
    backfills.check_backfill(identity=row.pk, by=by, progress=lambda _: None)
    return get(asker, f"/sense/backfills/{row.pk}")


def test_a_file_is_looked_at_and_nothing_is_stored_before_somebody_accepts() -> None:
    asker = client("section")
    told = looked_at(
        asker,
        HEAD + "RIVER-1.level,2026-05-01 08:00,12.1,\nRIVER-1.level,2026-05-01 08:05,1215,cm\n",
    )
    assert (told["state"], told["rows"], told["good"], told["refused"]) == ("checked", 2, 2, 0)
    assert (told["accepted"], told["streams"]) == (0, 1)
    assert told["since"] == "2026-05-01T00:00:00+00:00"
    assert [(one["station"], one["value"], one["unit"]) for one in told["sample"]] == [
        ("云溪水位站", 12.1, "m"),
        ("云溪水位站", 12.15, "m"),
    ]
    assert Job.objects.filter(key="sense.backfill.write").count() == 0


def test_every_refused_row_is_told_with_row_column_value_and_reason() -> None:
    Stream.objects.filter(code="RIVER-1.level").update(code="0071")
    told = looked_at(
        client("section"),
        HEAD
        + "0071,2026-05-01 08:00,坏,\n"
        + "\n"
        + "71,2026-05-01 08:00,1,\n"
        + "0071,去年,1,\n"
        + "0071,2999-05-01 08:00,1,\n"
        + "0071,2026-05-01 08:00,1,kPa\n"
        + "0071,2026-05-01 08:00\n"
        + ",2026-05-01 08:00,1,\n",
    )
    assert [(one["row"], one["column"], one["value"]) for one in told["troubles"]] == [
        (2, "数值", "坏"),
        (4, "监测项编码", "71"),
        (5, "时间", "去年"),
        (6, "时间", "2999-05-01 08:00"),
        (7, "单位", "kPa"),
        (8, "", ""),
        (9, "监测项编码", ""),
    ]
    assert told["troubles"][1]["reason"].endswith("是否为「0071」？编码丢了开头的零")
    assert (told["good"], told["troubles_total"]) == (0, 7)


@pytest.mark.parametrize(
    ("settings", "outlived"),
    [("", 1), ("raw_days = 0", 0), ("by_quantity.water-level = 30000", 0), ("raw_days = 30", 2)],
)
def test_what_is_older_than_single_values_are_kept_is_told_before_it_is_stored(
    here: Path, settings: str, outlived: int
) -> None:
    (here / "conf").mkdir(exist_ok=True)
    (here / "conf" / "settings.toml").write_text(f"[observations]\n{settings}\n", encoding="utf-8")
    past = clock.now() - timedelta(days=100)
    told = looked_at(
        client("section"),
        HEAD + "RIVER-1.level,1998-08-01 08:00,12.1,\nRIVER-1.level,1998-08-01 09:00,坏,\n"
        f"RIVER-1.level,{past:%Y-%m-%d %H:%M},12.1,\n",
    )
    assert (told["good"], told["refused"], told["outlived"]) == (2, 1, outlived)


def test_the_refused_rows_come_as_excel_and_hold_no_formula() -> None:
    asker = client("section")
    told = looked_at(asker, HEAD + "RIVER-1.level,2026-05-01 08:00,=1+1,\n")
    answer = asker.get(f"/api/v1/sense/backfills/{told['id']}/refused.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("行", "列", "填的内容", "原因")
    assert rows[1] == (2, "数值", "=1+1", "value 应为数字")
    assert sheet["C2"].data_type == "s"


def test_times_without_a_zone_are_of_the_zone_that_was_chosen() -> None:
    row = HEAD + "RIVER-1.level,2026-05-01 08:00,12.1,\n"
    told = looked_at(client("section"), row, zone="UTC")
    assert told["since"] == "2026-05-01T08:00:00+00:00"
    refused = bring(client("section", NEIGHBOUR), row, zone="Mars/Base", expect=422)
    assert refused["errors"] == {"zone": ["不认识的时区"]}


def test_the_example_sheet_is_taken_as_it_is() -> None:
    asker = client("section")
    sheet = asker.get("/api/v1/sense/backfills/template.xlsx").content
    told = looked_at(asker, sheet, "表样.xlsx")
    assert (told["rows"], told["good"], told["refused"]) == (2, 2, 0)


def test_a_file_that_is_no_table_fails_in_a_sentence() -> None:
    asker = client("section")
    assert bring(asker, "x", "a.pdf", expect=422)["errors"] == {
        "file": ["应为 CSV、Excel 或 Parquet"]
    }
    told = looked_at(asker, "站,值\n1,2\n")
    assert told["state"] == "failed"
    assert "缺少 stream" in told["error"]


def test_streams_of_another_region_are_refused_like_those_that_do_not_exist() -> None:
    told = looked_at(
        client("section", OTHER_TOWN),
        HEAD + "RIVER-1.level,2026-05-01 08:00,12,\nPLANT-1.gas1,2026-05-01 08:00,1,\n",
    )
    assert (told["good"], told["refused"]) == (1, 1)
    assert told["troubles"][0]["reason"] == "没有可由您上报的监测项「RIVER-1.level」"


def test_a_file_is_its_bringers_own_and_listed_to_their_region() -> None:
    mine, charlie = client("section"), client("section", NEIGHBOUR)
    told = looked_at(mine, HEAD + "RIVER-1.level,2026-05-01 08:00,12,\n")
    path = f"/api/v1/sense/backfills/{told['id']}"
    assert charlie.get(path).status_code == 404
    assert charlie.post(f"{path}/accept").status_code == 404
    assert charlie.get(f"{path}/refused.xlsx").status_code == 404
    assert charlie.delete(path).status_code == 404
    assert get(charlie, "/sense/backfills")["items"] == []
    colleague = get(client("township", COUNTY), "/sense/backfills")["items"]
    assert [(one["id"], one["own"]) for one in colleague] == [(told["id"], False)]


def test_a_file_is_accepted_once_and_waits_for_an_ingest_process_that_is_away() -> None:
    asker = client("section")
    told = looked_at(asker, HEAD + "RIVER-1.level,2026-05-01 08:00,12,\n")
    path = f"/api/v1/sense/backfills/{told['id']}"
    assert asker.post(f"{path}/accept").json()["state"] == "writing"
    assert asker.post(f"{path}/accept").status_code == 409
    assert asker.delete(path).status_code == 409
    row = Backfill.objects.get(pk=told["id"])
    by = actor_of(User.objects.get(pk=row.by.partition(":")[2]))
    with pytest.raises(Unavailable):
        backfills.write_backfill(identity=row.pk, by=by, progress=lambda _: None)
    Job.objects.filter(pk=row.job).update(state="failed", error="接入服务没有在运行")
    given_up = get(asker, f"/sense/backfills/{row.pk}")
    assert (given_up["state"], given_up["again"]) == ("failed", True)
    assert given_up["error"] == "接入服务没有在运行"
    assert asker.post(f"{path}/accept").json()["state"] == "writing"


def test_a_file_without_a_good_row_cannot_be_accepted() -> None:
    asker = client("section")
    told = looked_at(asker, HEAD + "nowhere,2026-05-01 08:00,12,\n")
    assert asker.post(f"/api/v1/sense/backfills/{told['id']}/accept").status_code == 409


def test_what_nobody_accepts_is_let_go_with_its_file(here: Path) -> None:
    asker = client("section")
    told = looked_at(asker, HEAD + "RIVER-1.level,2026-05-01 08:00,坏,\n")
    row = Backfill.objects.get(pk=told["id"])
    assert (here / row.path).exists()
    Backfill.objects.update(at=clock.now() - timedelta(days=3))
    assert backfills.sweep_backfills() == 1
    row.refresh_from_db()
    assert (row.state, row.troubles) == ("discarded", [])
    assert not (here / row.path).exists()


@pytest.mark.parametrize(
    ("reason", "field"),
    [
        ("缺少 stream", "stream"),
        ("stream 超过 64 个字符", "stream"),
        ("time 缺少时区（例：2026-07-01T08:00:00+08:00）", "time"),
        ("value 应为数字", "value"),
        ("unit 应为单位文本", "unit"),
        ("应有 4 列，这一行有 2 列", ""),
        ("不是 UTF-8 文本", ""),
    ],
)
def test_a_sentence_tells_which_column_it_is_about(reason: str, field: str) -> None:
    assert field_of(reason) == field


def test_what_is_refused_is_said_in_english_to_who_reads_english() -> None:
    asker = client("section")
    told = looked_at(asker, HEAD + "RIVER-1.level,2026-05-01 08:00,坏,\nx,2026-05-01 08:00,1,\n")
    english = asker.get(f"/api/v1/sense/backfills/{told['id']}", headers={"accept-language": "en"})
    assert [one["reason"] for one in english.json()["troubles"]] == [
        "value is no number",
        "There is no stream x that you may write",
    ]
