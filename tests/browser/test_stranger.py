"""From the clone to the replay by somebody who reads only the screen and the README.

With ``ANLAN_PICTURES`` naming a folder the same walk keeps the documents' pictures, and the film of
the storm's day is taken afterwards (CONTRIBUTING.md tells how).
"""

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urljoin

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from anlan.comms.tests.postman import free_port
from tests.browser import axe, pictures, storm_film
from tests.browser.conftest import Platform, run_platform
from tests.browser.stranger import Readme, Stranger, window

pytestmark = [pytest.mark.browser, pytest.mark.slow(module_s=300)]

#: Registers are copied, weather is reckoned and processes start: ms, on a slow machine.
PATIENCE = 280_000
CLOCK = re.compile(r"08-\d\d \d\d:\d\d")
OWN = "我家门口的避灾点"


@pytest.fixture(scope="module")
def stage(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Give a demo of this module's own, in which devices may report."""
    directory = tmp_path_factory.mktemp("stage") / "demo"
    shutil.copytree(loaded, directory)
    yield from run_platform(directory, mqtt=free_port())


@pytest.fixture(scope="module")
def readme() -> Readme:
    return Readme("README.md", "十分钟", ("「", "」"))


def test_a_stranger_finds_the_way_with_the_readme_alone(
    chromium: Browser, stage: Platform, readme: Readme, tmp_path: Path
) -> None:
    assert readme.command() == "./run"  # which prints the address
    with window(chromium, readme, stage.url) as duty:
        _begin(duty)
        replay = duty.page.get_by_role("region", name="重演利奇马")
        expect(replay).to_contain_text("全是模拟")
        duty.press("开始重演")
        expect(replay).to_contain_text("正在做")
        assert axe.both(duty.page, "/welcome while it is being made") == []
        # It takes a while, and the README says what to do meanwhile.
        with window(chromium, readme, stage.url) as township:
            _adds_a_row_of_its_own(township, tmp_path)
        with window(chromium, readme, stage.url, phone=True) as village:
            _answers_a_call(village)
        expect(replay).to_contain_text(CLOCK, timeout=PATIENCE)
        expect(replay.get_by_role("progressbar")).to_be_visible()
        pictures.keep(duty.page, "screenshot-welcome")
        _finds_an_earlier_minute(duty)
        _changes_the_language(duty)
    assert readme.told - readme.used == set(), "the README tells of what nobody tried"


def _begin(duty: Stranger) -> None:
    duty.press("第一次来？以值班员进去，从这里开始")
    expect(duty.page.get_by_role("heading", name="从这里开始")).to_be_visible()


def _come_in(who: Stranger, name: str) -> None:
    who.press(name)
    who.press("登录")
    expect(who.page.get_by_role("button", name="我的账号")).to_be_visible()


def _adds_a_row_of_its_own(township: Stranger, folder: Path) -> None:
    page = township.page
    _come_in(township, "xiangzhen")
    township.press("避灾安置场所")
    with page.expect_download() as download:
        township.press("导出 Excel")
    sheet = folder / "mine.xlsx"
    download.value.save_as(sheet)
    _write_own_row(sheet, capacity="很多")
    _hand_in(township, sheet, "选择 Excel 文件")
    township.see("检查完毕，还没有写入")
    row = page.get_by_role("dialog").get_by_role("row").last
    expect(row).to_contain_text("容量")
    expect(row).to_contain_text("很多")
    pictures.keep(page, "screenshot-import")
    township.press("换个文件")
    _write_own_row(sheet, capacity=80)
    _hand_in(township, sheet, "选择 Excel 文件", opened=True)
    township.press("写入")
    township.see("已写入")
    expect(page.get_by_role("dialog").get_by_text("新增").locator("..")).to_contain_text("1")
    township.follow("关闭")
    page.get_by_role("textbox", name=township.readme.use("在本表中查找")).fill(OWN)
    expect(page.get_by_role("row").filter(has_text=OWN)).to_be_visible()
    pictures.keep(page, "screenshot-own-row")


def _write_own_row(path: Path, *, capacity: object) -> None:
    """Copy the last row and make it a shelter of one's own, as somebody at a desk would."""
    book = load_workbook(path)
    sheet = book.active
    assert sheet is not None
    heads = [str(cell.value).rstrip("*") for cell in sheet[1]]
    last = [cell.value for cell in sheet[sheet.max_row]]
    mine = dict(zip(heads, last, strict=True))
    if mine["名称"] == OWN:
        sheet.delete_rows(sheet.max_row)
    mine |= {"编码": "MY-0001", "名称": OWN, "容量（人）": capacity, "当前人数（人）": 0}
    sheet.append([mine[one] for one in heads])
    book.save(path)


def _hand_in(township: Stranger, sheet: Path, button: str, *, opened: bool = False) -> None:
    if not opened:
        township.press("导入 Excel")
    with township.page.expect_file_chooser() as chooser:
        township.press(button)
    chooser.value.set_files(sheet)


def _answers_a_call(village: Stranger) -> None:
    page = village.page
    _come_in(village, "village")
    village.press("我的事项")
    expect(page.get_by_role("heading", name="我的事项")).to_be_visible()
    village.see("叫应")
    pictures.keep(page, "screenshot-village-list")
    village.follow("暴雨橙色预警")
    village.press("签收")
    page.get_by_role("dialog").get_by_role("combobox", name="答复").click()
    page.get_by_role("option").filter(visible=True).first.click()
    pictures.keep(page, "screenshot-village-answer")
    village.press("签收")
    expect(page.get_by_role("dialog")).to_have_count(0)
    village.see("已签收")


def _finds_an_earlier_minute(duty: Stranger) -> None:
    with duty.page.context.expect_page() as opened:
        duty.press("总指挥/指挥")
    chief = Stranger(opened.value, duty.readme)
    page = chief.page
    expect(page.get_by_role("heading", name="应急响应")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("complementary").filter(has_text="演练").first).to_be_visible()
    chief.press("启动应急响应")
    chief.see("启动后立即下达", within_ms=60_000)
    chief.press("启动")
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=60_000)
    expect(page.get_by_role("heading", level=1, name=re.compile("级$"))).to_be_visible()
    pictures.keep(page, "screenshot-response")
    # The storm goes on before one's eyes, and nobody reloads the page.
    storm_film.wait_until(page, storm_film.now(page) + timedelta(minutes=2))
    chief.press("回放")
    slider = page.get_by_role("slider", name="回放时刻")
    expect(slider).to_be_visible()
    now = slider.get_attribute("aria-valuetext")
    assert now
    chief.press("退一分钟")
    expect(slider).not_to_have_attribute("aria-valuetext", now)
    earlier = slider.get_attribute("aria-valuetext")
    assert earlier
    assert earlier < now
    pictures.keep(page, "screenshot-case")
    page.close()


