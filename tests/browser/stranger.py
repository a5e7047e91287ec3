"""Somebody who has never seen Anlan: reads the README and the screen, and knows nothing else.

What is pressed must be written in the README; where it is, the page must say by its visible words
or by what it tells a screen reader. No address but the one that `./run` prints, no door of the
programme, no mark of its source.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

ROOT = Path(__file__).resolve().parents[2]
#: What a hand can press, as pages name it to screen readers.
PRESSED = ("button", "link", "menuitem", "radio")


class Readme:
    """The README in one language, and which of its quoted words have been used."""

    def __init__(self, name: str, section: str, marks: tuple[str, str]) -> None:
        self.text = (ROOT / name).read_text(encoding="utf-8")
        part = re.search(rf"^## {section}\n(.*?)(?=^## )", self.text, re.MULTILINE | re.DOTALL)
        assert part is not None, f"{name} has no part called {section}"
        left, right = marks
        self.told = set(re.findall(f"{left}([^{left}{right}]+){right}", part[1]))
        self.used: set[str] = set()

    def use(self, words: str) -> str:
        """Take words out of the README; whoever wrote the script read them there."""
        assert words in self.told, f"the README does not tell a stranger of 「{words}」"
        self.used.add(words)
        return words

    def command(self) -> str:
        """Give the first command of all."""
        found = re.search(r"^```sh\n(\S+)", self.text, re.MULTILINE)
        assert found is not None
        return found[1]


class Stranger:
    """One window of somebody who reads."""

    def __init__(self, page: Page, readme: Readme) -> None:
        self.page, self.readme = page, readme

    def find(self, words: str) -> Locator:
        """Give what can be pressed and is called so, in the open dialog if there is one."""
        dialog = self.page.get_by_role("dialog").filter(visible=True)
        place: Page | Locator = dialog.last if dialog.count() else self.page
        first, *others = (place.get_by_role(role, name=words) for role in PRESSED)  # type: ignore[arg-type]
        found = first
        for one in others:
            found = found.or_(one)
        return found.filter(visible=True)

    def press(self, words: str) -> None:
        """Press what the README names; exactly so if there is such a thing."""
        self.follow(self.readme.use(words))

    def follow(self, words: str) -> None:
        """Press what the page itself puts forward."""
        found = self.find(words)
        expect(found.first).to_be_visible()
        same = found.filter(has_text=re.compile(rf"^\s*{re.escape(words)}\s*\d*\s*$"))
        (same if same.count() else found).first.click()

    def see(self, words: str, *, within_ms: int = 20_000) -> Locator:
        """Wait until words are on the screen."""
        found = self.page.get_by_text(words).filter(visible=True).first
        expect(found).to_be_visible(timeout=within_ms)
        return found

    def choose(self, field: str, choice: str) -> None:
        """Choose in a list by its label."""
        self.page.get_by_role("dialog").get_by_role("combobox", name=field).click()
        self.page.get_by_role("option", name=choice).first.click()


@contextmanager
def window(
    browser: Browser, readme: Readme, url: str, *, phone: bool = False
) -> Iterator[Stranger]:
    """Open a private window at the address that `./run` printed."""
    size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
    context = browser.new_context(viewport=size, locale="zh-CN", accept_downloads=True)  # type: ignore[arg-type]
    wrong: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(url)
    yield Stranger(page, readme)
    context.close()
    assert wrong == []
