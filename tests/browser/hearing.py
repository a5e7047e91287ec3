"""Phones and walls of an exercise: what they look like, and what of the real world they hear."""

from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from typing import Any, Literal

from playwright.sync_api import Browser, Page, ViewportSize, expect

from anlan.kernel import clock
from tests.browser.conftest import shoot
from tests.browser.offices import open_office
from tests.browser.typhoon import Night

PHONE = ViewportSize(width=360, height=740)
HALLS = (PHONE, ViewportSize(width=1440, height=900), ViewportSize(width=3840, height=2160))
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
#: Texts of a page that are smaller than a thumb's owner reads without glasses.
SMALL = """[...document.querySelectorAll('body *')].filter(one => one.checkVisibility()
&& !['SCRIPT', 'STYLE'].includes(one.tagName)
&& [...one.childNodes].some(part => part.nodeType === 3 && part.textContent.trim())
&& parseFloat(getComputedStyle(one).fontSize) < 20).map(one => one.textContent)"""


def opened(night: Night, chromium: Browser, link: str, scheme: Scheme = "light") -> Page:
    """Open the link of a short message on a phone."""
    made = chromium.new_context(
        viewport=PHONE, locale="zh-CN", is_mobile=True, has_touch=True, color_scheme=scheme
    )
    phone = made.new_page()
    phone.goto(f"{night.drill.url.rstrip('/')}{link}")
    return phone


def is_legible(phone: Page) -> None:
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert phone.evaluate(SMALL) == []


def hears_the_hall(night: Night, chromium: Browser, alarm: Mapping[str, Any]) -> None:
    """See it on a wall that was let in by its key, in which case it is not told where."""
    guard = open_office(chromium, night.drill, "secadmin")
    asked = {
        "name": "指挥大厅", "region": "339901000000", "bound": "127.0.0.1",
        "expires": (clock.real_now() + timedelta(hours=8)).isoformat(),
    }  # fmt: skip
    key = guard.post("/wall-keys", asked)["token"]
    with closing(chromium.new_context(locale="zh-CN")) as context:
        page = context.new_page()
        page.goto(f"{night.drill.url.rstrip('/')}/wall#{key}")
        real = page.get_by_role("alert", name="转实战")
        for scheme in reversed(SCHEMES):  # a hall is dark until somebody turns the light on
            for size in HALLS:
                page.set_viewport_size(size)
                expect(real).to_contain_text("2 件真实报警")
                expect(real).not_to_contain_text(alarm["place"])
                expect(real).to_be_in_viewport(ratio=1)
                shoot(page, f"lekima-14-wall-{size['width']}-{scheme}")
            page.keyboard.press("d")


def hear_the_phones(
    night: Night, chromium: Browser, link: str, alarm: Mapping[str, Any]
) -> None:  # fmt: skip
    """See it over every page behind a village's link, which is not told where either."""
    for scheme in SCHEMES:
        phone = opened(night, chromium, link, scheme)
        for path in ("", "/roll", "/tasks"):
            phone.goto(f"{night.drill.url.rstrip('/')}{link}{path}")
            real = phone.get_by_role("alert")
            expect(real).to_contain_text("真实报警还没有人接手")
            expect(real).not_to_contain_text(alarm["place"])
            is_legible(phone)
            shoot(phone, f"lekima-14-phone{path.replace('/', '-')}-{scheme}")
        phone.context.close()
