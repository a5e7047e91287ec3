"""What a link opens beside its obligation: pages that modules above add to every phone.

And what they have to say over every page of every link, whatever it was opened for.
"""

from collections.abc import Callable
from dataclasses import dataclass

from anlan.kernel.registry import Registry


@dataclass(frozen=True)
class PhonePage:
    """One page: the word in its address, what it is called, its place at the foot of each page."""

    word: str
    label: str
    label_en: str
    place: int


PHONE_PAGES: Registry[PhonePage] = Registry("手机页面")


def offer(page: PhonePage) -> PhonePage:
    """Offer a page at the foot of every page behind a link."""
    return PHONE_PAGES.add(page.word, page)


def offered() -> list[PhonePage]:
    """List the pages as they stand at the foot."""
    return sorted(PHONE_PAGES.values(), key=lambda page: page.place)


TASKS = offer(PhonePage("tasks", "我的任务", "My tasks", 1))

#: Draws what is said above a page, for the region of its link and in a language; "" is nothing.
Above = Callable[[str, str], str]
ABOVE: Registry[Above] = Registry("手机页面上方")


def above_all(region: str, language: str) -> str:
    """Draw whatever is to be said above a page."""
    return "".join(draw(region, language) for draw in ABOVE.values())
