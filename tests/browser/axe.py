"""What keeps somebody from reading or pressing, as axe sees a page."""

from functools import cache
from typing import Any, Literal

from playwright.sync_api import Page

from tests.browser.conftest import ROOT

AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
#: The milder findings are matters of taste.
GRAVE = ("serious", "critical")
#: The last is what the pages of other tests are.
SCHEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")
#: A colour is handed down a level a frame, each with the moment that even reduced motion takes.
SETTLED = """() => {
  const runs = (one) => one instanceof CSSTransition && one.playState === 'running'
  window.still = document.getAnimations().some(runs) ? 0 : (window.still ?? 0) + 1
  return window.still > 2
}"""


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def found(page: Page, where: str) -> list[str]:
    """Tell what axe finds grave on the page as it is."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    told: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{where}: {one['id']}: {node['target']}: {node['failureSummary']}"
        for one in told["violations"]
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


def turn(page: Page, scheme: Literal["dark", "light"]) -> None:
    """Let the system turn dark or light, with nothing moving; wait until the page has followed."""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.wait_for_function(
        "dark => !document.getElementById('app') ||"
        " document.documentElement.classList.contains('dark') === dark",
        arg=scheme == "dark",
    )
    # By the clock, not by frames: a page nobody draws has none and would be waited for without end.
    page.evaluate("window.still = 0")
    page.wait_for_function(SETTLED, polling=50)


def both(page: Page, where: str) -> list[str]:
    """Look at it dark and light: a colour half way between has no contrast."""
    told: list[str] = []
    for scheme in SCHEMES:
        turn(page, scheme)
        told += found(page, f"{where}, {scheme}")
    return told
