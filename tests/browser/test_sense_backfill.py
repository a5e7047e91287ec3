"""Old observations of a file: looked at, accepted, counted, and no alarm of yesterday's."""

from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from anlan.kernel import clock
from tests.browser.conftest import Platform, log_in, shoot
from tests.browser.gauges import Gauge, Gauges

pytestmark = pytest.mark.browser

#: Wall time without a zone, as officers write it.
WALL = "%Y-%m-%d %H:%M:%S"


def written(path: Path, gauge: Gauge, begin: datetime) -> Path:
    """Write a sheet: an hour above the warning stage, and two rows nobody can take."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["监测项编码", "时间", "数值"])
    for minute in range(0, 60, 5):
        at = begin + timedelta(minutes=minute)
        sheet.append([gauge.stream, at.strftime(WALL), gauge.warning + 0.5])
    sheet.append([gauge.stream, "昨天", 1])
    sheet.append(["没有这个编码", begin.strftime(WALL), 1])
    book.save(path)
    return path


def stored(gauges: Gauges, gauge: Gauge, begin: datetime) -> int:
    """Count what is stored of that hour."""
    span = urlencode(
        {
            "from": (begin - timedelta(hours=1)).isoformat(),
            "to": (begin + timedelta(hours=2)).isoformat(),
        }
    )
    return len(gauges.get(f"/sense/streams/{gauge.stream}/observations?{span}")["items"])


def test_an_officer_fills_in_what_a_power_cut_took(
    page: Page, platform: Platform, gauges: Gauges, tmp_path: Path
) -> None:
    gauge = gauges.rivers[5]
    begin = clock.local(clock.real_now() - timedelta(days=9))
    lost = written(tmp_path / "停电期间.xlsx", gauge, begin)
    log_in(page, platform, "keshi")
    page.goto(f"{platform.url}/sense/backfill")
    page.locator("input[type=file]").set_input_files(lost)
    run = page.get_by_role("region", name="补录")
    expect(run).to_contain_text("检查完毕，还没有写入")
    refused = run.get_by_role("row").filter(has_text="昨天")
    expect(refused).to_contain_text("14")
    expect(refused).to_contain_text("时间")
    expect(run.get_by_role("row").filter(has_text="没有这个编码").last).to_contain_text("15")
    expect(run.get_by_role("row").filter(has_text=gauge.name).first).to_contain_text(
        begin.strftime("%Y-%m-%d %H:%M")
    )
    shoot(page, "backfill")
    assert stored(gauges, gauge, begin) == 0

    with page.expect_download() as taken:
        run.get_by_role("link", name="下载不收的行（Excel）").click()
    taken.value.save_as(tmp_path / "refused.xlsx")
    rows = openpyxl.load_workbook(tmp_path / "refused.xlsx").active
    assert rows is not None
    assert [row[0] for row in rows.iter_rows(min_row=2, values_only=True)] == [14, 15]

    run.get_by_role("button", name="写入可收的 12 行").click()
    expect(run).to_contain_text("已写入")
    expect(run.locator("dl > div").filter(has_text="写入").first).to_contain_text("12")
    assert stored(gauges, gauge, begin) == 12
    listed = page.get_by_role("row").filter(has_text="停电期间.xlsx")
    expect(listed).to_contain_text("陈文春")
    expect(listed).to_contain_text("12")
    assert gauges.get(f"/alarms?station={gauge.station}&state=all")["items"] == []

    # The same file once more: everything is known, nothing is stored twice.
    run.get_by_role("button", name="再补一个").click()
    page.locator("input[type=file]").set_input_files(lost)
    run.get_by_role("button", name="写入可收的 12 行").click()
    expect(run.locator("dl > div").filter(has_text="已有").first).to_contain_text("12")
    assert stored(gauges, gauge, begin) == 12
