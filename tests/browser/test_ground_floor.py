"""What a newcomer sees: people log in, a shelter is edited, a sheet comes in, the map draws."""

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Platform, come_in, log_in, shoot, visit

pytestmark = pytest.mark.browser


def test_the_section_edits_a_shelter_and_sees_its_history(page: Page, platform: Platform) -> None:
    page.goto(platform.url)
    expect(page.get_by_role("heading", name="演示用户")).to_be_visible()
    shoot(page, "login")
    come_in(page, platform, "keshi")
    page.goto(f"{platform.url}/registers/shelters")
    expect(page.get_by_text("600 条")).to_be_visible()
    shoot(page, "shelters")
    first = page.locator("tbody tr").first.get_by_role("link").first
    name = first.inner_text()
    first.click()
    if page.get_by_role("link", name="打开详情").count():
        page.get_by_role("link", name="打开详情").click()
    page.get_by_role("button", name="修改", exact=True).click()
    field = page.get_by_label("名称", exact=False).first
    field.fill(f"{name}（改）")
    page.get_by_role("button", name="保存").first.click()
    expect(page.get_by_role("heading", name=f"{name}（改）")).to_be_visible()
    history = page.locator("section", has_text="修改").last
    expect(history.get_by_text(f"{name}（改）").first).to_be_visible()
    shoot(page, "history")


def _template(page: Page, platform: Platform, path: Path) -> Path:
    answer = page.request.get(f"{platform.url}/api/v1/registers/shelters/template.xlsx")
    assert answer.ok
    path.write_bytes(answer.body())
    return path


def _sheet(template: Path) -> Path:
    """Fill a template as people do: five good rows and four with one mistake each."""
    book = openpyxl.load_workbook(template)
    sheet = book["数据"]
    heads = [str(cell.value).rstrip("*") for cell in sheet[1]]
    sample = {
        "编码": "", "名称": "", "所在地区": "", "级别": "村（社区）级", "类别": "紧急避难场所",
        "容量（人）": 80, "空间类型": "室内型",
    }  # fmt: skip
    village = "339901001001"
    rows = [{**sample, "编码": f"N{n}", "名称": f"新点{n}", "所在地区": village} for n in range(9)]
    rows[5]["名称"] = ""
    rows[6]["容量（人）"] = "很多"
    rows[7]["所在地区"] = "110101001001"
    rows[8]["级别"] = "宇宙级"
    for number, values in enumerate(rows, start=3):
        for place, head in enumerate(heads, start=1):
            value = values.get(head)
            if value not in (None, ""):
                sheet.cell(number, place).value = value
    path = template.with_name("in.xlsx")
    book.save(path)
    return path


def test_five_good_rows_come_in_and_four_bad_ones_are_told(
    page: Page, platform: Platform, tmp_path: Path
) -> None:
    log_in(page, platform, "keshi")
    page.goto(f"{platform.url}/registers/shelters")
    sheet = _sheet(_template(page, platform, tmp_path / "template.xlsx"))
    page.get_by_role("button", name="导入").first.click()
    page.locator("input[type=file]").set_input_files(sheet)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("检查完毕，还没有写入")).to_be_visible()
    told = dialog.locator("table.sheet tbody tr")
    expect(told).to_have_count(4)
    expect(dialog).to_contain_text("宇宙级")
    shoot(page, "import")
    dialog.get_by_role("button", name="写入 5 行正确的").click()
    expect(dialog.get_by_text("已写入")).to_be_visible()
    dialog.get_by_role("button", name="关闭").last.click()
    expect(page.get_by_text("605 条")).to_be_visible()


def test_a_township_sees_only_its_own(page: Page, platform: Platform) -> None:
    log_in(page, platform, "xiangzhen")
    mine = page.request.get(f"{platform.url}/api/v1/registers/shelters?size=500").json()
    session = page.request.get(f"{platform.url}/api/v1/session").json()
    home = session["user"]["region"][:9]
    assert 0 < mine["total"] < 600
    assert all(item["region"].startswith(home) for item in mine["items"])
    page.goto(f"{platform.url}/registers/shelters")
    expect(page.get_by_text(f"{mine['total']} 条")).to_be_visible()
    shoot(page, "township")


def test_an_administrator_of_the_system_sees_no_register(page: Page, platform: Platform) -> None:
    log_in(page, platform, "sysadmin")
    assert page.request.get(f"{platform.url}/api/v1/registers/shelters").status in (403, 404)
    meta = page.request.get(f"{platform.url}/api/v1/meta").json()
    assert meta["registers"] == []


def test_the_map_draws_the_county_and_the_face_speaks_english(
    page: Page, platform: Platform
) -> None:
    log_in(page, platform, "duty")
    with page.expect_response(lambda told: "/tiles/" in told.url and told.status == 200):
        page.goto(platform.url)
    expect(page.locator("canvas.maplibregl-canvas")).to_be_visible()
    expect(page.locator("[data-map-drawn]")).to_be_visible()
    shoot(page, "map")
    page.get_by_role("button", name="EN", exact=True).click()
    expect(page.get_by_text("Shelters").first).to_be_visible()
    shoot(page, "map-en")


@pytest.mark.parametrize(("width", "height"), [(360, 740), (3840, 2160)])
def test_nothing_sticks_out_sideways(
    page: Page, platform: Platform, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    log_in(page, platform, "duty")
    for path in ("/", "/registers/shelters", "/obligations", "/directory", "/duty"):
        visit(page, platform, path)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} is {wide} px wide at {width}"
        shoot(page, f"{width}-{path.strip('/').replace('/', '-') or 'map'}")