def _changes_the_language(duty: Stranger) -> None:
    duty.press("EN")
    english = Readme("README.en.md", "Ten minutes", ('"', '"'))
    page: Page = duty.page
    expect(page.get_by_role("heading", name=english.use("Start here"))).to_be_visible()
    expect(page.get_by_role("heading", name=english.use("Replay Lekima"))).to_be_visible()
    expect(page.get_by_role("link", name=english.use("My obligations"))).to_be_visible()
    pictures.keep(page, "screenshot-english")
    duty.follow("中")
    expect(page.get_by_role("heading", name="从这里开始")).to_be_visible()


@pytest.mark.soak
@pytest.mark.skipif(pictures.wanted() is None, reason="no folder for pictures is named")
def test_the_storms_day_is_filmed(chromium: Browser, stage: Platform, readme: Readme) -> None:
    folder = pictures.wanted()
    assert folder is not None
    with window(chromium, readme, stage.url) as duty:
        _begin(duty)
        with duty.page.context.expect_page() as opened:
            duty.follow("值班员")
        page = opened.value
        page.set_viewport_size({"width": 1280, "height": 720})
        watching = Stranger(page, readme)
        watching.follow("一张图")
        watching.follow("菜单")
        watching.follow("回到本辖区")
        frames = storm_film.filmed(page, lambda: _sees_the_night(chromium, watching))
    for name, words, picture in (
        ("secadmin", "用户与权限", "accounts"), ("auditor", "留痕", "journal")
    ):  # fmt: skip
        with window(chromium, readme, stage.url) as one:
            one.follow(name)
            one.follow("登录")
            one.follow(words)
            expect(one.page.get_by_role("heading", level=1, name=words)).to_be_visible()
            pictures.keep(one.page, f"screenshot-{picture}")
    (folder / "storm-day.webp").write_bytes(pictures.film(frames, frame_ms=storm_film.FRAME_MS))


def _sees_the_night(browser: Browser, film: Stranger) -> None:
    """Keep what a duty officer has before them at night, in a window beside the film's."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="zh-CN",
        storage_state=film.page.context.storage_state(),
    )  # fmt: skip
    page = context.new_page()
    page.goto(film.page.url)
    for words, name in (
        ("预警收件", "inbox"), ("叫应看板", "board"), ("报警台", "alarms"), ("台风", "typhoon"),
    ):  # fmt: skip
        page.get_by_role("navigation").get_by_role("link", name=words, exact=True).click()
        expect(page.get_by_role("heading", level=1, name=words)).to_be_visible()
        if name == "board":
            page.get_by_role("main").get_by_role("link").filter(has_text="台风红色预警").click()
            expect(page.get_by_role("heading", name="各乡镇街道")).to_be_visible()
        if name == "typhoon":
            expect(page.locator("[data-map-drawn='1']").first).to_be_visible(timeout=60_000)
        pictures.keep(page, f"screenshot-{name}")
    _sees_it_in_english(Stranger(page, film.readme), film.page.url)
    page.set_viewport_size({"width": 3840, "height": 2160})
    page.get_by_role("navigation").get_by_role("link", name="预报总览", exact=True).click()
    expect(page.get_by_role("list", name="现在用哪次预报")).to_be_visible()
    page.keyboard.press("f")
    drawn = page.locator(".wall").get_by_label("台风路径图")
    expect(drawn).to_have_attribute("data-map-drawn", "1", timeout=60_000)
    expect(page.locator(".wall")).to_contain_text("官方预警")
    pictures.keep(page, "screenshot-forecast-wall", width=1600)
    page.goto(urljoin(film.page.url, "/wall"))
    expect(page.locator(".ten")).to_be_visible()
    pictures.keep(page, "screenshot-wall", width=1600)
    context.close()


def _sees_it_in_english(watching: Stranger, url: str) -> None:
    page = watching.page
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(url)
    watching.follow("EN")
    expect(watching.find("中").first).to_be_visible()
    page.reload()  # what the map was made with it keeps: its scale
    watching.follow("Back to my area")
    pictures.keep(page, "screenshot-storm-night-english")
    watching.follow("中")
    page.set_viewport_size({"width": 1440, "height": 900})
