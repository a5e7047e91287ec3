"""Everybody at their screens: an account a browser, each logged in once."""

from playwright.sync_api import Browser, Page

from tests.browser.conftest import HEIGHT, WIDTH, Platform, log_in, shown


class Seats:
    """Everybody at their screens; a page that fails fails the test."""

    def __init__(self, browser: Browser, place: Platform) -> None:
        self._browser, self._place = browser, place
        self._pages: dict[str, Page] = {}
        self.wrong: list[str] = []

    def at(self, username: str, path: str) -> Page:
        """Give the screen of an account, at a page."""
        if username not in self._pages:
            context = self._browser.new_context(
                viewport={"width": WIDTH, "height": HEIGHT}, locale="zh-CN"
            )
            self._pages[username] = page = context.new_page()
            page.on("pageerror", lambda error: self.wrong.append(str(error)))
            log_in(page, self._place, username)
        page = self._pages[username]
        page.goto(self._place.url + path)
        shown(page)
        return page

    def close(self) -> None:
        """Leave."""
        for page in self._pages.values():
            page.context.close()
