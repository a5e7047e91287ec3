"""How many are to leave: 应转 and its three parts, over the API and on the page."""

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.offices import Office

PARTS = ("shelter", "relatives", "pending")


def four_of(sums: Mapping[str, Any]) -> list[int]:
    """Give 应转 and its three parts, which add up and of which none is unknown."""
    due, *parts = (sums[key]["people"] for key in ("due", *PARTS))
    assert due == sum(parts)
    assert not any(sums[key]["unknown"] for key in ("due", *PARTS))
    return [due, *parts]


def adds_up(told: Mapping[str, Any]) -> list[int]:
    """Give the four of a batch, to which those of its townships and of its villages add up."""
    whole = four_of(told["sums"])
    for parts in (told["townships"], told["villages"]):
        columns = zip(*(four_of(one["sums"]) for one in parts), strict=True)
        assert [sum(column) for column in columns] == whole
    return whole


def says(page: Page, four: list[int]) -> None:
    figures = page.locator("section.sum .sums > div:not(.home) > .num")
    expect(figures).to_have_text([str(one) for one in four])


def tick(chief: Office, batch: str, state: str, reason: str = "") -> list[int]:
    """Say what became of a household that waits; gives the four afterwards."""
    rows = chief.get(f"/evacuations/{batch}/entries?state=waiting&size=1")["items"]
    word = {"state": state, "reason": reason, "household": rows[0]["household"]}
    chief.post(f"/evacuations/{batch}/ticks", {"ticks": [word]})
    return adds_up(chief.get(f"/evacuations/{batch}"))
