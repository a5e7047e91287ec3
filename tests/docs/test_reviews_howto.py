"""The guide to reviews tells the links there are, in their order and by their names."""

import re

from anlan.learn.states import LINKS

from .written import DOCS

GUIDE = DOCS / "howto" / "reviews.md"


def test_the_links_of_the_guide_are_those_that_are_measured() -> None:
    told = re.findall(r"^\| `([a-z]+)` (\S+) \|", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    assert told == [(key, zh) for key, (zh, _) in LINKS.items()]
